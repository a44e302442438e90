// Package config turns one YAML file into the options of every stage. Its
// sections are named like the folders. Nothing is ignored: an unknown key, a
// value of the wrong kind, a detector or parameter that does not exist is an
// error with its line, and one run reports them all.
package config

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"goshawk/decide"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/inventory"
	"goshawk/report"
)

// Config is what a file says. The zero value is what an empty file says.
type Config struct {
	Decode  decode.Options
	Enrich  enrich.Options  // its tag key is not in the file
	Spec    *inventory.Spec // what enrich.openapi describes, nil for nothing
	Allow   []decide.Allow
	Detect  map[string]map[string]any // parameters by detector, checked; "enabled" among them
	Memory  Size                      // 0: the default
	Workers int                       // 0: the default
	Prices  *report.Prices            // nil: what the abuse cost is not told
}

// Read reads the file at path.
func Read(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(path, text)
}

// Parse reads text; name stands for it in errors, which are joined, each with
// name and line.
func Parse(name string, text []byte) (*Config, error) {
	c := &Config{Detect: map[string]map[string]any{}}
	d := document{name: name}
	d.parse(text, c.top(&d))
	if err := errors.Join(d.errs...); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Config) top(d *document) keys {
	return keys{
		"decode": d.section(keys{
			"log_format": func(n ast.Node) {
				d.try(n, d.text(n, &c.Decode.LogFormat), func() error { return checkLogFormat(c.Decode.LogFormat) })
			},
			"format": func(n ast.Node) {
				d.try(n, d.text(n, &c.Decode.Format), func() error { return checkFormat(c.Decode.Format) })
			},
			"json":     func(n ast.Node) { d.json(n, &c.Decode.JSON) },
			"timezone": func(n ast.Node) { d.zone(n, &c.Decode.Zone) },
		}),
		"enrich": d.section(keys{
			"trusted_proxies": func(n ast.Node) {
				c.Enrich.TrustedProxies = []netip.Prefix{}
				d.list(n, func(n ast.Node) { d.proxy(n, &c.Enrich.TrustedProxies) })
			},
			"geo": func(n ast.Node) {
				c.Enrich.Geo = &enrich.Geo{}
				d.files(n, func(name string) error { return AddGeo(c.Enrich.Geo, name) })
			},
			"openapi": func(n ast.Node) {
				c.Spec = &inventory.Spec{}
				d.files(n, func(name string) error { return AddOpenAPI(c.Spec, name) })
			},
			"crawlers": func(n ast.Node) {
				c.Enrich.Crawlers = &enrich.Prefixes{}
				d.files(n, func(name string) error { return addCrawlers(c.Enrich.Crawlers, name) })
			},
		}),
		"allow": func(n ast.Node) {
			d.list(n, func(n ast.Node) { d.allow(n, &c.Allow) })
		},
		"detect": func(n ast.Node) {
			all := keys{}
			for _, det := range detect.All() {
				all[det.Name] = func(n ast.Node) { d.detector(n, det, c.Detect) }
			}
			d.mapping(n, all)
		},
		"report": d.section(keys{
			"prices": func(n ast.Node) {
				c.Prices = &report.Prices{}
				d.prices(n, c.Prices)
			},
		}),
		"memory": func(n ast.Node) {
			var s string
			d.try(n, d.text(n, &s), func() error { return c.Memory.UnmarshalText([]byte(s)) })
		},
		"workers": func(n ast.Node) {
			if d.number(n, &c.Workers) && (c.Workers < 1 || c.Workers > 1024) {
				d.fail(n, "workers must be 1 to 1024, not %d", c.Workers)
			}
		},
	}
}

func checkLogFormat(f string) error {
	_, err := decode.New(decode.Options{LogFormat: f})
	return err
}

func checkFormat(name string) error {
	for _, f := range decode.Formats() {
		if f.Name == name {
			return nil
		}
	}
	_, err := decode.New(decode.Options{Format: name})
	return err
}

// json reads what JSON objects call things: a path by field.
func (d *document) json(n ast.Node, to *map[string]string) {
	all := map[string]string{}
	names := keys{}
	for _, field := range decode.Fields() {
		names[field.Name] = func(n ast.Node) {
			var path string
			if d.text(n, &path) {
				all[field.Name] = path
			}
		}
	}
	before := len(d.errs)
	d.mapping(n, names)
	d.try(n, len(d.errs) == before && len(all) > 0, func() error {
		_, err := decode.New(decode.Options{JSON: all})
		return err
	})
	*to = all
}

func (d *document) zone(n ast.Node, zone **time.Location) {
	var s string
	d.try(n, d.text(n, &s), func() (err error) {
		if *zone, err = time.LoadLocation(s); err != nil || s == "" || s == "Local" {
			return fmt.Errorf("%q is no time zone such as \"UTC\" or \"Europe/Berlin\"", s)
		}
		return nil
	})
}

// proxy adds "private", an address or a network.
func (d *document) proxy(n ast.Node, list *[]netip.Prefix) {
	var s string
	d.try(n, d.text(n, &s), func() error {
		if s == "private" {
			*list = append(*list, enrich.Private()...)
			return nil
		}
		p, err := prefix(s)
		if err != nil {
			return fmt.Errorf("%q is neither \"private\" nor an address nor a network such as 203.0.113.0/24", s)
		}
		*list = append(*list, p)
		return nil
	})
}

// prefix reads an address, which is a network of one, or a network.
func prefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

func (d *document) allow(n ast.Node, list *[]decide.Allow) {
	var a decide.Allow
	set := func(to *string) func(ast.Node) {
		return func(n ast.Node) {
			if d.text(n, to) && *to == "" {
				d.fail(n, "this is empty")
			}
		}
	}
	before := len(d.errs)
	d.mapping(n, keys{
		"ip": func(n ast.Node) {
			var s string
			d.try(n, d.text(n, &s), func() (err error) {
				if a.IP, err = prefix(s); err != nil || !a.IP.IsSingleIP() && a.IP.Bits() != 64 {
					return fmt.Errorf("%q is neither an address nor an IPv6 /64; networks go under net", s)
				}
				return nil
			})
		},
		"net": func(n ast.Node) {
			var s string
			d.try(n, d.text(n, &s), func() (err error) {
				if a.Net, err = netip.ParsePrefix(s); err != nil {
					return fmt.Errorf("%q is no network such as 198.51.100.0/24", s)
				}
				return nil
			})
		},
		"key":      set(&a.Key),
		"user":     set(&a.User),
		"endpoint": set(&a.Endpoint),
		"reason":   set(&a.Reason),
	})
	d.try(n, len(d.errs) == before, func() error {
		_, err := decide.NewAllowList([]decide.Allow{a})
		return err
	})
	*list = append(*list, a)
}

// detector reads the parameters of one detector and has it check each.
func (d *document) detector(n ast.Node, det *detect.Detector, all map[string]map[string]any) {
	set := map[string]any{}
	names := keys{"enabled": func(n ast.Node) {
		if b, ok := n.(*ast.BoolNode); ok {
			set["enabled"] = b.Value
		} else {
			d.fail(n, "enabled must be true or false")
		}
	}}
	for _, p := range det.Params() {
		names[p.Name] = func(n ast.Node) {
			v, ok := d.scalar(n)
			d.try(n, ok, func() error {
				set[p.Name] = v
				_, err := det.Configure(map[string]any{p.Name: v})
				return err
			})
		}
	}
	d.mapping(n, names)
	all[det.Name] = set
}

// prices reads what requests cost.
func (d *document) prices(n ast.Node, p *report.Prices) {
	d.mapping(n, keys{
		"currency": func(n ast.Node) { d.text(n, &p.Currency) },
		"gb":       func(n ast.Node) { d.price(n, &p.GB) },
		"requests": func(n ast.Node) {
			d.list(n, func(n ast.Node) {
				var x report.Price
				before := len(d.errs)
				d.mapping(n, keys{
					"endpoint": func(n ast.Node) { d.text(n, &x.Endpoint) },
					"price":    func(n ast.Node) { d.price(n, &x.Each) },
				})
				if len(d.errs) == before && x.Endpoint == "" {
					d.fail(n, "a price needs its endpoint, such as \"POST /api/otp\", or * for all")
				}
				p.Requests = append(p.Requests, x)
			})
		},
	})
}

// price reads an amount of money.
func (d *document) price(n ast.Node, to *float64) {
	v, ok := d.scalar(n)
	d.try(n, ok, func() error {
		var err error
		*to, err = strconv.ParseFloat(fmt.Sprint(v), 64)
		if err != nil || !(*to >= 0 && *to <= 1e9) {
			return fmt.Errorf("%v is no price such as 0.045", v)
		}
		return nil
	})
}

// Size is a number of bytes. As text it has a unit: "512MiB", "2GB", "1073741824".
type Size int64

// UnmarshalText reads a size. Units are B, KB, MB, GB and KiB, MiB, GiB (K, M
// and G for short); at least 64 MiB are needed to run.
func (s *Size) UnmarshalText(text []byte) error {
	const least = 64 << 20
	t := strings.TrimSpace(string(text))
	var n float64
	var unit string
	if _, err := fmt.Sscanf(t+" B", "%g%s", &n, &unit); err != nil {
		return fmt.Errorf("%q is no size such as 512MiB", t)
	}
	factor, ok := units[strings.ToLower(unit)]
	if v := n * factor; !ok || !(v >= 0 && v < 1<<62) {
		return fmt.Errorf("%q is no size such as 512MiB", t)
	} else if v < least {
		return fmt.Errorf("%q is too little: 64MiB is the least", t)
	} else {
		*s = Size(v)
	}
	return nil
}

var units = map[string]float64{
	"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30,
}

package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"goshawk/inventory"
)

// AddOpenAPI adds what an OpenAPI document describes, 3.0 or 3.1 in YAML or
// JSON, with the files that it refers to: all of it or nothing. Only what is
// used here is checked: operations, parameters, security, answers and rate
// limits; a fault in an example is no reason to know nothing. All faults are
// told at once, each with file and line.
func AddOpenAPI(s *inventory.Spec, path string) error {
	r := specReader{path: path}
	r.read()
	if err := errors.Join(r.errs...); err != nil {
		return err
	}
	s.Files = append(s.Files, path)
	for _, o := range r.operations {
		s.Add(o, r.bases...)
	}
	return nil
}

// specReader reads one document.
type specReader struct {
	path       string
	doc        *openapi3.T
	bases      []string
	operations []*inventory.Operation
	errs       []error
}

func (r *specReader) fail(at *openapi3.Origin, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d: %w", r.path, lineOf(at), fmt.Errorf(format, args...)))
}

func lineOf(at *openapi3.Origin) int {
	if at == nil || at.Key == nil {
		return 1
	}
	return at.Key.Line
}

// inYAML finds the line in an error of the YAML parser.
var inYAML = regexp.MustCompile(`line (\d+)`)

func (r *specReader) read() {
	text, err := os.ReadFile(r.path)
	if err != nil {
		r.errs = append(r.errs, fmt.Errorf("read the API's description: %w", err))
		return
	}
	if r.doc, err = r.load(text); err != nil {
		line := "1"
		if m := inYAML.FindStringSubmatch(err.Error()); m != nil {
			line = m[1]
		} else if n := lineWith(string(text), err.Error()); n > 0 {
			line = strconv.Itoa(n)
		}
		r.errs = append(r.errs, fmt.Errorf("%s:%s: %s", r.path, line, strings.ReplaceAll(err.Error(), "\n", " ")))
		return
	}
	if v := r.doc.OpenAPI; !strings.HasPrefix(v, "3.") {
		r.fail(nil, "this is no description by OpenAPI 3 (openapi: %q); convert older ones first", v)
		return
	}
	if r.doc.Paths.Len() == 0 {
		r.fail(r.doc.Origin, "it describes no path")
		return
	}
	whole := r.limit(r.doc.Extensions, r.doc.Origin)
	r.servers()
	for _, path := range r.doc.Paths.InMatchingOrder() {
		item := r.doc.Paths.Value(path)
		if !strings.HasPrefix(path, "/") {
			r.fail(item.Origin, "path %q does not begin with /", path)
			continue
		}
		part := whole
		if l := r.limit(item.Extensions, item.Origin); l.Requests > 0 {
			part = l
		}
		operations := item.Operations()
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			o := r.operation(method, item, operations[method])
			if o.Path = path; o.Limit.Requests == 0 {
				o.Limit = part
			}
			r.operations = append(r.operations, o)
		}
	}
}

// load parses a document. JSON is read as YAML, which knows its lines, where
// that works: a comment at its end sees to it.
func (r *specReader) load(text []byte) (doc *openapi3.T, err error) {
	try := func(text []byte) (*openapi3.T, error) {
		l := openapi3.NewLoader()
		l.IncludeOrigin = true
		l.IsExternalRefsAllowed = true
		l.ReadFromURIFunc = local
		return l.LoadFromDataWithPath(text, &url.URL{Path: filepath.ToSlash(r.path)})
	}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		if doc, err := try(append(slices.Clip(text), "\n#\n"...)); err == nil {
			return doc, nil
		}
	}
	return try(text)
}

// local reads a file that a document refers to; nothing is fetched from the net.
func local(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
	if at.Host != "" || at.Scheme != "" && at.Scheme != "file" {
		return nil, fmt.Errorf("%s is not fetched: refer to a local copy", at)
	}
	return os.ReadFile(filepath.FromSlash(at.Path))
}

var quoted = regexp.MustCompile(`"([^"]{3,})"`)

// lineWith is the first line that holds a text which an error quotes, 0 if none.
func lineWith(text, message string) int {
	for _, m := range quoted.FindAllStringSubmatch(message, -1) {
		if at := strings.Index(text, m[1]); at >= 0 {
			return strings.Count(text[:at], "\n") + 1
		}
	}
	return 0
}

// servers notes the paths below which servers answer; a proxy may have cut them
// off, so there is always the empty one.
func (r *specReader) servers() {
	r.bases = []string{""}
	for _, s := range r.doc.Servers {
		at := s.URL
		for name, v := range s.Variables {
			at = strings.ReplaceAll(at, "{"+name+"}", v.Default)
		}
		u, err := url.Parse(at)
		if err != nil {
			r.fail(s.Origin, "server %q is no URL", s.URL)
			continue
		}
		if base := strings.TrimSuffix(u.Path, "/"); !slices.Contains(r.bases, base) {
			r.bases = append(r.bases, base)
		}
	}
}

func (r *specReader) operation(method string, item *openapi3.PathItem, op *openapi3.Operation) *inventory.Operation {
	o := &inventory.Operation{Method: method, File: r.path, Line: lineOf(op.Origin), Limit: r.limit(op.Extensions, op.Origin)}
	if at := op.Origin; at != nil && at.Key != nil && at.Key.File != "" {
		o.File = filepath.FromSlash(at.Key.File)
	}
	for _, l := range []openapi3.Parameters{item.Parameters, op.Parameters} {
		for _, p := range l {
			if p.Value != nil && p.Value.In == openapi3.ParameterInQuery && !slices.Contains(o.Params, p.Value.Name) {
				o.Params = append(o.Params, p.Value.Name)
			}
		}
	}
	slices.Sort(o.Params)
	security := r.doc.Security
	if op.Security != nil {
		security = *op.Security
	}
	// One alternative without a requirement lets anybody in.
	o.Secured = len(security) > 0 && !slices.ContainsFunc(security, func(s openapi3.SecurityRequirement) bool { return len(s) == 0 })
	for code := range op.Responses.Map() {
		switch n, err := strconv.Atoi(code); {
		case code == "default":
			o.Status = append(o.Status, 0)
		case err == nil && n >= 100 && n < 600:
			o.Status = append(o.Status, n)
		case len(code) == 3 && code[0] >= '1' && code[0] <= '5' && strings.EqualFold(code[1:], "xx"):
			o.Status = append(o.Status, int(code[0]-'0'))
		default:
			r.fail(op.Origin, "%q is no status", code)
		}
	}
	slices.Sort(o.Status)
	return o
}

// limitNames are the extensions by which a rate limit is documented.
var limitNames = []string{"x-ratelimit", "x-rate-limit", "x-ratelimit-limit", "x-rate-limit-limit"}

// limit reads a documented rate limit: 100 (a minute), "100/hour", "100 per
// hour", or {limit: 100, period: hour}.
func (r *specReader) limit(extensions map[string]any, at *openapi3.Origin) inventory.Limit {
	for _, name := range limitNames {
		v, ok := extensions[name]
		if !ok {
			continue
		}
		l, err := readLimit(v)
		if err != nil {
			if at != nil {
				if l, ok := at.Fields.Lookup(name); ok {
					at = &openapi3.Origin{Key: &l}
				}
			}
			r.fail(at, "%s: %w", name, err)
		}
		return l
	}
	return inventory.Limit{}
}

func readLimit(v any) (l inventory.Limit, err error) {
	period := any("minute")
	switch v := v.(type) {
	case map[string]any:
		found := false
		for _, k := range []string{"limit", "requests", "max", "rate"} {
			if x, ok := v[k]; ok && !found {
				l.Requests, found = number(x)
			}
		}
		if !found {
			return l, errors.New("there is no number of requests: write 100/minute, or {limit: 100, period: minute}")
		}
		for _, k := range []string{"period", "per", "window", "interval", "unit"} {
			if x, ok := v[k]; ok {
				period = x
				break
			}
		}
	case string:
		count, per, ok := strings.Cut(strings.ReplaceAll(v, " per ", "/"), "/")
		if l.Requests, err = strconv.ParseFloat(strings.TrimSpace(count), 64); err != nil {
			return l, fmt.Errorf("%q is no limit such as 100/minute", v)
		}
		if ok {
			period = strings.TrimSpace(per)
		}
	default:
		ok := false
		if l.Requests, ok = number(v); !ok {
			return l, fmt.Errorf("%v is no limit such as 100/minute", v)
		}
	}
	d, err := duration(period)
	if err != nil {
		return inventory.Limit{}, err
	}
	if !(l.Requests > 0 && l.Requests < 1e9) {
		return inventory.Limit{}, fmt.Errorf("%v requests are no limit", l.Requests)
	}
	l.Seconds = d.Seconds()
	return l, nil
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case uint64:
		return float64(v), true
	case int64:
		return float64(v), true
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}

// units of a period, by all the names they have.
var periods = map[string]time.Duration{
	"s": time.Second, "sec": time.Second, "second": time.Second,
	"m": time.Minute, "min": time.Minute, "minute": time.Minute,
	"h": time.Hour, "hour": time.Hour,
	"d": 24 * time.Hour, "day": 24 * time.Hour,
}

// duration reads a period: "minute", "1m", "15 minutes", or seconds.
func duration(v any) (time.Duration, error) {
	const most = 31 * 24 * time.Hour
	if n, ok := number(v); ok && n > 0 && n <= most.Seconds() {
		return time.Duration(n * float64(time.Second)), nil
	}
	s, _ := v.(string)
	if d, err := time.ParseDuration(s); err == nil && d > 0 && d <= most {
		return d, nil
	}
	count, unit := 1.0, strings.ToLower(strings.TrimSpace(s))
	if a, b, ok := strings.Cut(unit, " "); ok {
		n, err := strconv.ParseFloat(a, 64)
		if err != nil {
			n = 0
		}
		count, unit = n, strings.TrimSpace(b)
	}
	d, ok := periods[unit]
	if !ok {
		d = periods[strings.TrimSuffix(unit, "s")]
	}
	if n := count * float64(d); n > 0 && n <= float64(most) {
		return time.Duration(n), nil
	}
	return 0, fmt.Errorf("%v is no period such as minute, 15m or 3600", v)
}

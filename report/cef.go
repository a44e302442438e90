package report

import (
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// CEF is for a SIEM behind syslog.
var CEF = register(Format{
	Name:  "cef",
	Title: "One CEF record a finding, for a SIEM behind syslog",
	Doc: "ArcSight Common Event Format, version 0, without a syslog header: `goshawk scan -o cef … | logger`. The severity is 3, 5, 8 or 10. `cs1` to `cs6` are the actor, " +
		"its incident, the standards' ids, the endpoint, the places of the lines and what to do, each with its label; `cfp1` is the score. Members are counted in `cn1`.",
	Write: writeCEF,
})

var (
	cefHeader    = strings.NewReplacer(`\`, `\\`, "|", `\|`)
	cefExtension = strings.NewReplacer(`\`, `\\`, "=", `\=`)
)

func writeCEF(out io.Writer, r *engine.Result, o Options) error {
	incidents := incidentOf(r)
	var b []byte
	for i := range r.Findings {
		b = appendCEF(b[:0], r, &o, &r.Findings[i], incidents)
		if _, err := out.Write(b); err != nil {
			return err
		}
	}
	return nil
}

func appendCEF(b []byte, r *engine.Result, o *Options, f *detect.Finding, incidents map[string]string) []byte {
	b = append(b, "CEF:0"...)
	for _, s := range []string{"Goshawk", "goshawk", o.Version, f.Detector, f.Title, strconv.Itoa(severityOf(f.Severity, 0, 3, 5, 8, 10))} {
		b = append(append(b, '|'), cefHeader.Replace(Clean(s))...)
	}
	b = append(b, '|')
	add := func(k, v string) {
		if v == "" {
			return
		}
		if b[len(b)-1] != '|' {
			b = append(b, ' ')
		}
		b = append(append(append(b, k...), '='), cefExtension.Replace(Clean(v))...)
	}
	labelled := func(k, label, v string) {
		if v != "" {
			add(k+"Label", label)
			add(k, v)
		}
	}
	add("externalId", f.ID)
	add("cat", f.Threat)
	add("rt", millis(f.DetectedAt))
	add("start", millis(f.FirstSeen))
	add("end", millis(f.LastSeen))
	add("cnt", strconv.Itoa(f.Events))
	for _, a := range append([]event.Actor{f.Actor}, f.Members...) {
		if ip, err := netip.ParseAddr(a.Value); err == nil && a.Scope == event.IP && ip.Is4() {
			add("src", a.Value)
			break
		}
	}
	if f.Actor.Scope == event.User {
		add("suser", f.Actor.Value)
	}
	if f.Target.Scope == event.Account {
		add("duser", f.Target.Value)
	}
	add("msg", f.Evidence.Summary)
	labelled("cs1", "actor", f.Actor.String())
	labelled("cs2", "incident", incidents[f.ID])
	labelled("cs3", "standards", strings.Join(ids(&f.Standards), ", "))
	labelled("cs4", "target", f.Target.Value)
	var places []string
	for _, x := range f.Evidence.Lines {
		places = append(places, o.place(r, x.Source, x.Line))
	}
	labelled("cs5", "lines", strings.Join(places, ", "))
	labelled("cs6", "advice", strings.Join(f.Advice, " "))
	labelled("cn1", "members", strconv.Itoa(max(f.MembersTotal, len(f.Members))))
	labelled("cfp1", "score", fmt.Sprint(f.Score))
	return append(b, '\n')
}

// severityOf is a severity in another scale, whose five steps are given from
// none to critical.
func severityOf[T any](s detect.Severity, steps ...T) T { return steps[min(int(s), len(steps)-1)] }

// millis are milliseconds since 1970, "" for no time.
func millis(ns int64) string {
	if ns == 0 {
		return ""
	}
	return strconv.FormatInt(ns/1e6, 10)
}

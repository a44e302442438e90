package report

import (
	"io"
	"net/netip"
	"strings"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// ecsRelease is the release of the Elastic Common Schema that ECS follows.
const ecsRelease = "9.4.0"

// ECS is for Elasticsearch.
var ECS = register(Format{
	Name:  "ecs",
	Title: "One ECS document a finding, for Elasticsearch",
	Doc: "Elastic Common Schema " + ecsRelease + ", one JSON document a line, of the kind `alert`. What ECS has no field for is under `goshawk`. " +
		"ATT&CK's techniques are in `threat.technique` with sub-techniques apart; tactics are left out, since releases of ATT&CK move them.",
	Write: writeECS,
})

func writeECS(out io.Writer, r *engine.Result, o Options) error {
	incidents := incidentOf(r)
	w := jsonWriter{}
	for i := range r.Findings {
		w.b = append(w.b[:0], '{')
		w.ecs(r, &o, &r.Findings[i], incidents)
		w.b = append(w.b, '}', '\n')
		if _, err := out.Write(w.b); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWriter) ecs(r *engine.Result, o *Options, f *detect.Finding, incidents map[string]string) {
	w.time("@timestamp", f.DetectedAt)
	w.text("message", f.Title+": "+f.Evidence.Summary)
	w.texts("tags", append([]string{"goshawk"}, ids(&f.Standards)...))
	w.open("ecs", '{')
	w.text("version", ecsRelease)
	w.close('}')

	w.open("event", '{')
	w.text("kind", "alert")
	w.text("module", "goshawk")
	w.text("dataset", "goshawk.finding")
	w.text("provider", f.Detector)
	w.texts("category", ecsCategories(f))
	w.texts("type", []string{"info"})
	w.text("outcome", "unknown")
	w.text("id", f.ID)
	w.time("start", f.FirstSeen)
	w.time("end", f.LastSeen)
	w.int("duration", f.LastSeen-f.FirstSeen)
	w.int("severity", severityOf[int64](f.Severity, 0, 21, 47, 73, 99)) // the steps of Elastic Security
	w.float("risk_score", f.Score*100)
	w.text("reason", f.Evidence.Summary)
	w.close('}')

	w.open("rule", '{')
	w.text("id", f.Detector)
	w.text("name", f.Title)
	w.text("category", f.Threat)
	w.text("ruleset", "goshawk")
	w.text("version", o.Version)
	w.close('}')
	w.open("observer", '{')
	w.text("vendor", "Goshawk")
	w.text("product", "goshawk")
	w.text("type", "log-scanner")
	w.text("version", o.Version)
	w.close('}')
	w.ecsActors(f)
	if method, path, ok := strings.Cut(f.Target.Value, " "); ok && f.Target.Scope == event.Endpoint {
		w.open("http", '{')
		w.open("request", '{')
		w.text("method", method)
		w.close('}')
		w.close('}')
		w.open("url", '{')
		w.text("path", path)
		w.close('}')
	}
	if l := f.Evidence.Lines; len(l) > 0 {
		file, _ := o.at(r, l[0].Source, l[0].Line)
		w.open("log", '{')
		w.open("file", '{')
		w.text("path", file)
		w.close('}')
		w.close('}')
	}
	w.ecsThreat(f.Standards.Attack)

	w.open("goshawk", '{')
	w.text("incident", incidents[f.ID])
	w.finding(f)
	w.close('}')
}

// ecsCategories are what the requests of a finding were about, in ECS's words.
func ecsCategories(f *detect.Finding) []string {
	l := []string{"intrusion_detection", "web", "api"}
	if f.Family == "auth" {
		l = append(l, "authentication")
	}
	return l
}

// ecsActors writes who did it, and everybody whom the finding names.
func (w *jsonWriter) ecsActors(f *detect.Finding) {
	var ips, users []string
	for _, a := range append([]event.Actor{f.Actor}, f.Members...) {
		switch {
		case a.Scope == event.IP && len(ips) < someRelated:
			if ip, err := netip.ParseAddr(a.Value); err == nil {
				ips = append(ips, ip.String())
			}
		case (a.Scope == event.User || a.Scope == event.Account) && len(users) < someRelated:
			users = append(users, a.Value)
		}
	}
	if f.Target.Scope == event.Account && f.Target.Value != "" {
		users = append(users, f.Target.Value)
	}
	switch f.Actor.Scope {
	case event.IP:
		w.open("source", '{')
		w.text("address", f.Actor.Value)
		if len(ips) > 0 && ips[0] == f.Actor.Value {
			w.text("ip", ips[0])
		}
		w.close('}')
	case event.User:
		w.open("user", '{')
		w.text("name", f.Actor.Value)
		w.close('}')
	}
	w.open("related", '{')
	w.texts("ip", ips)
	w.texts("user", users)
	w.close('}')
}

// someRelated bounds the members that a document lists by their kind.
const someRelated = 1000

// ecsThreat writes techniques of ATT&CK: two lists, for ECS keeps
// sub-techniques below techniques.
func (w *jsonWriter) ecsThreat(attack []string) {
	if len(attack) == 0 {
		return
	}
	var parents, subs, pages, subPages []string
	for _, id := range attack {
		parent, sub := technique(id)
		parents, pages = append(parents, parent), append(pages, attackPage(parent))
		if sub != "" {
			subs, subPages = append(subs, sub), append(subPages, attackPage(sub))
		}
	}
	w.open("threat", '{')
	w.text("framework", "MITRE ATT&CK")
	w.open("technique", '{')
	w.texts("id", parents)
	w.texts("reference", pages)
	if len(subs) > 0 {
		w.open("subtechnique", '{')
		w.texts("id", subs)
		w.texts("reference", subPages)
		w.close('}')
	}
	w.close('}')
	w.close('}')
}

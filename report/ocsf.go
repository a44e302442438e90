package report

import (
	"io"
	"net/netip"
	"strings"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// ocsfRelease is the release of the Open Cybersecurity Schema Framework that
// OCSF follows.
const ocsfRelease = "1.6.0"

// Classes of OCSF's category 2, Findings.
const (
	detectionFinding = 2004
	incidentFinding  = 2005
)

// OCSF is for security lakes.
var OCSF = register(Format{
	Name:  "ocsf",
	Title: "OCSF detection and incident findings, one a line, for security lakes",
	Doc: "Open Cybersecurity Schema Framework " + ocsfRelease + ": each finding as a Detection Finding (2004) with its lines in `evidences` and its numbers in `anomaly_analyses`, " +
		"then each incident as an Incident Finding (2005). Times are milliseconds since 1970. What OCSF has no attribute for is in `unmapped`.",
	Write: writeOCSF,
})

func writeOCSF(out io.Writer, r *engine.Result, o Options) error {
	w := jsonWriter{}
	line := func(write func()) error {
		w.b = append(w.b[:0], '{')
		write()
		w.b = append(w.b, '}', '\n')
		_, err := out.Write(w.b)
		return err
	}
	for i := range r.Findings {
		if err := line(func() { w.ocsfFinding(r, &o, &r.Findings[i]) }); err != nil {
			return err
		}
	}
	found := byID(r)
	for i := range r.Incidents {
		if err := line(func() { w.ocsfIncident(&o, &r.Incidents[i], found) }); err != nil {
			return err
		}
	}
	return nil
}

// ocsfBase writes what every class has.
func (w *jsonWriter) ocsfBase(class int64, name string, o *Options, s detect.Severity, at int64) {
	w.int("category_uid", 2)
	w.text("category_name", "Findings")
	w.int("class_uid", class)
	w.text("class_name", name)
	w.int("activity_id", 1)
	w.text("activity_name", "Create")
	w.int("type_uid", class*100+1)
	w.text("type_name", name+": Create")
	w.int("time", at/1e6)
	w.int("severity_id", severityOf[int64](s, 1, 2, 3, 4, 5))
	w.text("severity", severityOf(s, "Informational", "Low", "Medium", "High", "Critical"))
	w.int("status_id", 1)
	w.text("status", "New")
	w.open("metadata", '{')
	w.text("version", ocsfRelease)
	w.open("product", '{')
	w.text("name", "Goshawk")
	w.text("vendor_name", "Goshawk")
	w.text("version", o.Version)
	w.close('}')
	w.close('}')
}

func (w *jsonWriter) ocsfMillis(k string, ns int64) {
	if ns != 0 {
		w.int(k, ns/1e6)
	}
}

func (w *jsonWriter) ocsfFinding(r *engine.Result, o *Options, f *detect.Finding) {
	w.ocsfBase(detectionFinding, "Detection Finding", o, f.Severity, f.DetectedAt)
	w.text("message", f.Title+": "+f.Evidence.Summary)
	w.ocsfMillis("start_time", f.FirstSeen)
	w.ocsfMillis("end_time", f.LastSeen)
	w.int("count", int64(f.Events))
	w.bool("is_alert", f.Score >= 0.8)
	w.ocsfConfidence(f.Score)
	w.int("impact_id", severityOf[int64](f.Impact, 0, 1, 2, 3, 4))
	w.open("finding_info", '{')
	w.ocsfInfo(f)
	w.close('}')
	w.ocsfEvidences(r, o, f)
	w.ocsfAnomalies(f)
	w.ocsfObservables(f)
	if len(f.Advice) > 0 {
		w.open("remediation", '{')
		w.text("desc", strings.Join(f.Advice, " "))
		w.close('}')
	}
	w.open("unmapped", '{')
	w.texts("would_not_fire_if", f.WouldNotFire)
	w.texts("counter", f.Evidence.Counter)
	w.texts("oat", f.Standards.OAT)
	w.texts("owasp_api", f.Standards.OWASPAPI)
	w.texts("cwe", f.Standards.CWE)
	w.float("llr", f.LLR)
	w.close('}')
}

func (w *jsonWriter) ocsfConfidence(score float64) {
	id, word := int64(1), "Low"
	switch {
	case score >= 0.95:
		id, word = 3, "High"
	case score >= 0.8:
		id, word = 2, "Medium"
	}
	w.int("confidence_id", id)
	w.text("confidence", word)
	w.int("confidence_score", int64(score*100))
}

// ocsfInfo writes the members of a finding_info.
func (w *jsonWriter) ocsfInfo(f *detect.Finding) {
	w.text("uid", f.ID)
	w.text("title", f.Title)
	w.text("desc", f.Evidence.Summary)
	w.texts("types", []string{f.Threat})
	w.ocsfMillis("created_time", f.DetectedAt)
	w.ocsfMillis("first_seen_time", f.FirstSeen)
	w.ocsfMillis("last_seen_time", f.LastSeen)
	w.open("analytic", '{')
	w.text("uid", f.Detector)
	w.text("name", f.Detector)
	w.text("category", f.Family)
	w.text("type", "Behavioral")
	w.int("type_id", 2)
	w.close('}')
	w.ocsfAttacks(f.Standards.Attack)
}

func (w *jsonWriter) ocsfAttacks(attack []string) {
	w.open("attacks", '[')
	for _, id := range attack {
		parent, sub := technique(id)
		w.item('{')
		w.text("version", attackRelease)
		w.open("technique", '{')
		w.text("uid", parent)
		w.text("src_url", attackPage(parent))
		w.close('}')
		if sub != "" {
			w.open("sub_technique", '{')
			w.text("uid", sub)
			w.text("src_url", attackPage(sub))
			w.close('}')
		}
		w.close('}')
	}
	w.close(']')
}

// ocsfEvidences writes the lines, masked as everywhere, and who is behind them.
func (w *jsonWriter) ocsfEvidences(r *engine.Result, o *Options, f *detect.Finding) {
	w.open("evidences", '[')
	for _, x := range f.Evidence.Lines {
		file, n := o.at(r, x.Source, x.Line)
		w.item('{')
		w.ocsfActor(f.Actor)
		w.open("data", '{')
		w.text("file", file)
		w.int("line", int64(n))
		w.text("text", x.Text)
		w.close('}')
		w.close('}')
	}
	w.close(']')
}

// ocsfActor writes an actor as the end of a connection or as a user.
func (w *jsonWriter) ocsfActor(a event.Actor) {
	switch a.Scope {
	case event.IP:
		if ip, err := netip.ParseAddr(a.Value); err == nil {
			w.open("src_endpoint", '{')
			w.text("ip", ip.String())
			w.close('}')
		}
	case event.User, event.Account:
		w.open("user", '{')
		w.text("name", a.Value)
		w.close('}')
	}
}

// ocsfAnomalies writes the facts as deviations from what peers do and from
// limits.
func (w *jsonWriter) ocsfAnomalies(f *detect.Finding) {
	if len(f.Evidence.Facts) == 0 {
		return
	}
	w.open("anomaly_analyses", '[')
	w.item('{')
	w.open("analysis_target", '{')
	w.text("name", f.Actor.String())
	w.text("type", f.Actor.Scope.String())
	w.close('}')
	w.open("anomalies", '[')
	for _, x := range f.Evidence.Facts {
		w.observation(x.Name, amount(x.Value, x.Unit))
	}
	w.close(']')
	w.open("baselines", '[')
	for _, x := range f.Evidence.Facts {
		if x.HasPeer {
			w.observation(x.Name, "peers "+amount(x.Peer, x.Unit))
		}
		if x.HasLimit {
			w.observation(x.Name, "limit "+amount(x.Limit, x.Unit))
		}
	}
	w.close(']')
	w.close('}')
	w.close(']')
}

// observation writes one value of an attribute, as anomalies and baselines
// have it.
func (w *jsonWriter) observation(attribute, value string) {
	w.item('{')
	w.text("observed_attribute", attribute)
	w.open("observations", '[')
	w.item('{')
	w.text("value", value)
	w.close('}')
	w.close(']')
	w.close('}')
}

// Types of OCSF's observables.
const (
	observedIP   = 2
	observedUser = 4
)

func (w *jsonWriter) ocsfObservables(f *detect.Finding) {
	w.open("observables", '[')
	n := 0
	for _, a := range append([]event.Actor{f.Actor}, f.Members...) {
		if n++; n > someRelated {
			break
		}
		w.item('{')
		switch a.Scope {
		case event.IP:
			w.text("name", "evidences.src_endpoint.ip")
			w.int("type_id", observedIP)
			w.text("type", "IP Address")
		case event.User, event.Account:
			w.text("name", "evidences.user.name")
			w.int("type_id", observedUser)
			w.text("type", "User Name")
		default:
			w.text("name", "anomaly_analyses.analysis_target.name")
			w.int("type_id", 99)
			w.text("type", a.Scope.String())
		}
		w.text("value", a.Value)
		w.close('}')
	}
	w.close(']')
}

func (w *jsonWriter) ocsfIncident(o *Options, x *correlate.Incident, found map[string]*detect.Finding) {
	at := x.LastSeen
	for _, id := range x.Findings {
		if f := found[id]; f != nil {
			at = min(at, f.DetectedAt)
		}
	}
	w.ocsfBase(incidentFinding, "Incident Finding", o, x.Severity, at)
	w.text("message", x.Title)
	w.text("desc", x.Title)
	w.ocsfMillis("start_time", x.FirstSeen)
	w.ocsfMillis("end_time", x.LastSeen)
	w.ocsfConfidence(x.Probability)
	w.int("priority_id", severityOf[int64](x.Severity, 0, 1, 2, 3, 4))
	w.open("assignee_group", '{') // or an assignee: one of them must be there
	w.text("name", "unassigned")
	w.close('}')
	w.bool("is_suspected_breach", x.Blast.Accounts > 0 || x.Blast.Objects > 0)
	var attack []string
	w.open("finding_info_list", '[')
	for _, id := range x.Findings {
		if f := found[id]; f != nil {
			w.item('{')
			w.ocsfInfo(f)
			w.close('}')
			attack = append(attack, f.Standards.Attack...)
		}
	}
	w.close(']')
	w.ocsfAttacks(distinct(attack))
	w.open("unmapped", '{')
	w.text("uid", x.ID)
	w.texts("tags", x.Tags)
	w.int("members_total", int64(x.MembersTotal))
	w.int("accounts_entered", int64(x.Blast.Accounts))
	w.int("objects_returned", int64(x.Blast.Objects))
	w.int("bytes_sent", x.Blast.Bytes)
	w.close('}')
}

// distinct is l with each of its texts once, in their order.
func distinct(l []string) (out []string) {
	seen := map[string]bool{}
	for _, s := range l {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

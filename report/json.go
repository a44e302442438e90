package report

import (
	"io"

	"goshawk/detect"
	"goshawk/engine"
)

// JSON is the contract with other programs.
var JSON = register(Format{
	Name:  "json",
	Title: "One JSON object with everything",
	Doc: "The schema is `goshawk.report/1`: fields may be added, none is renamed or removed within it. Times are RFC 3339 in UTC, " +
		"lists are never null, what is unknown is absent. `source` is an index into `input.sources`, `line` counts from 1.",
	Write: writeJSON,
})

func writeJSON(out io.Writer, r *engine.Result, o Options) error {
	w := &jsonWriter{b: []byte{'{'}, out: out}
	top := func(name string, bracket byte) {
		w.line()
		w.open(name, bracket)
	}
	w.line()
	w.text("schema", "goshawk.report/1")
	w.text("version", o.Version)
	w.line()
	w.text("verdict", string(r.Verdict))
	w.text("summary", r.Summary)
	top("catalogues", '{')
	w.text("oat", oatRelease)
	w.text("owasp_api", owaspAPIRelease)
	w.text("attack", attackRelease)
	w.close('}')
	if p := o.Footprints; p.priced() {
		top("cost", '{')
		w.text("currency", p.prices.Currency)
		w.float("total", cents(p.Total.Cost))
		w.int("requests", p.Total.Requests)
		w.int("bytes", p.Total.Bytes)
		w.close('}')
	}

	top("input", '{')
	w.input(&r.Input)
	w.close('}')

	top("incidents", '[')
	for i := range r.Incidents {
		x := &r.Incidents[i]
		w.line()
		w.item('{')
		w.text("id", x.ID)
		w.text("title", x.Title)
		w.float("probability", x.Probability)
		w.text("confidence", detect.Confidence(x.Probability))
		w.severity(x.Severity)
		w.texts("tags", x.Tags)
		w.time("first_seen", x.FirstSeen)
		w.time("last_seen", x.LastSeen)
		w.open("stages", '[')
		for _, s := range x.Stages {
			w.item('{')
			w.text("stage", s.Name)
			w.time("at", s.At)
			w.text("finding", s.Finding)
			w.close('}')
		}
		w.close(']')
		w.actors("members", x.Members)
		w.int("members_total", int64(x.MembersTotal))
		w.texts("findings", x.Findings)
		w.open("blast", '{')
		w.int("accounts", int64(x.Blast.Accounts))
		w.int("objects", int64(x.Blast.Objects))
		w.int("bytes", x.Blast.Bytes)
		w.close('}')
		if o.Footprints.priced() {
			w.float("cost", cents(o.Footprints.Incidents[i].Cost))
		}
		w.close('}')
		w.flush()
	}
	w.close(']')

	top("findings", '[')
	for i := range r.Findings {
		w.line()
		w.item('{')
		w.finding(&r.Findings[i])
		if o.Footprints.priced() {
			w.float("cost", cents(o.Footprints.Findings[i].Cost))
		}
		w.close('}')
		w.flush()
	}
	w.close(']')

	top("actors", '[')
	for _, x := range r.Actors {
		w.line()
		w.item('{')
		w.actor(x.Actor)
		w.float("score", x.Score)
		w.text("confidence", detect.Confidence(x.Score))
		w.severity(x.Severity)
		w.texts("findings", x.Findings)
		w.close('}')
		w.flush()
	}
	w.close(']')

	top("signatures", '[')
	for _, x := range r.Signatures {
		w.line()
		w.item('{')
		w.text("name", x.Name)
		w.text("threat", x.Threat)
		w.int("source", int64(x.Source))
		w.int("line", int64(x.Line))
		w.text("text", x.Text)
		w.text("note", x.Note)
		w.text("client", x.Client)
		w.close('}')
	}
	w.close(']')

	top("detectors", '[')
	for _, x := range r.Detectors {
		w.line()
		w.item('{')
		w.text("name", x.Name)
		w.bool("ran", x.Ran)
		w.text("abstained_because", x.AbstainedBecause)
		w.close('}')
	}
	w.close(']')

	if d := r.Described; d != nil {
		top("openapi", '{')
		w.texts("files", d.Files)
		w.int("operations", int64(d.Operations))
		w.int("operations_seen", int64(d.Seen))
		w.open("shadow", '[')
		for i := range d.Shadows {
			x := &d.Shadows[i]
			w.item('{')
			w.text("endpoint", x.Endpoint)
			w.bool("method_only", x.Method)
			w.int("requests", int64(x.Requests))
			w.int("answered", int64(x.Answered))
			w.close('}')
		}
		w.close(']')
		w.int("shadow_total", int64(d.Total))
		w.close('}')
	}

	top("posture", '[')
	for i := range r.Posture {
		x := &r.Posture[i]
		w.line()
		w.item('{')
		w.text("fact", x.Fact)
		w.text("endpoint", x.Endpoint)
		w.text("evidence", x.Evidence)
		w.open("lines", '[')
		for _, l := range x.Lines {
			w.item('{')
			w.int("source", int64(l.Source))
			w.int("line", int64(l.Line))
			w.text("text", l.Text)
			w.close('}')
		}
		w.close(']')
		w.close('}')
	}
	w.close(']')

	top("allowed", '[')
	for _, x := range r.Allowed {
		w.line()
		w.item('{')
		w.actor(x.Actor)
		w.text("reason", x.Reason)
		w.int("events", x.Events)
		if x.Detector != "" {
			w.open("would", '{')
			w.text("detector", x.Detector)
			w.float("score", x.Score)
			w.close('}')
		}
		w.close('}')
		w.flush()
	}
	w.close(']')

	w.b = append(w.b, "\n}\n"...)
	if w.err == nil {
		_, w.err = out.Write(w.b)
	}
	return w.err
}

func (w *jsonWriter) severity(s detect.Severity) {
	if s != detect.NoSeverity {
		w.text("severity", s.String())
	}
}

func (w *jsonWriter) input(in *engine.Input) {
	w.open("sources", '[')
	for _, s := range in.Sources {
		w.line()
		w.item('{')
		w.text("name", s.Name)
		w.text("format", s.Format)
		w.int("lines", s.Lines)
		w.int("events", s.Events)
		w.int("unparsed", s.Unparsed)
		w.time("first", s.First)
		w.time("last", s.Last)
		w.text("error", s.Error)
		w.close('}')
	}
	w.close(']')
	w.int("lines", in.Lines)
	w.int("events", in.Events)
	w.int("unparsed", in.Unparsed)
	w.int("bytes", in.Bytes)
	w.float("seconds", in.Seconds)
	w.int("late", in.Late)
	w.int("skewed", in.Skewed)
	w.int("evicted", in.Evicted)
	w.int("repeated", in.Repeated)
	w.open("samples", '[')
	for _, s := range in.Samples {
		w.line()
		w.item('{')
		w.int("source", int64(s.Source))
		w.int("line", int64(s.Line))
		w.text("reason", s.Reason)
		w.text("text", s.Text)
		w.close('}')
	}
	w.close(']')
	w.texts("notes", in.Notes)
}

// finding writes the members of a finding's object.
func (w *jsonWriter) finding(f *detect.Finding) {
	w.text("id", f.ID)
	w.text("detector", f.Detector)
	w.text("threat", f.Threat)
	w.text("title", f.Title)
	w.severity(f.Severity)
	w.text("confidence", detect.Confidence(f.Score))
	w.float("score", f.Score)
	w.float("llr", f.LLR)
	w.open("actor", '{')
	w.actor(f.Actor)
	w.close('}')
	w.actors("members", f.Members)
	w.int("members_total", int64(f.MembersTotal))
	if f.Target.Value != "" {
		w.open("target", '{')
		w.actor(f.Target)
		w.close('}')
	}
	w.time("first_seen", f.FirstSeen)
	w.time("last_seen", f.LastSeen)
	w.time("detected_at", f.DetectedAt)
	w.int("events", int64(f.Events))
	w.open("evidence", '{')
	w.text("summary", f.Evidence.Summary)
	w.open("facts", '[')
	for _, x := range f.Evidence.Facts {
		w.item('{')
		w.text("name", x.Name)
		w.float("value", x.Value)
		w.text("unit", x.Unit)
		if x.HasLimit {
			w.float("limit", x.Limit)
		}
		if x.HasPeer {
			w.float("peer", x.Peer)
		}
		w.close('}')
	}
	w.close(']')
	w.open("lines", '[')
	for _, x := range f.Evidence.Lines {
		w.item('{')
		w.int("source", int64(x.Source))
		w.int("line", int64(x.Line))
		w.text("text", x.Text)
		w.close('}')
	}
	w.close(']')
	w.texts("counter", f.Evidence.Counter)
	w.close('}')
	w.texts("would_not_fire_if", f.WouldNotFire)
	w.open("standards", '{')
	w.texts("oat", f.Standards.OAT)
	w.texts("owasp_api", f.Standards.OWASPAPI)
	w.texts("attack", f.Standards.Attack)
	w.texts("cwe", f.Standards.CWE)
	w.close('}')
	w.texts("advice", f.Advice)
}

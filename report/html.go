package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"strings"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// HTML is for whoever must be convinced, and for the file of the case.
var HTML = register(Format{
	Name:  "html",
	Title: "A page with plots, in one file that needs no network",
	Doc: "One file with its own style and no script, no picture and no address of anything outside; its policy forbids all three. It follows the reader's dark or light setting and prints. " +
		"The plots are of a second reading of the logs: who asked when, what came of it, which numbers were asked for, how long the pauses were. " +
		"What came from standard input cannot be read twice and has no plots but the findings' own times. " +
		"At most 100 incidents are shown in full, fewer if they are long: the page stays below 5 MB.",
	Write: writeHTML,
})

//go:embed html.css
var htmlStyle string

// How much a page shows.
const (
	someRows          = 300     // of the table of incidents
	somePageIncidents = 100     // in full
	somePageFindings  = 8       // of an incident
	somePageMembers   = 12      // by name
	somePageBytes     = 3500000 // after which incidents are rows alone
	somePageLine      = 500     // columns of a line
)

// sheet is a page as it grows. All text goes through put, which escapes it.
type sheet struct {
	b []byte
	r *engine.Result
	o Options
}

// markup is text that put leaves as it is: our own tags and numbers.
type markup string

// put adds a format of our own, whose arguments are escaped unless they are markup.
func (h *sheet) put(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = escape(s)
		}
	}
	h.b = fmt.Appendf(h.b, format, args...)
}

// escape makes cleaned text of s that is text in HTML too, within quotes or not.
func escape(s string) markup { return markup(html.EscapeString(Clean(s))) }

func writeHTML(w io.Writer, r *engine.Result, o Options) error {
	h := &sheet{r: r, o: o}
	h.head()
	h.figures()
	h.index()
	found := byID(r)
	shown := 0
	for i := range r.Incidents {
		if i >= somePageIncidents || len(h.b) > somePageBytes {
			break
		}
		h.incident(i, found)
		shown++
	}
	if n := len(r.Incidents) - shown; n > 0 {
		h.put(`<p class="quiet">%s not shown in full; <code>goshawk scan -o json</code> has everything.</p>`, count(int64(n), "more incident"))
	}
	h.loose()
	h.posture()
	h.signatures()
	h.sources()
	h.allowed()
	h.abstained()
	h.put("<footer>%s</footer>\n</body>\n</html>\n", strings.TrimSpace("Goshawk "+o.Version)+". Times are UTC. OAT "+oatRelease+", OWASP API "+owaspAPIRelease+", ATT&CK v"+attackRelease+", CWE.")
	_, err := w.Write(h.b)
	return err
}

func (h *sheet) head() {
	sum := sha256.Sum256([]byte(htmlStyle))
	h.put(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="referrer" content="no-referrer"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'"/>
<title>%s</title>
<style>%s</style>
</head>
<body>
<header>
<p class="brand"><b>Goshawk</b> API abuse report <span class="pill %s">%s</span></p>
<h1>%s</h1>
`, markup(base64.StdEncoding.EncodeToString(sum[:])), "Goshawk: "+string(h.r.Verdict), markup(htmlStyle), verdictClass(h.r.Verdict), string(h.r.Verdict), h.r.Summary)
	if from, to := h.span(); from != 0 {
		h.put("<p class=\"quiet\">%s</p>\n", span(from, to))
	}
	h.put("</header>\n")
}

// verdictClass is the verdict where it is one of ours.
func verdictClass(v engine.Verdict) markup {
	switch v {
	case engine.Abuse, engine.Suspicious, engine.Insufficient, engine.Clean:
		return markup(v)
	}
	return "none"
}

// span is from the first event to the last.
func (h *sheet) span() (from, to int64) {
	for _, s := range h.r.Input.Sources {
		if s.First != 0 && (from == 0 || s.First < from) {
			from = s.First
		}
		to = max(to, s.Last)
	}
	return from, to
}

// figures are the numbers that come first.
func (h *sheet) figures() {
	r := h.r
	var b correlate.Blast
	for i := range r.Incidents {
		b.Accounts += r.Incidents[i].Blast.Accounts
		b.Objects += r.Incidents[i].Blast.Objects
	}
	h.put("<dl class=\"figures\">\n")
	figure := func(what, value string) { h.put("<div><dt>%s</dt><dd>%s</dd></div>\n", what, value) }
	figure("Incidents", number(float64(len(r.Incidents))))
	figure("Actors", number(float64(len(r.Actors))))
	if b.Accounts > 0 {
		figure("Accounts entered", number(float64(b.Accounts)))
	}
	if b.Objects > 0 {
		figure("Objects returned", number(float64(b.Objects)))
	}
	if p := h.o.Footprints; p.priced() {
		figure("What it cost", p.prices.money(p.Total.Cost))
	}
	figure("Requests read", number(float64(r.Input.Events)))
	h.put("</dl>\n")
}

// index is a row an incident, so that a hundred can be looked over.
func (h *sheet) index() {
	l := h.r.Incidents
	if len(l) < 2 {
		return
	}
	priced := h.o.Footprints.priced()
	h.put("<section><h2>Incidents</h2>\n<table class=\"index\"><thead><tr><th>Rated</th><th>What</th><th>When</th>")
	if priced {
		h.put("<th class=\"num\">Cost</th>")
	}
	h.put("</tr></thead><tbody>\n")
	for i := range l[:min(len(l), someRows)] {
		x := &l[i]
		h.put(`<tr><td class="rating"><span class="pill %s">%s</span></td><td>`, class(x.Severity), x.Severity.String())
		if i < somePageIncidents {
			h.put(`<a href="#incident-%d">%s</a>`, i+1, x.Title)
		} else {
			h.put("%s", x.Title)
		}
		h.put(`<br/><small>%s</small></td><td class="when">%s</td>`, brief(x.Members, x.MembersTotal), shortSpan(x.FirstSeen, x.LastSeen))
		if priced {
			h.put(`<td class="num">%s</td>`, h.o.Footprints.prices.money(h.o.Footprints.Incidents[i].Cost))
		}
		h.put("</tr>\n")
	}
	h.put("</tbody></table>\n")
	if n := len(l) - someRows; n > 0 {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n), "more incident"))
	}
	h.put("</section>\n")
}

func class(s detect.Severity) markup { return markup(s.String()) }

// brief names an actor or three.
func brief(l []event.Actor, total int) string {
	s := names(l[:min(len(l), 3)])
	if n := max(total, len(l)) - 3; n > 0 {
		s += " and " + number(float64(n)) + " more"
	}
	return s
}

// shortSpan is a span without what the reader can work out.
func shortSpan(from, to int64) string {
	s, _, _ := strings.Cut(span(from, to), " UTC")
	return s
}

func (h *sheet) incident(i int, found map[string]*detect.Finding) {
	x := &h.r.Incidents[i]
	var findings []*detect.Finding
	for _, id := range x.Findings {
		if f := found[id]; f != nil {
			findings = append(findings, f)
		}
	}
	h.put(`<section class="incident" id="incident-%d"><p class="eyebrow">Incident %s of %s · <code>%s</code></p>`+"\n", i+1, number(float64(i+1)), number(float64(len(h.r.Incidents))), x.ID)
	h.put("<h2>%s</h2>\n<dl class=\"about\">\n", x.Title)
	h.put(`<dt>Rated</dt><dd><span class="pill %s">%s</span> %s%s</dd>`+"\n", class(x.Severity), x.Severity.String(), certainty(x.Probability), tagged(x.Tags))
	h.about("Who", members(x.Members, x.MembersTotal))
	h.about("When", span(x.FirstSeen, x.LastSeen))
	h.about("Damage", damage(x.Blast))
	if p := h.o.Footprints; p.priced() {
		h.about("Cost", p.bill(p.Incidents[i].Spent))
	}
	h.put("</dl>\n")
	h.charts(x, findings, h.o.Footprints.of(i))
	for k, f := range findings[:min(len(findings), somePageFindings)] {
		h.finding(f, k == 0)
	}
	if n := len(findings) - somePageFindings; n > 0 {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n), "more finding"))
	}
	h.put("</section>\n")
}

func tagged(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	return ", " + strings.Join(tags, ", ")
}

func (h *sheet) about(what, s string) {
	if s != "" {
		h.put("<dt>%s</dt><dd>%s</dd>\n", what, s)
	}
}

func members(l []event.Actor, total int) string {
	s := names(l[:min(len(l), somePageMembers)])
	if n := max(total, len(l)) - somePageMembers; n > 0 && s != "" {
		s += " and " + number(float64(n)) + " more"
	}
	return s
}

// loose are the findings that are in no incident.
func (h *sheet) loose() {
	home := incidentOf(h.r)
	n := 0
	for i := range h.r.Findings {
		f := &h.r.Findings[i]
		if home[f.ID] != "" {
			continue
		}
		if n++; n == 1 {
			h.put("<section class=\"incident\"><h2>Other findings</h2>\n")
		}
		if n <= somePageFindings {
			h.finding(f, false)
		}
	}
	if n > somePageFindings {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n-somePageFindings), "more finding"))
	}
	if n > 0 {
		h.put("</section>\n")
	}
}

func (h *sheet) finding(f *detect.Finding, open bool) {
	e := &f.Evidence
	attr := markup("")
	if open {
		attr = ` open="open"`
	}
	h.put(`<details%s><summary><h3>%s</h3><span class="pill %s">%s</span><span class="quiet">%s</span></summary><div class="body">`+"\n", attr, f.Title, class(f.Severity), f.Severity.String(), certainty(f.Score))
	h.put("<p>%s</p>\n<dl class=\"about\">\n", e.Summary)
	h.about("Who", f.Actor.String())
	h.about("Members", members(f.Members, f.MembersTotal))
	h.about("Target", f.Target.Value)
	h.about("When", span(f.FirstSeen, f.LastSeen)+", "+count(int64(f.Events), "event"))
	h.about("Cost", h.o.Footprints.finding(f.ID))
	h.put("<dt>Detector</dt><dd><code>%s</code> · <code>%s</code></dd>\n</dl>\n", f.Detector, f.ID)
	h.facts(e.Facts)
	h.lines(e.Lines)
	h.list("What speaks against it", "ul", e.Counter)
	h.list("It would not have been reported if", "ul", f.WouldNotFire)
	h.list("What to do now", "ol", f.Advice)
	if l := ids(&f.Standards); len(l) > 0 {
		h.put("<ul class=\"ids\">")
		for _, id := range l {
			h.put("<li>%s</li>", id)
		}
		h.put("</ul>\n")
	}
	h.put("</div></details>\n")
}

func (h *sheet) facts(l []detect.Fact) {
	if len(l) == 0 {
		return
	}
	h.put("<table class=\"facts\"><thead><tr><th>Measured</th><th>Value</th><th>Limit</th><th>Peers</th></tr></thead><tbody>\n")
	for _, x := range l {
		limit, peers := "", ""
		if x.HasLimit {
			limit = terse(x.Limit, x.Unit)
		}
		if x.HasPeer {
			peers = terse(x.Peer, x.Unit)
		}
		h.put(`<tr><td>%s</td><td class="num">%s</td><td class="num">%s</td><td class="num">%s</td></tr>`+"\n", x.Name, amount(x.Value, x.Unit), limit, peers)
	}
	h.put("</tbody></table>\n")
}

func (h *sheet) lines(l []detect.Line) {
	if len(l) == 0 {
		return
	}
	h.put("<h4>Evidence</h4>\n<table class=\"lines\"><tbody>\n")
	for _, x := range l[:min(len(l), someLines)] {
		h.put(`<tr><td class="at">%s</td><td><code>%s</code></td></tr>`+"\n", h.o.place(h.r, x.Source, x.Line), cut(x.Text, somePageLine))
	}
	h.put("</tbody></table>\n")
	if n := len(l) - someLines; n > 0 {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n), "more line"))
	}
}

func (h *sheet) list(what string, kind markup, l []string) {
	if len(l) == 0 {
		return
	}
	h.put("<h4>%s</h4>\n<%s>", what, kind)
	for _, s := range l {
		h.put("<li>%s</li>\n", s)
	}
	h.put("</%s>\n", kind)
}

func (h *sheet) posture() {
	l := h.r.Posture
	if len(l) == 0 {
		return
	}
	h.put("<section><h2>Posture</h2>\n<p class=\"eyebrow\">What the API lets happen, whoever asks.</p>\n<ul class=\"plain\">\n")
	for _, x := range l[:min(len(l), somePosture)] {
		h.put("<li><b>%s</b>: %s</li>\n", cmp.Or(x.Endpoint, "The whole API"), x.Evidence)
	}
	h.put("</ul></section>\n")
}

func (h *sheet) signatures() {
	l := h.r.Signatures
	if len(l) == 0 {
		return
	}
	h.put("<section><h2>Known lines</h2>\n<p class=\"eyebrow\">They accompany a threat; each alone proves nothing.</p>\n<table class=\"lines\"><tbody>\n")
	for _, x := range l[:min(len(l), someSignatures)] {
		h.put(`<tr><td class="at">%s</td><td>%s. %s<br/><code>%s</code></td></tr>`+"\n", h.o.place(h.r, x.Source, x.Line), x.Name, x.Note, cut(x.Text, somePageLine))
	}
	h.put("</tbody></table>\n")
	if n := len(l) - someSignatures; n > 0 {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n), "more line"))
	}
	h.put("</section>\n")
}

// sources says what was read, and what no line of it says.
func (h *sheet) sources() {
	in := &h.r.Input
	h.put("<section><h2>What was read</h2>\n<p class=\"eyebrow\">%s, %s, %s not understood, %s</p>\n", count(in.Lines, "line"), count(in.Events, "event"), number(float64(in.Unparsed)), size(in.Bytes))
	h.put("<table class=\"sources\"><thead><tr><th>Source</th><th>Format</th><th class=\"num\">Lines</th><th>Time</th></tr></thead><tbody>\n")
	for i, s := range in.Sources[:min(len(in.Sources), 50)] {
		h.put(`<tr><td>%s`, s.Name)
		if s.Error != "" {
			h.put(` <span class="critical">stopped early: %s</span>`, s.Error)
		}
		for _, n := range h.o.Footprints.silences(i) {
			h.put(`<br/><small class="quiet">%s</small>`, n)
		}
		when := ""
		if s.First != 0 {
			when = shortSpan(s.First, s.Last)
		}
		h.put(`</td><td>%s</td><td class="num">%s</td><td>%s</td></tr>`+"\n", s.Format, number(float64(s.Lines)), when)
	}
	h.put("</tbody></table>\n")
	if n := len(in.Sources) - 50; n > 0 {
		h.put("<p class=\"quiet\">and %s</p>\n", count(int64(n), "more source"))
	}
	if len(in.Notes) > 0 {
		h.put("<ul class=\"plain\">")
		for _, n := range in.Notes {
			h.put("<li>%s</li>\n", n)
		}
		h.put("</ul>\n")
	}
	if len(in.Samples) > 0 {
		h.put("<h4>Not understood</h4>\n<table class=\"lines\"><tbody>\n")
		for _, x := range in.Samples[:min(len(in.Samples), someSamples)] {
			h.put(`<tr><td class="at">%s</td><td>%s<br/><code>%s</code></td></tr>`+"\n", h.o.place(h.r, x.Source, x.Line), x.Reason, cut(x.Text, somePageLine))
		}
		h.put("</tbody></table>\n")
	}
	h.put("</section>\n")
}

func (h *sheet) allowed() {
	l := h.r.Allowed
	if len(l) == 0 {
		return
	}
	h.put("<section><h2>Allowed</h2>\n<p class=\"eyebrow\">Not judged, as the configuration says.</p>\n<ul class=\"plain\">\n")
	for _, x := range l[:min(len(l), someAllowed)] {
		s := count(x.Events, "event")
		if x.Reason != "" {
			s = x.Reason + ", " + s
		}
		if x.Detector != "" {
			s += "; would have been " + x.Detector + ", " + certainty(x.Score)
		}
		h.put("<li><b>%s</b>: %s</li>\n", x.Actor.String(), s)
	}
	h.put("</ul></section>\n")
}

// abstained names the detectors that could not judge, by their reason.
func (h *sheet) abstained() {
	reasons, byReason := abstentions(h.r)
	if len(reasons) == 0 {
		return
	}
	h.put("<section><h2>Could not judge</h2>\n<ul class=\"plain\">\n")
	for _, why := range reasons {
		h.put("<li>%s: <code>%s</code></li>\n", why, strings.Join(byReason[why], ", "))
	}
	h.put("</ul></section>\n")
}

package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// Text is for the person with a suspicious log and five minutes.
var Text = register(Format{
	Name:  "text",
	Title: "A report for people",
	Doc: "The verdict comes first, then what was read, then each incident: who, what, how sure, since when; the numbers against their limits, " +
		"the lines, what speaks against it, what would have changed it and what to do. Then what was seen but judged too little: single lines that are known, " +
		"lines not understood, allowed actors, detectors that could not judge. Long lists are cut; the format json has them whole.",
	Write: writeText,
})

// How much of long lists is shown.
const (
	someIncidents  = 20
	someFindings   = 8 // of an incident
	someSources    = 8
	someMembers    = 6
	someLines      = 5
	someSignatures = 5
	someSamples    = 5
	someAllowed    = 10
	somePosture    = 8
	someShadows    = 8
)

// textReport is a report on its page.
type textReport struct {
	page
	r     *engine.Result
	o     Options
	cut   bool            // something was left out
	shown map[string]bool // advice and places of lines of the incident at hand: its findings share them
}

func writeText(w io.Writer, r *engine.Result, o Options) error {
	t := textReport{page: page{width: o.Width, colour: o.Color}, r: r, o: o}
	if t.width <= 0 {
		t.width = 100
	}
	t.width = max(t.width, 40)

	c := map[engine.Verdict]colour{engine.Abuse: red, engine.Suspicious: yellow, engine.Insufficient: blue, engine.Clean: green}[r.Verdict]
	t.title(c, strings.ToUpper(string(r.Verdict)), piece{bold, r.Summary})
	t.input()
	if p := o.Footprints; p.priced() {
		t.title(bold, "Cost", piece{plain, p.bill(p.Total)})
	}
	t.overview()
	told := map[string]bool{} // findings by id
	for i := range r.Incidents {
		t.incident(i, told)
	}
	if n := len(r.Incidents) - someIncidents; n > 0 {
		t.blank()
		t.more(n, "more incident")
	}
	t.others(told)
	t.signatures()
	t.posture()
	t.described()
	t.samples()
	t.allowed()
	t.abstained()
	t.hints()
	if o.Version != "" {
		t.blank()
		t.put(faint, "goshawk "+Clean(o.Version))
		t.end()
	}
	_, err := w.Write(t.b)
	return err
}

func (t *textReport) input() {
	in := &t.r.Input
	all := []string{count(in.Lines, "line"), count(in.Events, "event"), number(float64(in.Unparsed)) + " not understood", size(in.Bytes)}
	if in.Seconds > 0 {
		all[3] += " in " + duration(int64(in.Seconds*1e9))
	}
	t.title(bold, "Read", piece{plain, strings.Join(all, ", ")})
	left := 0
	for i, s := range in.Sources {
		if i >= someSources && s.Error == "" {
			left++
			continue
		}
		what := []string{count(s.Lines, "line")}
		if s.Unparsed > 0 {
			what = append(what, number(float64(s.Unparsed))+" not understood")
		}
		if s.Format != "" {
			what = append(what, "format "+s.Format)
		}
		if s.First != 0 {
			what = append(what, span(s.First, s.Last))
		}
		l := []piece{{bold, s.Name + ":"}, {plain, strings.Join(what, ", ")}}
		if s.Error != "" {
			l = append(l, piece{red, "· stopped early: " + s.Error})
		}
		t.row("source", l...)
	}
	t.more(left, "more source")
	note := func(n int64, one, what string) {
		if n > 0 {
			t.row("note", piece{plain, count(n, one) + " " + what})
		}
	}
	note(in.Late, "event", "came after later ones of the same log.")
	note(in.Skewed, "event", "had a clock that jumped ahead and was not believed.")
	note(in.Repeated, "line", "of the error log told of a request that the access log tells of too, and was not counted again.")
	note(in.Evicted, "quiet record", "had to be forgotten to stay within the memory.")
	for _, n := range in.Notes {
		t.row("note", piece{plain, n})
	}
}

// fewIncidents need no overview.
const fewIncidents = 3

// overview is a line an incident, for who must know where to begin.
func (t *textReport) overview() {
	l := t.r.Incidents
	if len(l) <= fewIncidents {
		return
	}
	t.title(bold, "Incidents", piece{faint, "The surest first."})
	for i := range l[:min(len(l), someIncidents)] {
		x := &l[i]
		who := ""
		if len(x.Members) > 0 {
			who = x.Members[0].String()
		}
		if n := max(x.MembersTotal, len(x.Members)) - 1; n > 0 {
			who += " and " + number(float64(n)) + " more"
		}
		rating := x.Severity.String()
		t.put(faint, fmt.Sprintf("%4d ", i+1))
		t.put(severityColour(x.Severity), rating)
		t.pad(labels - len(rating) - 2)
		t.put(plain, cut(who+": "+x.Title, t.width-labels-3))
		t.end()
	}
	t.more(len(l)-someIncidents, "more incident")
}

// incident writes an incident with its findings, and notes those as told.
func (t *textReport) incident(i int, told map[string]bool) {
	x := &t.r.Incidents[i]
	var findings []*detect.Finding
	for j := range t.r.Findings {
		if f := &t.r.Findings[j]; slices.Contains(x.Findings, f.ID) {
			findings = append(findings, f)
			told[f.ID] = true
		}
	}
	if i >= someIncidents {
		return
	}
	name := "Incident"
	if n := len(t.r.Incidents); n > 1 {
		name = fmt.Sprintf("Incident %d of %d", i+1, n)
	}
	t.title(bold, name, piece{bold, x.Title})
	t.shown = map[string]bool{}
	if len(findings) == 1 { // which tells it all
		t.finding(findings[0], x.Blast)
		return
	}
	t.sure(x.Severity, x.Probability, append(slices.Clone(x.Tags), x.ID)...)
	t.actors("who", bold, x.Members, x.MembersTotal)
	t.row("when", piece{plain, span(x.FirstSeen, x.LastSeen)})
	var stages []string
	for k, s := range x.Stages {
		if k == 0 || s.Name != x.Stages[k-1].Name {
			stages = append(stages, s.Name+" from "+clock(s.At))
		}
	}
	if len(stages) > 1 {
		t.row("course", piece{plain, strings.Join(stages, ", ")})
	}
	t.damage(x.Blast)
	t.cost(i)
	for _, f := range findings[:min(len(findings), someFindings)] {
		t.blank()
		t.pad(2)
		t.flow(2, 2, piece{bold, f.Title})
		t.finding(f, correlate.Blast{})
	}
	if n := len(findings) - someFindings; n > 0 {
		t.blank()
		t.more(n, "more finding")
	}
}

// others writes the findings that are in no incident.
func (t *textReport) others(told map[string]bool) {
	n := 0
	for i := range t.r.Findings {
		f := &t.r.Findings[i]
		if told[f.ID] {
			continue
		}
		if n++; n <= someIncidents {
			t.title(bold, "Finding", piece{bold, f.Title})
			t.shown = map[string]bool{}
			t.finding(f, correlate.Blast{})
		}
	}
	t.more(n-someIncidents, "more finding")
}

// finding writes what a detector claims, but for its title.
func (t *textReport) finding(f *detect.Finding, b correlate.Blast) {
	e := &f.Evidence
	t.sure(f.Severity, f.Score, f.Detector, f.ID)
	t.actors("who", bold, []event.Actor{f.Actor}, 1)
	t.actors("members", plain, f.Members, f.MembersTotal)
	if f.Target.Value != "" {
		t.row("target", piece{plain, names([]event.Actor{f.Target})})
	}
	t.row("when", piece{plain, span(f.FirstSeen, f.LastSeen) + ", " + count(int64(f.Events), "event")})
	t.damage(b)
	if s := t.o.Footprints.finding(f.ID); s != "" {
		t.row("cost", piece{plain, s})
	}
	t.row("evidence", piece{plain, e.Summary})
	t.facts(e.Facts)
	t.lines(e.Lines)
	t.list("against", e.Counter)
	if len(f.WouldNotFire) > 0 {
		t.row("unless", piece{faint, "It would not have been reported if"})
		t.list("", f.WouldNotFire)
	}
	for i, a := range t.fresh(f.Advice) {
		t.label([]string{"do now", ""}[min(i, 1)])
		t.flow(labels, labels+3, piece{faint, fmt.Sprintf("%d.", i+1)}, piece{plain, a})
	}
	if l := ids(&f.Standards); len(l) > 0 {
		t.row("standards", piece{faint, strings.Join(l, ", ")})
	}
}

// sure writes how bad and how certain a claim is, and the names it goes by.
func (t *textReport) sure(s detect.Severity, score float64, names ...string) {
	t.row("rated", piece{severityColour(s), s.String()}, piece{plain, "· " + certainty(score)}, piece{faint, "· " + strings.Join(names, " · ")})
}

func severityColour(s detect.Severity) colour {
	return severityOf(s, plain, plain, yellow, red, red)
}

func (t *textReport) actors(label string, c colour, l []event.Actor, total int) {
	if len(l) == 0 {
		return
	}
	s := names(l[:min(len(l), someMembers)])
	if n := max(total, len(l)) - someMembers; n > 0 {
		s += " and " + number(float64(n)) + " more"
		t.cut = true
	}
	t.row(label, piece{c, s})
}

// names lists actors, with their scope where it changes: "ip 192.0.2.1,
// 192.0.2.2, user bob". An endpoint's name says what it is.
func names(l []event.Actor) string {
	var parts []string
	last := event.Endpoint
	for _, a := range l {
		if a.Scope == last {
			parts = append(parts, a.Value)
		} else {
			parts = append(parts, a.String())
		}
		last = a.Scope
	}
	return strings.Join(parts, ", ")
}

// more says how much is not shown.
func (t *textReport) more(n int, what string) {
	if n > 0 {
		t.row("", piece{faint, "and " + count(int64(n), what)})
		t.cut = true
	}
}

func (t *textReport) damage(b correlate.Blast) {
	if s := damage(b); s != "" {
		t.row("damage", piece{plain, s})
	}
}

// cost writes what an incident cost.
func (t *textReport) cost(incident int) {
	if p := t.o.Footprints; p.priced() {
		t.row("cost", piece{plain, p.bill(p.Incidents[incident].Spent)})
	}
}

// list writes each of l on a line of its own, with a dash.
func (t *textReport) list(label string, l []string) {
	for _, s := range l {
		t.label(label)
		t.flow(labels, labels+2, piece{faint, "-"}, piece{plain, s})
		label = ""
	}
}

// facts writes numbers beside their limits and what peers do: a table, or
// where it does not fit a list.
func (t *textReport) facts(l []detect.Fact) {
	var rows [][4]string
	for _, x := range l {
		row := [4]string{Clean(x.Name), amount(x.Value, x.Unit)}
		if x.HasLimit {
			row[2] = "limit " + terse(x.Limit, x.Unit)
		}
		if x.HasPeer {
			row[3] = "peers " + terse(x.Peer, x.Unit)
		}
		rows = append(rows, row)
	}
	t.table(rows)
}

// fresh is what of l this incident has not shown, and notes it as shown.
func (t *textReport) fresh(l []string) []string {
	var left []string
	for _, s := range l {
		if !t.shown[s] {
			left = append(left, s)
			t.shown[s] = true
		}
	}
	return left
}

// lines writes the lines that prove a finding, each once an incident.
func (t *textReport) lines(l []detect.Line) {
	var places, texts []string
	for _, x := range l[:min(len(l), someLines)] {
		if at := t.fresh([]string{t.place(x.Source, x.Line)}); at != nil {
			places, texts = append(places, at[0]), append(texts, x.Text)
		}
	}
	switch {
	case len(places) == 0 && len(l) > 0:
		t.row("lines", piece{faint, "as above"})
	case strings.Join(texts, "") == "" && len(l) > 0:
		t.row("lines", piece{blue, strings.Join(places, ", ")})
	default:
		for i := range places {
			t.line([]string{"lines", ""}[min(i, 1)], texts[i], piece{blue, places[i]})
		}
	}
	t.more(len(l)-someLines, "more line")
}

// place is where a line stands: "access.log:17".
func (t *textReport) place(source, line int) string { return t.o.place(t.r, source, line) }

// line writes what there is to say of a line of a log, and the line below. It
// gets as many lines of the page as show who asked for what, two at least.
func (t *textReport) line(label, text string, about ...piece) {
	const enough = 190 // columns
	t.row(label, about...)
	width := t.width - labels - 2
	rest := Clean(text)
	for rows := max((enough+width-1)/width, 2); rest != ""; rows-- {
		head := ""
		if rows == 1 {
			head, rest = cut(rest, width), ""
		} else {
			head, rest = breakLine(rest, width)
		}
		t.pad(labels + 2)
		t.put(plain, head)
		t.end()
	}
}

// breakLine cuts a line of a log to a width: between words, else after a comma,
// if there is one in the second half, for the members of JSON.
func breakLine(s string, width int) (head, rest string) {
	head, rest = split(s, width)
	if rest == "" {
		return head, ""
	}
	if i := strings.LastIndexByte(head, ' '); i > len(head)/2 {
		return head[:i], head[i+1:] + rest
	}
	if i := strings.LastIndexByte(head, ','); i > len(head)/2 {
		return head[:i+1], head[i+1:] + rest
	}
	return head, rest
}

func (t *textReport) signatures() {
	if len(t.r.Signatures) == 0 {
		return
	}
	t.title(bold, "Known lines", piece{faint, "They accompany a threat; each alone proves nothing."})
	for _, x := range t.r.Signatures[:min(len(t.r.Signatures), someSignatures)] {
		t.row("signature", piece{bold, x.Name}, piece{faint, "· " + x.Threat})
		t.line("", x.Text, piece{blue, t.place(x.Source, x.Line)})
		t.row("next", piece{plain, x.Note})
	}
	t.more(len(t.r.Signatures)-someSignatures, "more line")
}

func (t *textReport) posture() {
	l := t.r.Posture
	if len(l) == 0 {
		return
	}
	t.title(bold, "Posture", piece{faint, "What the API lets happen, whoever asks."})
	for _, x := range l[:min(len(l), somePosture)] {
		t.row("", piece{bold, cmp.Or(x.Endpoint, "The whole API") + ":"}, piece{plain, x.Evidence})
		for _, s := range x.Lines {
			t.line("", s.Text, piece{blue, t.place(s.Source, s.Line)})
		}
	}
	t.more(len(l)-somePosture, "more fact")
}

func (t *textReport) described() {
	d := t.r.Described
	if d == nil {
		return
	}
	t.title(bold, "OpenAPI", piece{plain, fmt.Sprintf("%s of %s seen, by %s", number(float64(d.Seen)), count(int64(d.Operations), "documented operation"), strings.Join(d.Files, ", "))})
	for i := range d.Shadows[:min(len(d.Shadows), someShadows)] {
		x := &d.Shadows[i]
		what := "is not documented"
		if x.Method {
			what = "is documented with other methods only"
		}
		t.row("", piece{bold, x.Endpoint}, piece{plain, what + ","}, piece{plain, "and answered " + number(float64(x.Answered)) + " of " + count(int64(x.Requests), "request") + "."})
	}
	t.more(d.Total-someShadows, "more undocumented endpoint")
}

func (t *textReport) samples() {
	in := &t.r.Input
	if in.Unparsed == 0 {
		return
	}
	t.title(bold, "Not understood", piece{faint, number(float64(in.Unparsed)) + " of " + count(in.Lines, "line")})
	for _, x := range in.Samples[:min(len(in.Samples), someSamples)] {
		t.line("", x.Text, piece{blue, t.place(x.Source, x.Line)}, piece{faint, "· " + x.Reason})
	}
}

func (t *textReport) allowed() {
	l := t.r.Allowed
	if len(l) == 0 {
		return
	}
	t.title(bold, "Allowed", piece{faint, "Not judged, as the configuration says."})
	for _, x := range l[:min(len(l), someAllowed)] {
		s := count(x.Events, "event")
		if x.Reason != "" {
			s = x.Reason + ", " + s
		}
		if x.Detector != "" {
			s += fmt.Sprintf("; would have been %s, %s", x.Detector, certainty(x.Score))
		}
		t.row("", piece{bold, names([]event.Actor{x.Actor}) + ":"}, piece{plain, s})
	}
	t.more(len(l)-someAllowed, "more actor")
}

// abstained names the detectors that could not judge, by their reason.
func (t *textReport) abstained() {
	reasons, byReason := abstentions(t.r)
	if len(reasons) == 0 {
		return
	}
	t.title(bold, "Abstained", piece{faint, "These detectors could not judge."})
	for _, why := range reasons {
		t.row("", piece{bold, strings.Join(byReason[why], ", ") + ":"}, piece{plain, why})
	}
}

// abstentions are the reasons why detectors could not judge, with their names.
func abstentions(r *engine.Result) (reasons []string, byReason map[string][]string) {
	byReason = map[string][]string{}
	for _, x := range r.Detectors {
		if x.Ran {
			continue
		}
		if byReason[x.AbstainedBecause] == nil {
			reasons = append(reasons, x.AbstainedBecause)
		}
		byReason[x.AbstainedBecause] = append(byReason[x.AbstainedBecause], x.Name)
	}
	return reasons, byReason
}

// hints say what else this program could tell.
func (t *textReport) hints() {
	var l []string
	r := t.r
	if t.cut {
		l = append(l, "-o json lists everything.")
	}
	if slices.ContainsFunc(r.Actors, func(a engine.ActorScore) bool { return a.Actor.Scope == event.Key || a.Actor.Scope == event.Session }) {
		l = append(l, "--reveal shows keys and sessions in clear, for revoking them.")
	}
	if r.Input.Unparsed > 0 {
		l = append(l, "--log-format takes the log_format of nginx or the LogFormat of Apache, if lines were not understood.")
	}
	if r.Verdict == engine.Insufficient {
		l = append(l, "Scan more of the log: the hours around the lines in question, and the access log of the server in front.")
	}
	if len(l) > 0 {
		t.blank()
		t.list("hints", l)
	}
}

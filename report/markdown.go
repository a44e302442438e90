package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"goshawk/correlate"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/event"
)

// Markdown is for a ticket.
var Markdown = register(Format{
	Name:  "markdown",
	Title: "A report for a ticket",
	Doc: "CommonMark without links, pictures, raw HTML and tables, so that every tracker shows the same. What comes from a log stands in code spans, " +
		"and so does every word that a tracker might take for markup, an address, a mention or a reference. Long lists are cut; the format json has them whole.",
	Write: writeMarkdown,
})

const someTicketIncidents = 10

// markdown is a report as it grows.
type markdown struct {
	b []byte
	r *engine.Result
	o Options
}

func writeMarkdown(w io.Writer, r *engine.Result, o Options) error {
	m := markdown{r: r, o: o}
	m.block("# Goshawk: " + prose(string(r.Verdict)))
	if s := prose(r.Summary); s != "" {
		m.block("**" + s + "**")
	}
	m.input()
	if p := o.Footprints; p.priced() {
		m.about("Cost", prose(p.bill(p.Total)))
	}
	found, told := byID(r), map[string]bool{}
	for i := range r.Incidents {
		x := &r.Incidents[i]
		for _, id := range x.Findings {
			told[id] = true
		}
		if i < someTicketIncidents {
			m.incident(i, found)
		}
	}
	m.more(len(r.Incidents)-someTicketIncidents, "more incident")
	m.others(told)
	m.posture()
	m.signatures()
	if o.Version != "" {
		m.block("goshawk " + prose(o.Version))
	}
	_, err := w.Write(m.b)
	return err
}

// block adds a paragraph or a heading.
func (m *markdown) block(s string) {
	if len(m.b) > 0 && m.b[len(m.b)-1] == '\n' && (len(m.b) < 2 || m.b[len(m.b)-2] != '\n') {
		m.b = append(m.b, '\n')
	}
	m.b = append(append(m.b, s...), '\n', '\n')
}

// item adds a line to a list.
func (m *markdown) item(s string) { m.b = append(append(append(m.b, "- "...), s...), '\n') }

// about adds a line that says what something is, unless there is nothing to say.
func (m *markdown) about(what, s string) {
	if s != "" {
		m.item("**" + what + ":** " + s)
	}
}

func (m *markdown) more(n int, what string) {
	if n > 0 {
		m.block("And " + count(int64(n), what) + "; `goshawk scan -o json` lists everything.")
	}
}

func (m *markdown) input() {
	in := &m.r.Input
	m.item(fmt.Sprintf("Read: %s, %s, %s not understood, %s", count(in.Lines, "line"), count(in.Events, "event"), number(float64(in.Unparsed)), size(in.Bytes)))
	for _, s := range in.Sources[:min(len(in.Sources), someSources)] {
		line := code(s.Name) + ": " + count(s.Lines, "line")
		if s.Format != "" {
			line += ", format " + prose(s.Format)
		}
		if s.First != 0 {
			line += ", " + span(s.First, s.Last)
		}
		if s.Error != "" {
			line += "; stopped early: " + prose(s.Error)
		}
		m.item(line)
	}
	for _, n := range in.Notes {
		m.item("Note: " + prose(n))
	}
}

func (m *markdown) incident(i int, found map[string]*detect.Finding) {
	x := &m.r.Incidents[i]
	m.block("## " + prose(x.Title))
	m.about("Rated", strings.Join([]string{x.Severity.String() + " severity", certainty(x.Probability), prose(strings.Join(x.Tags, ", "))}, ", "))
	m.about("Incident", code(x.ID))
	m.about("Who", m.actors(x.Members, x.MembersTotal))
	m.about("When", span(x.FirstSeen, x.LastSeen))
	m.about("Damage", damage(x.Blast))
	if p := m.o.Footprints; p.priced() {
		m.about("Cost", prose(p.bill(p.Incidents[i].Spent)))
	}
	n := 0
	for _, id := range x.Findings {
		if f := found[id]; f != nil {
			if n++; n <= someFindings {
				m.finding(f)
			}
		}
	}
	m.more(n-someFindings, "more finding")
}

// others are the findings that are in no incident.
func (m *markdown) others(told map[string]bool) {
	n := 0
	for i := range m.r.Findings {
		if f := &m.r.Findings[i]; !told[f.ID] {
			if n++; n <= someTicketIncidents {
				m.finding(f)
			}
		}
	}
	m.more(n-someTicketIncidents, "more finding")
}

func (m *markdown) finding(f *detect.Finding) {
	e := &f.Evidence
	m.block("### " + prose(f.Title))
	m.about("Rated", f.Severity.String()+" severity, "+certainty(f.Score)+", "+code(f.Detector))
	m.about("Finding", code(f.ID))
	m.about("Who", m.actors([]event.Actor{f.Actor}, 1))
	m.about("Members", m.actors(f.Members, f.MembersTotal))
	if f.Target.Value != "" {
		m.about("Target", code(f.Target.Value))
	}
	m.about("When", span(f.FirstSeen, f.LastSeen)+", "+count(int64(f.Events), "event"))
	m.about("Cost", prose(m.o.Footprints.finding(f.ID)))
	m.about("Evidence", prose(e.Summary))
	for _, x := range e.Facts {
		m.item(prose(factLine(x)))
	}
	for _, x := range e.Lines[:min(len(e.Lines), someLines)] {
		m.item(code(m.o.place(m.r, x.Source, x.Line)) + " " + code(cut(x.Text, 400)))
	}
	m.list("What speaks against it", e.Counter)
	m.list("It would not have been reported if", f.WouldNotFire)
	m.list("Do now", f.Advice)
	if l := ids(&f.Standards); len(l) > 0 {
		m.block("Standards: " + prose(strings.Join(l, ", ")))
	}
}

// list adds a paragraph that names what the items below it are.
func (m *markdown) list(what string, l []string) {
	if len(l) == 0 {
		return
	}
	m.block(what + ":")
	for _, s := range l {
		m.item(prose(s))
	}
}

func (m *markdown) actors(l []event.Actor, total int) string {
	var parts []string
	for _, a := range l[:min(len(l), someMembers)] {
		parts = append(parts, a.Scope.String()+" "+code(a.Value))
	}
	s := strings.Join(parts, ", ")
	if n := max(total, len(l)) - someMembers; n > 0 && s != "" {
		s += " and " + number(float64(n)) + " more"
	}
	return s
}

func (m *markdown) posture() {
	l := m.r.Posture
	if len(l) == 0 {
		return
	}
	m.block("## Posture")
	for _, x := range l[:min(len(l), somePosture)] {
		m.item(code(cmp.Or(x.Endpoint, "The whole API")) + ": " + prose(x.Evidence))
	}
}

func (m *markdown) signatures() {
	l := m.r.Signatures
	if len(l) == 0 {
		return
	}
	m.block("## Known lines")
	m.block("They accompany a threat; each alone proves nothing.")
	for _, x := range l[:min(len(l), someSignatures)] {
		m.item(code(m.o.place(m.r, x.Source, x.Line)) + " " + code(cut(x.Text, 400)))
		m.item(prose(x.Name) + ": " + prose(x.Note))
	}
}

// damage is a blast in words, "" for none.
func damage(b correlate.Blast) string {
	var l []string
	if b.Accounts > 0 {
		l = append(l, count(int64(b.Accounts), "account")+" entered")
	}
	if b.Objects > 0 {
		l = append(l, count(int64(b.Objects), "object")+" returned")
	}
	if b.Bytes > 0 {
		l = append(l, size(b.Bytes)+" sent")
	}
	return strings.Join(l, ", ")
}

// factLine is a fact as a sentence.
func factLine(x detect.Fact) string {
	s := x.Name + ": " + amount(x.Value, x.Unit)
	if x.HasLimit {
		s += ", limit " + terse(x.Limit, x.Unit)
	}
	if x.HasPeer {
		s += ", peers " + terse(x.Peer, x.Unit)
	}
	return s
}

// code is s in a code span, whatever backticks it has. Source: CommonMark 0.31,
// "Code spans".
func code(s string) string {
	s = Clean(s)
	if strings.TrimSpace(s) == "" {
		return "` `"
	}
	longest, run := 0, 0
	for _, c := range []byte(s) {
		if run++; c != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || s[0] == ' ' || s[len(s)-1] == ' ' {
		s = " " + s + " " // one blank at each end is taken away
	}
	return fence + s + fence
}

// prose is our own sentences, into which names from a log may have been put:
// words that are no plain words become code spans, neighbours together.
func prose(s string) string {
	var out []string
	var odd []string
	flush := func() {
		if len(odd) > 0 {
			out = append(out, code(strings.Join(odd, " ")))
			odd = nil
		}
	}
	for _, w := range strings.Fields(Clean(s)) {
		if ok := plainWord(w); ok && (len(out) > 0 || len(odd) > 0 || !listMark(w)) {
			flush()
			out = append(out, w)
			continue
		}
		body := strings.TrimRight(w, ",;:.")
		if body == "" {
			body = w
		}
		odd = append(odd, body)
		if body != w {
			flush()
			out[len(out)-1] += w[len(body):]
		}
	}
	flush()
	return strings.Join(out, " ")
}

// plainWord says whether no reader of Markdown, nor a tracker around one, sees
// more in a word than the word: letters, digits, and between them what neither
// marks up nor links. "www.example" and "a:b" do link in places.
func plainWord(w string) bool {
	if strings.Trim(w, "(),;:.") == "%" {
		return true
	}
	core := strings.TrimRight(strings.TrimLeft(w, "("), ",;:.)%")
	if core == "" {
		return false
	}
	last := rune(0)
	for i, r := range core {
		switch {
		case unicode.IsLetter(r):
			if (last == '.' || last == ':') && i > 0 {
				return false
			}
		case unicode.IsDigit(r), r == '·', r == '…':
		case strings.ContainsRune("-.,:/'’", r):
			if i == 0 {
				return false
			}
		default:
			return false
		}
		last = r
	}
	return !strings.Contains(core, "//")
}

// listMark says whether a line that begins with the word is a list's: "1.".
func listMark(w string) bool {
	r, _ := utf8.DecodeLastRuneInString(w)
	digits := strings.TrimRight(w, ".)")
	return (r == '.' || r == ')') && digits != "" && !slices.ContainsFunc([]rune(digits), func(r rune) bool { return !unicode.IsDigit(r) })
}

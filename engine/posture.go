package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"goshawk/detect"
	"goshawk/event"
	"goshawk/inventory"
)

// Posture is a fact about the API rather than about an actor: what it lets
// happen. It comes with the numbers it rests on.
type Posture struct {
	Fact     string // open_endpoint, documented_as_secured, guessable_ids, no_throttling, console_without_mfa, root_without_mfa, root_key
	Endpoint string // "" for the whole API
	Evidence string
	Lines    []detect.Line
}

// guarded are endpoints that one expects to ask who calls.
const guarded = event.Admin | event.Export | event.Contact

// maxOpened bounds the endpoints of which a line is kept, maxPosture the facts told.
const maxOpened, maxPosture = 64, 20

// openedLine is the first line that shows a guarded endpoint answer nobody.
type openedLine struct {
	template uint32
	keptLine
}

// opened keeps the first line of each guarded endpoint that answers nobody.
func (g *Engine) opened(i int, r *event.Rec) {
	if len(g.open) == maxOpened || slices.ContainsFunc(g.open, func(o openedLine) bool { return o.template == r.Template }) {
		return
	}
	c, s := g.block.line(i)
	g.open = append(g.open, openedLine{r.Template, keepLine(c, s)})
}

// isOpened says whether an event shows that.
func (g *Engine) isOpened(r *event.Rec) bool {
	return r.Principal == 0 && r.Status/100 == 2 && (r.Traits&guarded != 0 || g.secured(r.Template)) && r.Class&(event.Login|event.Register|event.Asset) == 0 && r.Traits&event.Reset == 0 && r.Verb != event.OptionsVerb
}

// secured says whether an endpoint is documented to answer nobody without
// credentials.
func (g *Engine) secured(template uint32) bool {
	o := g.view.Described(template).Operation
	return o != nil && o.Secured
}

// shown says whether the log names most callers of what is documented to need
// credentials: if not, it does not show them.
func (g *Engine) shown() bool {
	var good, open uint64
	for i := range g.view.Templates {
		if e := &g.view.Templates[i]; g.secured(uint32(i)) && !strings.HasPrefix(e.Name, "OPTIONS") {
			good, open = good+e.Good, open+e.Open
		}
	}
	return good >= 20 && 2*open < good
}

// posture states the facts. Where the log does not carry who asks, or which
// answers were given, it states none about that.
func (g *Engine) posture() (l []Posture) {
	if g.view.Outcomes {
		l = append(l, g.openEndpoints()...)
		l = append(l, g.guessable()...)
		l = append(l, g.unthrottled()...)
	}
	return append(l, g.logins.posture(g)...)
}

// openEndpoints are the facts about endpoints that answer nobody.
func (g *Engine) openEndpoints() (l []Posture) {
	v := g.view
	if v.Carries&(event.HasUser|event.HasKey|event.HasSession) == 0 {
		return nil
	}
	var good, open uint64
	for i := range v.Templates {
		e := &v.Templates[i]
		good, open = good+e.Good, open+e.Open
	}
	shown := g.shown()
	for i := range v.Templates {
		e := &v.Templates[i]
		named := e.Good - min(e.Open, e.Good)
		said := shown && g.secured(uint32(i)) && e.Open > 0
		switch {
		case strings.HasPrefix(e.Name, "OPTIONS"):
			continue // a browser's question before it asks
		case said:
		case strings.Contains(e.Name, "{slug}") || e.Traits&guarded == 0 && !e.Private || e.Traits&event.WebPage != 0 || e.Open == 0 || strings.Contains(e.Name, "login"):
			continue
		case named >= 20 && e.Open*10 <= e.Good: // nearly everybody says who they are
		case e.Traits&event.Admin != 0 && e.Open >= 3 && 2*open < good: // nobody does here, and most do elsewhere
		default:
			continue
		}
		p := Posture{Fact: "open_endpoint", Endpoint: e.Name,
			Evidence: fmt.Sprintf("%d of %d successes went to callers whom the log does not name; %d named theirs. Of the whole API's successes %.0f %% were named.", e.Open, e.Good, named, 100*float64(good-open)/float64(max(good, 1)))}
		if said {
			o := v.Described(uint32(i)).Operation
			p.Fact = "documented_as_secured"
			p.Evidence = fmt.Sprintf("%s:%d says that %s %s needs credentials. %s", o.File, o.Line, o.Method, o.Path, p.Evidence)
		}
		if k := slices.IndexFunc(g.open, func(o openedLine) bool { return int(o.template) == i }); k >= 0 {
			p.Lines = append(p.Lines, g.shownLine(&g.open[k].keptLine))
		}
		l = append(l, p)
	}
	slices.SortStableFunc(l, func(a, b Posture) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return l[:min(len(l), maxPosture)]
}

func (g *Engine) shownLine(k *keptLine) detect.Line {
	return detect.Line{Source: k.source, Line: k.line, Text: g.mask(k.text, k.in)}
}

// guessableOf is how many numbers hold one that is somebody's, at most, for the
// next to be found by guessing.
const guessableOf = 1000

// guessable are the facts about endpoints whose things belong to one each and are
// numbered so closely that their numbers can be guessed.
func (g *Engine) guessable() (l []Posture) {
	for i := range g.view.Templates {
		e, t := &g.view.Templates[i], &inventory.TemplateSums{}
		if i < len(g.total.Templates) {
			t = &g.total.Templates[i]
		}
		span := t.Max - t.Min
		if !e.Private || t.Max == 0 || span > guessableOf*t.Owned {
			continue
		}
		guesses := "nearly every guess"
		if n := span / t.Owned; n > 1 {
			guesses = fmt.Sprintf("one in %d guesses", n)
		}
		l = append(l, Posture{Fact: "guessable_ids", Endpoint: e.Name,
			Evidence: fmt.Sprintf("%d things with an owner of their own are numbered from %d to %d: %s is somebody's. Nothing but the check of who asks keeps others out.", t.Owned, t.Min, t.Max-1, guesses)})
	}
	slices.SortStableFunc(l, func(a, b Posture) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
	return l[:min(len(l), maxPosture)]
}

// unthrottled is the fact that nobody was ever told to wait.
func (g *Engine) unthrottled() []Posture {
	v, throttled := g.view, uint64(0)
	for i := range v.Templates {
		throttled += v.Templates[i].Throttled
	}
	busiest := max(g.total.Minute[0].Quantile(1), g.total.Minute[1].Quantile(1))
	if throttled > 0 || v.Events < 10_000 || busiest < 300 {
		return nil
	}
	return []Posture{{Fact: "no_throttling", Evidence: fmt.Sprintf("One client was served about %.0f requests in a minute (%.0f a second), and none of %d requests was answered with 429.", busiest, busiest/60, v.Events)}}
}

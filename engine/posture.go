package engine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"goshawk/detect"
	"goshawk/event"
)

// Posture is a fact about the API rather than about an actor: what it lets
// happen. It comes with the numbers it rests on.
type Posture struct {
	Fact     string // open_endpoint, no_throttling
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
func isOpened(r *event.Rec) bool {
	return r.Principal == 0 && r.Traits&guarded != 0 && r.Status/100 == 2 && r.Class&(event.Login|event.Register|event.Asset) == 0 && r.Traits&event.Reset == 0 && r.Verb != event.OptionsVerb
}

// posture states the facts. Where the log does not carry who asks, or which
// answers were given, it states none about that.
func (g *Engine) posture() (l []Posture) {
	v := g.view
	if !v.Outcomes {
		return nil
	}
	var good, open, throttled uint64
	for i := range v.Templates {
		e := &v.Templates[i]
		good, open, throttled = good+e.Good, open+e.Open, throttled+e.Throttled
	}
	if v.Carries&(event.HasUser|event.HasKey|event.HasSession) != 0 {
		for i := range v.Templates {
			e := &v.Templates[i]
			named := e.Good - min(e.Open, e.Good)
			switch {
			case strings.Contains(e.Name, "{slug}") || e.Traits&guarded == 0 && !e.Private || e.Traits&event.WebPage != 0 || e.Open == 0 || strings.Contains(e.Name, "login") || strings.HasPrefix(e.Name, "OPTIONS"):
				continue
			case named >= 20 && e.Open*10 <= e.Good: // nearly everybody says who they are
			case e.Traits&event.Admin != 0 && e.Open >= 3 && 2*open < good: // nobody does here, and most do elsewhere
			default:
				continue
			}
			p := Posture{Fact: "open_endpoint", Endpoint: e.Name,
				Evidence: fmt.Sprintf("%d of %d successes went to callers whom the log does not name; %d named theirs. Of the whole API's successes %.0f %% were named.", e.Open, e.Good, named, 100*float64(good-open)/float64(max(good, 1)))}
			if k := slices.IndexFunc(g.open, func(o openedLine) bool { return int(o.template) == i }); k >= 0 {
				o := &g.open[k]
				p.Lines = append(p.Lines, detect.Line{Source: o.source, Line: o.line, Text: g.mask(o.text, o.in)})
			}
			l = append(l, p)
		}
		slices.SortStableFunc(l, func(a, b Posture) int { return cmp.Compare(a.Endpoint, b.Endpoint) })
		l = l[:min(len(l), maxPosture)]
	}
	busiest := max(g.total.Minute[0].Quantile(1), g.total.Minute[1].Quantile(1))
	if throttled == 0 && v.Events >= 10_000 && busiest >= 300 {
		l = append(l, Posture{Fact: "no_throttling", Evidence: fmt.Sprintf("One client was served about %.0f requests in a minute (%.0f a second), and none of %d requests was answered with 429.", busiest, busiest/60, v.Events)})
	}
	return l
}

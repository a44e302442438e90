package engine

import (
	"cmp"
	"slices"
	"strings"

	"goshawk/event"
	"goshawk/inventory"
)

// Described is what a log shows of an API that its owner has described, and what
// those before showed if there is a baseline.
type Described struct {
	Files      []string // the descriptions
	Operations int      // that they document
	Seen       int      // of them, asked for in this log
	Shadows    []Shadow // endpoints that answer and are not documented, busiest first, at most maxShadows
	Total      int      // of such endpoints
}

// Shadow is an endpoint that answers though the API's description does not know
// it.
type Shadow struct {
	Endpoint string
	Method   bool // its path is documented, its method is not
	Requests uint64
	Answered uint64 // with success
}

// maxShadows bounds the endpoints listed.
const maxShadows = 100

// described compares the log with the description; nil where there is none.
// What is asked for beside an API is no matter of its description: static files,
// health checks, the questions that browsers put before a request, and what
// people look at elsewhere on the site.
func (g *Engine) described() *Described {
	if g.Spec == nil || len(g.Spec.Operations) == 0 {
		return nil
	}
	d := &Described{Files: slices.Clone(g.Spec.Files), Operations: len(g.Spec.Operations)}
	seen := map[*inventory.Operation]bool{}
	for i := range g.view.Templates {
		e, doc := &g.view.Templates[i], g.templates.docs[i]
		method, path, ok := strings.Cut(e.Name, " ")
		switch {
		case e.Events == 0:
		case doc.Operation != nil:
			if !ok || method == doc.Operation.Method {
				seen[doc.Operation] = true
			}
		case doc.Doc == inventory.Undescribed || e.Good == 0 || path == "/" || method == "OPTIONS" || method == "HEAD":
		case e.Traits&event.Health != 0 || strings.Contains(path, "{file}"):
		case !g.Spec.Near(path) && e.Browsers*2 > e.Events && e.Traits&guarded == 0:
		default:
			d.Shadows = append(d.Shadows, Shadow{Endpoint: e.Name, Method: doc.Doc == inventory.OtherMethod, Requests: e.Events, Answered: e.Good})
		}
	}
	d.Seen, d.Total = len(seen), len(d.Shadows)
	slices.SortFunc(d.Shadows, func(a, b Shadow) int {
		return cmp.Or(cmp.Compare(b.Answered, a.Answered), cmp.Compare(a.Endpoint, b.Endpoint))
	})
	d.Shadows = d.Shadows[:min(d.Total, maxShadows)]
	return d
}

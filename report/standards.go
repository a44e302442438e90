package report

import (
	"slices"
	"strings"

	"goshawk/detect"
	"goshawk/engine"
)

// Releases of the catalogues whose ids findings carry. ATT&CK moves techniques
// between tactics, and retires ids, from one release to the next; so an id is
// told with its release, and no tactic is.
const (
	oatRelease      = "1.30"
	owaspAPIRelease = "2023"
	attackRelease   = "19"
)

// ids are all of a finding's, in the order in which reports list them.
func ids(s *detect.Standards) []string {
	return slices.Concat(s.OAT, s.OWASPAPI, s.Attack, s.CWE)
}

// technique splits an id of ATT&CK: "T1110.004" is the sub-technique of T1110,
// "T1190" has none.
func technique(id string) (parent, sub string) {
	if parent, _, ok := strings.Cut(id, "."); ok {
		return parent, id
	}
	return id, ""
}

// attackPage is where MITRE explains a technique.
func attackPage(id string) string {
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/") + "/"
}

// cwePage is where MITRE explains a weakness: of "CWE-307" its page 307.
func cwePage(id string) string {
	return "https://cwe.mitre.org/data/definitions/" + strings.TrimPrefix(id, "CWE-") + ".html"
}

// byID are the findings by their id, for what names them by it.
func byID(r *engine.Result) map[string]*detect.Finding {
	m := make(map[string]*detect.Finding, len(r.Findings))
	for i := range r.Findings {
		m[r.Findings[i].ID] = &r.Findings[i]
	}
	return m
}

// incidentOf is the id of the incident that each finding belongs to.
func incidentOf(r *engine.Result) map[string]string {
	m := make(map[string]string, len(r.Findings))
	for i := range r.Incidents {
		for _, id := range r.Incidents[i].Findings {
			m[id] = r.Incidents[i].ID
		}
	}
	return m
}

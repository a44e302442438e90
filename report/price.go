package report

import (
	"math"
	"strconv"
	"strings"

	"goshawk/event"
)

// Prices say what requests cost whoever runs the API: report.prices in the
// configuration.
type Prices struct {
	Currency string // "EUR"
	GB       float64
	Requests []Price // the first whose endpoint matches counts
	found    map[string]float64
}

// Price is what one request of an endpoint costs.
type Price struct {
	Endpoint string // as reports show it; * stands for any text
	Each     float64
}

// of is what a request took. Without prices it cost nothing.
func (p *Prices) of(e *event.Event) Spent {
	s := Spent{Requests: 1, Bytes: max(e.BytesOut, 0)}
	if p != nil {
		s.Cost = p.each(e.Template) + float64(float64(s.Bytes)/1e9*p.GB)
	}
	return s
}

// each is the price of an endpoint's request, looked up once.
func (p *Prices) each(template string) float64 {
	if v, ok := p.found[template]; ok {
		return v
	}
	v := 0.0
	for _, x := range p.Requests {
		if Matches(x.Endpoint, template) {
			v = x.Each
			break
		}
	}
	if p.found == nil || len(p.found) > memory {
		p.found = map[string]float64{}
	}
	p.found[template] = v
	return v
}

// Matches says whether a pattern, in which * stands for any text, covers all of s.
func Matches(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		i := strings.Index(s, part)
		if i < 0 {
			return false
		}
		s = s[i+len(part):]
	}
	return strings.HasSuffix(s, parts[last])
}

// money is an amount in the currency of p.
func (p *Prices) money(x float64) string {
	s := number(x)
	switch {
	case x > 0 && x < 0.01:
		s = "under 0.01"
	case x < 1000:
		s = strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strings.TrimSpace(Clean(p.Currency) + " " + s)
}

// cents is an amount with four decimals: a request may cost less than a cent.
func cents(x float64) float64 { return math.Round(x*1e4) / 1e4 }

// finding is what a finding cost, "" where that is not told.
func (p *Footprints) finding(id string) string {
	if !p.priced() {
		return ""
	}
	i, ok := p.index[id]
	if !ok {
		return ""
	}
	return p.bill(p.Findings[i])
}

// bill is what requests cost, with what they were.
func (p *Footprints) bill(s Spent) string {
	return p.prices.money(s.Cost) + " for " + count(s.Requests, "request") + " and " + size(s.Bytes) + " sent"
}

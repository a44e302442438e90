package detect

import (
	"fmt"
	"math"
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
	"goshawk/sketch"
)

// Scraping reports a client that copies what the API lets everybody read.
//
// No single number tells a copyist from a keen reader: what does is breadth (far
// more different things than peers read, a large part of all there are) without
// repeats and without taste (things that few others read), pages turned one
// after the other far beyond where others stop, and a programme where others are
// people. Each adds its weight. Source: OWASP OAT-011.
var Scraping = register(Detector{
	Name:    "scraping",
	Title:   "Copies the catalogue",
	Doc:     "Adds up how many different things an actor read, what part of all there are, whether others read them too, and how deep it paged, each against peers.",
	Threat:  "scraping",
	Family:  "enumeration",
	Scopes:  []event.Scope{event.IP, event.User, event.Session},
	At:      OnProfile,
	Needs:   event.HasPath | event.HasStatus,
	Impact:  Medium,
	Succeed: Medium,
	Since:   "0.2",
}, scrapingParams{Things: 60, Catalogue: 200}, judgeScraping, tellScraping)

type scrapingParams struct {
	Things    int `doc:"different things read below which nobody is reported"`
	Catalogue int `doc:"things an endpoint must be known to have before a share of them says something"`
}

// tasteless is how often somebody without taste reads what few others do,
// compared with peers: half of the times that they read what many do.
func tasteless(x *Walk, e *inventory.Endpoint) float64 {
	warm, cold := float64(e.Warm)-float64(x.Warm), float64(e.Cold)-float64(x.Cold)
	if warm < 200 || cold < 0 {
		return 0
	}
	peers := cold / (warm + cold)
	if peers > 0.7 || x.Warm+x.Cold < 16 {
		return 0
	}
	h0, h1 := sketch.Beta{A: 4, B: 4}.WithMean(max(peers, 0.1)), sketch.Beta{A: 8, B: 8}.WithMean((1+peers)/2)
	return min(max(sketch.BayesFactor(h1, h0, float64(x.Cold), float64(x.Warm+x.Cold)), -3), 3)
}

func judgeScraping(p *scrapingParams, c *Case) (s Signal) {
	x := &c.Profile.Walk
	if int(x.Reads) < p.Things || int(x.Voted)*2 < p.Things || c.crowded() {
		return s
	}
	if x.Worded*2 > x.Reads && x.Deep < 20 {
		return s // each search is another thing
	}
	things := x.Things()
	if things < p.Things || x.Main == 0 {
		return s
	}
	v := c.View
	end := v.Endpoint(x.Main - 1)
	kind := c.kind()
	rare := inventory.Alpha(v.Reach[0].Beyond(kind, 8, uint32(things)))
	deep := 0.0
	if x.Deep >= 20 {
		deep = min(inventory.Alpha(v.Reach[1].Beyond(kind, 1, uint32(x.Deep)))+1, 3)
	}
	cover := 0.0 // unknown where others have not read as much as there is
	if end.Things >= float64(p.Catalogue) && float64(end.Reads)-float64(x.Reads) >= end.Things && uint32(x.MainN)*2 > x.Reads {
		cover = min(float64(things)*float64(x.MainN)/float64(x.Reads)/end.Things, 1)
	}
	wide := 0.0
	if cover >= 0.05 && float64(things) >= max(300, 4*v.Limits[0].Distinct) {
		wide = min(1+math.Log(cover/0.05), 3.5)
	}
	taste := tasteless(x, end)
	s.LLR = rare + deep + wide + taste
	if things*10 >= int(x.Reads)*8 && things >= 100 {
		s.LLR++ // hardly anything twice
	}
	anonymous := c.Scope == event.IP
	if c.scripted() && anonymous && end.Events > 0 && float64(end.Tools)-float64(x.Reads) < 0.3*float64(end.Events) {
		s.LLR += 1.5
	}
	if bits.OnesCount32(x.Hours) >= 18 {
		s.LLR++
	}
	pure := 0.0 // people come to things by way of lists and searches
	if c.Profile.pure() && things >= 100 && !end.Private && v.Reach[5].Total(kind) >= 50 {
		pure = min(max(math.Log(0.5/v.Reach[5].Beyond(kind, 1, 2)), 0), 3)
	}
	s.LLR += pure
	pace := uint32(12)
	if pure > 0 {
		pace = 4
	}
	even := evenness(c.Profile.Pressure.Best)
	s.LLR += min(max(even-3, 0), 2)
	if sec := c.Profile.Last - c.Profile.First; !c.scripted() && even < 3 && things < 1000 && bits.OnesCount32(x.Hours) <= 8 && c.Profile.N*60 < pace*max(sec, 1) {
		s.LLR -= 2.5 // a long sitting, at a pace that a person reads at
	}
	if c.Profile.Referred*2 > c.Profile.N && c.Profile.Assets > 0 && !c.scripted() {
		s.LLR -= 1.5 // comes from page to page with what belongs to them, as a browser does
	}
	most := trust(c)
	if most == 4 && anonymous && cover >= 0.5 && things >= 1000 {
		most = 5.5 // a partner's job reads lists, or what is new, rather than everything one by one
	}
	if s.LLR = min(s.LLR, most); s.LLR <= worthLittle {
		return Signal{}
	}
	s.LLR = clip(s.LLR)
	s.Success = true
	s.Target = x.Main
	s.V = [8]float64{float64(things), float64(x.Reads), 100 * cover, end.Things, float64(x.Deep), taste, rare, 100 * float64(x.Cold) / float64(max(x.Cold+x.Warm, 1))}
	return s
}

func tellScraping(p *scrapingParams, c *Case, s Signal) Evidence {
	e := Evidence{
		Summary: fmt.Sprintf("%.0f different things in %.0f reads; %.0f %% of the %.0f that anybody read there; %.0f pages in a row.", s.V[0], s.V[1], s.V[2], s.V[3], s.V[4]),
		Facts: []Fact{
			{Name: "different things read", Value: s.V[0], Unit: "things", Limit: float64(p.Things), HasLimit: true, Peer: round(c.View.Peers.Distinct), HasPeer: c.View.Peers.Distinct > 0},
			{Name: "share of the catalogue", Value: round(s.V[2]), Unit: "%"},
			{Name: "pages in a row", Value: s.V[4], Unit: "pages"},
			{Name: "things that few others read", Value: round(s.V[7]), Unit: "%"},
			{Name: "read", Value: float64(c.Profile.Bytes), Unit: "bytes"},
		},
		Counter: []string{"A keen reader comes back to what he liked, and likes what others like."},
	}
	return e
}

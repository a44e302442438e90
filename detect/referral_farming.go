package detect

import (
	"fmt"
	"math"
	"slices"

	"goshawk/event"
)

// ReferralFarming reports sign-ups that one household makes by one invitation:
// many accounts from few addresses, which do the least that earns the reward and
// look at nothing else, or are made by a program.
//
// A class that signs up by its teacher's link does so from one address too, and
// an influencer's followers are many; but classes look around, and followers
// come from everywhere. So the number alone convicts nobody.
// Sources: OWASP OAT-019, API6:2023.
var ReferralFarming = registerBoth(Detector{
	Name:   "referral_farming",
	Title:  "One client signs up again and again by one invitation",
	Doc:    "Accounts that were made by one invitation from few addresses, and are used for nothing but what earns the reward, or are made by a program.",
	Threat: "referral-fraud",
	Family: "sequence",
	Scopes: []event.Scope{event.IP},
	At:     OnTrade,
	Needs:  event.HasPath,
	Impact: Medium,
	Since:  "0.2",
}, referralParams{Accounts: 8}, judgeReferral, tellReferral, referralCrowd)

type referralParams struct {
	Accounts int `doc:"sign-ups of one household by one invitation that say nothing"`
}

// farm is what is known of the sign-ups by one invitation.
type farm struct {
	joined, tools, events, addresses, narrow float64
}

// add takes in an address. Narrow is one whose sign-ups do but a few things.
func (f *farm) add(n uint32, j *Join, p *Profile) {
	f.joined += float64(n)
	f.tools += float64(j.Tools)
	f.events += float64(p.N)
	f.addresses++
	if p.Templates.Count() <= fewThings && p.Assets*10 < p.N {
		f.narrow++
	}
}

// fewThings is how many endpoints a sign-up and a purchase need, with some to
// spare.
const fewThings = 12

// weight: the number counts, and so does each sign that no people did this; one
// at least must be there.
func (f *farm) weight(least int) float64 {
	if f.joined < float64(least) || f.joined < 3*f.addresses {
		return 0
	}
	number := min(2*math.Log(f.joined/float64(least)), 4)
	signs := 0.0
	if f.tools*2 > f.joined {
		signs += 3
	}
	if f.narrow*2 > f.addresses {
		signs += 2.5
	}
	if signs == 0 {
		return 0
	}
	return number + signs
}

func judgeReferral(p *referralParams, c *Case) (s Signal) {
	if c.Trade == nil || c.Profile == nil || c.Trade.Join.Joined < uint32(p.Accounts) {
		return s
	}
	var f farm
	f.add(c.Trade.Join.of(), &c.Trade.Join, c.Profile)
	if s.LLR = clip(f.weight(p.Accounts)); s.LLR <= 0 {
		return Signal{}
	}
	j := &c.Trade.Join
	s.V = [8]float64{f.joined, float64(j.Tools), float64(c.Profile.N), float64(c.Profile.Templates.Count()), float64(j.Latest - j.First)}
	return s
}

func tellReferral(p *referralParams, c *Case, s Signal) Evidence {
	return Evidence{
		Summary: fmt.Sprintf("%.0f accounts signed up by one invitation within %.0f minutes, %.0f of them by a program; all together used some %.0f endpoints.", s.V[0], math.Ceil(s.V[4]/60), s.V[1], s.V[3]),
		Facts: []Fact{
			{Name: "sign-ups by one invitation", Value: s.V[0], Unit: "accounts", Limit: float64(p.Accounts), HasLimit: true},
			{Name: "sign-ups by a program", Value: s.V[1], Unit: "accounts"},
			{Name: "requests for each sign-up", Value: round(s.V[2] / s.V[0]), Unit: "requests"},
		},
		Counter: []string{"A class or a family signs up by one link from one address, too; they look around, and use browsers."},
	}
}

// referralCrowd adds up the addresses of one invitation.
func referralCrowd(p *referralParams, c *Crowd) (l []Claim) {
	var who []*Member
	for i := range c.Members {
		if m := &c.Members[i]; m.Actor.Scope == event.IP && m.Trade != nil && m.Trade.Join.of() >= 2 {
			who = append(who, m)
		}
	}
	slices.SortStableFunc(who, func(a, b *Member) int { return int(int64(a.Trade.Join.by()) - int64(b.Trade.Join.by())) })
	for len(who) > 0 {
		n := 1
		for n < len(who) && who[n].Trade.Join.by() == who[0].Trade.Join.by() {
			n++
		}
		if x, ok := referralGroup(p, who[:n]); ok {
			l = append(l, x)
		}
		who = who[n:]
	}
	return l
}

func referralGroup(p *referralParams, who []*Member) (x Claim, ok bool) {
	var f farm
	for _, m := range who {
		f.add(m.Trade.Join.of(), &m.Trade.Join, m.Profile)
		j := &m.Trade.Join
		if first := int64(j.First) * 1e9; x.First == 0 || first < x.First {
			x.First = first
		}
		x.Last = max(x.Last, int64(j.Latest)*1e9)
		x.Members = append(x.Members, m.Actor)
		x.Shown = append(x.Shown, m.Record.Key)
	}
	if x.LLR = clip(f.weight(p.Accounts)); x.LLR <= 0 || len(who) < 2 {
		return x, false
	}
	x.Key, x.At, x.Events = uint64(who[0].Trade.Join.by()), x.Last, int(f.joined)
	x.Title = fmt.Sprintf("%.0f addresses sign up again and again by one invitation", f.addresses)
	x.Evidence = Evidence{
		Summary: fmt.Sprintf("%.0f accounts signed up by one invitation from %.0f addresses, %.0f of them by a program; %.0f addresses were used for nothing else.", f.joined, f.addresses, f.tools, f.narrow),
		Facts: []Fact{
			{Name: "sign-ups by one invitation", Value: f.joined, Unit: "accounts", Limit: float64(p.Accounts), HasLimit: true},
			{Name: "addresses", Value: f.addresses, Unit: "addresses"},
			{Name: "sign-ups by a program", Value: f.tools, Unit: "accounts"},
		},
		Counter: []string{"An influencer's followers are many, but each comes from an address of their own."},
	}
	return x, true
}

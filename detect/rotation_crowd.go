package detect

import (
	"fmt"
	"math"
	"slices"

	"goshawk/event"
)

// relayBlock is how many requests of one programme are looked at together, and
// relayBlocks how many blocks must look alike.
const relayBlock, relayBlocks = 48, 3

// handover is what a block of one programme's requests shows of how addresses
// follow each other.
type handover struct {
	addresses, stays, again int     // addresses; requests right after one of the same; requests of an address seen before in the block
	turns                   int     // requests of an address seen before in the group
	switchGap, stayGap      float64 // medians, seconds
	round, spread           float64 // median of requests between two of one address, and how far they scatter
	once                    int     // addresses that asked once or twice in all
	things                  int     // different things asked for
	paced                   float64 // share of gaps within a factor of two of their median
}

// lookRotation finds programmes without a name that leave by many addresses:
// one after the other, where visitors come and go as they please. Three ways:
// the programme asks on at the same pace when its address changes, while
// visitors pause between visits; its addresses take turns in one order; or each
// is used once and never again, by which no visitor gets far.
func lookRotation(p *rotationParams, c *Crowd) (claims []Claim) {
	groups := map[uint64][]int{}
	v := c.visits()
	for i := range c.Strangers {
		e := &c.Strangers[i]
		if e.Principal != 0 || e.Print == 0 || e.Maker() == event.Robot || e.Traits&event.Crawler != 0 || e.Mark&event.MarkNoTime != 0 {
			continue
		}
		key := e.Print ^ uint64(e.Looks()&event.AgentBits)<<8 ^ uint64(e.Maker())
		groups[key] = append(groups[key], i)
	}
	single, all := 0.0, 0.0 // of everybody's addresses
	for _, l := range groups {
		n, k := v.loners(l)
		single, all = single+float64(k), all+float64(n)
	}
	those, total := 0, 0 // requests in blocks that look so, and in all
	for _, key := range sortedKeys(groups) {
		l := groups[key]
		total += len(l)
		if len(l) < relayBlock {
			continue
		}
		n, k := v.loners(l)
		peers := (single - float64(k) + 10) / (all - float64(n) + 20)
		var members []int
		blocks, run, longest, at := 0, 0, 0, int64(0)
		var best handover
		why := ""
		v.begin()
		for i := 0; i+relayBlock <= len(l); i += relayBlock {
			h := v.look(l[i:i+relayBlock], i)
			w := h.rotates(peers, c.Strangers[l[i]].Maker())
			if w == "" {
				run = 0
				continue
			}
			blocks++
			run++
			longest = max(longest, run)
			members = append(members, l[i:i+relayBlock]...)
			if blocks <= relayBlocks {
				at, best, why = c.Strangers[l[i+relayBlock-1]].Time, h, w
			}
		}
		those += blocks * relayBlock
		// One visitor behind a privacy relay fills a block or two. Where most blocks
		// are others', whoever is among them is not named for it.
		if blocks < relayBlocks-1 || longest <= relayBlocks && 2*blocks*relayBlock < len(l) {
			continue
		}
		who := clientsOf(c, members)
		if len(who) < p.Addresses {
			continue
		}
		llr := 4.5
		if blocks >= relayBlocks {
			llr = 5.5 + float64(0.7*math.Log(float64(blocks)/relayBlocks))
		}
		first, last := &c.Strangers[members[0]], &c.Strangers[members[len(members)-1]]
		claims = append(claims, Claim{
			Key: key, Members: who, LLR: clip(llr), Events: len(members), First: first.Time, Last: last.Time, At: at,
			Entries: members[:min(len(members), 5)],
			Title:   "One programme leaves by a fresh address every few requests",
			Evidence: Evidence{
				Summary: fmt.Sprintf("%d requests of one programme came from %d addresses, one after the other: %s.", len(members), len(who), why),
				Facts: []Fact{
					{Name: "addresses", Value: float64(len(who)), Unit: "addresses", Limit: float64(p.Addresses), HasLimit: true},
					{Name: "gap before a change of address", Value: round(best.switchGap), Unit: "s", Peer: round(best.stayGap), HasPeer: best.stays > 0},
					{Name: "addresses that asked once or twice in all", Value: float64(best.once), Unit: "addresses", Peer: round(peers * float64(best.addresses)), HasPeer: true},
				},
				Counter: []string{"Visitors with one browser come and go independently: they overlap, pause between visits, and ask for more than one thing. Robots that say they are one, and callers with a key of their own, are not counted."},
			},
		})
	}
	if 2*those > total {
		return nil // what most do here is how people are counted here
	}
	return claims
}

// loners counts a group's addresses, and those that asked once or twice in all.
func (v *visits) loners(l []int) (n, once int) {
	v.begin()
	for _, i := range l {
		if _, again := v.meet(v.who[i], 0); !again {
			n++
			if v.visitor(i).n <= 2 {
				once++
			}
		}
	}
	return n, once
}

// look measures a block of requests, the first of which is the from-th of its
// group.
func (v *visits) look(l []int, from int) (h handover) {
	var moves, keeps, rounds []float64
	for k, i := range l {
		e := &v.c.Strangers[i]
		was, again := v.meet(v.who[i], from+k)
		if again {
			rounds = append(rounds, float64(from+k-was))
		}
		if again = again && was >= from; !again {
			h.addresses++
			if v.visitor(i).n <= 2 {
				h.once++
			}
		} else {
			h.again++
		}
		if k == 0 {
			continue
		}
		gap := float64(e.Time-v.c.Strangers[l[k-1]].Time) / 1e9
		if again && was == from+k-1 {
			h.stays++
			keeps = append(keeps, gap)
		} else {
			moves = append(moves, gap)
		}
	}
	h.turns = len(rounds)
	if h.addresses >= 44 {
		h.things = v.things(l)
	}
	h.switchGap, h.stayGap, h.round = median(moves), median(keeps), median(rounds)
	for _, gap := range moves {
		if gap >= h.switchGap/2 && gap <= 2*h.switchGap {
			h.paced += 1 / float64(len(moves))
		}
	}
	for i := range rounds {
		rounds[i] = math.Abs(rounds[i] - h.round)
	}
	h.spread = median(rounds)
	return h
}

// things counts the different things that a block asks for.
func (v *visits) things(l []int) int {
	seen := map[uint64]bool{}
	for _, i := range l {
		e := &v.c.Strangers[i]
		seen[uint64(e.Template)<<32^e.ID^uint64(e.Page)<<16] = true
	}
	return len(seen)
}

func median(l []float64) float64 {
	if len(l) == 0 {
		return 0
	}
	slices.Sort(l)
	return l[len(l)/2]
}

// rotates says why a block looks like one programme behind many addresses, ""
// if it does not. peers is the share of everybody's addresses that ask once or
// twice.
func (h *handover) rotates(peers float64, m event.Maker) string {
	switch {
	case h.addresses >= 10 && h.stays >= 8 && 10*h.stays >= 9*h.again && h.switchGap <= 2*h.stayGap+0.5 && h.stayGap <= 2*h.switchGap+0.5:
		return fmt.Sprintf("the next address asks %.1f s after the last, as if it were the same, which asks each %.1f s", h.switchGap, h.stayGap)
	case h.addresses >= 12 && h.turns >= 24 && h.round >= 12 && h.spread <= 0.05*h.round && h.paced >= 0.7: // at random it is 0.46, as of a fleet each of which keeps an interval
		return fmt.Sprintf("they take turns, each after %.0f others", h.round)
	case h.addresses >= 44 && 20*h.once >= 19*h.addresses && peers < 0.75 && (h.things >= 8 || h.things >= 4 && m.Engine()) && m != event.App:
		return fmt.Sprintf("%d of %d asked once or twice and never again, for %d different things", h.once, h.addresses, h.things)
	}
	return ""
}

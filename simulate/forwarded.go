package simulate

import (
	"fmt"
	"net/netip"
	"time"

	"goshawk/event"
)

// Forwarded goes straight to the origin and writes into X-Forwarded-For what
// it likes, so that limits that believe it count somebody else: a new address
// each time, or a victim's, who is then blocked. Sources: RFC 7239 §8.1; OWASP
// API4:2023.
var Forwarded = register(Kind{
	Name:   "forwarded_spoofing",
	Title:  "X-Forwarded-For changed at will, or with a victim's address",
	Attack: true,
	start: func(c *cast) {
		perMinute := pick3(c, c.wide(40, 600), c.wide(8, 120), c.wide(0.8, 25))
		n, lasts := c.spread(pick3(c, c.many(400, 8000), c.many(250, 4000), c.many(150, 2000)), perMinute)
		h := c.hide(pick3(c, 1, c.count(1, 3), c.many(1, 12)))
		each := pick3(c, 1, c.count(1, 8), c.many(1, 60)) // requests with one forged address
		var frames []netip.Addr
		if c.chance(pick3(c, 0.15, 0.25, 0.35)) {
			for range c.count(1, 4) {
				frames = append(frames, c.crowd.anyone(c.dice).home)
			}
			if c.chance(0.5) {
				frames = append(frames, c.crowd.carriers[c.IntN(len(c.crowd.carriers))])
			}
		}
		style := c.IntN(4) // what a made-up address looks like
		chain := c.chance(pick3(c, 0.1, 0.3, 0.5))
		none := pick3(c, 0, c.between(0, 0.1), c.between(0, 0.4)) // share without the header
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.15), c.between(0, 0.4))
		guess := c.chance(0.5) // passwords, else an errand
		target := c.crowd.anyone(c.dice)
		many := c.chance(0.5)
		job := c.errand()
		what := job.name
		if guess {
			what = "passwords"
		}
		who := identity{}
		if !guess {
			who = c.passes(0, 0.2)
		}
		forge := func(d dice) netip.Addr {
			if len(frames) > 0 {
				return frames[d.IntN(len(frames))]
			}
			switch style {
			case 0: // four random bytes, wherever that is
				return netip.AddrFrom4([4]byte{byte(1 + d.IntN(223)), byte(d.IntN(256)), byte(d.IntN(256)), byte(d.IntN(256))})
			case 1:
				return netip.AddrFrom4([4]byte{127, 0, byte(d.IntN(256)), byte(1 + d.IntN(254))})
			case 2:
				return netip.AddrFrom4([4]byte{10, byte(d.IntN(256)), byte(d.IntN(256)), byte(1 + d.IntN(254))})
			}
			return residence(d, false)
		}
		form := []string{"random bytes", "127.0.x.y", "10.x.y.z", "homes"}[style]
		if len(frames) > 0 {
			form = fmt.Sprintf("%d victims", len(frames))
			for _, a := range frames {
				c.tally.framed[event.Actor{Scope: event.IP, Value: addrName(a)}] = true
				c.tally.framed[event.Actor{Scope: event.Net, Value: netName(a)}] = true
			}
		}
		c.note(fmt.Sprintf("%s in X-Forwarded-For, %d requests each, %.1f/min, %d requests for %s, %d real addresses, %s, without it %.0f%%, decoys %.0f%%; the server believes it %v, the log shows it %v",
			form, each, perMinute, n, what, len(h.addrs), h.agentsName(), none*100, pretend*100, c.api.believes, c.api.logs.forwarded))
		c.enter(c.begin(lasts), who, func(cl *client) {
			fake := ""
			for i := range n {
				cl.identity = who
				cl.wear(h, cl.IntN(len(h.addrs)))
				if i%each == 0 {
					fake = forge(cl.dice).String()
					if chain {
						fake += ", " + forge(cl.dice).String()
					}
				}
				if cl.forwarded = fake; cl.chance(none) {
					cl.forwarded = ""
				}
				switch {
				case cl.chance(pretend):
					cl.pretend()
				case guess && many:
					cl.try(cl.crowd.anyone(cl.dice).account, false)
				case guess:
					cl.try(target.account, false)
				default:
					job.do(cl, i)
				}
				cl.pace(time.Duration(float64(time.Minute)/perMinute), jitter)
			}
		})
	},
})

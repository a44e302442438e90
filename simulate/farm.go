package simulate

import (
	"fmt"
	"time"
)

// Farm is many accounts or keys that run one programme, so that no one of them
// exceeds what an account may: each takes its share of the ids, or all run the
// same steps. Sources: LinkedIn v. ProAPIs (thousands of made-up accounts,
// hundreds of profiles each); Cao et al., "Uncovering Large Groups of Active
// Malicious Accounts in Online Social Networks", CCS 2014.
var Farm = register(Kind{
	Name:   "key_farm",
	Title:  "Many accounts or keys run one programme",
	Attack: true,
	start: func(c *cast) {
		n := pick3(c, c.many(8, 80), c.many(6, 80), c.many(5, 60))
		keyed := c.api.keyed && c.chance(0.6)
		h := c.hide(pick3(c, c.count(1, 2), c.many(1, max(2, n/3)), max(2, n/c.count(1, 3))))
		noise := pick3(c, c.between(0, 0.05), c.between(0.02, 0.2), c.between(0.1, 0.4)) // steps left out or repeated
		pretend := pick3(c, 0, c.between(0, 0.25), c.between(0.1, 0.6))
		jitter := pick3(c, c.between(0, 0.2), c.between(0.1, 0.6), c.between(0.4, 0.95))
		perKey := c.many(40, pick3(c, 600, 300, 150))
		perKey = max(20, min(perKey, int(float64(c.budget())*c.wide(0.15, 1))/n))
		perMinute := pick3(c, c.wide(5, 60), c.wide(1, 20), c.wide(0.15, 6)) // each
		perMinute = max(perMinute, float64(perKey)/(c.Hours*60*0.7))
		lasts := time.Duration(float64(perKey) / perMinute * float64(time.Minute))
		apart := time.Duration(pick3(c, c.wide(1, 60), c.wide(10, 900), c.wide(60, 0.2*c.Hours*3600)) * 1e9) // between starts
		apart = min(apart, time.Duration(c.Hours*0.25*float64(time.Hour)/float64(n)))
		signs := c.chance(0.4) && !keyed // made here, before they are used

		// The programme: the same steps for everybody, each with its own share.
		cols := c.api.public
		if len(cols) == 0 || c.chance(0.2) {
			cols = c.api.owned
		}
		col := cols[c.IntN(len(cols))]
		if col.n < 200 {
			col = cols[0]
		}
		share := max(1, col.n/n)
		adjacent := c.chance(0.7)
		var script []int
		for range c.many(2, 9) {
			script = append(script, c.IntN(6))
		}
		script = append(script, 0, 0, 0)
		words1, words2 := c.pick(words), c.pick(words)
		ids := "at random"
		if adjacent {
			ids = "in adjacent ranges"
		}
		as := "accounts"
		if keyed {
			as = "keys"
		}
		c.note(fmt.Sprintf("%d %s read %s %s, %d requests each at %.1f/min, %d steps, noise %.0f%%, decoys %.0f%%, %d addresses, %s, %s apart",
			n, as, col.path, ids, perKey, perMinute, len(script), noise*100, pretend*100, len(h.addrs), h.agentsName(), apart.Round(time.Second)))
		at := c.begin(lasts + apart*time.Duration(n))
		where := c.IntN(len(h.addrs))
		for i := range n {
			who := c.account(i)
			if keyed {
				who = identity{key: c.newKey()}
			}
			c.enter(at+int64(i)*int64(apart), who, func(cl *client) {
				cl.wear(h, where+i)
				if signs {
					p := cl.crowd.person(who.person)
					cl.signUp(p, p.account)
					cl.session = who.session
					cl.pace(2*time.Second, jitter)
				} else {
					cl.arrive()
				}
				gap := time.Duration(float64(time.Minute) / perMinute)
				next := 0
				for k := 0; k < perKey; {
					for _, step := range script {
						if cl.chance(noise) {
							continue
						}
						if cl.chance(pretend) {
							cl.pretend()
							cl.pace(gap, jitter)
						}
						switch step {
						case 1:
							cl.get(cl.api.me, "", 640)
						case 2:
							cl.get(cl.api.search, fmt.Sprintf("q=%s+%s&page=%d", words1, words2, 1+k/len(script)), 2600)
						case 3:
							cl.list(col, next/max(1, col.perPage))
						case 4:
							cl.get(cl.api.polls[0], "", 300)
						default:
							if col.mine != nil && col.guard != open { // nothing to read but what is asked for
								cl.get(cl.api.search, fmt.Sprintf("q=%s+%s", words[(i+k)%len(words)], words[k/len(words)%len(words)]), 2600)
								break
							}
							id := cl.IntN(col.n)
							if adjacent {
								id = (i*share + next%share) % col.n
								next++
							}
							cl.open(col, id)
						}
						k++
						if cl.chance(noise / 3) {
							k++
							cl.open(col, col.random(cl.dice))
						}
						cl.pace(gap, jitter)
					}
					cl.lull(pick3(cl.cast(), 0, 0.02, 0.1), 5*gap*time.Duration(len(script)))
				}
			})
		}
	},
})

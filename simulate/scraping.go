package simulate

import (
	"fmt"
	"time"
)

// Scraping copies what the API lets everybody read, in bulk: by pages, by the
// site map, at random, by many accounts that split the catalogue, or one thing
// a minute for days. On a vulnerable API it copies other tenants' things too.
// Sources: OWASP OAT-011; hiQ v. LinkedIn; LinkedIn v. ProAPIs; X v. Doe.
var Scraping = register(Kind{
	Name:   "scraping",
	Title:  "The catalogue is copied",
	Attack: true,
	start: func(c *cast) {
		var cols []*collection
		for _, col := range c.api.public {
			if col.n >= 100 {
				cols = append(cols, col)
			}
		}
		tenants := false
		for _, col := range c.api.owned {
			if col.guard == open && (len(cols) == 0 || c.chance(0.2)) {
				cols, tenants = []*collection{col}, true
			}
		}
		var col *collection
		if len(cols) > 0 {
			col = cols[c.IntN(len(cols))]
		}
		perMinute := pick3(c, c.wide(60, 900), c.wide(10, 150), c.wide(0.8, 30))
		slow := c.label.Variant == "evasive" && c.chance(0.3)
		if slow {
			perMinute = c.wide(0.3, 2)
		}
		n, lasts := c.spread(pick3(c, c.many(800, 20000), c.many(500, 10000), c.many(300, 8000)), perMinute)
		if slow { // to the end of the world
			lasts = time.Duration(c.Hours * 0.95 * float64(time.Hour))
			n = max(30, int(perMinute*lasts.Minutes()))
			n = min(n, 2*c.budget())
			perMinute = float64(n) / lasts.Minutes()
		}
		var accounts []identity
		as := "nobody"
		split := 0
		switch {
		case c.label.Variant != "easy" && c.chance(pick3(c, 0, 0.3, 0.4)):
			split = c.many(8, 150)
			for i := range split {
				accounts = append(accounts, c.account(i))
			}
			as = fmt.Sprintf("%d accounts", split)
		case c.api.keyed && c.chance(0.3):
			accounts, as = []identity{{key: c.newKey()}}, "one key"
		case c.api.members || tenants && !col.keyless || c.chance(0.3):
			accounts, as = []identity{c.account(0)}, "one account"
		}
		h := c.hide(pick3(c, c.count(1, 2), c.many(1, 25), max(c.many(1, 300), min(split, 300))))
		order := c.pick([]string{"page by page", "by the site map", "at random", "lists only"})
		jitter := pick3(c, c.between(0, 0.25), c.between(0.1, 0.7), c.between(0.4, 0.95))
		pretend := pick3(c, 0, c.between(0, 0.15), c.between(0, 0.4))
		again := pick3(c, 0, c.between(0, 0.05), c.between(0, 0.2)) // what is popular, read again
		byDay := c.Hours >= 18 && c.chance(pick3(c, 0, 0.1, 0.4))
		below := c.chance(0.3)
		path, size := c.api.search, 0
		if col != nil {
			path, size = col.path, col.n
		}
		c.note(fmt.Sprintf("%s %s, %.2f/min, %d requests, %d objects there, as %s, %d addresses, %s, decoys %.0f%%, by day only %v", path, order, perMinute, n, size, as, len(h.addrs), h.agentsName(), pretend*100, byDay))
		at := c.begin(lasts)
		workers := max(1, min(split, len(h.addrs)))
		if split == 0 {
			workers = pick3(c, c.count(1, 4), c.count(1, 8), c.count(1, 6))
		}
		turn := 60 // requests before a worker takes the next account
		if split > 0 {
			turn = max(2, n/split/c.count(1, 3))
		}
		done, stride := 0, 0
		if col != nil {
			stride = max(1, col.n/workers)
		}
		start := c.IntN(max(1, size))
		for w := range workers {
			c.enter(at+int64(c.Float64()*float64(min(lasts/20, 20*time.Minute))), identity{}, func(cl *client) {
				gap := time.Duration(float64(time.Minute) / perMinute * float64(workers))
				page, next := w, 0
				var found []int
				cl.wear(h, w)
				if len(accounts) > 0 {
					cl.identity = accounts[w%len(accounts)]
					cl.wear(h, w)
					cl.arrive()
				}
				for k := 0; done < n; k++ {
					if len(accounts) > 0 {
						cl.identity = accounts[(w+k/turn*workers)%len(accounts)]
					}
					cl.wear(h, w+k/30*workers)
					for byDay && !cl.api.awake(cl.at) {
						cl.wait(30 * time.Minute)
					}
					done++
					switch {
					case cl.chance(pretend):
						cl.pretend()
					case col == nil: // all that a search shows
						cl.get(cl.api.search, fmt.Sprintf("q=%s&page=%d", words[(w+k/40*workers)%len(words)], 1+k%40), 9000)
					case col.mine == nil && cl.chance(again):
						cl.open(col, col.popular(cl.dice))
					case order == "lists only" && !tenants:
						cl.list(col, page)
						page += workers
					case order == "page by page" && !tenants:
						if len(found) == 0 {
							found = cl.list(col, page%(1+col.n/col.perPage))
							page += workers
							break
						}
						cl.open(col, found[0])
						if below && len(col.below) > 0 && col.inQuery == "" {
							cl.wait(time.Duration(cl.between(20, 300) * 1e6))
							cl.get(col.path+"/"+col.id(found[0])+col.below[0], "", col.size*0.7)
						}
						found = found[1:]
					case order == "at random":
						cl.open(col, col.random(cl.dice))
					default: // as the site map has it: what exists
						for tries := 0; tries < 40; tries++ {
							next++
							if col.exists((start + w*stride + next) % col.n) {
								break
							}
						}
						cl.open(col, (start+w*stride+next)%col.n)
					}
					cl.pace(gap, jitter)
				}
			})
		}
	},
})

package simulate

import (
	"fmt"
	"time"
)

// Scanner is a test that the owner ordered: it does all that an attacker does,
// from addresses that were named before, within a window that was agreed.
// Nothing in a request tells it from an attacker; its owner does.
var Scanner = register(Kind{
	Name:  "authorised_scanner",
	Title: "A scan that the owner ordered, from declared addresses in a declared window",
	Share: 0.02,

	Declared: true,
	start: func(c *cast) {
		n := int(c.lines) + 5
		addrs := c.crowd.addresses(c.dice, c.count(1, 4), hosting)
		agent := c.pick([]string{"Mozilla/5.0 (compatible; authorised scan; +https://scanner.example/4711)", "Qualys-WAS/9.1", "Mozilla/5.0 (compatible; Detectify) +https://detectify.com/bot", "Mozilla/5.0 (compatible; Nessus SOAP)"})
		lasts := c.span(30*time.Minute, 5*time.Hour)
		gap := lasts / time.Duration(n)
		classes := []string{"sqli", "xss", "traversal", "template", "ssrf"}
		c.enter(c.begin(lasts), identity{agent: agent}, func(cl *client) {
			for i := range n {
				cl.addr = addrs[cl.IntN(len(addrs))]
				switch cl.IntN(4) {
				case 0:
					class := cl.pick(classes)
					cl.attackWith(class, cl.pick(payloads[class]), cl.pick([]string{"q", "id", "file", "url"}), false, false, false)
				case 1:
					cl.manage(cl.pick(adminRoutes), false, true)
				case 2:
					cl.get(cl.api.search, fmt.Sprintf("q=%s", cl.pick(words)), 2400)
				default:
					cl.probe("GET", probed(cl.dice, i))
				}
				cl.pace(gap, 0.3)
			}
		})
	},
})

package simulate

import (
	"fmt"
	"net/netip"
	"time"
)

// Machinery is what a WordPress does by itself: its clock calls it, its
// editor saves and beats every few seconds, Jetpack and the mobile app speak
// XML-RPC, and the editor asks who may write.
var Machinery = register(Kind{
	Name:   "wp_machinery",
	Title:  "A WordPress by itself: cron, admin-ajax, Jetpack, page builders, the mobile app",
	Share:  0.09,
	Shapes: []string{"site"},
	start: func(c *cast) {
		days := c.Hours / 24
		own := identity{addr: c.crowd.address(c.dice, hosting), agent: "WordPress/6.6.2; https://" + c.api.host}
		every := max(c.span(time.Minute, 15*time.Minute), time.Duration(c.Hours*float64(time.Hour)/(c.lines/5+1)))
		c.enter(c.Start, own, func(cl *client) {
			for {
				cl.send(ask{method: "POST", path: "/wp-cron.php", query: fmt.Sprintf("doing_wp_cron=%d.%d", cl.at/1e9, cl.IntN(1e9)), status: 200, out: 0})
				cl.pace(every, 0.1)
			}
		})
		// Jetpack's servers share a range.
		jetpack := max(c.span(2*time.Minute, 20*time.Minute), time.Duration(c.Hours*float64(time.Hour)/(c.lines/5+1)))
		c.enter(c.Start+int64(c.Float64()*float64(jetpack)), identity{agent: "Jetpack by WordPress.com"}, func(cl *client) {
			for {
				cl.addr = netip.AddrFrom4([4]byte{192, 0, byte(64 + cl.IntN(60)), byte(1 + cl.IntN(254))})
				for range 1 + int(cl.ExpFloat64()*2) {
					cl.send(ask{method: "POST", path: "/xmlrpc.php", query: fmt.Sprintf("for=jetpack&token=%s%%3A1&timestamp=%d&nonce=%s", token(cl.dice, 32), cl.at/1e9, token(cl.dice, 10)), status: 200,
						in: int64(cl.about(900, 1)), out: cl.about(800, 1.2), slow: 4})
					cl.pace(time.Second, 0.6)
				}
				cl.pace(jetpack, 0.3)
			}
		})
		// Authors at work in the editor, some from the app.
		authors := c.count(2, 8)
		builder := c.pick([]string{"elementor_ajax", "fl_builder_save", "et_fb_ajax_save", "vc_edit_form"})
		for i := range authors {
			p := c.crowd.person(c.crowd.people + 83000 + i)
			who := p.at(c.dice)
			n := c.lines * 0.6 / float64(authors) / 30
			c.arrivals(max(n, 0.5+days/4), func(c *cast) {
				c.enter(c.now, who, func(cl *client) {
					if cl.chance(0.25) { // the app, and old desktop editors
						cl.agent = cl.pick([]string{"wp-android/24.8", "wp-iphone/24.7 (iPhone; iOS 17.5)", "Open Live Writer 0.6"})
						for range 3 + cl.IntN(12) {
							cl.send(ask{method: "POST", path: "/xmlrpc.php", status: 200, in: int64(cl.about(700, 1.2)), out: cl.about(3000, 1.2), slow: 4})
							cl.think(9 * time.Second)
						}
						return
					}
					if !cl.signIn(p, p.clumsy) {
						return
					}
					cl.get("/wp-admin/", "", 52000)
					cl.get("/wp-admin/post.php", fmt.Sprintf("post=%d&action=edit", 100+cl.IntN(5000)), 88000)
					cl.get("/wp-json/wp/v2/users", "who=authors&per_page=100&_locale=user", 3000)
					cl.get("/wp-json/wp/v2/types", "context=edit&_locale=user", 4000)
					cl.get("/", "rest_route=/wp/v2/types/post", 2500)
					for range int(cl.about(22, 0.6)) {
						switch cl.IntN(4) {
						case 0:
							cl.send(ask{method: "POST", path: "/wp-json/wp/v2/posts/" + fmt.Sprint(cl.IntN(5000)) + "/autosaves", status: 200, in: 6000, out: 9000, slow: 3})
						case 1:
							cl.send(ask{method: "POST", path: "/wp-admin/admin-ajax.php", query: "action=" + builder, status: 200, in: int64(cl.about(9000, 1)), out: 4000, slow: 4})
						default: // the heartbeat
							cl.send(ask{method: "POST", path: "/wp-admin/admin-ajax.php", status: 200, in: 300, out: 60})
						}
						cl.pace(15*time.Second, 0.4)
					}
				})
			})
		}
		// Readers of what one author wrote, and old links by number.
		c.arrivals(c.lines*0.1, func(c *cast) {
			p := c.crowd.anyone(c.dice)
			c.enter(c.now, p.at(c.dice), func(cl *client) {
				cl.nameAuthors(cl.IntN(2), 2)
				for range cl.IntN(6) { // what the page's plugins bring with them
					cl.plugin(cl.pick(plugins), "/assets/js/frontend.js")
				}
			})
		})
	},
})

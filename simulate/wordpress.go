package simulate

import (
	"fmt"
	"strings"
	"time"
)

// WordPress is what robots and people do to one: find out who writes there,
// try passwords on the form or hundreds at once over XML-RPC, look for plugins
// with holes, and go in.
// Sources: Sucuri on system.multicall, 2015; WPScan's documentation.
var WordPress = register(Kind{
	Name:   "wordpress",
	Title:  "Attacks on a WordPress: names, passwords, XML-RPC, plugins",
	Attack: true,
	Shapes: []string{"site"},
	start: func(c *cast) {
		t := c.tempo([3]int{1, 15, 200}, [4]float64{10, 400, 100, 3000}, [4]float64{1, 30, 60, 800}, [4]float64{0.1, 3, 40, 400})
		way := c.pick([]string{"form", "xmlrpc", "multicall", "names", "plugins", "chain", "chain"})
		calls := pick3(c, c.many(50, 1000), c.many(20, 500), c.many(5, 200))
		if way == "multicall" {
			t.n = max(8, min(t.n, c.many(20, 400)))
		}
		authors := c.count(2, 12)
		inAt := -1 // when a password is right
		if c.chance(0.3) || way == "chain" {
			inAt = int(c.between(0.5, 0.95) * float64(t.n))
		}
		form := c.chance(pick3(c, 0.1, 0.4, 0.8)) // opens the form first
		c.note(fmt.Sprintf("%s, %s, %d authors, %d calls at once, right at %d", way, t, authors, calls, inAt))
		inside := 0
		c.perform(t, identity{}, func(cl *client, i int) {
			name := cl.author(i % authors)
			do := way
			if way == "chain" {
				do = "form"
				if i < t.n/6 {
					do = "names"
				}
			}
			if inside > 0 {
				inside++
				cl.inside(inside)
				return
			}
			cl.session = ""
			switch do {
			case "names":
				cl.nameAuthors(i, authors)
			case "plugins":
				cl.plugin(cl.pick(plugins), cl.pick([]string{"/readme.txt", "/readme.txt", "/", "/changelog.txt", "/assets/js/frontend.js"}))
			case "xmlrpc":
				cl.send(ask{method: "POST", path: "/xmlrpc.php", status: 200, in: int64(200 + len(name)), out: 403, slow: 3})
			case "multicall":
				out := 180 + float64(calls)*310
				if i == inAt {
					out += 400
				}
				cl.send(ask{method: "POST", path: "/xmlrpc.php", status: 200, in: int64(calls) * 270, out: out, slow: 3 + float64(calls)/8})
			default:
				if form && cl.chance(0.6) {
					cl.get("/wp-login.php", "", 6800)
					cl.think(2 * time.Second)
				}
				if cl.try(name, i == inAt) {
					inside = 1
				}
			}
		})
	},
})

// author is the login name of somebody who writes on the site.
func (c *client) author(i int) string {
	if i == 0 {
		return "admin"
	}
	return strings.Split(c.crowd.person(c.crowd.people+83000+i).account, "@")[0]
}

// nameAuthors asks one of the ways in which a site tells who writes there.
func (c *client) nameAuthors(i, authors int) {
	open := c.api.seed%3 != 0
	switch i % 4 {
	default:
		n := i/4*2 + i%4 + 1
		if n > authors || !open {
			c.send(ask{method: "GET", path: "/", query: fmt.Sprintf("author=%d", n), status: 404, out: 9000})
			return
		}
		c.send(ask{method: "GET", path: "/", query: fmt.Sprintf("author=%d", n), status: 301, out: 0})
		c.get("/author/"+strings.ReplaceAll(c.author(n-1), ".", "-")+"/", "", 15000)
	case 2:
		a := ask{method: "GET", path: "/wp-json/wp/v2/users", query: fmt.Sprintf("per_page=100&page=%d", 1+i/40), status: 200, out: 700 * float64(authors)}
		if !open {
			a.status, a.out = 401, 110
		}
		c.send(a)
	case 3:
		c.send(ask{method: "GET", path: "/", query: fmt.Sprintf("rest_route=/wp/v2/users/%d", 1+i/4), status: c.pickInt(200, 404, 401), out: 600})
	}
}

var plugins = strings.Fields(`akismet contact-form-7 elementor wordpress-seo woocommerce wp-file-manager revslider duplicator wpforms-lite really-simple-ssl litespeed-cache wp-super-cache
w3-total-cache all-in-one-seo-pack all-in-one-wp-migration updraftplus jetpack wordfence ninja-forms gravityforms wp-fastest-cache essential-addons-for-elementor-lite ultimate-member
loginizer better-search-replace advanced-custom-fields tinymce-advanced classic-editor wp-statistics nextgen-gallery easy-wp-smtp backup-backup bricks givewp learnpress tutor
wp-automatic hash-form post-smtp layerslider startklar wp-members profile-builder formidable popup-maker ml-slider backwpup wp-gdpr-compliance social-warfare`)

// plugin asks for a file of a plugin, which may not be there.
func (c *client) plugin(name, file string) {
	h := mix(c.api.seed, uint64(len(name))*131+uint64(name[0])*7+uint64(name[len(name)-1]))
	a := ask{method: "GET", path: "/wp-content/plugins/" + name + file, status: 404, out: 9000}
	if h%6 == 0 {
		a.status, a.out = 200, 12000
		if a.path[len(a.path)-1] == '/' {
			a.status, a.out = 403, 280
		}
	}
	c.send(a)
}

// inside is what somebody does who came in: the i-th thing.
func (c *client) inside(i int) {
	switch i {
	case 2:
		c.get("/wp-admin/", "", 52000)
	case 3:
		c.get("/wp-admin/plugin-install.php", "", 60000)
	case 4:
		c.send(ask{method: "POST", path: "/wp-admin/update.php", query: "action=upload-plugin", status: 200, in: 48000, out: 21000, slow: 8})
	case 5:
		c.send(ask{method: "POST", path: "/wp-admin/theme-editor.php", status: 302, in: 9000, out: 0})
	default:
		c.send(ask{method: "POST", path: "/wp-content/plugins/wp-cache-helper/x.php", status: 200, in: 300, out: c.about(900, 1)})
	}
}

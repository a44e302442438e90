package simulate

import "fmt"

// BFLA is a caller of one role that uses the functions of another: refused
// many times, until one function forgets to look.
// Source: OWASP API5:2023, broken function level authorization.
var BFLA = register(Kind{
	Name:   "bfla",
	Title:  "Functions of administrators and other roles, refused and then not",
	Attack: true,
	start: func(c *cast) {
		t := c.tempo([3]int{1, 6, 25}, [4]float64{10, 200, 60, 800}, [4]float64{1, 20, 30, 250}, [4]float64{0.1, 2, 15, 120})
		who := c.account(0)
		as := "account"
		if c.api.keyed && c.chance(0.3) {
			who, as = identity{key: c.newKey()}, "key"
		}
		after := c.between(0.1, 0.7)
		methods := c.chance(0.5)
		c.note(fmt.Sprintf("one %s, %s, a hole %v found after %.0f%%", as, t, c.api.opens, after*100))
		hole := c.pick(adminRoutes)
		c.perform(t, who, func(cl *client, i int) {
			route := cl.pick(adminRoutes)
			found := float64(i) > after*float64(t.n)
			if found && cl.chance(0.7) {
				route = hole
			}
			cl.manage(route, cl.api.opens && found && route == hole, methods)
		})
	},
})

// adminRoutes are below the administrators' path; a % is an account's id.
var adminRoutes = []string{"GET /users", "GET /users/%", "PUT /users/%/role", "DELETE /users/%", "POST /users/%/impersonate", "GET /audit", "GET /settings", "PUT /settings", "POST /refunds", "GET /reports/revenue", "GET /orders", "POST /coupons", "GET /keys", "POST /exports", "GET /invites", "PUT /limits/%"}

// manage calls a function of the administrators; granted says whether the
// server lets the caller.
func (c *client) manage(route string, granted, methods bool) int {
	method, path := route[:3], route[4:]
	for _, m := range []string{"POST", "DELETE"} {
		if len(route) > len(m) && route[:len(m)] == m {
			method, path = m, route[len(m)+1:]
		}
	}
	full := []byte(c.api.admin)
	for i := range len(path) {
		if path[i] == '%' {
			full = fmt.Appendf(full, "%d", 10000+c.IntN(30000))
		} else {
			full = append(full, path[i])
		}
	}
	// Which refusal a route gives is the server's habit.
	h := mix(c.api.seed, uint64(len(route))*31+uint64(route[len(route)-1]))
	a := ask{method: method, path: string(full), status: []int{403, 403, 401, 404}[h%4], out: 78, slow: 0.6}
	if methods && c.chance(0.2) {
		a.method = c.pick([]string{"GET", "POST", "PUT", "PATCH", "HEAD"})
		a.status = []int{405, 403}[h>>4%2]
	}
	if granted {
		a.status, a.out = 200, c.about(3200, 0.8)
		switch a.method {
		case "POST":
			a.status, a.out = 201, 320
		case "DELETE":
			a.status, a.out = 204, 0
		}
	}
	if a.method != "GET" {
		a.in = 140
	}
	return c.send(a)
}

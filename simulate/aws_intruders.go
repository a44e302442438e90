package simulate

import (
	"fmt"
	"time"

	"goshawk/event"
)

// Attacks on an account at AWS. Sources: MITRE ATT&CK for IaaS; the attacks
// that Stratus Red Team and Pacu name; Rhino Security Labs on privilege
// escalation; public reports on SCARLETEEL and on keys found in repositories.

// intruder is who acts in the account: a key that nobody used before, or one
// that a programme uses elsewhere, whose owner keeps on working.
func (c *cast) intruder(leaked bool) (identity, string) {
	name := c.pick([]string{"svc-", "app-", "ci-", "test-"}) + c.pick(words) + fmt.Sprint(c.IntN(90))
	who := c.someUser(name)
	if !leaked {
		return who, "a new key"
	}
	home := who
	home.addr, home.agent = c.crowd.address(c.dice, hosting), c.pick(cliAgents)
	calls := c.habitCalls(workCalls, c.count(1, 4))
	perHour := c.wide(2, 40) * min(1, 24/c.Hours)
	c.takeOver(event.Actor{Scope: event.Key, Value: who.key})
	c.takeOver(event.Actor{Scope: event.User, Value: who.user})
	innocent := *c
	innocent.label = Label{Kind: c.label.Kind}
	innocent.enter(c.Start, home, func(cl *client) {
		for {
			cl.call(cl.pick(calls), true)
			cl.wait(time.Duration(cl.ExpFloat64() * float64(time.Hour) / perHour))
		}
	})
	return who, "a leaked key whose owner works on"
}

// intrude plays n calls of an intruder; call makes the i-th.
func (c *cast) intrude(t tempo, leaked bool, said string, call func(cl *client, i int)) {
	who, as := c.intruder(leaked)
	t.referer, t.tls, t.decoys = "", "", 0
	if !c.chance(pick3(c, 0.1, 0.3, 0.2)) { // else a browser's name, or none that fits
		t.agents = []string{c.pick(cliAgents)}
	}
	mixed := pick3(c, 0, c.between(0, 0.3), c.between(0.1, 0.6)) // with what the key is for
	calls := c.habitCalls(workCalls, 3)
	c.note(fmt.Sprintf("%s by %s, %s, usual calls %.0f%%", said, as, t, mixed*100))
	c.perform(t, who, func(cl *client, i int) {
		cl.own = ""
		for cl.chance(mixed) {
			cl.call(cl.pick(calls), !cl.chance(0.05))
			t.gap(cl)
		}
		call(cl, i)
	})
}

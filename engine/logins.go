package engine

import (
	"fmt"
	"slices"

	"goshawk/event"
)

// logins is how the people of a cloud account get in: facts of its set-up,
// whoever they are. People who come by single sign-on showed their second factor
// elsewhere, and are not counted.
type logins struct {
	Users, Bare int      // console log-ins of users; of them without a second factor
	Who         []uint32 // hashes of those users, at most maxBare
	Root        int      // console log-ins of the account's owner
	RootBare    int
	RootKey     int // calls with a key of the owner's that does not expire
	User, Owner keptLine
	Key         keptLine
}

const maxBare = 64

// observe counts record i.
func (x *logins) observe(g *Engine, i int, r *event.Rec) {
	keep := func(k *keptLine, n *int) {
		if *n++; *n == 1 {
			*k = keepLine(g.block.line(i))
		}
	}
	entered := r.Class&(event.Login|event.Succeeded) == event.Login|event.Succeeded
	bare := r.Caller&event.WithoutMFA != 0
	switch {
	case r.Caller&event.AsRoot != 0 && entered:
		if x.Root++; bare {
			keep(&x.Owner, &x.RootBare)
		}
	case r.Caller&(event.AsRoot|event.LongKey) == event.AsRoot|event.LongKey && r.Status/100 == 2:
		keep(&x.Key, &x.RootKey)
	case r.Caller&event.AsUser != 0 && entered:
		if x.Users++; bare {
			keep(&x.User, &x.Bare)
			if len(x.Who) < maxBare && !slices.Contains(x.Who, r.Account) {
				x.Who = append(x.Who, r.Account)
			}
		}
	}
}

// posture states what they show.
func (x *logins) posture(g *Engine) (l []Posture) {
	add := func(fact, evidence string, k *keptLine) {
		p := Posture{Fact: fact, Evidence: evidence}
		if k.text != "" {
			p.Lines = append(p.Lines, g.shownLine(k))
		}
		l = append(l, p)
	}
	if x.RootBare > 0 {
		add("root_without_mfa", fmt.Sprintf("The owner of the account (root), who may do everything, got into the console %s without a second factor, of %d in all.", times(x.RootBare), x.Root), &x.Owner)
	}
	if x.RootKey > 0 {
		add("root_key", fmt.Sprintf("The owner of the account (root), who may do everything, has an access key that does not expire; it was used %s.", times(x.RootKey)), &x.Key)
	}
	if x.Bare > 0 {
		who := count(len(x.Who), "user")
		if len(x.Who) == maxBare {
			who = "at least " + who
		}
		add("console_without_mfa", fmt.Sprintf("Of %s of users to the console, %d showed no second factor; they are of %s.", count(x.Users, "log-in"), x.Bare, who), &x.User)
	}
	return l
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

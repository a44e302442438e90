package detect

import (
	"fmt"
	"strings"
	"time"

	"goshawk/event"
	"goshawk/threat"
)

// Advise completes a finding with what follows from its detector and actor:
// the standards' ids, what to do now, and what would have silenced it.
func Advise(f *Finding) {
	if p, err := threat.Lookup(f.Threat); err == nil {
		f.Standards = Standards(p.Standards)
	}
	f.Advice = advice(f)
	f.WouldNotFire = counterfactual(f)
}

// ofThreat is advice on threats that their family's does not suit.
var ofThreat = map[string]string{
	"scraping":            "Limit what one account or address may read in a day, and how deep a list can be paged; offer an export to those with a good reason.",
	"resource-exhaustion": "Bound page size, range and depth of what may be asked for, and how many such requests of one client run at once.",
	"limit-pacing":        "Give each account a quota for the day and the month, not for the minute alone.",
	"ignored-throttling":  "Count refused requests too, so that hammering never pays, and limit by account and key as well as by address.",
}

func advice(f *Finding) (a []string) {
	switch f.Actor.Scope {
	case event.IP:
		a = append(a, fmt.Sprintf("Throttle or block %s; if people share the address, challenge instead.", f.Actor.Value))
	case event.Key:
		a = append(a, fmt.Sprintf("Rotate key %s and ask its owner; it may be leaked.", f.Actor.Value))
	case event.User, event.Session:
		a = append(a, fmt.Sprintf("End the sessions of %s %s and ask its owner.", f.Actor.Scope, f.Actor.Value))
	case event.Group:
		a = append(a, "Challenge or throttle the members listed, not the whole fingerprint or network.")
	default:
		a = append(a, fmt.Sprintf("Challenge requests of %s before blocking them: others may share it.", f.Actor))
	}
	switch f.Detector {
	case "coupon_guessing", "giftcard_guessing":
		a = append(a, "Void or freeze the codes that were found, and count failures for each account and address.")
	case "flow_bypass":
		a = append(a, "Compare the orders with your ledger, and let the server check at each step that those before it were made.")
	case "inventory_hoarding":
		a = append(a, "Release what is held, and bound how often one client may hold a thing without buying it.")
	case "function_overuse":
		a = append(a, "Bound what one client and one prefix may have sent or try in a day, and ask for a challenge first.")
	case "referral_farming":
		a = append(a, "Hold the rewards of the invitation until the accounts it brought were looked at.")
	}
	if own := ofThreat[f.Threat]; own != "" {
		return append(a, own, "Read more: goshawk explain "+f.Threat)
	}
	switch f.Family {
	case "auth":
		if f.Impact == Critical {
			a = append(a, "Reset the passwords of the accounts that were entered and end their sessions.")
		}
		a = append(a, "Limit failed log-ins for each source and account together; never lock the account for everyone.")
	case "enumeration":
		if f.Detector == "coupon_guessing" || f.Detector == "giftcard_guessing" {
			break
		}
		a = append(a, "Check on the server that whoever asks may have each object; answer 404 for both missing and foreign ones.")
	case "identity":
		a = append(a, identityAdvice(f)...)
		if len(identityAdvice(f)) == 0 {
			a = append(a, "See what the strangers read and changed, and undo it with the owner; keys that they made are theirs.")
		}
	case "cloud":
		a = append(a, "Make its access keys inactive, and refuse its sessions that were issued before now (aws:TokenIssueTime).",
			"Read which of its calls succeeded: new users, keys, policies, machines and shares outlive the key.")
	case "probing":
		switch f.Detector {
		case "payload_attack":
			a = append(a, "Read the answers to its payloads: errors, unusual lengths and delays show what worked. Mend that parameter; a filter in front only buys time.")
		case "bfla":
			a = append(a, "Deny every function by default and grant it to roles; check what was granted after the refusals.")
		case "unusual_request":
			a = append(a, "Give the route an owner and the checks of the documented ones, or close it.")
		default:
			a = append(a, "See which of its paths were answered with 2xx: those are what it learned. Change every secret in them.")
		}
	case "rate":
		a = append(a, "Set a documented limit for each key and address and answer 429 with Retry-After.")
	}
	return append(a, "Read more: goshawk explain "+f.Threat)
}

// identityAdvice is what to do about somebody who hides who it is.
func identityAdvice(f *Finding) []string {
	switch f.Detector {
	case "forwarded_spoofing":
		return []string{"Take the client's address from the right end of X-Forwarded-For, over proxies of your own only; do not ban whoever the header names.",
			"If the address is a proxy of yours, name it in enrich.trusted_proxies."}
	case "ip_rotation":
		return []string{"Limit by key, session and user rather than by address; the addresses are rented, and change."}
	case "missing_headers":
		return []string{"Look at what it does before you act on what it is: a false name is no abuse by itself."}
	}
	return nil
}

// counterfactual states, for each number that crossed its limit, the change
// that would have kept the finding away.
func counterfactual(f *Finding) (w []string) {
	for _, x := range f.Evidence.Facts {
		switch {
		case x.HasLimit && x.Value > x.Limit:
			w = append(w, fmt.Sprintf("%s had stayed at %s or below (it was %s)", x.Name, amount(x.Limit, x.Unit), amount(x.Value, x.Unit)))
		case x.HasPeer && !x.HasLimit && x.Value > x.Peer:
			w = append(w, fmt.Sprintf("%s had been near the peers' %s (it was %s)", x.Name, amount(x.Peer, x.Unit), amount(x.Value, x.Unit)))
		}
	}
	if f.Sufficed > 1 && f.Sufficed < f.Events {
		w = append(w, fmt.Sprintf("it had stopped before %s, at %d of its %d requests", time.Unix(0, f.SufficedAt).UTC().Format("2006-01-02 15:04:05"), f.Sufficed-1, f.Events))
	}
	if f.Actor.Scope != event.Group {
		w = append(w, fmt.Sprintf("the allow list named %s", f.Actor))
	}
	return w
}

func amount(v float64, unit string) string {
	s := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
	return strings.TrimSpace(s + " " + unit)
}

package simulate

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"goshawk/event"
)

// Claim is what a detector says about one actor. Members matter when the actor
// is a group of others: a fingerprint, a network, an endpoint, an account
// under attack.
type Claim struct {
	Actor      event.Actor
	Members    []event.Actor
	Score      float64
	Detector   string
	DetectedAt int64 // Unix nanoseconds, 0 unknown
}

// Certain is the score from which a claim counts.
const Certain = 0.8

// Report is how claims compare with the truth. An actor claimed by several
// detectors is one claim.
type Report struct {
	Claims    int // distinct actors
	True      int
	Typed     int     // true claims that name the behaviour rightly
	Requests  int     // benign ones
	ActorDays float64 // benign addresses, keys, users and sessions, times the days of the log
	False     []Accused
	Campaigns []Outcome
	Judged    []Judged // every actor with a score of 0.5 or more
}

// Judged is what was said of an actor, and what is so.
type Judged struct {
	Score float64
	True  bool
}

// Accused is a benign actor that was claimed.
type Accused struct {
	Claim
	Detectors []string
	Kind      string // who it really is; "unknown" if no event named it
}

// Outcome is what became of one campaign.
type Outcome struct {
	Campaign
	Found     bool
	Typed     bool     // by a detector for this behaviour
	Detectors []string // that named it
	After     int      // its requests before it was found, -1 if not found or the time is unknown
	Wait      int64    // nanoseconds from its first request until then
}

// Precision is the share of claimed actors that took part in a campaign. With
// nothing claimed it is 1 if there was nothing to find, else 0.
func (r Report) Precision() float64 {
	if r.Claims == 0 {
		return yes(len(r.Campaigns) == 0)
	}
	return float64(r.True) / float64(r.Claims)
}

// Recall is the share of campaigns found; "" stands for every behaviour or
// variant. n is how many there were.
func (r Report) Recall(behaviour, variant string) (share float64, n int) {
	found := 0
	for _, o := range r.Campaigns {
		if o.Events == 0 || behaviour != "" && o.Behaviour != behaviour || variant != "" && o.Variant != variant {
			continue
		}
		n++
		if o.Found {
			found++
		}
	}
	if n == 0 {
		return 1, 0
	}
	return float64(found) / float64(n), n
}

// FalsePerMillion is false claims for each million benign requests.
func (r Report) FalsePerMillion() float64 {
	return float64(len(r.False)) * 1e6 / float64(max(r.Requests, 1))
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Right lists the detectors whose finding names a behaviour well enough for
// someone who must act on it.
var Right = map[string][]string{
	"rate":                {"rate", "limit_pacing", "ignored_throttling", "resource_exhaustion"},
	"enumeration":         {"enumeration", "bola", "scraping", "uuid_guessing"},
	"uuid_guessing":       {"uuid_guessing", "enumeration", "bola"},
	"bola":                {"bola", "enumeration"},
	"credential_stuffing": {"credential_stuffing", "account_takeover"},
	"brute_force":         {"brute_force"},
	"password_spraying":   {"password_spraying", "credential_stuffing"},
	"account_takeover":    {"account_takeover", "credential_stuffing", "impossible_travel"},
	"key_farm":            {"key_farm", "uniform_interval", "bulk_registration", "scraping"},
	"uniform_interval":    {"uniform_interval", "key_farm", "ip_rotation", "scraping"},
	"bulk_registration":   {"bulk_registration"},
	"impossible_travel":   {"impossible_travel", "leaked_key", "account_takeover"},
	"leaked_key":          {"leaked_key", "impossible_travel", "own_baseline"},
	"missing_headers":     {"missing_headers", "scraping"},
	"scraping":            {"scraping", "enumeration", "bola", "key_farm"},
	"ip_rotation":         {"ip_rotation", "leaked_key", "impossible_travel", "uniform_interval", "rate"},
	"forwarded_spoofing":  {"forwarded_spoofing", "ip_rotation"},
	"limit_pacing":        {"limit_pacing", "rate"},
	"ignored_throttling":  {"ignored_throttling", "rate", "limit_pacing"},
	"coupon_guessing":     {"coupon_guessing", "giftcard_guessing"},
	"giftcard_guessing":   {"giftcard_guessing", "coupon_guessing"},
	"flow_bypass":         {"flow_bypass"},
	"referral_farming":    {"referral_farming", "bulk_registration"},
	"inventory_hoarding":  {"inventory_hoarding"},
	"function_overuse":    {"function_overuse", "rate", "resource_exhaustion", "flow_bypass", "bulk_registration", "key_farm", "uniform_interval"},
	"resource_exhaustion": {"resource_exhaustion"},
	"reconnaissance":      {"reconnaissance", "payload_attack", "unusual_request", "spread_probing"},
	"bfla":                {"bfla", "reconnaissance", "spread_probing"},
	"undocumented_routes": {"unusual_request", "reconnaissance", "bfla", "spread_probing"},
	"payload_attack":      {"payload_attack", "reconnaissance", "spread_probing"},
	"wordpress":           {"wordpress", "brute_force", "password_spraying", "credential_stuffing", "reconnaissance"},
	"own_baseline":        {"own_baseline", "leaked_key"},
	"aws_recon":           {"aws_recon", "aws_denied"},
	"aws_denied":          {"aws_denied", "aws_recon"},
	"aws_escalation":      {"aws_escalation", "aws_denied"},
	"aws_leaked_key":      {"aws_leaked_key", "leaked_key", "impossible_travel", "aws_recon"},
	"aws_exfiltration":    {"aws_exfiltration"},
	"aws_logging_off":     {"aws_escalation", "aws_exfiltration", "aws_recon"},
	"aws_console":         {"brute_force", "password_spraying", "credential_stuffing", "account_takeover", "aws_denied"},
	// A campaign of several stages is known by any of them.
	"campaign": {"reconnaissance", "credential_stuffing", "account_takeover", "enumeration", "bola", "scraping", "leaked_key", "own_baseline", "password_spraying", "bfla", "payload_attack"},
}

// Score compares claims with the truth. A claim is true if its actor, or at
// least four fifths of its members, belong to a campaign; it finds that
// campaign. Claims under Certain are ignored, and claims about whom the owner
// declared: he would have told the tool.
func Score(claims []Claim, truth Truth) Report {
	r := Report{Requests: truth.Requests}
	for a := range truth.Benign {
		switch a.Scope {
		case event.IP, event.Key, event.User, event.Session:
			r.ActorDays += truth.Days
		}
	}
	belongs := map[event.Actor][]int{} // indexes of campaigns
	for i, c := range truth.Campaigns {
		r.Campaigns = append(r.Campaigns, Outcome{Campaign: c, After: -1})
		for _, a := range c.Members {
			belongs[a] = append(belongs[a], i)
		}
	}
	declared := map[event.Actor]bool{}
	for _, a := range truth.Declared {
		declared[a] = true
	}
	claims = slices.DeleteFunc(slices.Clone(claims), func(c Claim) bool {
		n := 0
		for _, m := range c.Members {
			if declared[canonical(m)] {
				n++
			}
		}
		return declared[canonical(c.Actor)] || n > 0 && float64(n) >= mostly*float64(len(c.Members))
	})
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.Actor.Scope, b.Actor.Scope), strings.Compare(a.Actor.Value, b.Actor.Value), strings.Compare(a.Detector, b.Detector))
	})
	for len(claims) > 0 {
		n := 1
		for n < len(claims) && claims[n].Actor == claims[0].Actor {
			n++
		}
		same := claims[:n]
		claims = claims[n:]
		best := slices.MaxFunc(same, func(a, b Claim) int { return cmp.Compare(a.Score, b.Score) })
		if best.Score >= 0.5 {
			r.Judged = append(r.Judged, Judged{best.Score, len(named(best, belongs)) > 0})
		}
		same = slices.DeleteFunc(same, func(c Claim) bool { return c.Score < Certain })
		if len(same) > 0 {
			r.judge(same, belongs, truth)
		}
	}
	return r
}

// judge counts the claims about one actor.
func (r *Report) judge(same []Claim, belongs map[event.Actor][]int, truth Truth) {
	r.Claims++
	isTrue, typed := false, false
	for _, c := range same {
		for _, i := range named(c, belongs) {
			o := &r.Campaigns[i]
			isTrue = true
			right := slices.Contains(Right[o.Behaviour], c.Detector)
			typed = typed || right
			o.Typed = o.Typed || right
			o.Found = true
			if !slices.Contains(o.Detectors, c.Detector) {
				o.Detectors = append(o.Detectors, c.Detector)
			}
			if c.DetectedAt != 0 && i < len(truth.Times) {
				after, _ := slices.BinarySearch(truth.Times[i], c.DetectedAt)
				if o.After < 0 || after < o.After {
					o.After, o.Wait = after, max(c.DetectedAt-o.First, 0)
				}
			}
		}
	}
	if isTrue {
		r.True++
		if typed {
			r.Typed++
		}
		return
	}
	kind := truth.Benign[canonical(same[0].Actor)]
	if kind == "" {
		kind = memberKinds(same[0], truth)
	}
	var by []string
	for _, c := range same {
		if !slices.Contains(by, c.Detector) {
			by = append(by, c.Detector)
		}
	}
	r.False = append(r.False, Accused{same[0], by, kind})
}

// memberKinds names the benign kind that most members of a group are.
func memberKinds(c Claim, truth Truth) string {
	count := map[string]int{}
	best := "unknown"
	for _, m := range c.Members {
		k := truth.Benign[canonical(m)]
		if k == "" {
			continue
		}
		count[k]++
		if count[k] > count[best] || count[k] == count[best] && k < best {
			best = k
		}
	}
	return best
}

// named returns the campaigns that a claim names.
func named(c Claim, belongs map[event.Actor][]int) []int {
	if own := belongs[canonical(c.Actor)]; len(own) > 0 {
		return own
	}
	count := map[int]int{}
	in := 0
	for _, m := range c.Members {
		of := belongs[canonical(m)]
		if len(of) > 0 {
			in++
		}
		for _, i := range of {
			count[i]++
		}
	}
	if in == 0 || float64(in) < mostly*float64(len(c.Members)) {
		return nil
	}
	var named []int
	for i, n := range count {
		if float64(n) >= 0.3*float64(in) {
			named = append(named, i)
		}
	}
	slices.Sort(named)
	return named
}

// canonical writes an address or a network as Actors does.
func canonical(a event.Actor) event.Actor {
	if a.Scope != event.IP && a.Scope != event.Net {
		return a
	}
	addr, err := netip.ParseAddr(a.Value)
	if err != nil {
		p, err := netip.ParsePrefix(a.Value)
		if err != nil {
			return a
		}
		addr = p.Addr()
	}
	if a.Scope == event.IP {
		return event.Actor{Scope: event.IP, Value: addrName(addr)}
	}
	return event.Actor{Scope: event.Net, Value: netName(addr)}
}

package threat

import (
	"slices"
	"strconv"
	"strings"
)

// clues are ordered by threat, then by platform: an access log first.
var clues = []Clue{
	{
		Threat: "account-farm", Shows: "one address that reads numbered things as several users",
		Collect: "the same routes for a day, by user: which numbers each of them read, and when each account was made",
		find: by(only(client, numbered), func(p paste, g []int) bool {
			return distinct(p, g, user) > 1 && distinct(p, g, path) > 2
		}),
	},
	{
		Threat: "account-takeover", Shows: "a log-in, and in the same breath a change of what gives access to the account",
		Collect: "what the owners' usual networks and devices are, and the failed log-ins of this address before",
		find: by(only(client, line.network), func(p paste, g []int) bool {
			entered := false
			for _, i := range g {
				l := p[i]
				if l.write() && l.ok() && l.about("login", "signin", "session") {
					entered = true
				} else if entered && l.write() && l.ok() && l.about("email", "password", "phone", "address", "keys", "mfa") {
					return true
				}
			}
			return false
		}),
	},
	{
		Threat: "aws-access-key-leak", Platform: "AWS", Shows: "one access key at two addresses, with two programs",
		Collect: "a week of the key's calls: which address and program are at home",
		find:    by(func(l line) string { return l.key }, both(differing(2, client), differing(2, agent))),
	},
	{
		Threat: "aws-data-exfiltration", Platform: "AWS", Shows: "secrets read one after the other, or a copy shared",
		Collect: "all calls of this principal since the day before, data events included",
		find: func(p paste) []int {
			if g := each(1, call("ModifySnapshotAttribute", "ModifyDBSnapshotAttribute", "ModifyImageAttribute", "PutBucketPolicy"))(p); g != nil {
				return g
			}
			return by(only(who, call("GetSecretValue", "BatchGetSecretValue", "GetParameters")), atLeast(5))(p)
		},
	},
	{
		Threat: "aws-privilege-escalation", Platform: "AWS", Shows: "a call that gives rights, or that switches the records off",
		Collect: "the principal's first such call, where it came from, and what was made with the new rights",
		find: func(p paste) []int {
			if g := each(1, call("StopLogging", "DeleteTrail", "DeleteDetector", "StopConfigurationRecorder"))(p); g != nil {
				return g
			}
			return by(only(who, call("AttachUserPolicy", "AttachRolePolicy", "PutUserPolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion",
				"CreateAccessKey", "CreateLoginProfile", "UpdateAssumeRolePolicy")), differing(2, kind))(p)
		},
	},
	{
		Threat: "aws-reconnaissance", Platform: "AWS", Shows: "a credential that asks whose it is, or is refused one kind of call after the other",
		Collect: "the principal's calls of the hour, in order, with the address; then what was not refused",
		find: func(p paste) []int {
			refused := func(l line) bool { return l.call != "" && strings.Contains(l.refused, "Denied") }
			if g := by(only(who, func(l line) bool { return refused(l) || l.call == "GetCallerIdentity" }), differing(3, kind))(p); g != nil {
				return g
			}
			return by(only(who, func(l line) bool {
				return strings.HasPrefix(l.call, "List") || strings.HasPrefix(l.call, "Describe") || l.call == "GetCallerIdentity"
			}), func(p paste, g []int) bool { return distinct(p, g, kind) > 4 && distinct(p, g, whose) > 0 })(p)
		},
	},
	{
		Threat: "broken-object-level-authorization", Shows: "one object that two users opened",
		Collect: "whose the object is; then all that the second user opened that day",
		find: by(only(path, func(l line) bool {
			_, _, ok := l.number()
			return ok && l.ok() && l.user != ""
		}), differing(2, user)),
	},
	{
		Threat: "brute-force", Shows: "failures that pile up on one account",
		Collect: "all attempts on this account for a day, from every address, and whether one succeeded",
		find:    by(only(user, func(l line) bool { return l.status == 401 }), atLeast(2)),
	},
	{
		Threat: "brute-force", Platform: "nginx", Shows: "wrong passwords at HTTP authentication",
		Collect: "the access log of the same minutes, for a 200 after them",
		find:    each(1, func(l line) bool { return l.says("[error]", "password mismatch, client:") }),
	},
	{
		Threat: "brute-force", Platform: "Apache", Shows: "wrong passwords at HTTP authentication",
		Collect: "the access log of the same minutes, for a 200 after them",
		find:    each(1, func(l line) bool { return l.says("[auth_basic:error]", "AH01617:") }),
	},
	{
		Threat: "brute-force", Platform: "AWS", Shows: "log-ins at the console that failed",
		Collect: "all ConsoleLogin events of this user and this address, and whether one says Success",
		find:    each(2, func(l line) bool { return l.call == "ConsoleLogin" && l.refused == "Failure" }),
	},
	{
		Threat: "business-flow-bypass", Shows: "checkouts that one client confirmed and nobody paid, as far as these lines go",
		Collect: "all lines of these checkouts, and the ledger",
		find: func(p paste) []int {
			paid := map[string]bool{}
			for _, l := range p {
				if l.about("/payment", "/pay") && l.ok() {
					paid[l.path[:strings.LastIndexByte(l.path, '/')]] = true
				}
			}
			return by(only(client, func(l line) bool {
				return l.write() && l.ok() && l.about("/confirm") && !paid[l.path[:strings.LastIndexByte(l.path, '/')]]
			}), atLeast(2))(p)
		},
	},
	{
		Threat: "card-testing", Shows: "payments of one client that are refused one after the other",
		Collect: "how many different cards these were, from the provider, and what was accepted",
		find:    by(only(client, func(l line) bool { return l.write() && l.denied() && l.about("payment", "charge") }), atLeast(3)),
	},
	{
		Threat: "client-impersonation", Shows: "a browser of many years ago",
		Collect: "whether it fetches pictures and scripts, and its TLS fingerprint",
		find: each(1, func(l line) bool {
			_, rest, ok := strings.Cut(l.agent, "Chrome/")
			major, _, _ := strings.Cut(rest, ".")
			n, err := strconv.Atoi(major)
			return ok && err == nil && n < 100
		}),
	},
	{
		Threat: "costly-function-abuse", Shows: "messages ordered one after the other",
		Collect: "how many of the codes were typed, and the provider's bill by country",
		find: by(only(client, func(l line) bool {
			return l.write() && l.ok() && l.about("otp", "sms", "verify") && !l.about("check", "confirm")
		}), atLeast(3)),
	},
	{
		Threat: "coupon-guessing", Shows: "different coupon codes that were refused",
		Collect: "all codes tried that day and by whom, and which were accepted",
		find:    by(only(client, func(l line) bool { return l.denied() && l.about("coupon", "voucher", "promo") }), guesses),
	},
	{
		Threat: "credential-stuffing", Shows: "log-ins of one client that failed",
		Collect: "the accounts that were tried, which the access log does not hold, and the successes of the same client",
		find: by(only(client, func(l line) bool {
			return l.write() && l.denied() && l.about("login", "signin", "token", "session", "auth")
		}), persistent(2, 4)),
	},
	{
		Threat: "credential-stuffing", Platform: "Apache", Shows: "names that do not exist at HTTP authentication",
		Collect: "how many different names this address tried",
		find:    each(1, func(l line) bool { return l.says("[auth_basic:error]", "AH01618:") }),
	},
	{
		Threat: "credential-stuffing", Platform: "Node.js", Shows: "log-ins that failed, with the account",
		Collect: "how many different accounts the address tried, and its successes",
		find:    each(2, func(l line) bool { return l.says(`"msg":"login failed"`, `"account":`, `"ip":`) }),
	},
	{
		Threat: "credential-stuffing", Platform: "Django", Shows: "log-ins that failed, with the account",
		Collect: "how many different accounts the address tried, and its successes",
		find:    each(2, func(l line) bool { return l.says("login failed account=", " ip=") }),
	},
	{
		Threat: "distributed-automation", Shows: "requests of several addresses at even intervals",
		Collect: "an hour of this endpoint's lines for this client program, whoever sent them",
		find:    by(only(agent, func(l line) bool { return l.network() && l.second >= 0 }), both(even(3), both(differing(3, client), differing(3, target)))),
	},
	{
		Threat: "fake-accounts", Shows: "several sign-ups of one client",
		Collect: "what the new accounts did next, and their mail domains",
		find:    by(only(client, signup), persistent(2, 3)),
	},
	{
		Threat: "gift-card-guessing", Shows: "balances of different gift cards, asked for and refused",
		Collect: "all numbers that were asked for, which were there, and what was bought with them",
		find:    by(only(client, func(l line) bool { return l.denied() && l.about("giftcard", "gift-card") }), guesses),
	},
	{
		Threat: "ignored-throttling", Shows: "a client that goes on after 429",
		Collect: "its requests for ten minutes after the first 429: do the pauses grow?",
		find: by(only(client, line.network), func(p paste, g []int) bool {
			n, after := 0, 0
			for _, i := range g {
				if n > 0 {
					after++
				}
				if p[i].status == 429 {
					n++
				}
			}
			return n > 1 && after > 1
		}),
	},
	{
		Threat: "impossible-travel", Shows: "one user who alternates between two addresses and two programs",
		Collect: "a week of this user's networks and devices, and what changed in the account",
		find: by(user, func(p paste, g []int) bool {
			turns := 0
			for k, i := range g[1:] {
				if before := p[g[k]]; before.client != p[i].client && before.agent != p[i].agent {
					turns++
				}
			}
			return turns > 1 && distinct(p, g, client) == 2
		}),
	},
	{
		Threat: "inventory-hoarding", Shows: "the same thing held again and again",
		Collect: "all holds of it that day, and who paid",
		find: by(only(func(l line) string { return l.client + " " + l.path }, func(l line) bool {
			return l.write() && l.ok() && l.about("hold", "reserve")
		}), atLeast(2)),
	},
	{
		Threat: "ip-rotation", Shows: "a list that one address reads on where another left off",
		Collect: "a day of this client program's lines: how many addresses, and how many requests each",
		find: by(only(func(l line) string { return l.agent + " " + l.path }, func(l line) bool { return l.parameter("page") != "" }), func(p paste, g []int) bool {
			runs := 0
			for k, i := range g[1:] {
				a, _ := strconv.Atoi(p[g[k]].parameter("page"))
				b, _ := strconv.Atoi(p[i].parameter("page"))
				if b == a+1 && p[g[k]].client != p[i].client {
					runs++
				}
			}
			return runs > 1
		}),
	},
	{
		Threat: "leaked-key", Shows: "one account that is used with several programs from several addresses",
		Collect: "a month of this account: which programs and networks are its owner's",
		find:    by(user, both(differing(3, client), differing(3, agent))),
	},
	{
		Threat: "limit-pacing", Shows: "one client at a steady pace, always for something new",
		Collect: "a day of this client: how many requests in each ten minutes",
		find:    by(only(client, func(l line) bool { return l.network() && l.second >= 0 }), both(even(4), differing(4, target))),
	},
	{
		Threat: "mfa-push-flooding", Shows: "second factors asked for again and again",
		Collect: "all challenges of this account that night, which were answered, and the owner's usual network",
		find:    by(only(client, func(l line) bool { return l.write() && l.ok() && l.about("/mfa", "/2fa", "/push") }), atLeast(3)),
	},
	{
		Threat: "password-spraying", Shows: "many accounts that fail once each",
		Collect: "a day of failures by network and client program, and every success among them",
		find: func(p paste) []int {
			g := each(3, func(l line) bool { return l.status == 401 && l.user != "" })(p)
			if distinct(p, g, user) < len(g) {
				return nil
			}
			return g
		},
	},
	{
		Threat: "payload-attacks", Shows: "text that is meant for something behind the server",
		Collect: "the answers' sizes and times: did one differ?",
		find: each(1, func(l line) bool {
			s := strings.ToLower(l.path + "?" + l.query)
			for _, w := range []string{"../../", "/etc/passwd", "union%20select", "union+select", "%20or%20'1'='1", "%3cscript", "169.254.169.254"} {
				if strings.Contains(s, w) {
					return true
				}
			}
			return false
		}),
	},
	{
		Threat: "payload-attacks", Platform: "Apache", Shows: "a request that ModSecurity refused",
		Collect: "the audit log of that request, and what else the address asked for",
		find:    each(1, func(l line) bool { return l.says("ModSecurity: Access denied with code") }),
	},
	{
		Threat: "reconnaissance", Shows: "paths that nobody links to",
		Collect: "all paths of this address, and which of them answered 200",
		find: by(only(client, func(l line) bool {
			return l.about("/.git", "/.env", "/.aws", "/actuator", "/phpmyadmin", "/wp-config", "/server-status")
		}), differing(2, path)),
	},
	{
		Threat: "referral-fraud", Shows: "several sign-ups by one invitation from one address",
		Collect: "all accounts of this invitation, and what they did after the reward",
		find: by(only(func(l line) string { return l.client + " " + l.parameter("ref") }, func(l line) bool { return signup(l) && l.parameter("ref") != "" }),
			atLeast(2)),
	},
	{
		Threat: "request-rate-abuse", Shows: "several requests of one client within a second",
		Collect: "the requests of this client and of its peers, minute by minute, for an hour",
		find: by(only(func(l line) string { return l.client + " " + l.path + " " + strconv.Itoa(l.second) }, func(l line) bool { return l.network() && l.second >= 0 }),
			persistent(3, 5)),
	},
	{
		Threat: "request-rate-abuse", Platform: "nginx", Shows: "a limit that was reached",
		Collect: "who else reached it, and the access log: are there several people behind the address?",
		find:    each(1, func(l line) bool { return l.says("[error]", "limiting requests, excess:", "client:") }),
	},
	{
		Threat: "request-rate-abuse", Platform: "AWS", Shows: "a request that a rate-based rule of AWS WAF blocked",
		Collect: "the same client's allowed requests before it",
		find:    each(1, func(l line) bool { return l.says(`"terminatingRuleType":"RATE_BASED"`) }),
	},
	{
		Threat: "request-rate-abuse", Platform: "Django", Shows: "a throttle that was reached",
		Collect: "all throttled lines of this client, and whether the waits grow",
		find:    each(1, func(l line) bool { return l.says("throttled scope=", " ip=") }),
	},
	{
		Threat: "resource-enumeration", Shows: "neighbouring numbers, some of them missing",
		Collect: "a day of this client on this route: how many different numbers, and which were there",
		find: by(only(client, numbered), func(p paste, g []int) bool {
			missing := 0
			for _, i := range g {
				if p[i].status == 404 || p[i].status == 403 {
					missing++
				}
			}
			return missing > 3 || missing > 0 && neighbours(p, g)
		}),
	},
	{
		Threat: "resource-exhaustion", Shows: "answers that took very long, or were very large",
		Collect: "what the same route takes for others in the same minutes",
		find:    by(only(client, func(l line) bool { return l.took >= 10 || l.bytes >= 10e6 }), atLeast(2)),
	},
	{
		Threat: "scraping", Shows: "one client that turns pages far beyond the first, or reads neighbouring numbers that are all there",
		Collect: "how many different things it read in a day, and how many others read",
		find: func(p paste) []int {
			deep := func(l line) bool { n, _ := strconv.Atoi(l.parameter("page")); return n >= 20 }
			if g := by(only(client, deep), persistent(1, 10))(p); g != nil {
				return g
			}
			return by(only(client, func(l line) bool { return numbered(l) && l.ok() }), walk)(p)
		},
	},
	{
		Threat: "spoofed-forwarded-for", Shows: "one peer that names another client in each request",
		Collect: "whether the peer is a proxy of yours; if not, everything it sent",
		find:    by(only(func(l line) string { return l.client + l.agent }, func(l line) bool { return l.forwarded != "" }), differing(3, func(l line) string { return l.forwarded })),
	},
	{
		Threat: "token-forgery", Shows: "a token without a signature",
		Collect: "the answers to it: a 200 settles it",
		find: each(1, func(l line) bool {
			at := strings.Index(l.query, "eyJ")
			if at < 0 {
				return false
			}
			token, _, _ := strings.Cut(l.query[at:], "&")
			return strings.Count(token, ".eyJ") == 1 && strings.HasSuffix(token, ".")
		}),
	},
	{
		Threat: "unauthorized-api-access", Shows: "one address that was refused on several functions",
		Collect: "whether one of them answered later, and as whom",
		find: by(only(client, func(l line) bool {
			return l.status == 403 && l.about("admin", "delete", "internal", "users", "roles", "config")
		}), differing(2, path)),
	},
	{
		Threat: "unauthorized-api-access", Platform: "nginx", Shows: "a rule of the server that refused somebody",
		Collect: "what else the address asked for",
		find:    each(1, func(l line) bool { return l.says("[error]", "access forbidden by rule, client:") }),
	},
	{
		Threat: "unauthorized-api-access", Platform: "Apache", Shows: "a rule of the server that refused somebody",
		Collect: "what else the address asked for",
		find:    each(1, func(l line) bool { return l.says("[authz_core:error]", "AH01630:") }),
	},
	{
		Threat: "unauthorized-api-access", Platform: "Node.js", Shows: "a refusal in an application's own words",
		Collect: "the same address on other paths, and a success on this one",
		find:    each(1, func(l line) bool { _, ok := Match(l.text); return ok }),
	},
	{
		Threat: "unauthorized-api-access", Platform: "Django", Shows: "a refusal of Django's",
		Collect: "the access log of the same second, which has the address",
		find:    each(1, func(l line) bool { return l.says("Forbidden: /") || l.says("Unauthorized: /") }),
	},
	{
		Threat: "undocumented-routes", Shows: "routes of one client that are not there, and then one that is",
		Collect: "who else asks for that route, and all that this client missed before it found it",
		find: by(client, func(p paste, g []int) bool {
			missed := map[string]bool{}
			for _, i := range g {
				if l := p[i]; l.status == 404 {
					missed[l.path] = true
				} else if l.ok() && len(missed) >= 2 && l.about("/internal", "/legacy", "/beta", "/v0", "/old", "/staging", "/test") {
					return true
				}
			}
			return false
		}),
	},
	{
		Threat: "uuid-guessing", Shows: "identifiers that look random, and are not there",
		Collect: "all identifiers that this client tried, and whether one was there",
		find:    by(only(client, func(l line) bool { return l.uuid() && (l.status == 404 || l.status == 403) }), differing(3, path)),
	},
	{
		Threat: "wordpress-attacks", Shows: "passwords tried at XML-RPC or at the form, or writers listed",
		Collect: "the sizes of the answers, and a 302 after a POST to wp-login.php",
		find: by(only(client, func(l line) bool { return wpPost(l) || wpList(l) }), func(p paste, g []int) bool {
			posts, lists := 0, 0
			for _, i := range g {
				if wpPost(p[i]) {
					posts++
				} else {
					lists++
				}
			}
			return posts > 0 && lists > 0 || lists > 2 || posts > 4
		}),
	},
	{
		Threat: "wordpress-attacks", Platform: "WordPress", Shows: "log-ins that WordPress refused, with the account",
		Collect: "how many different accounts the address tried, and an Accepted line after them",
		find: each(1, func(l line) bool {
			return l.says("wordpress(", "Authentication failure for ", " from ") || l.says("wordpress(", "Authentication attempt for unknown user ", " from ")
		}),
	},
}

// walk shows groups of four and more numbers that follow one another at one
// distance, for the most part.
func walk(p paste, g []int) bool {
	steps, even, last := 0, 0, 0
	for k, i := range g {
		prefix, n, _ := p[i].number()
		if k == 0 {
			continue
		}
		before, m, _ := p[g[k-1]].number()
		if prefix != before || n == m {
			continue
		}
		if steps++; steps > 1 && n-m == last {
			even++
		}
		last = n - m
	}
	return even > 1 && 3*even >= 2*(steps-1)
}

// neighbours shows groups of three and more numbers of which most lie beside
// another, or at one distance from the next.
func neighbours(p paste, g []int) bool {
	seen := map[string][]int{}
	for _, i := range g {
		if prefix, n, ok := p[i].number(); ok && !slices.Contains(seen[prefix], n) {
			seen[prefix] = append(seen[prefix], n)
		}
	}
	for _, list := range seen {
		slices.Sort(list)
		near, strides := 0, map[int]int{}
		for k := range list[1:] {
			gap := list[k+1] - list[k]
			strides[gap]++
			if gap <= 8 {
				near++
			}
		}
		for _, n := range strides {
			near = max(near, n)
		}
		if len(list) > 2 && 3*near >= 2*(len(list)-1) {
			return true
		}
	}
	return false
}

// persistent shows groups of n lines if a tool sent them, of more if a browser did.
func persistent(tool, browser int) func(paste, []int) bool {
	return func(p paste, g []int) bool {
		n := 0
		for _, i := range g {
			if !strings.HasPrefix(p[i].agent, "Mozilla") {
				n++
			}
		}
		return n >= tool || len(g) >= browser
	}
}

// guesses shows groups that tried two things, or four times a route that takes things in its body.
func guesses(p paste, g []int) bool {
	return distinct(p, g, target) > 1 || len(g) > 3 && p[g[0]].write()
}

func who(l line) string  { return l.who }
func kind(l line) string { return l.call }

// whose is the call that asks whose a credential is.
func whose(l line) string {
	if l.call != "GetCallerIdentity" {
		return ""
	}
	return l.call
}

func wpPost(l line) bool { return l.method == "POST" && l.about("xmlrpc.php", "wp-login.php") }
func wpList(l line) bool { return l.parameter("author") != "" || l.about("/wp-json/wp/v2/users") }

func numbered(l line) bool {
	_, _, ok := l.number()
	return ok && l.method == "GET"
}

func signup(l line) bool {
	return l.write() && l.ok() && l.about("register", "signup", "sign-up")
}

func call(names ...string) func(line) bool {
	return func(l line) bool {
		for _, n := range names {
			if l.call == n {
				return true
			}
		}
		return false
	}
}

func both(a, b func(paste, []int) bool) func(paste, []int) bool {
	return func(p paste, g []int) bool { return a(p, g) && b(p, g) }
}

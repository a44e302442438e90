package engine

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"goshawk/correlate"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/event"
	"goshawk/threat"
)

// account adds up what a chunk says of its source. Chunks arrive in the order
// of their source, so samples and signatures are the first there are.
func (g *Engine) account(c *chunk) {
	st, in := &g.feeds[c.feed].stat, &g.input
	st.Lines += int64(c.lines)
	st.Events += int64(len(c.recs))
	st.Unparsed += int64(c.unparsed)
	in.Lines += int64(c.lines)
	in.Events += int64(len(c.recs))
	in.Unparsed += int64(c.unparsed)
	f := g.feeds[c.feed]
	for i, n := range c.formats {
		f.formats[i] += n
	}
	g.carries |= c.carries
	for k, n := range c.allowed {
		g.allowed[k] += n
	}
	f.flags |= c.flags
	for _, b := range c.bad {
		if len(f.samples) < maxSamplesTotal {
			f.samples = append(f.samples, Sample{c.source, c.line + int(b.line), b.reason, g.mask(cut(c.lineText(b.span)), c.in)})
		}
	}
	for _, s := range c.marked {
		line := c.lineText(s)
		sig, ok := threat.Match(line)
		if !ok || len(f.signatures) >= maxSignatures {
			continue
		}
		e := g.workers[0].event(c, s)
		x := Signature{Name: sig.Name, Threat: sig.Threat, Source: c.source, Line: c.line + int(s.line), Text: g.mask(cut(line), c.in), Note: sig.Note}
		if e.Client.IsValid() {
			x.Client = e.Client.String()
			if e.Client.IsPrivate() || e.Client.IsLoopback() {
				x.Note += " The address is private: it is a proxy's or an internal host's, and hides the real client. Log X-Forwarded-For, or read the proxy's own log."
			}
		}
		f.signatures = append(f.signatures, x)
	}
}

const maxSamplesTotal, maxSignatures = 20, 100

// allowedActors lists who was allowed, and why.
func (g *Engine) allowedActors() (l []Allowed) {
	for k, n := range g.allowed {
		x := Allowed{Actor: k.actor, Reason: g.Allow.Entry(k.entry).Reason, Events: n}
		for _, sh := range g.shards {
			for _, sub := range sh.subjects {
				if !sub.allowed || sub.as != k.actor || sub.best < max(0.5, x.Score) {
					continue
				}
				if d := sub.strongest(g); sub.best > x.Score || d < x.Detector {
					x.Score, x.Detector = sub.best, d
				}
			}
		}
		l = append(l, x)
	}
	slices.SortFunc(l, func(a, b Allowed) int { return cmp.Or(a.Actor.Compare(b.Actor), cmp.Compare(a.Reason, b.Reason)) })
	return l
}

// strongest names the detector whose finding weighs most.
func (s *subject) strongest(g *Engine) string {
	best := s.open[0]
	for _, f := range s.open[1:] {
		if f.sig.LLR > best.sig.LLR || f.sig.LLR == best.sig.LLR && f.det < best.det {
			best = f
		}
	}
	return g.detectors[best.det].Name
}

func cut(s string) string { return s[:min(len(s), maxEvidence)] }

// mask hides the secrets of a raw line: those its own event names, and all
// that look like one.
func (g *Engine) mask(line string, in *decode.Context) string {
	w := g.workers[0]
	err := w.dec.Decode(line, in, &w.ev)
	if err != nil && len(line) == maxEvidence {
		err = w.dec.Decode(line+`"`, in, &w.ev) // it was cut within quotes
	}
	if err == nil {
		return g.tagger.Mask(line, w.ev.Key, w.ev.Session)
	}
	return g.tagger.Mask(line)
}

// result puts everything into its final form.
func (g *Engine) result() *Result {
	r := &Result{Input: g.input}
	for _, f := range g.feeds {
		// By source, so that which are shown does not depend on the order of reading.
		r.Input.Samples = append(r.Input.Samples, f.samples[:min(len(f.samples), maxSamplesTotal-len(r.Input.Samples))]...)
		r.Signatures = append(r.Signatures, f.signatures[:min(len(f.signatures), maxSignatures-len(r.Signatures))]...)
		f.stat.Format = f.mostly()
		r.Input.Sources = append(r.Input.Sources, f.stat)
	}
	for _, sh := range g.shards {
		r.Input.Evicted += sh.table.evicted
	}
	r.Input.Notes = g.notes()
	g.judgements(r)
	r.Incidents = correlate.Join(r.Findings)
	g.damage(r.Incidents)
	for i := range g.detectors {
		r.Detectors = append(r.Detectors, g.ran(&g.detectors[i]))
	}
	r.Allowed = g.allowedActors()
	r.Posture = g.posture()
	r.Described = g.described()
	r.Verdict, r.Summary = verdict(r)
	return r
}

func (f *feed) mostly() string {
	best, name := 0, ""
	for i, x := range decode.Formats() {
		if f.formats[i] > best {
			best, name = f.formats[i], x.Name
		}
	}
	return name
}

func (g *Engine) notes() (n []string) {
	flagged := func(flag event.Flags, what string) {
		var names []string
		for _, f := range g.feeds {
			if f.flags&flag != 0 {
				names = append(names, f.stat.Name)
			}
		}
		if k := len(names); k > 3 {
			names = append(names[:3], fmt.Sprintf("%d more", k-3))
		}
		if len(names) > 0 {
			n = append(n, strings.Join(names, ", ")+": "+what)
		}
	}
	zone := cmp.Or(g.Decode.Zone.String(), "UTC")
	if zone == "Local" {
		zone = "this machine's zone"
	}
	flagged(event.TimeInferred, "some times carry no zone, or no year. They were read in "+zone+"; set decode.timezone if that is wrong.")
	flagged(event.NamedClient, "some clients are logged as host names, which cannot be counted as addresses nor blocked. Log addresses (Apache: HostnameLookups Off).")
	flagged(event.Undecided, "a number at the end of the line could be bytes, seconds or microseconds, and was not read. Name the format with --log-format.")
	if l := g.proxies(); len(l) > 0 {
		n = append(n, strings.Join(l, ", ")+": forwards for many clients, who differ and come back: a proxy. If it is yours, name it in enrich.trusted_proxies, and its clients will be told apart.")
	}
	if !g.view.Outcomes && g.input.Events > 0 {
		n = append(n, "The log has shown fewer than 20 successes: too few to tell how often things fail, so shares were not judged.")
	}
	return n
}

// proxies are the addresses, three at most, that look like proxies which nobody
// configured.
func (g *Engine) proxies() (l []string) {
	for _, sh := range g.shards {
		t := sh.table
		for i := range t.slots {
			a := &t.slots[i]
			if a.Key == 0 || a.Profile == 0 || a.Scope != event.IP || a.Flags&(detect.Watched|detect.Allowed) != 0 {
				continue
			}
			if x := t.profiles.at(a.Profile); x.Guise.Proxy() {
				if actor, ok := sh.nameOf(a, x); ok {
					l = append(l, actor.Value)
				}
			}
		}
	}
	slices.Sort(l)
	if k := len(l); k > 3 {
		l = append(l[:3], fmt.Sprintf("%d more", k-3))
	}
	return l
}

// judgements collects findings and actors at 0.5 or more. A member of a group
// that is one counts half a unit of evidence less than its group.
func (g *Engine) judgements(r *Result) {
	scores := map[event.Actor]*ActorScore{}
	add := func(a event.Actor, p float64, sev detect.Severity, id string) {
		s := scores[a]
		if s == nil {
			s = &ActorScore{Actor: a}
			scores[a] = s
		}
		s.Score, s.Severity = max(s.Score, p), max(s.Severity, sev)
		if !slices.Contains(s.Findings, id) {
			s.Findings = append(s.Findings, id)
		}
	}
	for _, sh := range g.shards {
		for _, sub := range sh.subjects {
			if sub.best < 0.5 || sub.allowed {
				continue
			}
			for _, f := range sub.open {
				if sub.replaced(g, f) {
					continue
				}
				x := g.finding(sub, f)
				if g.stands(sub, &x) {
					r.Findings = append(r.Findings, x)
				}
			}
		}
	}
	if g.OnWeighed != nil {
		g.weighed()
	}
	r.Findings = append(r.Findings, g.campaigns...)
	r.Findings = append(r.Findings, g.claimed()...)
	slices.SortFunc(r.Findings, func(a, b detect.Finding) int {
		return cmp.Or(cmp.Compare(a.DetectedAt, b.DetectedAt), a.Actor.Compare(b.Actor), cmp.Compare(a.Detector, b.Detector), cmp.Compare(a.ID, b.ID))
	})
	for i := range r.Findings {
		f := &r.Findings[i]
		if g.OnFinding != nil {
			g.OnFinding("closed", f)
		}
		add(f.Actor, f.Score, f.Severity, f.ID)
		for _, m := range f.Members {
			if p := attributed(f.Score); p >= 0.5 {
				add(m, p, f.Severity, f.ID)
			}
		}
	}
	for _, s := range scores {
		r.Actors = append(r.Actors, *s)
	}
	slices.SortFunc(r.Actors, func(a, b ActorScore) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), a.Actor.Compare(b.Actor))
	})
}

// weighed tells of the evidence on everybody.
func (g *Engine) weighed() {
	for _, sh := range g.shards {
		for _, key := range slices.Sorted(maps.Keys(sh.subjects)) {
			sub := sh.subjects[key]
			if sub.allowed {
				continue
			}
			w := Weighed{Actor: sub.actor, Score: sub.best}
			if sub.group() {
				w.Actor, w.Members = g.standsFor(sub), sub.sorted()
			}
			for _, f := range sub.open {
				w.Detectors = append(w.Detectors, g.detectors[f.det].Name)
				w.LLR = append(w.LLR, f.sig.LLR)
			}
			g.OnWeighed(w)
		}
	}
	for _, l := range [][]detect.Finding{g.campaigns, g.claimed()} {
		for _, f := range l {
			g.OnWeighed(Weighed{Actor: f.Actor, Members: f.Members, Score: f.Score, Detectors: []string{f.Detector}, LLR: []float64{f.LLR}})
		}
	}
}

// attributed is the probability of a member: its group's, less half a unit of
// evidence.
func attributed(p float64) float64 {
	p = min(p, 0.9999)
	return correlate.Logistic(math.Log(p/(1-p)) - 0.5)
}

func verdict(r *Result) (Verdict, string) {
	top := 0.0
	claims := 0
	for _, a := range r.Actors {
		top = max(top, a.Score)
		if a.Score >= 0.8 {
			claims++
		}
	}
	in := &r.Input
	switch {
	case claims > 0:
		return Abuse, fmt.Sprintf("%s %s the API; %s.", count(claims, "actor"), plural(claims, "abuses", "abuse"), count(len(r.Incidents), "incident"))
	case top >= 0.5:
		return Suspicious, fmt.Sprintf("%s worth watching; nobody for certain.", count(len(r.Actors), "actor"))
	case len(r.Signatures) > 0:
		return Insufficient, fmt.Sprintf("%s known signature matched, which proves nothing alone; more of the log is needed.", plural(len(r.Signatures), "A", fmt.Sprint(len(r.Signatures))))
	case in.Events == 0:
		return Insufficient, "No request was understood in this input."
	case in.Unparsed*2 > in.Lines:
		return Insufficient, fmt.Sprintf("More than half of the lines (%d of %d) were not understood.", in.Unparsed, in.Lines)
	}
	return Clean, fmt.Sprintf("Nobody stands out among %s.", count(int(in.Events), "event"))
}

func count(n int, what string) string { return fmt.Sprintf("%d %s%s", n, what, plural(n, "", "s")) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// ran says whether a detector could judge anything of this input.
func (g *Engine) ran(d *bound) DetectorRun {
	x := DetectorRun{Name: d.Name, Ran: true}
	lacks := d.Needs &^ g.carries
	if d.At == detect.OnLogin && g.carries&event.HasAccount != 0 {
		lacks = 0 // a log of attempts tells their outcomes without status and path
	}
	switch {
	case !d.enabled:
		x.AbstainedBecause = "it is turned off in the configuration"
	case g.input.Events == 0:
		x.AbstainedBecause = "no event was understood"
	case !g.view.Outcomes && (d.Name == "credential_stuffing" || d.Name == "password_spraying" || d.Name == "uuid_guessing"):
		x.AbstainedBecause = "the log shows fewer than 20 successes, of which no share can be told"
	case lacks != 0:
		x.AbstainedBecause = "the log does not carry " + lacks.String()
	}
	x.Ran = x.AbstainedBecause == ""
	return x
}

func round2(x float64) float64 { return math.Round(x*100) / 100 }

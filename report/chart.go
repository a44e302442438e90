package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"goshawk/correlate"
	"goshawk/detect"
)

// Plots are SVG without text: names and numbers stand in HTML beside them, so
// that they keep their size on any screen. Every shape of one colour is one
// path, which keeps a page of a hundred incidents small.

// outcomeNames are also the classes of their colours.
var outcomeNames = [outcomes]string{"answered", "refused", "missing", "slowed", "faulty", "untold"}

var outcomeWords = [outcomes]string{"answered", "refused", "not found or invalid", "throttled", "failed", "not told"}

// charts draws an incident: who did something when, and where the log was read
// twice what came of it, which numbers were asked for, and the pauses.
func (h *sheet) charts(x *correlate.Incident, findings []*detect.Finding, p *Footprint) {
	h.put("<div class=\"charts\">\n")
	if p != nil && p.Requests > 0 {
		h.lanes(x, findings, p)
		h.mix(p)
		h.numbers(p)
		h.pauses(p)
	} else {
		h.bars(x, findings)
	}
	h.put("</div>\n")
}

// lanes draws a lane an actor, darker where it asked more, with a line where a
// finding about it was made. Where there are more actors than lanes, the first
// is of all of them together.
func (h *sheet) lanes(x *correlate.Incident, findings []*detect.Finding, p *Footprint) {
	h.put("<figure class=\"wide\"><figcaption><b>Who and when</b> requests over time, darker is more; a line marks a finding</figcaption>\n<div class=\"lanes\">\n")
	together := max(x.MembersTotal, len(x.Members)) > len(p.Lanes)
	if together {
		all := Lane{Requests: p.Requests}
		for c, column := range p.Mix {
			for _, n := range column {
				all.When[c] += n
			}
		}
		h.put(`<span class="name">all %s</span>`, count(int64(max(x.MembersTotal, len(x.Members))), "actor"))
		h.lane(x, &all, slices.DeleteFunc(slices.Clone(findings), p.has))
	}
	for i := range p.Lanes {
		l := &p.Lanes[i]
		h.put(`<span class="name"><i>%s</i> %s</span>`, l.Actor.Scope.String(), l.Actor.Value)
		h.lane(x, l, slices.DeleteFunc(slices.Clone(findings), func(f *detect.Finding) bool {
			return f.Actor != l.Actor && (i > 0 || together || p.has(f))
		}))
	}
	h.put("%s</div>\n", timeAxis(x.FirstSeen, x.LastSeen))
	h.stages(x)
	h.put("</figure>\n")
}

// lane draws one lane in its own shades, with the findings that it is marked with.
func (h *sheet) lane(x *correlate.Incident, l *Lane, marks []*detect.Finding) {
	most := slices.Max(l.When[:])
	var shade [3]strings.Builder
	for c, n := range l.When {
		if n > 0 {
			k := min(int(3*math.Sqrt(float64(n)/float64(most))), 2) // a burst must not make all else pale
			fmt.Fprintf(&shade[k], "M%d 0h1v10h-1z", c)
		}
	}
	h.put(`<svg viewBox="0 0 %d 10" preserveAspectRatio="none" aria-hidden="true">`, columnsOfTime)
	for k := range shade {
		if shade[k].Len() > 0 {
			h.put(`<path class="q%d" d="%s"/>`, k+1, markup(shade[k].String()))
		}
	}
	if len(marks) > 0 {
		h.put(`<path class="mark" d="`)
		for _, f := range marks[:min(len(marks), columnsOfTime)] {
			h.put("M%s 0v10", across(f.DetectedAt, x.FirstSeen, x.LastSeen, columnsOfTime))
		}
		h.put(`"/>`)
	}
	h.put(`</svg><span class="total">%s</span>`+"\n", number(float64(l.Requests)))
}

// has says whether a finding's actor has a lane.
func (p *Footprint) has(f *detect.Finding) bool {
	return slices.ContainsFunc(p.Lanes, func(l Lane) bool { return l.Actor == f.Actor })
}

// bars draws a lane a finding, from its first event to its last: all that a
// result alone can tell.
func (h *sheet) bars(x *correlate.Incident, findings []*detect.Finding) {
	h.put("<figure class=\"wide\"><figcaption><b>What and when</b> from the first event of each finding to its last; a line marks when it was sure</figcaption>\n<div class=\"lanes\">\n")
	for _, f := range findings[:min(len(findings), someLanes)] {
		from, to := scale(f.FirstSeen, x.FirstSeen, x.LastSeen), scale(f.LastSeen, x.FirstSeen, x.LastSeen)
		h.put(`<span class="name"><i>%s</i> %s</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">`, f.Actor.Scope.String(), f.Actor.Value)
		h.put(`<path class="q2" d="M%.2f 2h%.2fv6h-%.2fz"/>`, 100*from, max(100*(to-from), 0.4), max(100*(to-from), 0.4))
		h.put(`<path class="mark" d="M%s 0v10"/></svg><span class="total">%s</span>`+"\n", across(f.DetectedAt, x.FirstSeen, x.LastSeen, 100), number(float64(f.Events)))
	}
	h.put("%s</div>\n", timeAxis(x.FirstSeen, x.LastSeen))
	h.stages(x)
	h.put("</figure>\n")
}

// stages lists the steps of an incident, one that repeats once.
func (h *sheet) stages(x *correlate.Incident) {
	h.put("<ol class=\"stages\">")
	for k, s := range x.Stages {
		if k == 0 || s.Name != x.Stages[k-1].Name {
			h.put("<li><b>%s</b> from %s</li>", s.Name, clock(s.At))
		}
	}
	h.put("</ol>\n")
}

// scale is where a moment lies between two, 0 to 1.
func scale(at, from, to int64) float64 {
	if to <= from {
		return 0
	}
	return min(max(float64(at-from)/float64(to-from), 0), 1)
}

func across(at, from, to int64, width int) markup {
	return markup(fmt.Sprintf("%.2f", scale(at, from, to)*float64(width)))
}

// timeAxis names the beginning, the middle and the end of a time.
func timeAxis(from, to int64) markup {
	layout := "15:04"
	switch {
	case from == 0:
		return ""
	case to-from > 36*3600e9:
		layout = "2 Jan 15:04"
	case to-from < 300e9:
		layout = "15:04:05"
	}
	var b strings.Builder
	b.WriteString(`<div class="axis">`)
	for _, at := range []int64{from, from + (to-from)/2, to} {
		b.WriteString("<span>" + time.Unix(0, at).UTC().Format(layout) + "</span>")
	}
	b.WriteString("</div>")
	return markup(b.String())
}

// mix draws what came of the requests, over time.
func (h *sheet) mix(p *Footprint) {
	var total, most int64
	var sums [outcomes]int64
	for _, column := range p.Mix {
		all := int64(0)
		for o, n := range column {
			all += n
			sums[o] += n
		}
		total, most = total+all, max(most, all)
	}
	if total == 0 {
		return
	}
	var paths [outcomes]strings.Builder
	for c, column := range p.Mix {
		top := 100.0
		for o, n := range column {
			if n > 0 {
				height := max(100*float64(n)/float64(most), 0.6)
				top -= height
				fmt.Fprintf(&paths[o], "M%d.06 %.1fh.88v%.1fh-.88z", c, top, height)
			}
		}
	}
	h.put("<figure><figcaption><b>Answers over time</b> at most %s in a column</figcaption>\n", count(most, "request"))
	h.put(`<div class="plot"><svg viewBox="0 0 %d 100" preserveAspectRatio="none" aria-hidden="true">`, columnsOfTime)
	for o := range paths {
		if paths[o].Len() > 0 {
			h.put(`<path class="%s" d="%s"/>`, markup(outcomeNames[o]), markup(paths[o].String()))
		}
	}
	h.put("</svg></div>%s", timeAxis(p.From, p.To))
	h.legend(sums, total)
	h.put("</figure>\n")
}

// legend names the colours in use, with their share.
func (h *sheet) legend(sums [outcomes]int64, total int64) {
	h.put("<ul class=\"legend\">")
	for o, n := range sums {
		if n > 0 {
			h.put(`<li><svg viewBox="0 0 9 9" aria-hidden="true"><rect class="%s" width="9" height="9" rx="2"/></svg>%s %s</li>`, markup(outcomeNames[o]), outcomeWords[o], share(n, total))
		}
	}
	h.put("</ul>\n")
}

// share is a part in percent, never 0 for something nor 100 for less than all.
func share(n, total int64) string {
	percent := 100 * float64(n) / float64(max(total, 1))
	switch {
	case n > 0 && percent < 1:
		return "under 1 %"
	case n < total && percent > 99:
		return "over 99 %"
	}
	return fmt.Sprintf("%.0f %%", percent)
}

// fewTouches are too few numbers to draw.
const fewTouches = 12

// numbers draws which numbers were asked for, in the order of time: who walks
// draws a line, who guesses a cloud.
func (h *sheet) numbers(p *Footprint) {
	if len(p.IDs) < fewTouches {
		return
	}
	low, high := p.IDs[0].Number, p.IDs[0].Number
	from, to := p.IDs[0].At, p.IDs[0].At
	for _, t := range p.IDs {
		low, high = min(low, t.Number), max(high, t.Number)
		from, to = min(from, t.At), max(to, t.At)
	}
	if low == high {
		return
	}
	var paths [outcomes]strings.Builder
	var sums [outcomes]int64
	for _, t := range p.IDs {
		sums[t.Outcome]++
		fmt.Fprintf(&paths[t.Outcome], "M%.0f %.0fh0", 10+980*scale(t.At, from, to), 970-940*float64(t.Number-low)/float64(high-low))
	}
	h.put("<figure><figcaption><b>Numbers asked for</b> %s to %s", number(float64(low)), number(float64(high)))
	if p.touched > int64(len(p.IDs)) {
		h.put(", every %s of %s", ordinal(p.stride), count(p.touched, "request"))
	}
	h.put("</figcaption>\n<div class=\"plot\"><svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")
	for o := range paths {
		if paths[o].Len() > 0 {
			h.put(`<path class="dots %s" d="%s"/>`, markup(outcomeNames[o]), markup(paths[o].String()))
		}
	}
	h.put("</svg></div>%s", timeAxis(from, to))
	h.legend(sums, int64(len(p.IDs)))
	h.put("</figure>\n")
}

func ordinal(n int64) string {
	if n == 2 {
		return "second"
	}
	return number(float64(n)) + "th"
}

// pauses draws how long those of the lanes waited between two requests. A
// programme has one pause, a person has many.
func (h *sheet) pauses(p *Footprint) {
	first, last, total, peak := -1, 0, int64(0), 0
	for i, n := range p.Pauses {
		if n == 0 {
			continue
		}
		if first < 0 {
			first = i
		}
		last, total = i, total+n
		if n > p.Pauses[peak] {
			peak = i
		}
	}
	if total < fewTouches {
		return
	}
	first, last = max(first-1, 0), min(last+1, pauses-1)
	var d strings.Builder
	for i := first; i <= last; i++ {
		if n := p.Pauses[i]; n > 0 {
			height := max(100*float64(n)/float64(p.Pauses[peak]), 1)
			fmt.Fprintf(&d, "M%d.08 %.1fh.84v%.1fh-.84z", i-first, 100-height, height)
		}
	}
	h.put("<figure><figcaption><b>Pauses between requests</b> most often %s, %s of them</figcaption>\n", pauseWords(peak), share(p.Pauses[peak], total))
	h.put(`<div class="plot"><svg viewBox="0 0 %d 100" preserveAspectRatio="none" aria-hidden="true"><path class="q3" d="%s"/></svg></div>`, last-first+1, markup(d.String()))
	h.put("<div class=\"axis\"><span>%s</span><span>%s</span><span>%s</span></div></figure>\n", pauseFrom(first), pauseFrom((first+last+1)/2), pauseFrom(last+1))
}

// pauseFrom is where a column of pauses begins.
func pauseFrom(i int) string {
	if i == 0 {
		return "0 s"
	}
	return duration(int64(1e6) << i)
}

func pauseWords(i int) string {
	if i == 0 {
		return "under 2 ms"
	}
	return duration(int64(1e6)<<i) + " to " + duration(int64(1e6)<<(i+1))
}

// silences says when a source was silent and what its lines do not carry.
func (p *Footprints) silences(source int) (l []string) {
	if p == nil || source >= len(p.Sources) {
		return nil
	}
	c := &p.Sources[source]
	if c.Carries == 0 {
		return nil
	}
	if lacks := c.Lacks(); lacks != 0 {
		l = append(l, "not logged: "+lacks.String())
	}
	for _, g := range c.Silent() {
		l = append(l, "silent: "+span(g.From, g.To))
	}
	return l
}

package engine

import (
	"io"
	"math"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"goshawk/decode"
	"goshawk/event"
)

// feed is one open source: its chunks, decoded and waiting, and its clock.
type feed struct {
	src        Source
	index      int
	successes  int
	queue      []*chunk
	line       int             // of the next chunk
	in         *decode.Context // of the latest chunk; its order is nil until the format is recognised
	head64     []byte          // the first 64 KiB, until the format is recognised
	done       bool
	clock      int64
	behind     int // events in a row more than an hour behind the clock
	stat       SourceStat
	flags      event.Flags     // of any event
	formats    [maxFormats]int // events by index of format
	judged     int             // last line that was judged before the run resumed
	samples    []Sample
	signatures []Signature
	wanted     []*keptLine // lines up to there that are evidence, in order
}

// head returns the next record of the feed, and the one after it if there is
// one: a jump of the clock is believed only on the next event's word.
func (f *feed) head() (c *chunk, r, next *event.Rec) {
	for _, q := range f.queue {
		rest := q.recs[q.read:]
		if len(rest) == 0 {
			continue
		}
		if r == nil {
			c, r = q, &rest[0]
			if len(rest) > 1 {
				return c, r, &rest[1]
			}
			continue
		}
		return c, r, &rest[0]
	}
	return c, r, nil
}

// ready says whether the feed's next record can be judged: it has one after
// it, or will never have.
func (f *feed) ready() bool {
	_, r, next := f.head()
	return next != nil || f.done && r != nil
}

// an hour is how far a clock may jump ahead, or fall behind, and be believed.
const anHour = int64(time.Hour)

// reanchor is how many events in a row must be an hour behind before the clock
// is set back to them.
const reanchor = 32

// tick returns the time at which a record counts. A source's clock never runs
// back: an earlier event counts at the clock. A jump of more than an hour is
// believed if the next event agrees.
func (f *feed) tick(r, next *event.Rec, in *Input) int64 {
	if r.Mark&event.MarkNoTime != 0 {
		return f.clock
	}
	switch t := r.Time; {
	case f.clock == 0:
		f.clock = t
	case t > f.clock+anHour && next != nil && next.Mark&event.MarkNoTime == 0 && next.Time < t-anHour:
		in.Skewed++
	case t >= f.clock:
		f.clock, f.behind = t, 0
	default:
		in.Late++
		if t < f.clock-anHour {
			if f.behind++; f.behind >= reanchor {
				f.clock, f.behind = t, 0
			}
		} else {
			f.behind = 0
		}
	}
	return f.clock
}

// due is when a record is due among those of other feeds.
func (f *feed) due(r *event.Rec) int64 {
	if r.Mark&event.MarkNoTime != 0 {
		return f.clock
	}
	if r.Mark&event.MarkErrorLog != 0 { // written before the access line of the same second
		return max(r.Time-int64(time.Second), f.clock)
	}
	return max(r.Time, f.clock)
}

// merge moves records, in the order of time, into the block until the block
// is full, an epoch ends, or a feed runs dry. Between feeds the earlier goes
// first, ties to the first named; within one the file's order stands.
func (g *Engine) merge() (dry *feed, epoch bool) {
	for len(g.block.recs) < blockSize {
		// The feed whose next record is earliest goes on until another's is earlier.
		var best *feed
		var at int64
		until := int64(math.MaxInt64)
		for _, f := range g.feeds {
			if !f.ready() {
				if !f.done {
					return f, false
				}
				continue
			}
			_, r, _ := f.head()
			t := f.due(r)
			switch {
			case best == nil:
				best, at = f, t
			case t < at:
				best, at, until = f, t, at-1 // ties go to the one named first
			default:
				until = min(until, t)
			}
		}
		if best == nil {
			g.flush()
			return nil, false
		}
		for n := 0; len(g.block.recs) < blockSize; n++ {
			c, r, next := best.head()
			if r == nil || next == nil && !best.done || n > 0 && best.due(r) > until {
				break
			}
			if g.take(best, c, r, next) {
				return nil, true
			}
		}
	}
	return nil, false
}

// outcomes is how many successes a source must have shown before its refusals
// are a share of anything: until then it may be a log of refusals only.
const outcomes = 20

// take moves a feed's next record into the block and says whether it ends an
// epoch.
func (g *Engine) take(f *feed, c *chunk, r, next *event.Rec) bool {
	if c.ids[r.Template] == 0 {
		c.ids[r.Template] = g.templates.resolve(c.shapes[r.Template].Text) + 1
	}
	t := f.tick(r, next, &g.input)
	at := c.read
	c.read++
	for len(f.queue) > 0 && f.queue[0].read == len(f.queue[0].recs) {
		f.queue = f.queue[1:]
	}
	if g.Until != 0 && t >= g.Until {
		return false
	}
	template := c.ids[r.Template] - 1
	if template&odder != 0 {
		if template &^= odder; r.Spelling == 0 {
			r.Spelling = uint32(xxh3.HashString(c.shapes[r.Template].Text)>>1) | 1
		}
	}
	if !g.twice.on && r.Mark&event.MarkErrorLog == 0 {
		return g.add(f, c, at, r, t, template)
	}
	x := *r
	x.Time, x.Template = t, template
	g.twice.on = true
	waits, epoch := g.doubts(f, c, at, &x)
	if !waits {
		epoch = g.add(f, c, at, &x, t, template) || epoch
	}
	if epoch {
		g.flush()
	}
	return epoch
}

// add puts the record that is the at-th of a chunk into the block, with the time
// at which it counts and its endpoint, and says whether it ends an epoch.
func (g *Engine) add(f *feed, c *chunk, at int, r *event.Rec, t int64, template uint32) bool {
	b := &g.block
	if n := len(b.chunks); n == 0 || b.chunks[n-1] != c {
		b.chunks = append(b.chunks, c)
	}
	b.recs = append(b.recs, *r)
	b.where = append(b.where, where{uint32(len(b.chunks) - 1), uint32(at)})
	i := len(b.recs) - 1
	x := &b.recs[i]
	x.Time, x.Template = t, template
	if x.Status > 0 && x.Status < 400 || x.Status == 0 && x.Class&event.Succeeded != 0 {
		f.successes++
	}
	if f.successes >= outcomes {
		x.Mark |= event.MarkOutcomes
	}
	switch {
	case x.Mark&event.MarkAllowed != 0:
	case x.Class&event.Login == 0:
		g.outage.other(x)
	case g.outage.fails(x):
		x.Mark |= event.MarkOutage
	}
	if x.Print != 0 && x.Mark&event.MarkAllowed == 0 {
		g.prints[x.Print>>printShift]++
	}
	b.route(i)
	g.follow(i)
	if f.stat.First == 0 {
		f.stat.First = t
	}
	f.stat.Last = t
	if g.events == 0 {
		g.start, g.epochStart = t, t
	}
	g.events++
	g.last = max(g.last, t)
	g.epochEvents++
	return g.epochEvents >= epochEvents || g.epochEvents >= 1000 && t-g.epochStart >= int64(10*time.Minute)
}

const (
	blockSize   = 1 << 13
	epochEvents = 1 << 16
)

// fill reads chunks for the feeds that have run dry, as many as there are
// workers to decode them, and decodes them.
func (g *Engine) fill(dry *feed) {
	var fresh []*chunk
	for fi, f := range g.feeds {
		if f.done || f != dry && len(f.queue) > 0 {
			continue
		}
		n := max(chunksAhead/len(g.feeds), 1)
		for k := 0; k < n || f.in.Order == nil && len(f.head64) < recogniseBy; k++ {
			data, err := f.src.Next()
			if len(data) > 0 {
				for header, text := range decode.Sections(alias(data), f.in.Header) {
					c := g.newChunk()
					*c = chunk{recs: c.recs, at: c.at, addr: c.addr, ids: c.ids, bad: c.bad, marked: c.marked, source: f.index, feed: fi, text: text, line: f.line + 1}
					c.in = f.context(header)
					f.line += countLines(text)
					f.queue = append(f.queue, c)
					fresh = append(fresh, c)
				}
				g.input.Bytes += int64(len(data))
				if f.in.Order == nil {
					f.head64 = append(f.head64, data[:min(len(data), recogniseBy-len(f.head64))]...)
				}
			}
			if err != nil {
				f.done = true
				if err != io.EOF {
					f.stat.Error = err.Error()
				}
				break
			}
			if g.ctx.Err() != nil {
				f.done = true
				break
			}
		}
		if f.in.Order == nil {
			order := g.workers[0].dec.Guess(string(f.head64))
			for _, c := range f.queue {
				c.in.Order = order
			}
			f.in.Order, f.head64 = order, nil
		}
	}
	g.parallel(len(fresh), func(w, i int) { g.workers[w].decode(fresh[i]) })
	for _, c := range fresh {
		g.account(c)
		g.skip(c)
	}
	if g.OnProgress != nil {
		g.OnProgress(g.input.Bytes, g.input.Lines)
	}
}

// chunksAhead is how many chunks are decoded at once; recogniseBy how much of
// a source its format is recognised by, however it is cut into chunks.
const chunksAhead, recogniseBy = 8, 64 << 10

// context is that of the feed's lines under a header.
func (f *feed) context(header string) *decode.Context {
	written := int64(0)
	if s, ok := f.src.(interface{ Written() int64 }); ok {
		written = s.Written()
	}
	if header != f.in.Header || written != f.in.Written {
		f.in = &decode.Context{Order: f.in.Order, Header: strings.Clone(header), Written: written}
	}
	return f.in
}

func countLines(b string) int {
	n := strings.Count(b, "\n")
	if b[len(b)-1] != '\n' {
		n++
	}
	return n
}

// Package engine runs decode, enrich, detect and correlate over the lines of
// one or more sources, on any number of workers, with the same result.
//
// A run goes in rounds. Chunks are decoded in parallel. One sequencer then
// merges them by time, numbers the events, gives endpoints their numbers and
// files each record under the shards of its actors, until a block is full or an
// epoch ends. The 64 shards are worked through in parallel, each in sequence
// order: first those that own objects, then those that own actors. At an
// epoch's end the integer votes of all workers are added up, what is normal is
// solved anew, and everybody who gave cause is judged once more.
package engine

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"goshawk/decide"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/inventory"
)

// Source is one log. Next returns the next chunk of it: whole lines, each
// ended by a newline but for the last of the log. The chunk belongs to the
// engine from then on; a source never touches it again. At the end Next
// returns io.EOF, with or without a last chunk. Any other error ends the
// source: what was read before is still judged. If it also has a method
// Written() int64, that is when the log that the last chunk is from was last
// written, in Unix nanoseconds: times without a year are dated by it.
type Source interface {
	Name() string
	Next() ([]byte, error)
}

// Options of a run. The zero value works.
type Options struct {
	Workers int   // 0: one
	Memory  int64 // bytes the whole process may use; 0: 512 MiB
	Seed    uint64

	Decode decode.Options
	Enrich enrich.Options
	Detect map[string]map[string]any // parameters by detector, "enabled" among them; from the configuration
	Allow  *decide.AllowList         // nil allows nobody

	Since, Until int64 // Unix nanoseconds, 0 for none; earlier lines only warm the baselines

	// OnEvent is called for every event in stream order, with its source and
	// line (1-based); the event is valid during the call.
	OnEvent func(e *event.Event, source, line int)
	// OnFinding is called when a finding is opened, updated or closed, in the
	// order of detection. The finding is valid during the call.
	OnFinding func(state string, f *detect.Finding)
	// OnWeighed is called at the end for every actor that a detector has
	// something to say about, however little.
	OnWeighed func(w Weighed)
	// OnProgress is called now and then with the bytes and lines read so far.
	OnProgress func(bytes, lines int64)
	// OnEpoch is called at each epoch's end but the last's, counted from 1. save,
	// valid during the call, writes the engine's state, from which a run with
	// Resume goes on; the state holds no line of a log. An error ends the run and
	// is returned by Run.
	OnEpoch func(epoch int, save func(io.Writer) error) error

	// Spec is what its owner says the API is, nil for nothing: documented routes
	// are endpoints under their documented names. It is not changed.
	Spec *inventory.Spec

	// Baseline is what an earlier run learned, as it wrote it to Learn, read to its
	// end; what is normal starts from there. Seed and tag key must be the same; an
	// error wraps ErrBaseline. With Resume it is not read again.
	Baseline io.Reader
	// Learn takes what is normal after this run, its baseline included, once all
	// is judged. An error of it is returned by Run beside the result.
	Learn io.Writer

	// Resume is a state that save wrote, read to its end. The sources must be the
	// same, from their beginning: what was judged is passed over and not told
	// again, and the result is that of one run. Seed, Memory, Spec and the tag key
	// must be the same too; an error wraps ErrResume.
	Resume io.Reader
}

const defaultMemory = 512 << 20

// Engine is one run.
type Engine struct {
	Options
	ctx       context.Context
	input     Input
	feeds     []*feed
	workers   []*worker
	work      []pass // of each worker
	shards    [shards]*shard
	block     block
	templates *templates
	tagger    *enrich.Tagger
	detectors []bound
	asked     [detect.OnCrowd + 1][event.Group + 1][]int // detectors by moment and scope
	since     int64

	view  *inventory.View
	total inventory.Sums
	sums  []inventory.Sums // one a worker

	prints      [1 << (64 - printShift)]uint32 // events by fingerprint; two that collide count as one
	events      int64
	start, last int64
	epochStart  int64
	epochEvents int
	epochs      int
	outage      outage
	twice       twice
	spare       []*chunk
	pending     []notice
	campaigns   []detect.Finding
	crowd       crowd
	open        []openedLine
	logins      logins
	known       known     // habits that the baseline knows
	attempts    []attempt // a ring of journalSize
	attempted   int
	failures    []failure // a ring of failuresKept
	failed      int
	carries     event.Fields
	allowed     map[allowedKey]int64
}

// printShift leaves of a fingerprint what events are counted by.
const printShift = 50

// maxFormats bounds the formats a chunk counts lines by.
const maxFormats = 128

// bound is a detector with its scopes as a mask.
type bound struct {
	detect.Bound
	scopes  uint32
	enabled bool
}

// Run reads the sources to their end, or until ctx is done, and returns what
// was found; a cancelled run judges what was read. It fails only on options
// that make no sense, on a state that it cannot go on from, and when OnEpoch
// does; a source's failure is in Result.Input.Sources.
func Run(ctx context.Context, sources []Source, o Options) (*Result, error) {
	g, err := newEngine(ctx, sources, o)
	if err != nil {
		return nil, err
	}
	for {
		dry, epoch := g.merge()
		if dry != nil {
			g.fill(dry)
			if err := g.short(); err != nil {
				return nil, err
			}
			continue
		}
		if len(g.block.recs) == 0 {
			break
		}
		g.process()
		if epoch {
			g.epoch(false)
			if g.OnEpoch != nil {
				if err := g.OnEpoch(g.epochs, g.save); err != nil {
					return nil, err
				}
			}
		}
	}
	g.epoch(true)
	g.campaign()
	r := g.result()
	if o.Learn != nil {
		return r, g.learned(o.Learn)
	}
	return r, nil
}

func newEngine(ctx context.Context, sources []Source, o Options) (*Engine, error) {
	g := &Engine{Options: o, ctx: ctx, view: inventory.NewView(), templates: newTemplates(o.Spec), since: o.Since}
	g.Workers = max(g.Workers, 1)
	if g.Memory == 0 {
		g.Memory = defaultMemory
	}
	g.tagger = enrich.NewTagger(o.Enrich.TagKey, o.Enrich.Reveal)
	g.allowed = map[allowedKey]int64{}
	for range g.Workers {
		d, err := decode.New(o.Decode)
		if err != nil {
			return nil, err
		}
		g.workers = append(g.workers, &worker{dec: d, en: enrich.New(o.Enrich, o.Seed), allow: o.Allow, tag: g.tagger})
	}
	g.sums = make([]inventory.Sums, g.Workers)
	budget := g.Memory * 55 / 100 / shards
	for i := range g.shards {
		g.shards[i] = &shard{table: newTable(budget * 30 / 32), owners: newOwners(budget / 32), journeys: newJourneys(budget / 32), subjects: map[uint64]*subject{}}
	}
	for _, d := range detect.All() {
		set := o.Detect[d.Name]
		b, err := d.Configure(set)
		if err != nil {
			return nil, err
		}
		x := bound{Bound: b, enabled: set["enabled"] != false}
		for _, s := range d.Scopes {
			x.scopes |= 1 << s
		}
		if !x.enabled {
			x.scopes = 0
		}
		for s := range event.Group + 1 {
			if x.scopes>>s&1 != 0 {
				g.asked[d.At][s] = append(g.asked[d.At][s], len(g.detectors))
			}
		}
		g.detectors = append(g.detectors, x)
	}
	for name := range o.Detect {
		if _, ok := detect.Lookup(name); !ok {
			return nil, fmt.Errorf("there is no detector %q", name)
		}
	}
	for i, s := range sources {
		g.feeds = append(g.feeds, &feed{src: s, index: i, in: &decode.Context{}, stat: SourceStat{Name: s.Name()}})
	}
	if o.Resume != nil {
		return g, g.resume(o.Resume)
	}
	if o.Baseline != nil {
		return g, g.recall(o.Baseline)
	}
	return g, nil
}

// parallel runs fn for every task, on as many goroutines as there are workers.
func (g *Engine) parallel(tasks int, fn func(worker, task int)) {
	if g.Workers == 1 || tasks < 2 {
		for i := range tasks {
			fn(0, i)
		}
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for w := range g.Workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < tasks; i = int(next.Add(1)) - 1 {
				fn(w, i)
			}
		})
	}
	wg.Wait()
}

// process works the block through the shards.
func (g *Engine) process() {
	if g.OnEvent != nil {
		g.replay()
	}
	g.view.Docs = g.templates.docs // those of endpoints first seen in this block, too
	b, passes := &g.block, g.passes()
	g.parallel(shards, func(w, i int) { passes[w].own(g.shards[i], b.objects[i]) })
	g.parallel(shards, func(w, i int) { passes[w].walk(g.shards[i], b.steps[i]) })
	g.parallel(shards, func(w, i int) { passes[w].work(g.shards[i], b.touches[i]) })
	g.journal()
	g.note()
	g.gather(passes)
	g.recycle()
}

func (g *Engine) passes() []pass {
	if g.work == nil {
		g.work = make([]pass, g.Workers)
	}
	for w := range g.work {
		p := &g.work[w] // large: not copied
		p.Engine, p.w, p.b, p.view, p.sums, p.votes = g, g.workers[w], &g.block, g.view, &g.sums[w], &g.sums[w]
		p.votes.View, p.void.View = g.view, g.view
		p.notices = p.notices[:0]
	}
	return g.work
}

// gather tells of what the passes found.
func (g *Engine) gather(passes []pass) {
	for i := range passes {
		g.pending = append(g.pending, passes[i].notices...)
	}
	g.announce()
}

// replay hands the block's events to OnEvent.
func (g *Engine) replay() {
	for i := range g.block.recs {
		c, s := g.block.line(i)
		g.tell(c, s, &g.block.recs[i])
	}
}

func (g *Engine) tell(c *chunk, s span, r *event.Rec) {
	e := g.workers[0].event(c, s)
	e.Template = g.templates.names[r.Template]
	g.OnEvent(e, c.source, c.line+int(s.line))
}

// recycle keeps the buffers of chunks whose records have all been judged. Their
// text is never used again: evidence has its own copies.
func (g *Engine) recycle() {
	for _, c := range g.block.chunks {
		if c.read == len(c.recs) && c.held == 0 && !c.spent {
			c.spent = true
			g.spare = append(g.spare, c)
		}
	}
	g.block.reset()
}

func (g *Engine) newChunk() *chunk {
	n := len(g.spare)
	if n == 0 {
		return &chunk{}
	}
	c := g.spare[n-1]
	g.spare = g.spare[:n-1]
	c.addr = c.addr[:0]
	c.recs, c.at, c.bad, c.marked = c.recs[:0], c.at[:0], c.bad[:0], c.marked[:0]
	clear(c.ids[:cap(c.ids)])
	c.ids = c.ids[:0]
	return c
}

// solve finds what is normal from the votes.
func (g *Engine) solve() *inventory.View {
	v := g.total.Solve(g.templates.names)
	v.Docs = g.templates.docs
	return v
}

// epoch adds up the votes, solves what is normal, and judges everybody who
// gave cause once more.
func (g *Engine) epoch(end bool) {
	for i := range g.sums {
		g.total.Merge(&g.sums[i])
	}
	g.total.Paths.Age()
	g.view = g.solve()
	since := g.epochStart
	g.epochStart, g.epochEvents = g.last, 0
	g.epochs++
	if end {
		since = 0
	}
	passes := g.passes()
	g.parallel(shards, func(w, i int) { passes[w].rejudge(g.shards[i], uint32(since/1e9), end) })
	g.gather(passes)
	g.lookAround(end)
}

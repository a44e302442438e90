package engine

import (
	"slices"
	"strings"
	"unsafe"

	"goshawk/decide"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/enrich"
	"goshawk/event"
)

// chunk is a piece of one source, decoded by one worker.
type chunk struct {
	source int // index of the source in the result
	feed   int // index of its feed
	text   string
	line   int             // number of its first line, 1-based
	in     *decode.Context // shared with other chunks, and never changed once they are decoded

	recs   []event.Rec
	at     []span     // of each record
	addr   [][16]byte // client of each record
	lines  int
	shapes []*enrich.Shape
	ids    []uint32 // template id plus one of each shape, given by the sequencer
	bad    []badLine
	marked []span // lines of a known signature

	unparsed, skipped int
	formats           [maxFormats]int // events by index of format
	carries           event.Fields
	flags             event.Flags // of any event
	read              int         // records consumed by the sequencer
	spent             bool        // its buffers were handed on
	held              int         // records that wait to be counted, see twice
	allowed           map[allowedKey]int64
}

// span is a line of a chunk.
type span struct {
	off, len uint32
	line     uint32 // within the chunk, from 0
}

type badLine struct {
	span
	reason string
}

// lineText returns a line of the chunk.
func (c *chunk) lineText(s span) string { return c.text[s.off : s.off+s.len] }

// maxSamples bounds what is kept of lines not understood, a chunk: no less than of
// all, so that which are shown does not depend on how a log is cut.
const maxSamples = maxSamplesTotal

// worker decodes chunks. Its caches change nothing but its speed.
type worker struct {
	dec   *decode.Decoder
	en    *enrich.Enricher
	allow *decide.AllowList
	tag   *enrich.Tagger
	ev    event.Event
	rec   event.Rec // of the line decoded once more

	format   string // of the last event, and its index
	formatAt int
}

func formatIndex(name string) int {
	return slices.IndexFunc(decode.Formats(), func(f decode.Format) bool { return f.Name == name })
}

// decode reads c's lines into records. What it finds depends on c alone.
func (w *worker) decode(c *chunk) {
	w.en.Shapes().Cut()
	text, off := c.text, 0
	for off < len(text) {
		n := strings.IndexByte(text[off:], '\n')
		if n < 0 {
			n = len(text) - off
		}
		at := span{uint32(off), uint32(n), uint32(c.lines)}
		line := text[off : off+n]
		off += n + 1
		c.lines++
		if blank(line) {
			c.skipped++
			continue
		}
		if err := w.dec.Decode(line, c.in, &w.ev); err != nil {
			if err == decode.ErrSkip {
				c.skipped++
				continue
			}
			c.unparsed++
			if len(c.bad) < maxSamples {
				c.bad = append(c.bad, badLine{at, strings.Clone(err.Error())})
			}
			continue
		}
		c.recs = append(c.recs, event.Rec{})
		w.en.Do(&w.ev, &c.recs[len(c.recs)-1])
		if w.allow != nil {
			if k, ok := w.allowed(); ok {
				if c.allowed == nil {
					c.allowed = map[allowedKey]int64{}
				}
				c.allowed[k]++
				c.recs[len(c.recs)-1].Mark |= event.MarkAllowed
			}
		}
		c.at = append(c.at, at)
		c.addr = append(c.addr, w.ev.Client.As16())
		c.carries |= w.ev.Carries
		c.flags |= w.ev.Flags
		if w.ev.Flags&event.Signature != 0 {
			c.marked = append(c.marked, at)
		}
		if w.ev.Format != w.format {
			w.format, w.formatAt = w.ev.Format, formatIndex(w.ev.Format)
		}
		c.formats[w.formatAt]++
	}
	c.shapes = w.en.Shapes().Cut()
	c.ids = slices.Grow(c.ids, len(c.shapes))[:len(c.shapes)]
}

// allowed says which entry of the allow list names the actor of the event at
// hand, and that actor.
func (w *worker) allowed() (allowedKey, bool) {
	tag := ""
	if w.allow.Keys() && w.ev.Key != "" {
		tag = w.tag.Tag(w.ev.Key)
	}
	i, ok := w.allow.Match(&w.ev, tag)
	if !ok {
		return allowedKey{}, false
	}
	return allowedKey{i, allowedAs(w.allow.Entry(i), &w.ev, w.tag)}, true
}

// allowedKey is an entry of the allow list and the actor it allowed.
type allowedKey struct {
	entry int
	actor event.Actor
}

// allowedAs is the actor that an entry names in an event.
func allowedAs(a decide.Allow, e *event.Event, tag *enrich.Tagger) event.Actor {
	scope := event.Endpoint
	switch {
	case a.User != "":
		scope = event.User
	case a.Key != "":
		scope = event.Key
	case a.IP.IsValid():
		scope = event.IP
	case a.Net.IsValid():
		return event.Actor{Scope: event.Net, Value: a.Net.String()}
	}
	actor, _ := enrich.Actor(e, scope, tag)
	return actor
}

// event decodes one line once more, for evidence.
func (w *worker) event(c *chunk, s span) *event.Event {
	w.rec = event.Rec{}
	if w.dec.Decode(c.lineText(s), c.in, &w.ev) != nil {
		w.ev.Reset() // a line cut short
		return &w.ev
	}
	w.en.Do(&w.ev, &w.rec)
	return &w.ev
}

func blank(s string) bool { return s == "" || s == "\r" }

// alias makes a string of a chunk that nobody writes to any more.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// block is what the shards work through at once: records in sequence order,
// where their lines are, and which of them each shard must see.
type block struct {
	recs    []event.Rec
	strange [blockSize]bool // of an address that is not active yet
	where   []where
	chunks  []*chunk
	touches [shards][]touch
	objects [shards][]uint32
	steps   [shards][]step
	walks   [blockSize]detect.Before // of records that are steps
}

// where is the line of a record: chunk of the block, and record of the chunk.
type where struct{ chunk, rec uint32 }

// touch is a record seen under one scope: its actor's key, and its index in the
// block times sixteen plus the scope.
type touch struct {
	key uint64
	at  uint32
}

func (b *block) reset() {
	clear(b.strange[:len(b.recs)])
	b.recs, b.where = b.recs[:0], b.where[:0]
	clear(b.chunks)
	b.chunks = b.chunks[:0]
	for i := range shards {
		b.touches[i], b.objects[i] = b.touches[i][:0], b.objects[i][:0]
		for _, s := range b.steps[i] {
			b.walks[s.at] = detect.Before{}
		}
		b.steps[i] = b.steps[i][:0]
	}
}

// line returns where record i was read.
func (b *block) line(i int) (c *chunk, s span) {
	w := b.where[i]
	c = b.chunks[w.chunk]
	return c, c.at[w.rec]
}

// shards is the number of logical shards, whatever the number of workers.
const shards = 64

func shardOf(key uint64) int { return int(key >> 58) }

// keyOf is the key of a record's actor of a scope, 0 for none. A group is a
// fingerprint on one endpoint.
func keyOf(r *event.Rec, s event.Scope) uint64 {
	switch s {
	case event.IP:
		return r.Client
	case event.User, event.Key, event.Session:
		return r.Principal
	case event.Net:
		return spread(uint64(r.Net), s)
	case event.Account:
		return spread(uint64(r.Account), s)
	case event.Group:
		if r.Print == 0 {
			return 0
		}
		return spread(r.Print^uint64(r.Template)<<1, s)
	}
	return 0
}

// spread makes a key of a value that is no 64-bit hash yet.
func spread(v uint64, s event.Scope) uint64 {
	if v == 0 {
		return 0
	}
	v = (v + uint64(s)<<56) * 0x9E3779B97F4A7C15
	v ^= v >> 29
	v *= 0xBF58476D1CE4E5B9
	return v ^ v>>32 | 1
}

// route files record i under the shards that must see it. Every event counts
// for its address and principal; the rest only for what they are.
func (b *block) route(i int) {
	r := &b.recs[i]
	b.touch(i, r, event.IP)
	if r.Mark&event.MarkAllowed != 0 {
		if r.Principal != 0 {
			b.touch(i, r, r.Who)
		}
		return // judged apart, for the record; nobody else's
	}
	if r.Principal != 0 {
		b.touch(i, r, r.Who)
		if r.Class&event.Object != 0 {
			k := objectKey(r)
			b.objects[shardOf(k)] = append(b.objects[shardOf(k)], uint32(i))
		}
	}
	if r.Class&event.Login != 0 || r.Class&event.Object != 0 && r.Mark&event.MarkTool != 0 {
		b.touch(i, r, event.Group) // objects of half the world's browsers prove nothing
	}
	if r.Class&event.Login != 0 {
		b.touch(i, r, event.Net)
		b.touch(i, r, event.Account)
	}
}

func (b *block) touch(i int, r *event.Rec, s event.Scope) {
	if k := keyOf(r, s); k != 0 {
		if r.Mark&event.MarkAllowed != 0 {
			k = spread(k, event.Group)
		}
		sh := shardOf(k)
		b.touches[sh] = append(b.touches[sh], touch{k, uint32(i<<4 | int(s))})
	}
}

// objectKey is the key of the object a record touches.
func objectKey(r *event.Rec) uint64 {
	return spread(r.ID*0xD6E8FEB86659FD93^uint64(r.Template)<<40, event.Endpoint)
}

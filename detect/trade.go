package detect

import (
	"math/bits"

	"goshawk/event"
	"goshawk/inventory"
)

// Trade is kept of actors that do what has a price: coupons, gift cards,
// invitations, stock, messages. 368 bytes.
type Trade struct {
	First, Last uint32 // Unix seconds
	N           uint32 // events that are counted here
	Since       uint32 // when the counts below were last halved
	Codes       [2]Guess
	Hold        Hold
	Send        Send
	Join        Join
	Lines       Refs
}

// Kinds of codes, the indexes of Trade.Codes.
const (
	coupons = iota
	giftcards
)

// Guess counts the codes that an actor tries. Where they are not to be seen,
// in a request's body, each try counts as a new code.
type Guess struct {
	Tries  uint32     // all
	Fresh  uint32     // of codes not among the last sixteen
	Hidden uint32     // of Fresh, not to be seen
	Kinds  [2]answers // the two commonest answers to Fresh
	Target uint32     // template of the last, plus one
	Ring   [16]uint32
	Next   uint8
}

type answers struct {
	Kind uint8
	N    uint32
}

// Hold counts what an actor puts aside since it last paid.
type Hold struct {
	Things [3]held
	Got    uint32 // successes
	Full   uint32 // refused: there was none left
	Paid   uint32 // purchases
}

// held is a thing put aside: the commonest three are remembered.
type held struct {
	Thing uint32 // 0 where it is not to be seen
	N     uint32
	Bouts uint32 // how often it was come back to after two minutes or more, plus one
	Last  uint32 // Unix seconds
}

// most is the thing come back to most often.
func (h *Hold) most() *held {
	m := &h.Things[0]
	for i := range h.Things {
		if x := &h.Things[i]; x.Bouts > m.Bouts || x.Bouts == m.Bouts && x.N > m.N {
			m = x
		}
	}
	return m
}

// Send counts calls that send messages or prove that one arrived.
type Send struct {
	Calls [3]struct{ Template, N uint32 } // by template, plus one
	Other uint32
	Codes [2]uint64 // a bitmap of numbers
	Good  uint32    // answered with success
}

// Join counts sign-ups, and who invited them, and trials.
type Join struct {
	Codes  [2]struct{ Code, N uint32 } // of the commonest invitations
	Coded  uint32                      // sign-ups and invitations that show a code
	Joined uint32                      // sign-ups
	Tools  uint32                      // of them, and of trials, by programs
	Trials uint32                      // free trials begun
	First  uint32                      // Unix seconds
	Latest uint32
}

func (j *Join) observe(sec uint32, r *event.Rec) {
	if r.Status >= 400 || r.Status == 0 {
		return
	}
	trial := r.Traits&event.Trial != 0 && r.Class&event.Write != 0
	if trial || r.Class&event.Register != 0 {
		if j.First == 0 {
			j.First = sec
		}
		j.Latest = sec
		if r.Mark&event.MarkTool != 0 {
			j.Tools++
		}
		if trial {
			j.Trials++
			return
		}
		j.Joined++
	} else if r.Class&event.Write != 0 {
		return
	}
	if r.Code == 0 {
		return
	}
	j.Coded++
	for i := range j.Codes {
		if c := &j.Codes[i]; c.N == 0 || c.Code == r.Code {
			c.Code = r.Code
			c.N++
			return
		}
	}
	j.Codes[1].N--
}

// of says how many signed up by the one or two invitations that nearly all were
// sent.
func (j *Join) of() uint32 {
	if n := j.Codes[0].N + j.Codes[1].N; n*4 < j.Coded*3 {
		return 0
	}
	return min(j.Joined, j.Coded)
}

// by is the invitation.
func (j *Join) by() uint32 {
	if j.Codes[1].N == 0 {
		return j.Codes[0].Code
	}
	return min(j.Codes[0].Code, j.Codes[1].Code)
}

// pause is how long after the last time another one counts as coming back.
const pause = 120

// Trades says whether an event is counted here.
func Trades(r *event.Rec) bool {
	return r.Traits&(event.Coupon|event.GiftCard|event.Referral|event.Cart|event.Checkout|event.Pay|event.Message|event.Contact|event.Trial) != 0 || r.Class&event.Register != 0
}

// Observe counts an event and casts the actor's votes.
func (x *Trade) Observe(p *Profile, r *event.Rec, s *inventory.Sums) {
	sec := uint32(r.Time / 1e9)
	if x.N == 0 {
		x.First, x.Since = sec, sec
	}
	x.N++
	x.Last = sec
	if sec-x.Since >= 24*3600 {
		x.halve()
		x.Since = sec
	}
	if r.Class&event.Register != 0 || r.Traits&event.Trial != 0 || r.Traits&event.Referral != 0 && r.Code != 0 {
		x.Join.observe(sec, r)
	}
	write := r.Class&event.Write != 0
	switch {
	case tried(r) >= 0:
		x.Codes[tried(r)].observe(r)
	case !write:
	case r.Traits&event.Cart != 0 && r.Verb != event.Delete:
		x.Hold.observe(sec, r, s)
	case r.Traits&event.Pay != 0 && r.Status/100 == 2:
		x.Hold = Hold{Paid: x.Hold.Paid + 1}
	}
	if r.Traits&event.Message != 0 && write && r.Traits&event.Admin == 0 {
		x.Send.observe(r)
	}
}

// tried is the kind of code that an event tries, -1 none. A list of coupons is
// asked for by page, or without any parameter.
func tried(r *event.Rec) int {
	switch {
	case r.Traits&event.Admin != 0 || r.Traits&event.WordPress != 0 && r.Traits&event.Cart == 0: // the shop's own people
	case r.Code == 0 && r.Class&event.Write == 0 && (r.Params == 0 || r.Page != 0 || r.Size != 0):
	case r.Traits&event.GiftCard != 0:
		return giftcards
	case r.Traits&event.Coupon != 0:
		return coupons
	}
	return -1
}

// TradeVotes casts an address's votes: votes says whether it has one left for a
// matter.
func TradeVotes(r *event.Rec, s *inventory.Sums, votes func(matter uint64) bool) {
	if i := tried(r); i >= 0 {
		if k, ok := answerKind(r); ok && votes(uint64(i)) {
			s.Codes[i][min(k, 63)]++
		}
	}
	if r.Traits&event.Cart != 0 && r.Class&event.Write != 0 && r.Code != 0 && r.Status/100 == 2 && votes(2) {
		s.TradeSums.Held++
	}
	if r.Traits&event.Pay != 0 && r.Class&event.Write != 0 && r.Status/100 == 2 {
		s.Paid++
	}
}

// halve lets a day's counts fade.
func (x *Trade) halve() {
	for i := range x.Codes {
		g := &x.Codes[i]
		g.Tries, g.Fresh, g.Hidden = g.Tries/2, g.Fresh/2, g.Hidden/2
		g.Kinds[0].N, g.Kinds[1].N = g.Kinds[0].N/2, g.Kinds[1].N/2
	}
	h := &x.Hold
	h.Got, h.Full = h.Got/2, h.Full/2
	for i := range h.Things {
		h.Things[i].N, h.Things[i].Bouts = h.Things[i].N/2, h.Things[i].Bouts/2
	}
	for i := range x.Send.Calls {
		x.Send.Calls[i].N /= 2
	}
	x.Send.Other, x.Send.Good = x.Send.Other/2, x.Send.Good/2
}

// answerKind sorts answers to a code: 0 is a refusal, others are successes by
// their size, as some servers refuse with 200 and a short text. ok is false for
// what says nothing of the code.
func answerKind(r *event.Rec) (k uint8, ok bool) {
	switch r.Status {
	case 400, 402, 403, 404, 406, 409, 410, 412, 422, 423:
		return 0, true
	case 201:
		return 0, false // somebody makes codes
	}
	switch r.Status / 100 {
	case 2:
		n := bits.Len32(r.Bytes)
		if n < 2 {
			return 1, true
		}
		return uint8(n<<1 | int(r.Bytes>>(n-2)&1)), true // two sizes to a doubling: from 4 to 65
	case 3:
		return 2, true
	}
	return 0, false
}

func (g *Guess) observe(r *event.Rec) {
	kind, ok := answerKind(r)
	if !ok {
		return
	}
	kind = min(kind, 63)
	g.Tries++
	g.Target = r.Template + 1
	if r.Code != 0 {
		for _, c := range g.Ring {
			if c == r.Code {
				return
			}
		}
		g.Ring[g.Next&15] = r.Code
		g.Next++
	} else {
		g.Hidden++
	}
	g.Fresh++
	for i := range g.Kinds {
		if a := &g.Kinds[i]; a.N == 0 || a.Kind == kind {
			a.Kind = kind
			a.N++
			return
		}
	}
	if g.Kinds[1].N > 0 {
		g.Kinds[1].N--
	}
}

func (h *Hold) observe(sec uint32, r *event.Rec, s *inventory.Sums) {
	switch r.Status / 100 {
	case 2:
		h.Got++
	case 4:
		h.Full++
		return
	default:
		return
	}
	least := &h.Things[0]
	for i := range h.Things {
		x := &h.Things[i]
		if x.N > 0 && x.Thing == r.Code {
			if sec-x.Last >= pause {
				if x.Bouts++; x.Bouts == 2 && h.Paid == 0 && r.Code != 0 {
					s.TradeSums.Again++
				}
			}
			x.N++
			x.Last = sec
			return
		}
		if x.N < least.N {
			least = x
		}
	}
	if least.N > 1 {
		least.N-- // Misra and Gries: what is held most stays
		return
	}
	*least = held{r.Code, 1, 1, sec}
}

func (x *Send) observe(r *event.Rec) {
	if r.Status/100 == 2 {
		x.Good++
	}
	if r.Code != 0 {
		x.Codes[r.Code>>1&1] |= 1 << (r.Code >> 2 & 63)
	}
	for i := range x.Calls {
		if c := &x.Calls[i]; c.Template == r.Template+1 || c.Template == 0 {
			c.Template = r.Template + 1
			c.N++
			return
		}
	}
	x.Other++
}

// numbers estimates how many different numbers messages went to.
func (x *Send) numbers() int {
	n := bits.OnesCount64(x.Codes[0]) + bits.OnesCount64(x.Codes[1])
	return n
}

// Odd says whether it is worth a closer look: cheap, and true of all that a
// detector would report.
func (x *Trade) Odd() bool {
	return x.Codes[coupons].Fresh >= 10 || x.Codes[giftcards].Fresh >= 10 || x.Hold.Got >= 5 || x.Join.Joined+x.Join.Trials >= 5 || x.Send.Calls[0].N+x.Send.Calls[1].N+x.Send.Calls[2].N >= 10
}

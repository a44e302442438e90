package enrich

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"sort"
)

// ranges says what networks mean, where the smallest around an address counts:
// laid flat, so that a look-up is one binary search.
type ranges[T any] struct {
	start []wide
	value []int32 // index in values, -1 none: of all addresses up to the next start
	all   []T
}

// wide is an address as a number; IPv4 is written as IPv6.
type wide struct{ hi, lo uint64 }

func wideOf(a netip.Addr) wide {
	b := a.As16()
	return wide{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

func (w wide) compare(o wide) int { return cmp.Or(cmp.Compare(w.hi, o.hi), cmp.Compare(w.lo, o.lo)) }

func (w wide) next() wide {
	w.lo++
	if w.lo == 0 {
		w.hi++
	}
	return w
}

// network is a network and its value.
type network[T any] struct {
	prefix netip.Prefix
	value  T
}

// last returns the last address of a network.
func last(p netip.Prefix) wide {
	w, bits := wideOf(p.Addr()), p.Bits()
	if p.Addr().Is4() {
		bits += 96
	}
	if bits <= 64 {
		w.lo = 1<<64 - 1
		w.hi |= 1<<(64-bits) - 1
		return w
	}
	w.lo |= 1<<(128-bits) - 1
	return w
}

// flatten lays networks flat. Of two that are the same the later counts.
func flatten[T any](list []network[T]) *ranges[T] {
	t := &ranges[T]{}
	slices.SortStableFunc(list, func(a, b network[T]) int {
		return cmp.Or(wideOf(a.prefix.Addr()).compare(wideOf(b.prefix.Addr())), cmp.Compare(bits(a.prefix), bits(b.prefix)))
	})
	put := func(at wide, v int32) {
		if n := len(t.start); n > 0 && t.start[n-1] == at {
			t.value[n-1] = v
			return
		}
		t.start, t.value = append(t.start, at), append(t.value, v)
	}
	type open struct {
		last  wide
		value int32
	}
	var stack []open
	close := func(before wide, all bool) {
		for len(stack) > 0 && (all || stack[len(stack)-1].last.compare(before) < 0) {
			end := stack[len(stack)-1].last
			stack = stack[:len(stack)-1]
			around := int32(-1)
			if len(stack) > 0 {
				around = stack[len(stack)-1].value
			}
			if after := end.next(); after != (wide{}) {
				put(after, around)
			}
		}
	}
	for _, n := range list {
		at := wideOf(n.prefix.Addr())
		close(at, false)
		t.all = append(t.all, n.value)
		v := int32(len(t.all) - 1)
		put(at, v)
		stack = append(stack, open{last(n.prefix), v})
	}
	close(wide{}, true)
	return t
}

func bits(p netip.Prefix) int {
	if p.Addr().Is4() {
		return p.Bits() + 96
	}
	return p.Bits()
}

func (t *ranges[T]) find(a netip.Addr) (v T, ok bool) {
	w := wideOf(a)
	i := sort.Search(len(t.start), func(i int) bool { return t.start[i].compare(w) > 0 }) - 1
	if i < 0 || t.value[i] < 0 {
		return v, false
	}
	return t.all[t.value[i]], true
}

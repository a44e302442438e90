package decode

import (
	"net/netip"
	"strconv"

	"goshawk/event"
)

// object appends the fields of a JSON object.
type object struct {
	dst []byte
}

func (o *object) key(name string) {
	if c := o.dst[len(o.dst)-1]; c != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(o.dst, '"')
	o.dst = append(o.dst, name...)
	o.dst = append(o.dst, `":`...)
}

func (o *object) open(name string) {
	o.key(name)
	o.dst = append(o.dst, '{')
}

func (o *object) close() { o.dst = append(o.dst, '}') }

func (o *object) text(name, v string) {
	o.key(name)
	o.dst = append(o.dst, '"')
	o.dst = appendUnicode(o.dst, v)
	o.dst = append(o.dst, '"')
}

// some writes text that is not empty.
func (o *object) some(name, v string) {
	if v != "" {
		o.text(name, v)
	}
}

// list writes text that is not empty as a list of one.
func (o *object) list(name, v string) {
	if v != "" {
		o.key(name)
		o.dst = append(o.dst, `["`...)
		o.dst = appendUnicode(o.dst, v)
		o.dst = append(o.dst, `"]`...)
	}
}

// number writes a number that is known.
func (o *object) number(name string, n int64) {
	if n >= 0 {
		o.key(name)
		o.dst = strconv.AppendInt(o.dst, n, 10)
	}
}

// seconds writes nanoseconds that are known as seconds.
func (o *object) seconds(name string, ns int64) {
	if ns < 0 {
		return
	}
	o.number(name, ns/1e9)
	if ns %= 1e9; ns > 0 {
		var digits [10]byte
		b := strconv.AppendInt(digits[:0], ns+1e9, 10)
		b[0] = '.'
		for b[len(b)-1] == '0' {
			b = b[:len(b)-1]
		}
		o.dst = append(o.dst, b...)
	}
}

func (o *object) address(name string, a netip.Addr, port bool) {
	o.key(name)
	o.dst = append(o.dst, '"')
	switch {
	case !a.IsValid():
	case port:
		o.dst = netip.AddrPortFrom(a, 0).AppendTo(o.dst)
	default:
		o.dst = a.AppendTo(o.dst)
	}
	o.dst = append(o.dst, '"')
}

func (o *object) target(name string, e *event.Event) {
	o.key(name)
	o.dst = append(o.dst, '"')
	o.dst = appendTarget(o.dst, e, appendUnicode)
	o.dst = append(o.dst, '"')
}

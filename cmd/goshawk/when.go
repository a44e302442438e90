package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"goshawk/decode"
	"goshawk/event"
	"goshawk/source"
)

// when is a bound of time: absolute, or counted back from the last event.
type when struct {
	at     time.Time
	before time.Duration // meaningful if at is zero
	set    bool
}

// UnmarshalText reads RFC 3339, a date, which is its beginning in UTC, or a
// duration such as 90m, 2h or 7d.
func (w *when) UnmarshalText(text []byte) error {
	s := string(text)
	w.set = true
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			w.at = t
			return nil
		}
	}
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, 100_000)) * 24 * time.Hour
	}
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time: write 2026-11-20T15:04:05Z, 2026-11-20, or 2h for two hours before the last event", s)
	}
	w.before = d
	return nil
}

func (w when) relative() bool { return w.set && w.at.IsZero() }

// nanos is the bound in Unix nanoseconds, 0 for none.
func (w when) nanos(last time.Time) int64 {
	switch {
	case !w.set:
		return 0
	case w.relative():
		return last.Add(-w.before).UnixNano()
	}
	return w.at.UnixNano()
}

// lastEvent finds the time of the last event of all sources by reading the end
// of each.
func lastEvent(sources []*source.Source, o decode.Options) (time.Time, error) {
	const end = 256 << 10
	d, err := decode.New(o)
	if err != nil {
		return time.Time{}, err
	}
	var last int64
	found := false
	for _, s := range sources {
		tail, err := s.Tail(end)
		if errors.Is(err, source.ErrStream) {
			return time.Time{}, fmt.Errorf("a time counted back from the last event needs files: the end of %s is not known; write 2026-11-20T15:04:05Z instead", s.Name())
		}
		var e event.Event
		t, seen := int64(0), false
		for line := range strings.Lines(string(tail)) {
			if d.Decode(strings.TrimSuffix(line, "\n"), nil, &e) == nil && e.Flags&event.NoTime == 0 {
				t, seen = e.Time, true
			}
		}
		if seen && (!found || t > last) {
			last, found = t, true
		}
	}
	if !found {
		return time.Time{}, errors.New("a time counted back from the last event needs an event with a time: there is none at the end of these logs")
	}
	return time.Unix(0, last), nil
}

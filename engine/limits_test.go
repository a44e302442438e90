package engine

import (
	"testing"

	"goshawk/decode"
)

// A chunk counts its events by format.
func TestFormatsFit(t *testing.T) {
	if n := len(decode.Formats()); n > maxFormats {
		t.Errorf("%d formats, room for %d", n, maxFormats)
	}
}

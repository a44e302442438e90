package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"goshawk/source"
)

// showProgress draws a bar on stderr until the returned function is called:
// bytes read, rate and time left, or a spinner where the end is not known. It
// draws nothing unless stderr is a terminal.
func showProgress(sources []*source.Source) (stop func()) {
	if !isTerminal(os.Stderr) {
		return func() {}
	}
	read, of := progress(sources)
	bar := progressbar.NewOptions64(of,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription("reading"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionClearOnFinish(),
	)
	bar.Set64(0) // starts the clock that the rate is measured by
	done, drawn := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				bar.Finish()
				bar.Clear()
				return
			case <-tick.C:
				if read, of = progress(sources); of < 0 || read < of {
					bar.Set64(read)
				}
			}
		}
	}()
	return func() {
		close(done)
		<-drawn
	}
}

// progress sums what was read of all sources; of is -1 if one has no end.
func progress(sources []*source.Source) (read, of int64) {
	for _, s := range sources {
		n, size := s.Progress()
		read += n
		if size < 0 || of < 0 {
			of = -1
		} else {
			of += size
		}
	}
	return read, of
}

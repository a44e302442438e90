package main

import (
	"context"
	"fmt"
	"os"
	"slices"

	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/report"
	"goshawk/source"
)

// wantsFootprints says whether the report needs more than a result holds: the
// plots of a page, and what the abuse cost.
func (s *scan) wantsFootprints() bool {
	tells := []string{report.Text.Name, report.JSON.Name, report.Markdown.Name}
	return s.Output == report.HTML.Name || s.Bundle != "" || s.prices != nil && slices.Contains(tells, s.Output)
}

// retrace reads the logs a second time, for what those who were found did: who
// that is, no first reading knows. A result says in a note what could not be
// read twice, and has no footprints then.
func (s *scan) retrace(ctx context.Context, r *engine.Result) (*report.Footprints, error) {
	if slices.Contains(s.Paths, source.Stdin) {
		r.Input.Notes = append(r.Input.Notes, "Standard input cannot be read twice, so there are no plots, and what the abuse cost is not told. Name a file instead.")
		return nil, nil
	}
	again := source.Open(s.Paths, source.Options{})
	defer func() {
		for _, x := range again.Sources {
			x.Close()
		}
	}()
	if !slices.EqualFunc(again.Sources, s.found.Sources, func(a, b *source.Source) bool { return a.Name() == b.Name() }) {
		r.Input.Notes = append(r.Input.Notes, "The logs changed while they were read, so they were not read again for plots and costs.")
		return nil, nil
	}
	p := report.NewFootprints(r, s.prices, enrich.NewTagger(s.Enrich.TagKey, s.Reveal))
	o := s.Options
	o.OnEvent, o.OnFinding, o.OnWeighed, o.OnProgress = p.Observe, nil, nil, nil
	o.Baseline, o.Learn, o.Since = nil, nil, 0
	o.Detect = nobody()
	sources := make([]engine.Source, len(again.Sources))
	for i, x := range again.Sources {
		sources[i] = x
	}
	if !s.streams() || !isTerminal(os.Stdout) {
		defer showProgress(again.Sources)()
	}
	_, err := engine.Run(ctx, sources, o)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the logs again: %w", err)
	case ctx.Err() != nil:
		r.Input.Notes = append(r.Input.Notes, "It was interrupted, so there are no plots, and what the abuse cost is not told.")
		return nil, nil
	}
	return p, nil
}

// nobody turns every detector off.
func nobody() map[string]map[string]any {
	off := map[string]map[string]any{}
	for _, d := range detect.All() {
		off[d.Name] = map[string]any{"enabled": false}
	}
	return off
}

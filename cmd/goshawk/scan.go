package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"goshawk/config"
	"goshawk/decide"
	"goshawk/decode"
	"goshawk/detect"
	"goshawk/engine"
	"goshawk/enrich"
	"goshawk/event"
	"goshawk/inventory"
	"goshawk/report"
	"goshawk/source"
)

type scanCmd struct {
	Paths []string `arg:"" optional:"" name:"file" help:"Files, folders, or - for standard input, which is the default if it is no terminal."`

	Output    string      `short:"o" default:"text" help:"What to print: ${outputs}."`
	Format    string      `placeholder:"NAME" help:"Read all logs in this format instead of recognising it; help lists them."`
	LogFormat string      `placeholder:"FORMAT" help:"The log_format of nginx or LogFormat of Apache that the logs are written with."`
	Since     when        `placeholder:"TIME" help:"Report from this time on; earlier lines only show what is normal. RFC 3339, a date (00:00 UTC), or 2h for two hours before the last event."`
	Until     when        `placeholder:"TIME" help:"Report up to this time; as --since."`
	Config    string      `short:"c" placeholder:"FILE" help:"Configuration file (YAML)."`
	OpenAPI   []string    `name:"openapi" placeholder:"FILE" help:"What the API is by its owner's word, OpenAPI 3.0 or 3.1 in YAML or JSON; may be given several times."`
	Geo       []string    `placeholder:"FILE" help:"Tables of where networks are, MaxMind's format (.mmdb) or CSV with the columns prefix, country, asn, lat, lon; may be given several times."`
	Baseline  string      `placeholder:"FILE" help:"What is normal, as an earlier scan learned it: see --learn."`
	Learn     string      `placeholder:"FILE" help:"Write what is normal to a file after the scan, for --baseline. It may be the file just read."`
	Workers   int         `placeholder:"N" help:"Threads that work; the findings are the same for any number. Default: one a processor."`
	Memory    config.Size `placeholder:"SIZE" help:"Memory to stay within. Default: 512MiB."`
	Bundle    string      `placeholder:"FILE.zip" help:"Write an evidence pack as well: the report, the lines with their bytes, checksums of the logs. goshawk verify checks it."`
	Reveal    bool        `help:"Show keys, tokens and session ids in clear."`
	FailOn    severity    `placeholder:"SEVERITY" help:"Exit with status 3 if an abuser of this severity or above is found: low, medium, high, critical."`
	NoColor   bool        `help:"Do not colour the report. So does the environment variable NO_COLOR."`
}

// Outputs that are printed while the logs are read.
var (
	jsonl  = report.Lines.Name
	events = report.Events.Name
)

func scanVars() map[string]string {
	return map[string]string{"outputs": strings.Join(outputs(), ", ")}
}

func outputs() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// Help is shown below the flags.
func (scanCmd) Help() string {
	return `Logs may be packed (gzip, zstd, bzip2). Folders are searched; rotated files of one log are read in order.

Examples:

    goshawk scan access.log
    goshawk scan /var/log/nginx
    zcat backup/*.gz | goshawk scan
    goshawk scan -o json access.log | jq .findings
    goshawk scan -o html access.log >report.html
    goshawk scan --bundle evidence.zip access.log
    goshawk scan --since 2h --fail-on high /var/log/nginx/access.log
    goshawk scan --baseline normal --learn normal today.log
    goshawk scan --log-format '$remote_addr [$time_iso8601] "$request" $status' custom.log

Exit status: 0 done, 1 a log could not be read (the others are reported), 2 wrong usage or configuration,
3 --fail-on reached, 130 interrupted (what was read is reported).`
}

// scan is one run of the command.
type scan struct {
	scanCmd
	engine.Options
	found  source.Found
	prices *report.Prices

	conf      []byte         // the configuration file, nil for none
	allowKeys []decide.Allow // its allow list

	out   *bufio.Writer
	fault error // of writing to out
}

// Run scans.
func (c *scanCmd) Run() error {
	if c.Format == "help" {
		return explainCmd{Name: "formats"}.Run()
	}
	s := &scan{scanCmd: *c, out: bufio.NewWriterSize(os.Stdout, 64<<10)}
	if err := s.prepare(); err != nil {
		warn("%v", err)
		return status(exitUsage)
	}
	s.found = source.Open(s.Paths, source.Options{})
	for _, l := range s.found.Left {
		warn("%v", l)
	}
	if len(s.found.Sources) == 0 {
		return status(exitSource)
	}
	if err := s.bounds(); err != nil {
		warn("%v", err)
		return status(exitUsage)
	}

	// The first signal ends the reading, the second the process.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, func() {
		stop()
		s.close()
	})()
	r, err := s.run(ctx)
	s.close()
	if err != nil {
		warn("%v", err)
		return status(exitUsage)
	}
	var prints *report.Footprints
	if s.wantsFootprints() && ctx.Err() == nil {
		if prints, err = s.retrace(ctx, r); err != nil {
			warn("%v", err)
			return status(exitSource)
		}
	}
	o := s.written(prints)
	if err := s.print(r, o); err != nil {
		warn("write the report: %v", err)
		return status(exitSource)
	}
	if s.Bundle != "" {
		if err := s.pack(r, o); err != nil {
			warn("write the evidence pack: %v", err)
			return status(exitSource)
		}
	}
	return s.status(r, ctx.Err() != nil)
}

// prepare brings flags, configuration and environment together.
func (s *scan) prepare() error {
	conf := &config.Config{}
	if s.Config != "" {
		var err error
		if conf, err = config.Read(s.Config); err != nil {
			return err
		}
		if s.conf, err = os.ReadFile(s.Config); err != nil {
			return err
		}
		s.allowKeys = conf.Allow
	}
	if !slices.Contains(outputs(), s.Output) {
		return fmt.Errorf("unknown output %q; the nearest is %q, and there are %s", s.Output, decode.Nearest(s.Output, outputs()), strings.Join(outputs(), ", "))
	}
	if s.Bundle != "" && s.Reveal {
		return errors.New("an evidence pack is always masked: leave out --bundle or --reveal")
	}
	s.Decode = conf.Decode
	s.Decode.Format = cmp.Or(s.scanCmd.Format, conf.Decode.Format)
	s.Decode.LogFormat = cmp.Or(s.scanCmd.LogFormat, conf.Decode.LogFormat)
	if s.Decode.Zone == nil {
		s.Decode.Zone = time.Local
	}
	if _, err := decode.New(s.Decode); err != nil {
		return err
	}
	if s.scanCmd.Workers < 0 {
		return fmt.Errorf("--workers must be at least 1, not %d", s.scanCmd.Workers)
	}
	s.Options.Workers = cmp.Or(s.scanCmd.Workers, conf.Workers, runtime.GOMAXPROCS(0))
	s.Options.Memory = int64(cmp.Or(s.scanCmd.Memory, conf.Memory, 512<<20))
	debug.SetMemoryLimit(s.Options.Memory)
	debug.SetGCPercent(50)

	allow, err := decide.NewAllowList(conf.Allow)
	if err != nil {
		return err
	}
	key, err := tagKey()
	if err != nil {
		warn("%v", err)
	}
	seed := sha256.Sum256(append([]byte("seed "), key[:]...))
	s.Seed = binary.LittleEndian.Uint64(seed[:])
	s.Enrich = conf.Enrich
	s.Enrich.TagKey, s.Enrich.Reveal = key, s.Reveal
	for _, path := range s.Geo {
		if s.Enrich.Geo == nil {
			s.Enrich.Geo = &enrich.Geo{}
		}
		if err := config.AddGeo(s.Enrich.Geo, path); err != nil {
			return err
		}
	}
	s.Spec = conf.Spec
	for _, path := range s.OpenAPI {
		if s.Spec == nil {
			s.Spec = &inventory.Spec{}
		}
		if err := config.AddOpenAPI(s.Spec, path); err != nil {
			return err
		}
	}
	s.Detect, s.Allow, s.prices = conf.Detect, allow, conf.Prices

	if len(s.Paths) == 0 {
		if isTerminal(os.Stdin) {
			return errors.New("name a log to scan: goshawk scan FILE, or goshawk scan --help")
		}
		s.Paths = []string{source.Stdin}
	}
	return nil
}

// bounds turns --since and --until into times.
func (s *scan) bounds() error {
	var last time.Time
	if s.scanCmd.Since.relative() || s.scanCmd.Until.relative() {
		var err error
		if last, err = lastEvent(s.found.Sources, s.Decode); err != nil {
			return err
		}
	}
	s.Options.Since, s.Options.Until = s.scanCmd.Since.nanos(last), s.scanCmd.Until.nanos(last)
	if s.Options.Until != 0 && s.Options.Since >= s.Options.Until {
		return errors.New("--since is not before --until")
	}
	return nil
}

func (s *scan) close() {
	for _, x := range s.found.Sources {
		x.Close()
	}
}

// streams says whether the output is printed while the logs are read.
func (s *scan) streams() bool { return s.Output == jsonl || s.Output == events }

// run has the engine read everything, and prints what is printed meanwhile.
func (s *scan) run(ctx context.Context) (*engine.Result, error) {
	sources := make([]engine.Source, len(s.found.Sources))
	for i, x := range s.found.Sources {
		sources[i] = x
	}
	var line []byte
	emit := func(flush bool) {
		_, err := s.out.Write(line)
		if err == nil && flush {
			err = s.out.Flush()
		}
		s.fault = cmp.Or(s.fault, err)
	}
	switch s.Output {
	case jsonl:
		s.OnFinding = func(state string, f *detect.Finding) {
			line = report.JSONL(line[:0], state, f)
			emit(true)
		}
	case events:
		tagger := enrich.NewTagger(s.Enrich.TagKey, s.Reveal)
		s.OnEvent = func(e *event.Event, i, n int) {
			name, n := s.found.Sources[i].At(n)
			line = report.AppendEvent(line[:0], e, name, n, tagger)
			emit(false)
		}
	}
	finish, err := s.remember()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if !s.streams() || !isTerminal(os.Stdout) {
		defer showProgress(s.found.Sources)()
	}
	r, err := engine.Run(ctx, sources, s.Options)
	if err = finish(err, ctx.Err() != nil); err != nil {
		return nil, err
	}
	r.Input.Seconds = time.Since(start).Seconds()
	s.tell(r)
	return r, nil
}

// tell adds to the result what only the reader of the files knows.
func (s *scan) tell(r *engine.Result) {
	for i, x := range s.found.Sources {
		if st := r.Input.Sources[i]; st.Lines == 0 && st.Error == "" {
			r.Input.Notes = append(r.Input.Notes, x.Name()+" is empty.")
		}
		if n := x.Cut(); n > 0 {
			r.Input.Notes = append(r.Input.Notes, fmt.Sprintf("%s: %d of its lines are longer than 1 MiB; only the first 64 KiB of each were read.", x.Name(), n))
		}
		if files := x.Files(); len(files) > 1 {
			var parts []string
			for _, f := range files {
				parts = append(parts, fmt.Sprintf("%s from line %d", f.Name, f.First))
			}
			r.Input.Notes = append(r.Input.Notes, "Rotated files were read as one log: "+strings.Join(parts, ", ")+".")
		}
	}
	for _, l := range s.found.Left {
		if l.Failed {
			r.Input.Sources = append(r.Input.Sources, engine.SourceStat{Name: l.Name, Error: l.Reason.Error()})
		}
	}
}

// written are the options that the report is written with.
func (s *scan) written(p *report.Footprints) report.Options {
	return report.Options{Width: width(), Color: colour(s.NoColor), Version: version(), At: s.at, Footprints: p}
}

// at is the file that a line of a source is in, and its number there.
func (s *scan) at(source, line int) (file string, n int) {
	if source < len(s.found.Sources) {
		return s.found.Sources[source].At(line)
	}
	return "?", line
}

// print writes the report, unless it was printed while the logs were read.
func (s *scan) print(r *engine.Result, o report.Options) error {
	if f, ok := report.Lookup(s.Output); ok && !s.streams() {
		s.fault = cmp.Or(s.fault, f.Write(s.out, r, o))
	}
	return cmp.Or(s.fault, s.out.Flush())
}

// status is the exit status; it says on stderr which sources failed.
func (s *scan) status(r *engine.Result, interrupted bool) error {
	failed := false
	for _, x := range r.Input.Sources {
		failed = failed || x.Error != ""
	}
	for _, x := range r.Input.Sources[:len(s.found.Sources)] { // the others have been named
		if x.Error != "" {
			warn("%s: %s", x.Name, x.Error)
		}
	}
	switch {
	case interrupted:
		warn("interrupted: this is what was read until then")
		return status(exitInterrupted)
	case s.reached(r.Findings):
		return status(exitFailOn)
	case failed:
		return status(exitSource)
	}
	return nil
}

// reached says whether a claim is as severe as --fail-on.
func (s *scan) reached(findings []detect.Finding) bool {
	return s.FailOn != 0 && slices.ContainsFunc(findings, func(f detect.Finding) bool {
		return f.Score >= 0.8 && f.Severity >= detect.Severity(s.FailOn)
	})
}

// severity is a detect.Severity by its name.
type severity detect.Severity

// UnmarshalText reads low, medium, high or critical.
func (s *severity) UnmarshalText(text []byte) error {
	for v := detect.Low; v <= detect.Critical; v++ {
		if v.String() == string(text) {
			*s = severity(v)
			return nil
		}
	}
	return fmt.Errorf("%q is no severity: there are low, medium, high and critical", text)
}

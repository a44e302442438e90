package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"goshawk/decode"
	"goshawk/simulate"
)

type simulateCmd struct {
	Output   string    `short:"o" placeholder:"DIR" help:"Folder to write FORMAT.log, labels.tsv and truth.jsonl into; - prints the log alone. Default: simulated."`
	Shape    string    `default:"shop" placeholder:"API" help:"What the API is: ${shapes}."`
	Format   string    `default:"json" placeholder:"NAME" help:"Format of the log: ${writable}."`
	Profile  string    `default:"small" placeholder:"SIZE" help:"How much: ${profiles}."`
	Lines    int       `placeholder:"N" help:"Requests of innocent people and machines to aim at, instead of the profile's."`
	Hours    float64   `placeholder:"H" help:"How long the log is, instead of the profile's."`
	Seed     uint64    `default:"1" help:"Draws everything: the same seed writes the same bytes."`
	Start    time.Time `default:"2026-03-02T00:00:00Z" placeholder:"TIME" help:"When the log begins, RFC 3339."`
	Attack   []string  `placeholder:"NAME[:VARIANT]" help:"An attack; may be given several times. Default: all in every variant. none for none."`
	People   []string  `placeholder:"KIND" help:"Innocent people and machines, by kind; default: all that fit the API."`
	Scenario string    `placeholder:"NAME" help:"Play a scenario, whose attack is built to be missed. It chooses the API, the hours and the attack; --attack none leaves the attack out."`
	List     bool      `help:"List the kinds of people, machines and attacks, and the scenarios."`
}

// Help is shown below the flags.
func (simulateCmd) Help() string {
	return `It writes a log of people, machines and attackers, and beside it who they were: labels.tsv has a line for
each line of an attack, truth.jsonl each campaign with its actors and every innocent actor with its kind.
goshawk score judges any tool by them.

Examples:

    goshawk simulate -o world && goshawk scan world/json.log
    goshawk simulate --list
    goshawk simulate --shape b2b --attack credential_stuffing:evasive --attack bola -o world
    goshawk simulate --format combined --profile large --attack none -o quiet
    goshawk simulate --scenario one_login_each -o red && goshawk score red
    goshawk simulate --lines 1000 -o - | goshawk scan`
}

// profile is a size of a world.
type profile struct {
	name  string
	lines int
	hours float64
}

var profiles = []profile{{"tiny", 10_000, 6}, {"small", 100_000, 24}, {"medium", 1_000_000, 48}, {"large", 10_000_000, 7 * 24}, {"huge", 50_000_000, 14 * 24}}

func simulateVars() map[string]string {
	var sizes, formats []string
	for _, p := range profiles {
		sizes = append(sizes, fmt.Sprintf("%s (%s lines in %g h)", p.name, thousands(p.lines), p.hours))
	}
	for _, f := range decode.Writers() {
		formats = append(formats, f.Name)
	}
	return map[string]string{"shapes": strings.Join(simulate.Shapes(), ", "), "profiles": strings.Join(sizes, ", "), "writable": strings.Join(formats, ", ")}
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Run simulates.
func (c *simulateCmd) Run() error {
	if c.List {
		c.list(os.Stdout)
		return nil
	}
	w, err := c.world()
	if err != nil {
		return err
	}
	format, err := writable(c.Format)
	if err != nil {
		return err
	}
	if c.Output == "-" {
		out := bufio.NewWriterSize(os.Stdout, 1<<20)
		_, err := w.Write(out, io.Discard, format)
		return cmp.Or(err, out.Flush())
	}
	dir := cmp.Or(c.Output, "simulated")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	log := filepath.Join(dir, c.Format+".log")
	var truth simulate.Truth
	err = toFile(log, func(log io.Writer) error {
		return toFile(filepath.Join(dir, labelsFile), func(labels io.Writer) (err error) {
			truth, err = w.Write(log, labels, format)
			return err
		})
	})
	if err != nil {
		return err
	}
	if err := toFile(filepath.Join(dir, truthFile), func(to io.Writer) error { return writeTruth(to, w, format, &truth) }); err != nil {
		return err
	}
	c.tell(os.Stdout, log, &truth)
	return nil
}

func writable(name string) (decode.Format, error) {
	var names []string
	for _, f := range decode.Writers() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return decode.Format{}, fmt.Errorf("no format %q can be written; the nearest is %q, and there are %s", name, decode.Nearest(name, names), strings.Join(names, ", "))
}

// world is what the flags ask for.
func (c *simulateCmd) world() (simulate.World, error) {
	i := slices.IndexFunc(profiles, func(p profile) bool { return p.name == c.Profile })
	if i < 0 {
		var names []string
		for _, p := range profiles {
			names = append(names, p.name)
		}
		return simulate.World{}, fmt.Errorf("no profile %q: there are %s", c.Profile, strings.Join(names, ", "))
	}
	if c.Lines < 0 || c.Hours < 0 {
		return simulate.World{}, errors.New("--lines and --hours must be positive")
	}
	w := simulate.World{
		Shape: c.Shape, Seed: c.Seed, Start: c.Start.UnixNano(), People: c.People,
		Lines: cmp.Or(c.Lines, profiles[i].lines), Hours: cmp.Or(c.Hours, profiles[i].hours),
	}
	if c.Scenario != "" {
		return c.scenario(w)
	}
	for _, a := range c.Attack {
		if a == "none" {
			return w, nil
		}
		name, variant, given := strings.Cut(a, ":")
		if given {
			w.Attacks = append(w.Attacks, simulate.Attack{Behaviour: name, Variant: variant})
			continue
		}
		for _, v := range simulate.Variants {
			w.Attacks = append(w.Attacks, simulate.Attack{Behaviour: name, Variant: v})
		}
	}
	if len(c.Attack) == 0 {
		for _, k := range simulate.Kinds() {
			if k.Attack && k.Fits(c.Shape) {
				for _, v := range simulate.Variants {
					w.Attacks = append(w.Attacks, simulate.Attack{Behaviour: k.Name, Variant: v})
				}
			}
		}
	}
	return w, w.Check()
}

// scenario makes w play the scenario asked for, or its people alone.
func (c *simulateCmd) scenario(w simulate.World) (simulate.World, error) {
	var names []string
	for _, s := range simulate.Scenarios() {
		names = append(names, s.Name)
		if s.Name != c.Scenario {
			continue
		}
		w.Shape, w.Hours = s.Shape, cmp.Or(c.Hours, s.Hours)
		switch {
		case len(c.Attack) == 0:
			w.Scenario = s.Name
		case len(c.Attack) > 1 || c.Attack[0] != "none":
			return w, errors.New("--scenario brings its own attack: --attack can only be none")
		}
		return w, w.Check()
	}
	return w, fmt.Errorf("no scenario %q; the nearest is %q, and there are %s", c.Scenario, decode.Nearest(c.Scenario, names), strings.Join(names, ", "))
}

// toFile writes a file; what was written of it stays if that fails.
func toFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return cmp.Or(write(w), w.Flush(), f.Close())
}

// tell says what was written.
func (c *simulateCmd) tell(w io.Writer, log string, t *simulate.Truth) {
	fmt.Fprintf(w, "%s: %s requests of the innocent, and %d campaigns\n\n", log, thousands(t.Requests), len(t.Campaigns))
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, x := range t.Campaigns {
		fmt.Fprintf(tab, "  %d\t%s\t%s\t%s requests\t%s\n", x.ID, x.Behaviour, x.Variant, thousands(x.Events), x.Note)
	}
	tab.Flush()
}

func (c *simulateCmd) list(w io.Writer) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, attack := range []bool{true, false} {
		if attack {
			fmt.Fprintf(tab, "Attacks, each %s\n", strings.Join(simulate.Variants, ", "))
		} else {
			fmt.Fprint(tab, "\nPeople and machines\n")
		}
		for _, k := range simulate.Kinds() {
			if k.Attack != attack {
				continue
			}
			where := "all but aws"
			if len(k.Shapes) > 0 {
				where = strings.Join(k.Shapes, ", ")
			}
			fmt.Fprintf(tab, "  %s\t%s\t%s\n", k.Name, where, k.Title)
		}
	}
	fmt.Fprint(tab, "\nScenarios, whose attack is built to be missed\n")
	for _, s := range simulate.Scenarios() {
		fmt.Fprintf(tab, "  %s\t%s, %g h\t%s\n", s.Name, s.Shape, s.Hours, s.Title)
	}
	tab.Flush()
}

// Command goshawk finds API abuse in logs.
package main

import (
	"errors"
	"fmt"
	"os"

	_ "time/tzdata" // decode.timezone works where the system has no zones

	"github.com/alecthomas/kong"
)

// Exit statuses. They are part of the command line's contract.
const (
	exitDone        = 0
	exitSource      = 1   // a source failed; the rest is reported
	exitUsage       = 2   // usage or configuration
	exitFailOn      = 3   // --fail-on reached
	exitInterrupted = 130 // interrupted; what was read is reported
)

// status ends a command that has said what there was to say.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

type cli struct {
	Scan     scanCmd     `cmd:"" help:"Read logs and report who abuses the API, and how."`
	Doctor   doctorCmd   `cmd:"" help:"Say why a log is not understood, and the configuration that would parse it."`
	Explain  explainCmd  `cmd:"" help:"Explain a detector, a format or a threat."`
	Simulate simulateCmd `cmd:"" help:"Write labelled traffic: people, machines and attackers."`
	Score    scoreCmd    `cmd:"" help:"Say how good a detector is on labelled traffic: precision, recall, time to detect."`
	Verify   verifyCmd   `cmd:"" help:"Check an evidence pack: that neither it nor the logs changed."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	var c cli
	parser := kong.Must(&c,
		kong.Name("goshawk"),
		kong.Description("Goshawk finds API abuse in the logs you already have."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Vars(scanVars()),
		kong.Vars(simulateVars()),
	)
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		warn("%v", err)
		fmt.Fprintln(os.Stderr, "Try: goshawk --help")
		return exitUsage
	}
	err = ctx.Run()
	var s status
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		return int(s)
	}
	warn("%v", err)
	return exitUsage
}

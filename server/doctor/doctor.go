// Package doctor looks for what is wrong with an installation before a customer
// finds it: settings, keys, the account's parts, the clock, and whether the
// public URL leads to this server. It asks, and changes nothing. Every fault
// comes with its remedy.
package doctor

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"escalate/server/core"
	"escalate/server/twilioapi"
)

// Level is how bad a finding is.
type Level int

// The levels: as it should be, worth a look, broken.
const (
	OK Level = iota
	Warn
	Fail
)

// String is the word at the start of a line.
func (l Level) String() string {
	switch l {
	case OK:
		return "OK"
	case Warn:
		return "WARN"
	}
	return "FAIL"
}

// Finding is one thing that was looked at.
type Finding struct {
	Level   Level
	Subject string // one word
	Text    string
	// Remedy says what to do; empty when there is nothing to do.
	Remedy string
}

// Options are the ways to the outside; the zero value is the network.
type Options struct {
	Twilio http.RoundTripper // to Twilio's REST API
	Web    http.RoundTripper // to the public URL
	Now    func() time.Time
}

// Main is the command "doctor": it prints the findings and returns an error
// when something is broken.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("doctor takes no %q", flags.Arg(0))
	}
	c, err := core.FromEnv(getenv)
	return Report(stdout, Examine(ctx, c, err, Options{}))
}

// Report prints findings, a line or two each, and returns an error that says
// how many are broken.
func Report(w io.Writer, all []Finding) error {
	broken := 0
	for _, f := range all {
		fmt.Fprintf(w, "%-4s  %-10s %s\n", f.Level, f.Subject, f.Text)
		if f.Remedy != "" {
			fmt.Fprintf(w, "%-4s  %-10s -> %s\n", "", "", f.Remedy)
		}
		if f.Level == Fail {
			broken++
		}
	}
	switch broken {
	case 0:
		return nil
	case 1:
		return errors.New("one thing is broken")
	}
	return fmt.Errorf("%d things are broken", broken)
}

// Examine looks at everything that can be looked at with the settings there
// are. settings is what core.FromEnv said about them.
func Examine(ctx context.Context, c core.Config, settings error, o Options) []Finding {
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &examination{config: c, options: o}
	e.settings(settings)
	if e.options.Twilio == nil && c.Account.APIURL != "" {
		var err error
		if e.options.Twilio, err = twilioapi.Elsewhere(c.Account.APIURL); err != nil {
			return e.found // a fault of the settings, which are found above
		}
	}
	switch {
	case c.IsLocal():
		e.add(Warn, "account", "no Twilio account is set: the server runs on local Twilio, for trying out",
			"Set the six TWILIO_ settings to make calls with customers.")
	case c.Account.Check() != nil:
		e.add(Warn, "account", "the account is not looked at, because its settings are not right", "See the faults above.")
	default:
		if err := e.reroute(); err != nil {
			e.add(Fail, "twilio", oneLine(err.Error()), "Correct TWILIO_API_URL, or leave it empty for Twilio itself.")
			break
		}
		e.account(ctx)
	}
	e.public(ctx)
	return e.found
}

// examination gathers findings.
type examination struct {
	config  core.Config
	options Options
	found   []Finding
}

func (e *examination) add(l Level, subject, text, remedy string) {
	e.found = append(e.found, Finding{Level: l, Subject: subject, Text: text, Remedy: remedy})
}

// reroute asks the Twilio that TWILIO_API_URL names, if it names one.
func (e *examination) reroute() (err error) {
	if url := e.config.Account.APIURL; url != "" && e.options.Twilio == nil {
		e.options.Twilio, err = twilioapi.Elsewhere(url)
	}
	return err
}

// settings makes a finding of each fault in the settings; the faults' texts say
// what to do.
func (e *examination) settings(err error) {
	faults := leaves(err)
	for _, f := range faults {
		e.add(Fail, "settings", f.Error(), "")
	}
	if len(faults) == 0 {
		e.add(OK, "settings", "each has a value that makes sense", "")
	}
}

// leaves are the errors that err joins.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, inner := range joined.Unwrap() {
			all = append(all, leaves(inner)...)
		}
		return all
	}
	return []error{err}
}

// oneLine keeps a text on its line; texts of servers end up in it.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
}

package standalone

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// errUnsaved says that nothing of a damaged file was saved.
var errUnsaved = errors.New("nothing was changed")

// dataOf reads the flags of backup and repair; more are the further ones.
func dataOf(name, what string, args []string, stderr io.Writer, more func(*flag.FlagSet)) (file string, err error) {
	flags := flag.NewFlagSet("server local-twilio "+name, flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintf(stderr, "Usage: server local-twilio %s [flags]\n\n%s\n\nFlags:\n", name, what)
		flags.PrintDefaults()
	}
	dir := flags.String("data-dir", "", "`folder` of the data file, as it is given to local-twilio, or the product's setting DATA_DIR")
	more(flags)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return "", err
	} else if err != nil {
		return "", ErrUsage // flags has written what is wrong
	}
	if *dir == "" || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "-data-dir is missing, or there is more than flags")
		return "", ErrUsage
	}
	return localtwilio.DataFile(*dir), nil
}

// backup copies the data file, also while it is in use.
func backup(args []string, stdout, stderr io.Writer) error {
	to := ""
	file, err := dataOf("backup", "Copies the data file, which may be in use, and checks the copy. Recordings and files of\nMessages are beside it and do not change once they are whole: copy those folders as they are.", args, stderr,
		func(f *flag.FlagSet) { f.StringVar(&to, "to", "", "the new `file`; it must not be there yet") })
	if err != nil {
		return err
	}
	if to == "" {
		fmt.Fprintln(stderr, "-to is missing: where the copy is to be")
		return ErrUsage
	}
	if err := store.Backup(file, to); err != nil {
		return fmt.Errorf("back up to %s: %w", to, err)
	}
	fmt.Fprintf(stdout, "%s is a copy of %s, and whole. It has the account's keys in it.\n", to, file)
	return nil
}

// repair puts what can be read of a damaged data file into a new one.
func repair(args []string, stdout, stderr io.Writer) error {
	file, err := dataOf("repair", "Puts what can be read of a damaged data file into a new one of its name, and keeps the\ndamaged one under another. A file that is whole is left alone.", args, stderr, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	r, err := store.Repair(file, time.Now())
	if err != nil {
		return fmt.Errorf("repair %s (%w): %w", file, errUnsaved, err)
	}
	if r.Old == "" {
		fmt.Fprintf(stdout, "%s is whole; nothing was done.\n", file)
		return nil
	}
	fmt.Fprintf(stdout, "%d entries were saved into %s. The damaged file is %s.\nWhat could not be read:\n", r.Things, file, r.Old)
	const most = 20
	for i, fault := range r.Faults {
		if i == most {
			fmt.Fprintf(stdout, "  and %d more\n", len(r.Faults)-most)
			break
		}
		fmt.Fprintf(stdout, "  %v\n", fault)
	}
	if r.KeysLost {
		fmt.Fprintln(stdout, "The account's SIDs and keys are lost: give them as flags at the next start, or others are made.")
	}
	return nil
}

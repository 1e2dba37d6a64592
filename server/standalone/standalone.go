// Package standalone is the command "local-twilio": it reads the arguments,
// starts local Twilio without the product, and tells how to use it. What it
// starts knows nothing of arguments or standard output.
package standalone

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/logs"
	"escalate/server/sids"
)

const help = `Usage: server local-twilio [flags]
       server local-twilio backup --data-dir FOLDER --to FILE
       server local-twilio repair --data-dir FOLDER

Runs local Twilio without the product, for programs that use a Twilio SDK:

  REST        http://ADDR/video/v1/Rooms, /sync/v1/…, /taskrouter/v1/…, /conversations/v1/…, /iam/v1/…
              or http://ADDR/v1/Rooms with the header "Host: video.twilio.com", and so on
  signalling  ws://ADDR/signaling, which twilio-video.js takes as its option wsServer
  insights    ws://ADDR/insights, its option wsServerInsights
  twilsock    ws://ADDR/tsock/v3/wsconnect, the option twilsock.uri of @twilio/conversations and twilio-sync

Access Tokens signed with the API key are good, and REST takes the auth token or
the API key. What is not given is made up, kept in the data directory, and
printed. The secrets of a given key and account may come from the environment
instead of the command line: TWILIO_API_SECRET, TWILIO_AUTH_TOKEN.
`

// ErrUsage is returned for arguments that make no sense; what is wrong with
// them has been written to stderr.
var ErrUsage = errors.New("see server local-twilio -h")

// options are what the flags say.
type options struct {
	config localtwilio.Config
	log    logs.Config
	// operator is the address of health and metrics; empty for none.
	operator string
	demo     bool
	product  string // URL
	desk     string // address
}

// Main runs local Twilio without the product until ctx ends. It returns
// flag.ErrHelp when help was asked for and given.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "backup":
			return backup(args[1:], stdout, stderr)
		case "repair":
			return repair(args[1:], stdout, stderr)
		}
	}
	o, err := readOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	o.config.Log = logs.New(stderr, o.log)
	given := o.config.Account
	metrics := newRegistry()
	o.config.Metrics = metrics
	s, err := localtwilio.Start(ctx, o.config)
	if err != nil {
		return fmt.Errorf("start local Twilio: %w", err)
	}
	err = attend(ctx, s, o, given, metrics, stdout)
	return errors.Join(err, s.Close())
}

// attend tells of s, and serves health, metrics and the demo where they are wanted, until ctx
// ends.
func attend(ctx context.Context, s *localtwilio.Server, o options, given store.Account, metrics prometheus.Gatherer, stdout io.Writer) error {
	op, err := openOperator(ctx, o.operator, s, metrics)
	if err != nil {
		return err
	}
	defer op.close()
	d := &desk{}
	if o.demo {
		if d, err = openDesk(ctx, s, o); err != nil {
			return err
		}
		defer d.close()
	}
	tell(stdout, s, given, d)
	op.tell(stdout)
	select {
	case <-ctx.Done():
		return nil
	case err := <-op.failed:
		return err
	case err := <-d.failed:
		return err
	}
}

func readOptions(args []string, getenv func(string) string, stderr io.Writer) (o options, err error) {
	c := &o.config
	flags := flag.NewFlagSet("server local-twilio", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, help, "\nFlags:\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&c.Addr, "addr", localtwilio.DefaultAddr, "`host:port` of REST, signalling and insights")
	flags.StringVar(&c.MediaAddr, "media-addr", "127.0.0.1:9101", "`host:port` of all media (UDP)")
	flags.StringVar(&c.TURNAddr, "turn-addr", "127.0.0.1:9102", "`host:port` of STUN and TURN (UDP)")
	flags.StringVar(&c.DataDir, "data-dir", "", "`folder` that keeps Rooms, Documents, Tasks and keys; without it they end with the program")
	flags.BoolVar(&c.AllowRemote, "allow-remote", false, "permit addresses that are not loopback: there is no real security")
	flags.BoolVar(&c.SyncACL, "sync-acl", false, "switch access control lists on in the default Sync Service")
	flags.BoolVar(&c.IgnoreUnsupported, "ignore-unsupported", false, "only warn of parameters that Twilio documents and local Twilio does not carry out, instead of refusing them")
	flags.BoolVar(&c.Limits.Off, "unlimited", false, "lift the limit of 20 reads and 20 writes a second of each Sync object")
	flags.IntVar(&c.Limits.Requests, "rate", 0, "REST `requests` a second before the answer is 429; 0 for any number")
	flags.StringVar(&o.operator, "operator-addr", "", "`host:port` of /healthz, /readyz and /metrics; without it there are none")
	flags.StringVar(&c.Transcriber, "transcriber", "", "`engine` of Transcriptions: a program with its arguments, pocketsphinx or placeholder; without it what is installed")
	a := &c.Account
	flags.StringVar(&a.SID, "account-sid", "", "the account, `AC…`")
	flags.StringVar(&a.KeySID, "api-key", "", "its API key, `SK…`")
	flags.StringVar(&a.KeySecret, "api-secret", "", "the API key's `secret`")
	flags.StringVar(&a.AuthToken, "auth-token", "", "the account's auth `token`, which also signs status callbacks")
	flags.StringVar(&a.SyncServiceSID, "sync-sid", "", "the default Sync Service, `IS…`")
	flags.StringVar(&a.WorkspaceSID, "workspace-sid", "", "the TaskRouter Workspace, `WS…`")
	flags.StringVar(&a.ChatServiceSID, "chat-service-sid", "", "the default Service of Conversations, `IS…`")
	flags.StringVar(&a.MessagingServiceSID, "messaging-service-sid", "", "the Messaging Service, `MG…`")
	flags.StringVar(&a.TaskQueueSID, "task-queue-sid", "", "the TaskQueue of the Workspace, `WQ…`")
	flags.StringVar(&a.WorkflowSID, "workflow-sid", "", "its Workflow, `WW…`")
	flags.StringVar(&a.TaskChannelSID, "task-channel-sid", "", "its TaskChannel of chats, `TC…`")
	flags.StringVar(&a.ActivitySID, "activity-sid", "", "its Activity of available Workers, `WA…`")
	flags.StringVar(&a.AddressSID, "address-sid", "", "the address of web chats, `IG…`")
	flags.BoolVar(&o.demo, "demo", false, "make a Worker with chats to try a product on, and print a Flex token")
	flags.StringVar(&o.product, "product", "", "`URL` of a running Escalate: serves the demo's desk and shop in front of it")
	flags.StringVar(&o.desk, "desk-addr", "127.0.0.1:9180", "`host:port` of that desk")
	flags.TextVar(&o.log.Level, "log-level", slog.LevelInfo, "debug, info, warn or error")
	format := flags.String("log-format", cmp.Or(getenv("LOG_FORMAT"), "text"), "text or json")
	flags.StringVar(&o.log.Replica, "replica-name", getenv("REPLICA_NAME"), "`name` in every line of the log; the host's by default")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return o, err
	} else if err != nil {
		return o, ErrUsage // flags has written what is wrong
	}
	if err := errors.Join(o.log.SetFormat(*format), o.log.Check()); err != nil {
		fmt.Fprintf(stderr, "-log-format or -replica-name: %v\n", err)
		return o, ErrUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "%q is not understood: flags begin with -\n", flags.Arg(0))
		return o, ErrUsage
	}
	// The environment may be the product's, with an account that is not meant here.
	if a.KeySID != "" && a.KeySecret == "" {
		a.KeySecret = getenv("TWILIO_API_SECRET")
	}
	if a.SID != "" && a.AuthToken == "" {
		a.AuthToken = getenv("TWILIO_AUTH_TOKEN")
	}
	o.demo = o.demo || o.product != ""
	if err := o.check(); err != nil {
		fmt.Fprintln(stderr, err)
		return o, ErrUsage
	}
	return o, nil
}

// check returns all that is wrong with the options, joined.
func (o options) check() error {
	var errs []error
	a := o.config.Account
	for _, f := range []struct{ flag, value, prefix string }{
		{"account-sid", a.SID, "AC"}, {"api-key", a.KeySID, "SK"},
		{"sync-sid", a.SyncServiceSID, "IS"}, {"workspace-sid", a.WorkspaceSID, "WS"}, {"address-sid", a.AddressSID, "IG"},
		{"chat-service-sid", a.ChatServiceSID, "IS"}, {"messaging-service-sid", a.MessagingServiceSID, "MG"},
		{"task-queue-sid", a.TaskQueueSID, "WQ"}, {"workflow-sid", a.WorkflowSID, "WW"}, {"task-channel-sid", a.TaskChannelSID, "TC"},
		{"activity-sid", a.ActivitySID, "WA"},
	} {
		if f.value != "" && !sids.Is(f.prefix, f.value) {
			errs = append(errs, fmt.Errorf("-%s must be %s and 32 hexadecimal digits", f.flag, f.prefix))
		}
	}
	if o.product != "" {
		if u, err := url.Parse(o.product); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" {
			errs = append(errs, errors.New("-product must be a URL without a path, such as http://127.0.0.1:8080"))
		}
	}
	if o.config.Limits.Requests < 0 {
		errs = append(errs, errors.New("-rate must be a number of requests a second, or 0 for any number"))
	}
	if host, _, err := net.SplitHostPort(o.operator); o.operator != "" && (err != nil || !o.config.AllowRemote && host != "localhost" && !net.ParseIP(host).IsLoopback()) {
		errs = append(errs, errors.New("-operator-addr must be host:port on loopback, such as 127.0.0.1:9190, unless -allow-remote is given"))
	}
	if host, _, err := net.SplitHostPort(o.desk); err != nil || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		// Whoever reaches the desk is the demo's Worker.
		errs = append(errs, errors.New("-desk-addr must be on loopback, such as 127.0.0.1:9180"))
	}
	return errors.Join(errs...)
}

// tell prints where local Twilio is, and the settings of a product on it.
// Secrets that the caller knows are not repeated: output is often kept.
func tell(w io.Writer, s *localtwilio.Server, given store.Account, d *desk) {
	a := s.Account()
	fmt.Fprintf(w, "# Local Twilio is at %s\n", s.URL())
	fmt.Fprintf(w, "# wsServer: %s   wsServerInsights: %s\n", s.SignalingURL(), s.InsightsURL())
	fmt.Fprintf(w, "# twilsock.uri of @twilio/conversations and twilio-sync: %s\n", s.TwilsockURL())
	fmt.Fprintf(w, "# serviceSid of a ChatGrant: %s\n# AddressSid of web chats: %s\n", a.ChatServiceSID, a.AddressSID)
	for _, line := range [][2]string{
		{"TWILIO_API_URL", s.URL()},
		{"TWILIO_SIGNALING_URL", s.SignalingURL()},
		{"TWILIO_ACCOUNT_SID", a.SID},
		{"TWILIO_API_KEY", a.KeySID},
		{"TWILIO_API_SECRET", unless(given.KeySecret, a.KeySecret)},
		{"TWILIO_AUTH_TOKEN", unless(given.AuthToken, a.AuthToken)},
		{"TWILIO_FLEX_SYNC_SID", a.SyncServiceSID},
		{"TWILIO_WORKSPACE_SID", a.WorkspaceSID},
	} {
		if line[1] == "" {
			fmt.Fprintf(w, "# %s is as given\n", line[0])
		} else {
			fmt.Fprintf(w, "%s=%s\n", line[0], line[1])
		}
	}
	d.tell(w)
}

// unless is made, or nothing when it was given.
func unless(given, made string) string {
	if given != "" {
		return ""
	}
	return made
}

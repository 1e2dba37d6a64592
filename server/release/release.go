// Package release is the command "release-plugin": it tells Flex to load the
// plugin that this server serves. It registers plugin and version with Twilio's
// Plugins API, makes a configuration of what is released now and this version,
// and releases that. It says what it would do, and does it only when told to:
// a release reaches every agent of the account.
package release

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"escalate/server/core"
	"escalate/server/web"
	"escalate/static"
)

const (
	// Script is the plugin's name among the static files.
	Script = "flex-plugin.js"
	// uniqueName is the plugin's name in the account.
	uniqueName = "plugin-escalate"
	// phase is when Flex loads a plugin; 3 is the only one for ours.
	phase = 3
	// patience is for the whole of it: some ten requests.
	patience = time.Minute
	// maxScript bounds what is read back from the public URL, in bytes.
	maxScript = 8 << 20
)

// Config is what to release, and where.
type Config struct {
	AccountSID, KeySID, KeySecret string
	// PublicURL is where Flex will load the script from.
	PublicURL string
	// Script is the plugin itself.
	Script []byte
	// Version is a semantic version; empty means one made of the script's
	// content, so that the same script is not registered twice.
	Version   string
	Changelog string
	Twilio    http.RoundTripper // nil means the network
	Web       http.RoundTripper // to PublicURL; nil means the network
}

var versionForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)

// Main is the command.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("release-plugin", flag.ContinueOnError)
	flags.SetOutput(stderr)
	yes := flags.Bool("yes", false, "do it; without, only say what would be done")
	version := flags.String("version", "", "semantic `version` to register; by default made of the script's content")
	changelog := flags.String("changelog", "", "what is new in it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("release-plugin takes no %q", flags.Arg(0))
	}
	c, err := core.FromEnv(getenv)
	switch {
	case err != nil:
		return fmt.Errorf("the settings are not right:\n%w", err)
	case c.IsLocal() || c.Account.APIURL != "":
		return errors.New("a plugin is released in a Flex account: set the TWILIO_ settings to one, and no TWILIO_API_URL")
	}
	files, err := static.Files()
	if err != nil {
		return fmt.Errorf("open the embedded files: %w", err)
	}
	script, err := fs.ReadFile(files, Script)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("this build has no %s", Script)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", Script, err)
	}
	return Run(ctx, Config{
		AccountSID: c.Account.SID, KeySID: c.Account.KeySID, KeySecret: c.Account.KeySecret,
		PublicURL: c.PublicURL, Script: script, Version: *version, Changelog: *changelog,
	}, *yes, stdout)
}

// Run says on w what there is to do, and does it if yes.
func Run(ctx context.Context, c Config, yes bool, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if c.Version == "" {
		// A letter in front: an identifier of digits alone may not start with 0.
		c.Version = "1.0.0-h" + hashed(c.Script)
	}
	if !versionForm.MatchString(c.Version) {
		return fmt.Errorf("%q is no semantic version, such as 1.2.0", c.Version)
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "https" {
		return errors.New("PUBLIC_URL must be https: Flex loads plugins from nowhere else")
	}
	// Stop before anything is registered: a release of a script that does not
	// load is an error message on every agent's screen.
	served := c.served(ctx)
	if served != nil && yes {
		return served
	}
	api := newAPI(ctx, c)
	p, err := c.plan(api)
	if err != nil {
		return err
	}
	p.describe(w, c, served)
	switch {
	case p.released:
		return nil
	case !yes:
		fmt.Fprint(w, "\nNothing was changed. Run again with -yes to do it.\n")
		return nil
	}
	return p.carryOut(api, c, w)
}

// scriptURL changes with the script, so that no cache shows an old one.
func (c Config) scriptURL() string { return c.PublicURL + web.StaticURL(Script, c.Script) }

// served makes sure that the script is what Flex would load.
func (c Config) served(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.scriptURL(), nil)
	if err != nil {
		return fmt.Errorf("load the script: %w", err)
	}
	resp, err := (&http.Client{Transport: c.Web}).Do(r)
	if err != nil {
		return fmt.Errorf("load the script: %w; start this version of the server first", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxScript))
	switch {
	case err != nil:
		return fmt.Errorf("load the script: %w", err)
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("%s answers %s; start this version of the server first", c.scriptURL(), resp.Status)
	case !bytes.Equal(body, c.Script):
		return fmt.Errorf("%s is another script than this build's; start this version of the server first", c.scriptURL())
	}
	return nil
}

package release

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// configured is one plugin of a configuration.
type configured struct {
	Version string `json:"plugin_version"` // FV…
	Phase   int    `json:"phase"`

	name, number string // for people
}

// plan is what there is to do.
type plan struct {
	plugin   string       // FP…; empty: to be registered
	version  string       // FV…; empty: to be registered
	keep     []configured // the other plugins that are released now
	replaces string       // our version that is released now, for people
	dropped  []string     // plugins that are released now and archived
	released bool         // there is nothing to do
}

// plan finds out what there is to do. It only reads.
func (c Config) plan(api *api) (plan, error) {
	var p plan
	plugin, err := api.plugin(uniqueName)
	if err != nil {
		return p, err
	}
	if plugin != nil {
		if plugin.archived {
			return p, fmt.Errorf("the plugin %s (%s) is archived; Twilio registers no versions of it any more", uniqueName, plugin.sid)
		}
		p.plugin = plugin.sid
		v, err := api.version(plugin.sid, c.Version)
		if err != nil {
			return p, err
		}
		if v != nil {
			switch {
			case v.archived:
				return p, fmt.Errorf("version %s is archived; choose another with -version", c.Version)
			case v.url != c.scriptURL():
				return p, fmt.Errorf("version %s is registered with another script, %s; choose another with -version", c.Version, v.url)
			}
			p.version = v.sid
		}
	}
	now, err := api.released()
	if err != nil {
		return p, err
	}
	for _, r := range now {
		switch {
		case r.name == uniqueName:
			p.replaces = r.number
			p.released = p.version != "" && r.Version == p.version
		case r.archived:
			p.dropped = append(p.dropped, r.name+" "+r.number)
		default:
			p.keep = append(p.keep, r.configured)
		}
	}
	return p, nil
}

// describe says what there is to do.
func (p plan) describe(w io.Writer, c Config, served error) {
	line := func(what, format string, a ...any) { fmt.Fprintf(w, "%-14s %s\n", what, fmt.Sprintf(format, a...)) }
	line("account", "%s", c.AccountSID)
	line("script", "%s", c.scriptURL())
	if served != nil {
		line("", "NOT SERVED: %v", served)
	}
	if p.released {
		line("version", "%s is registered and released: nothing to do", c.Version)
		return
	}
	register := func(what, name, sid string) {
		if sid == "" {
			line(what, "register %s", name)
		} else {
			line(what, "%s is registered (%s)", name, sid)
		}
	}
	register("plugin", uniqueName, p.plugin)
	register("version", c.Version, p.version)
	was := "new"
	if p.replaces != "" {
		was = "in place of " + p.replaces
	}
	line("configuration", "%s %s, %s", uniqueName, c.Version, was)
	for _, k := range p.keep {
		line("", "%s %s, as it is", k.name, k.number)
	}
	for _, name := range p.dropped {
		line("", "WITHOUT %s, which is archived", name)
	}
	line("release", "to every agent, at their next reload of Flex")
}

// carryOut does it. After a failure in between it can be run again: what is
// registered is found, and nothing reaches an agent before the last step.
func (p plan) carryOut(api *api, c Config, w io.Writer) (err error) {
	fmt.Fprintln(w)
	if p.plugin == "" {
		if p.plugin, err = api.createPlugin(uniqueName); err != nil {
			return err
		}
		fmt.Fprintf(w, "registered plugin %s\n", p.plugin)
	}
	if p.version == "" {
		if p.version, err = api.createVersion(p.plugin, c.Version, c.scriptURL(), c.Changelog); err != nil {
			return err
		}
		fmt.Fprintf(w, "registered version %s\n", p.version)
	}
	configuration, err := api.createConfiguration("Escalate "+c.Version, append(p.keep, configured{Version: p.version, Phase: phase}))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "made configuration %s\n", configuration)
	release, err := api.createRelease(configuration)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "released: %s\n", release)
	return nil
}

// hashed is a short name for a content.
func hashed(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

package release

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/twilio/twilio-go/client"
	flex "github.com/twilio/twilio-go/rest/flex/v1"

	"escalate/server/sids"
)

// page is how many of a list are asked for at once.
const page = 100

// api is the Plugins API, as much of it as a release needs. Things are found by
// listing: the documents describe no other way to find them by name.
type api struct {
	flex      *flex.ApiService
	transport *transport
}

func newAPI(ctx context.Context, c Config) *api {
	base := c.Twilio
	if base == nil {
		base = http.DefaultTransport
	}
	t := &transport{ctx: ctx, base: base}
	h := client.NewRequestHandler(&client.Client{
		Credentials: client.NewCredentials(c.KeySID, c.KeySecret),
		HTTPClient: &http.Client{
			Transport:     t,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	// The handler reads these from the environment and rewrites host names.
	h.Edge, h.Region = "", ""
	return &api{flex: flex.NewApiService(h), transport: t}
}

// transport gives twilio-go's requests a context, which it takes none of, and
// closes the bodies of errors, which it leaves open.
type transport struct {
	ctx  context.Context
	base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.base.RoundTrip(r.WithContext(t.ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxScript))
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// thing is a plugin or a version.
type thing struct {
	sid, url string
	archived bool
}

// plugin finds a plugin by its unique name; nil when there is none.
func (a *api) plugin(name string) (*thing, error) {
	all, err := a.flex.ListPlugin(new(flex.ListPluginParams).SetPageSize(page))
	if err != nil {
		return nil, fmt.Errorf("list plugins: %w", err)
	}
	for _, p := range all {
		if deref(p.UniqueName) == name {
			return &thing{sid: deref(p.Sid), archived: deref(p.Archived)}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing there is not an error
}

// version finds a version of a plugin by its number; nil when there is none.
func (a *api) version(plugin, number string) (*thing, error) {
	if err := check(plugin); err != nil {
		return nil, err
	}
	all, err := a.flex.ListPluginVersion(plugin, new(flex.ListPluginVersionParams).SetPageSize(page))
	if err != nil {
		return nil, fmt.Errorf("list versions of %s: %w", plugin, err)
	}
	for _, v := range all {
		if deref(v.Version) == number {
			return &thing{sid: deref(v.Sid), url: deref(v.PluginUrl), archived: deref(v.Archived)}, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing there is not an error
}

// active is a plugin that is released now.
type active struct {
	configured
	archived bool
}

// released returns what is in the newest release; nothing before the first.
func (a *api) released() ([]active, error) {
	releases, err := a.flex.ListPluginRelease(new(flex.ListPluginReleaseParams).SetPageSize(page))
	if err != nil {
		return nil, fmt.Errorf("list releases: %w", err)
	}
	var newest string
	var at time.Time
	for _, r := range releases {
		if made := deref(r.DateCreated); newest == "" || made.After(at) {
			newest, at = deref(r.ConfigurationSid), made
		}
	}
	if newest == "" {
		return nil, nil
	}
	if err := check(newest); err != nil {
		return nil, err
	}
	plugins, err := a.flex.ListConfiguredPlugin(newest, new(flex.ListConfiguredPluginParams).SetPageSize(page))
	if err != nil {
		return nil, fmt.Errorf("list plugins of configuration %s: %w", newest, err)
	}
	var all []active
	for _, p := range plugins {
		all = append(all, active{
			configured: configured{Version: deref(p.PluginVersionSid), Phase: p.Phase, name: deref(p.UniqueName), number: deref(p.Version)},
			archived:   deref(p.PluginArchived) || deref(p.PluginVersionArchived),
		})
	}
	return all, nil
}

func (a *api) createPlugin(name string) (sid string, err error) {
	p, err := a.flex.CreatePlugin(new(flex.CreatePluginParams).SetUniqueName(name).SetFriendlyName("Escalate").
		SetDescription("From chat to a video call: the Video icon and the Video Room tab."))
	if err != nil {
		return "", fmt.Errorf("register plugin: %w", err)
	}
	return deref(p.Sid), check(deref(p.Sid))
}

func (a *api) createVersion(plugin, number, url, changelog string) (sid string, err error) {
	if err := check(plugin); err != nil {
		return "", err
	}
	params := new(flex.CreatePluginVersionParams).SetVersion(number).SetPluginUrl(url).SetPrivate(false)
	if changelog != "" {
		params.SetChangelog(changelog)
	}
	v, err := a.flex.CreatePluginVersion(plugin, params)
	if err != nil {
		return "", fmt.Errorf("register version %s: %w", number, err)
	}
	return deref(v.Sid), check(deref(v.Sid))
}

func (a *api) createConfiguration(name string, plugins []configured) (sid string, err error) {
	list := make([]any, len(plugins))
	for i, p := range plugins {
		list[i] = p
	}
	c, err := a.flex.CreatePluginConfiguration(new(flex.CreatePluginConfigurationParams).SetName(name).SetPlugins(list).
		SetDescription("Made by server release-plugin."))
	if err != nil {
		return "", fmt.Errorf("make configuration: %w", err)
	}
	return deref(c.Sid), check(deref(c.Sid))
}

func (a *api) createRelease(configuration string) (sid string, err error) {
	r, err := a.flex.CreatePluginRelease(new(flex.CreatePluginReleaseParams).SetConfigurationId(configuration))
	if err != nil {
		return "", fmt.Errorf("release configuration %s: %w", configuration, err)
	}
	return deref(r.Sid), nil
}

func check(sid string) error {
	if !sids.Looks(sid) {
		return fmt.Errorf("Twilio's answer has %q for a SID", sid) //nolint:staticcheck // a name, with its capital
	}
	return nil
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

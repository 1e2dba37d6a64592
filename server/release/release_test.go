package release_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"escalate/server/release"
	"escalate/server/twiliospec"
	"escalate/server/web"
)

const (
	account = "AC00000000000000000000000000000001"
	host    = "https://flex-api.twilio.com/v1/PluginService/"
)

var script = []byte("Twilio.Flex.Plugins.init(class {})")

// plugins is a Plugins API in memory.
type plugins struct {
	mu       sync.Mutex
	n        int
	clock    time.Time
	plugins  []map[string]any
	versions []map[string]any
	configs  map[string][]any // configured plugins by FJ…
	releases []map[string]any
	posts    []string // what was made, in order
	fail     string   // path of POSTs that fail
}

func (p *plugins) sid(prefix string) string {
	p.n++
	return fmt.Sprintf("%s%032d", prefix, p.n)
}

func (p *plugins) date() string {
	p.clock = p.clock.Add(time.Minute)
	return p.clock.Format(time.RFC3339)
}

func list(key string, items []map[string]any) map[string]any {
	if items == nil {
		items = []map[string]any{}
	}
	return map[string]any{key: items, "meta": map[string]any{"key": key, "page": 0, "page_size": 100,
		"first_page_url": host + "x?Page=0", "url": host + "x?Page=0", "previous_page_url": nil, "next_page_url": nil}}
}

func find(all []map[string]any, sid string) map[string]any {
	for _, v := range all {
		if v["sid"] == sid {
			return v
		}
	}
	return nil
}

func (p *plugins) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	status, body := p.answer(r)
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(raw)), Request: r}, nil
}

func (p *plugins) answer(r *http.Request) (int, any) {
	refuse := func(status, code int) (int, any) {
		return status, map[string]any{"code": code, "message": "no", "more_info": "https://www.twilio.com/docs", "status": status}
	}
	if user, password, _ := r.BasicAuth(); user != "SK1" || password != "secret" {
		return refuse(401, 20003)
	}
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/v1/PluginService/"), "/")
	if err := r.ParseForm(); err != nil {
		return refuse(400, 20001)
	}
	f := r.PostForm
	base := map[string]any{"account_sid": account, "date_created": p.date(), "url": "https://flex-api.twilio.com" + r.URL.Path}
	if r.Method == http.MethodPost {
		p.posts = append(p.posts, path[len(path)-1])
		if p.fail == path[len(path)-1] {
			return refuse(500, 20500)
		}
	}
	switch route := r.Method + " " + path[0]; {
	case route == "GET Plugins" && len(path) == 1:
		return 200, list("plugins", p.plugins)
	case route == "POST Plugins" && len(path) == 1:
		base["sid"], base["unique_name"], base["friendly_name"], base["description"] = p.sid("FP"), f.Get("UniqueName"), f.Get("FriendlyName"), f.Get("Description")
		base["archived"], base["date_updated"], base["links"] = false, base["date_created"], map[string]any{}
		p.plugins = append(p.plugins, base)
		return 201, base
	case route == "GET Plugins" && len(path) == 3 && find(p.plugins, path[1]) != nil:
		var of []map[string]any
		for _, v := range p.versions {
			if v["plugin_sid"] == path[1] {
				of = append(of, v)
			}
		}
		return 200, list("plugin_versions", of)
	case route == "POST Plugins" && len(path) == 3 && find(p.plugins, path[1]) != nil:
		base["sid"], base["plugin_sid"], base["version"], base["plugin_url"] = p.sid("FV"), path[1], f.Get("Version"), f.Get("PluginUrl")
		base["changelog"], base["private"], base["archived"], base["validated"] = f.Get("Changelog"), f.Get("Private") == "true", false, false
		p.versions = append(p.versions, base)
		return 201, base
	case route == "POST Configurations":
		sid := p.sid("FJ")
		for _, raw := range f["Plugins"] {
			var in struct {
				Version string `json:"plugin_version"`
				Phase   int    `json:"phase"`
			}
			v := map[string]any(nil)
			if json.Unmarshal([]byte(raw), &in) == nil {
				v = find(p.versions, in.Version)
			}
			if v == nil || in.Phase != 3 {
				return refuse(400, 20001)
			}
			p.configs[sid] = append(p.configs[sid], in.Version)
		}
		base["sid"], base["name"], base["description"], base["archived"], base["links"] = sid, f.Get("Name"), f.Get("Description"), false, map[string]any{}
		return 201, base
	case route == "GET Configurations" && len(path) == 3:
		var all []map[string]any
		for _, sid := range p.configs[path[1]] {
			v := find(p.versions, sid.(string))
			plugin := find(p.plugins, v["plugin_sid"].(string))
			all = append(all, map[string]any{
				"account_sid": account, "configuration_sid": path[1], "plugin_sid": plugin["sid"], "plugin_version_sid": v["sid"], "phase": 3,
				"plugin_url": v["plugin_url"], "unique_name": plugin["unique_name"], "friendly_name": plugin["friendly_name"], "description": "",
				"plugin_archived": plugin["archived"], "version": v["version"], "changelog": "", "plugin_version_archived": v["archived"], "private": v["private"],
				"date_created": v["date_created"], "url": base["url"],
			})
		}
		return 200, list("plugins", all)
	case route == "GET Releases":
		return 200, list("releases", p.releases)
	case route == "POST Releases" && p.configs[f.Get("ConfigurationId")] != nil:
		base["sid"], base["configuration_sid"] = p.sid("FK"), f.Get("ConfigurationId")
		p.releases = append(p.releases, base)
		return 201, base
	}
	return refuse(404, 20404)
}

// other registers and releases somebody else's plugin beside what is released.
func (p *plugins) other(name string, archived bool) {
	plugin := map[string]any{"sid": p.sid("FP"), "unique_name": name, "archived": false}
	version := map[string]any{"sid": p.sid("FV"), "plugin_sid": plugin["sid"], "version": "2.0.0", "plugin_url": "https://x.example/p.js", "archived": archived}
	p.plugins, p.versions = append(p.plugins, plugin), append(p.versions, version)
	config := p.sid("FJ")
	if n := len(p.releases); n > 0 {
		p.configs[config] = append(p.configs[config], p.configs[p.releases[0]["configuration_sid"].(string)]...)
	}
	p.configs[config] = append(p.configs[config], version["sid"])
	// The newest first, as lists often are; the order is not promised.
	p.releases = append([]map[string]any{{"sid": p.sid("FK"), "account_sid": account, "configuration_sid": config, "date_created": p.date()}}, p.releases...)
}

// live names what the newest release holds.
func (p *plugins) live() string {
	var newest map[string]any
	for _, r := range p.releases {
		if newest == nil || r["date_created"].(string) > newest["date_created"].(string) {
			newest = r
		}
	}
	if newest == nil {
		return ""
	}
	var all []string
	for _, sid := range p.configs[newest["configuration_sid"].(string)] {
		v := find(p.versions, sid.(string))
		all = append(all, find(p.plugins, v["plugin_sid"].(string))["unique_name"].(string)+" "+v["version"].(string))
	}
	return strings.Join(all, ", ")
}

// server serves a script as package web does.
type server struct{ script []byte }

func (s server) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	web.New(web.Config{PublicURL: "https://video.example.com", Static: fstest.MapFS{release.Script: {Data: s.script}}}, web.Deps{}).ServeHTTP(rec, r)
	return rec.Result(), nil
}

// documents are Twilio's own.
var documents = sync.OnceValues(func() (*twiliospec.Spec, error) {
	return twiliospec.Load(filepath.Join("../..", twiliospec.Documents))
})

func newPlugins() *plugins {
	return &plugins{clock: time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC), configs: map[string][]any{}}
}

func config(t *testing.T, p *plugins) release.Config {
	t.Helper()
	c := release.Config{AccountSID: account, KeySID: "SK1", KeySecret: "secret", PublicURL: "https://video.example.com",
		Script: script, Version: "1.2.0", Twilio: p, Web: server{script}}
	switch spec, err := documents(); {
	case errors.Is(err, fs.ErrNotExist):
		t.Log("requests are not held against Twilio's documents: run npm ci in static")
	case err != nil:
		t.Fatal(err)
	default:
		checked := &twiliospec.Transport{Spec: spec, Next: p}
		c.Twilio = checked
		t.Cleanup(func() {
			for _, v := range checked.Violations() {
				t.Error(v)
			}
		})
	}
	return c
}

func run(t *testing.T, c release.Config, yes bool) string {
	t.Helper()
	var out bytes.Buffer
	if err := release.Run(t.Context(), c, yes, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return out.String()
}

func TestFirstRelease(t *testing.T) {
	p := newPlugins()
	c := config(t, p)
	out := run(t, c, false)
	for _, want := range []string{"register plugin-escalate", "register 1.2.0", "https://video.example.com/static/flex-plugin.js?v=", "-yes"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if len(p.posts) != 0 {
		t.Fatalf("a dry run made %v", p.posts)
	}
	run(t, c, true)
	if got := p.live(); got != "plugin-escalate 1.2.0" {
		t.Errorf("released: %q", got)
	}
	if u := p.versions[0]["plugin_url"]; u != "https://video.example.com"+web.StaticURL(release.Script, script) || p.versions[0]["private"] != false {
		t.Errorf("version %v", p.versions[0])
	}
	before := len(p.posts)
	if out := run(t, c, true); !strings.Contains(out, "nothing to do") || len(p.posts) != before {
		t.Errorf("a second time it made %v\n%s", p.posts[before:], out)
	}
}

func TestOthersStay(t *testing.T) {
	p := newPlugins()
	p.other("plugin-a", false)
	p.other("plugin-b", false)
	c := config(t, p)
	if out := run(t, c, false); !strings.Contains(out, "plugin-a 2.0.0, as it is") {
		t.Errorf("it says\n%s", out)
	}
	run(t, c, true)
	if got := p.live(); got != "plugin-a 2.0.0, plugin-b 2.0.0, plugin-escalate 1.2.0" {
		t.Errorf("released: %q", got)
	}
	c.Version, c.Script, c.Web = "1.3.0", []byte("new"), server{[]byte("new")}
	if out := run(t, c, true); !strings.Contains(out, "in place of 1.2.0") {
		t.Errorf("it says\n%s", out)
	}
	if got := p.live(); got != "plugin-a 2.0.0, plugin-b 2.0.0, plugin-escalate 1.3.0" {
		t.Errorf("then: %q", got)
	}
	p.other("plugin-old", true)
	c.Version = "1.4.0"
	if out := run(t, c, true); !strings.Contains(out, "WITHOUT plugin-old") {
		t.Errorf("it says\n%s", out)
	}
}

func TestVersionOfTheContent(t *testing.T) {
	p := newPlugins()
	c := config(t, p)
	c.Version = ""
	run(t, c, true)
	run(t, c, true)
	if len(p.versions) != 1 || !strings.HasPrefix(p.versions[0]["version"].(string), "1.0.0-h") {
		t.Errorf("versions %v", p.versions)
	}
	c.Script, c.Web = []byte("new"), server{[]byte("new")}
	run(t, c, true)
	if len(p.versions) != 2 {
		t.Errorf("another script made %v", p.versions)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*plugins, *release.Config)
		yes  bool
		want string
	}{
		{"not https", func(_ *plugins, c *release.Config) { c.PublicURL = "http://127.0.0.1:8080" }, false, "https"},
		{"a version that is none", func(_ *plugins, c *release.Config) { c.Version = "../1" }, false, "semantic version"},
		{"another script is served", func(_ *plugins, c *release.Config) { c.Web = server{[]byte("old")} }, true, "another script"},
		{"no script is served", func(_ *plugins, c *release.Config) { c.Web = http.NewFileTransportFS(fstest.MapFS{}) }, true, "404"},
		{"wrong key", func(_ *plugins, c *release.Config) { c.KeySecret = "x" }, true, "list plugins"},
		{"the version is another script", func(p *plugins, c *release.Config) {
			c.Web = nil
			p.plugins = []map[string]any{{"sid": p.sid("FP"), "unique_name": "plugin-escalate", "archived": false}}
			p.versions = []map[string]any{{"sid": p.sid("FV"), "plugin_sid": p.plugins[0]["sid"], "version": "1.2.0", "plugin_url": "https://x.example/", "archived": false}}
			c.Web = server{script}
		}, true, "another script"},
		{"the plugin is archived", func(p *plugins, _ *release.Config) {
			p.plugins = []map[string]any{{"sid": p.sid("FP"), "unique_name": "plugin-escalate", "archived": true}}
		}, true, "archived"},
		{"a SID that is none", func(p *plugins, _ *release.Config) {
			p.plugins = []map[string]any{{"sid": "FP/../x", "unique_name": "plugin-escalate", "archived": false}}
		}, true, "for a SID"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPlugins()
			cfg := config(t, p)
			if c.name == "a SID that is none" {
				cfg.Twilio = p // its answer is no answer of Twilio's
			}
			c.edit(p, &cfg)
			err := release.Run(t.Context(), cfg, c.yes, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if len(p.posts) != 0 {
				t.Errorf("made %v", p.posts)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the key's secret is in %v", err)
			}
		})
	}
}

// A dry run before the new server is up says so, and goes on.
func TestNotServedYet(t *testing.T) {
	c := config(t, newPlugins())
	c.Web = server{[]byte("old")}
	if out := run(t, c, false); !strings.Contains(out, "NOT SERVED") {
		t.Errorf("it says\n%s", out)
	}
}

// Whatever fails in between, agents keep what they have, and running it again
// finishes.
func TestFailuresInBetween(t *testing.T) {
	for _, step := range []string{"Plugins", "Versions", "Configurations", "Releases"} {
		t.Run(step, func(t *testing.T) {
			p := newPlugins()
			p.other("plugin-a", false)
			c := config(t, p)
			p.fail = step
			if err := release.Run(t.Context(), c, true, io.Discard); err == nil {
				t.Fatal("no error")
			}
			if got := p.live(); got != "plugin-a 2.0.0" {
				t.Errorf("released: %q", got)
			}
			p.fail = ""
			run(t, c, true)
			if got := p.live(); got != "plugin-a 2.0.0, plugin-escalate 1.2.0" || len(p.plugins) != 2 || len(p.versions) != 2 {
				t.Errorf("then released %q, of %d plugins and %d versions", got, len(p.plugins), len(p.versions))
			}
		})
	}
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := release.Run(ctx, config(t, newPlugins()), false, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCommand(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"no account", nil, nil, "Flex account"},
		{"wrong settings", nil, map[string]string{"VIDEO_CODE_LENGTH": "1"}, "VIDEO_CODE_LENGTH"},
		{"a word too many", []string{"now"}, nil, "now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := release.Main(t.Context(), c.args, func(k string) string { return c.env[k] }, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

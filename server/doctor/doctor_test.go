package doctor_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/core"
	"escalate/server/doctor"
	"escalate/server/localtwilio"
	"escalate/server/twilioapi"
	"escalate/server/web"
)

// ward is a whole installation: local Twilio in Twilio's place, with an
// account of its own, and a running server.
type ward struct {
	config  core.Config
	options doctor.Options
	twilio  *dated
	local   *localtwilio.Server
	server  *httptest.Server
}

// dated puts a date on answers, as Twilio does, and may answer itself.
type dated struct {
	next  http.RoundTripper
	now   func() time.Time
	reply func(*http.Request) *http.Response // nil, or answering nil: next
}

func (d *dated) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.reply != nil {
		if resp := d.reply(r); resp != nil {
			return resp, nil
		}
	}
	resp, err := d.next.RoundTrip(r)
	if err == nil && d.now != nil {
		resp.Header.Set("Date", d.now().UTC().Format(http.TimeFormat))
	}
	return resp, err
}

func admit(t *testing.T) *ward {
	t.Helper()
	if testing.Short() {
		t.Skip("local Twilio opens UDP ports")
	}
	local, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0", MediaAddr: "127.0.0.1:0", TURNAddr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = local.Close() })
	a := local.Account()
	w := &ward{local: local, twilio: &dated{next: local.Transport(), now: time.Now}}
	w.config = core.Config{
		Account: core.Account{SID: a.SID, KeySID: a.KeySID, KeySecret: a.KeySecret, AuthToken: a.AuthToken,
			SyncServiceSID: a.SyncServiceSID, WorkspaceSID: a.WorkspaceSID},
		AllowedOrigins: []string{"https://flex.twilio.com"},
	}
	w.options = doctor.Options{Twilio: w.twilio}
	api, err := twilioapi.New(twilioapi.Config{AccountSID: a.SID, KeySID: a.KeySID, KeySecret: a.KeySecret, AuthToken: a.AuthToken,
		SyncServiceSID: a.SyncServiceSID, WorkspaceSID: a.WorkspaceSID, Transport: local.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewUnstartedServer(nil)
	w.config.PublicURL = "http://" + w.server.Listener.Addr().String()
	w.server.Config.Handler = web.New(web.Config{PublicURL: w.config.PublicURL, AllowedOrigins: w.config.AllowedOrigins},
		web.Deps{Agents: api, Callbacks: api})
	w.server.Start()
	t.Cleanup(w.server.Close)
	return w
}

func respond(r *http.Request, status int, body string) *http.Response {
	rec := httptest.NewRecorder()
	rec.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	resp := rec.Result()
	resp.Request = r
	return resp
}

func TestExamine(t *testing.T) {
	sid := func(prefix string) string { return prefix + strings.Repeat("f", 32) }
	serve := func(w *ward, f http.HandlerFunc) { w.server.Config.Handler = f }
	for _, c := range []struct {
		name    string
		harm    func(*ward)
		level   doctor.Level
		subject string
		text    string // part of text and remedy
	}{
		{"nothing is wrong", func(*ward) {}, doctor.OK, "keys", ""},
		{"a Twilio elsewhere", func(w *ward) {
			w.options.Twilio = nil
			w.config.Account.APIURL, w.config.Account.SignalingURL = w.local.URL(), w.local.SignalingURL()
		}, doctor.OK, "keys", ""},
		{"wrong secret", func(w *ward) { w.config.Account.KeySecret = "x" }, doctor.Fail, "keys", "TWILIO_API_SECRET"},
		{"another account's key", func(w *ward) {
			w.twilio.reply = func(r *http.Request) *http.Response {
				if r.URL.Host != "sync.twilio.com" {
					return nil
				}
				return respond(r, 200, `{"account_sid":"`+sid("AC")+`"}`)
			}
		}, doctor.Fail, "keys", "another account"},
		{"a restricted key", func(w *ward) {
			w.twilio.reply = func(r *http.Request) *http.Response { return respond(r, 403, `{}`) }
		}, doctor.Fail, "keys", "Standard"},
		{"Twilio in trouble", func(w *ward) {
			w.twilio.reply = func(r *http.Request) *http.Response { return respond(r, 503, "oops") }
		}, doctor.Warn, "keys", "503"},
		{"no way to Twilio", func(w *ward) { w.twilio.next = broken{} }, doctor.Fail, "twilio", "HTTPS_PROXY"},
		{"wrong auth token", func(w *ward) { w.config.Account.AuthToken = "x" }, doctor.Fail, "auth token", "TWILIO_AUTH_TOKEN"},
		{"no such Sync Service", func(w *ward) { w.config.Account.SyncServiceSID = sid("IS") }, doctor.Fail, "sync", "TWILIO_FLEX_SYNC_SID"},
		{"no such Workspace", func(w *ward) { w.config.Account.WorkspaceSID = sid("WS") }, doctor.Fail, "workspace", "TWILIO_WORKSPACE_SID"},
		{"no Video", func(w *ward) {
			w.twilio.reply = func(r *http.Request) *http.Response {
				if r.URL.Host != "video.twilio.com" {
					return nil
				}
				return respond(r, 403, `{}`)
			}
		}, doctor.Fail, "video", "may not read"},
		{"IAM does not answer", func(w *ward) {
			w.twilio.reply = func(r *http.Request) *http.Response {
				if !strings.HasPrefix(r.URL.Host, "iam.") {
					return nil
				}
				return respond(r, 401, `{}`)
			}
		}, doctor.Fail, "flex", "no agent gets in"},
		{"open Sync Service and the template's endpoints", func(w *ward) { w.config.Template.Endpoints = true }, doctor.Warn, "sync", "AclEnabled"},
		{"open Sync Service of the template's pages", func(w *ward) {
			w.config.Template.Endpoints, w.config.Template.SyncSID = true, w.config.Account.SyncServiceSID
		}, doctor.Warn, "sync", "TEMPLATE_SYNC_SID"},
		{"no such Sync Service of the template's pages", func(w *ward) {
			w.config.Template.Endpoints, w.config.Template.SyncSID = true, sid("IS")
		}, doctor.Fail, "template", "TEMPLATE_SYNC_SID"},
		{"clock ahead", func(w *ward) { w.twilio.now = past(2 * time.Minute) }, doctor.Fail, "clock", "2m"},
		{"clock behind", func(w *ward) { w.twilio.now = past(-3 * time.Minute) }, doctor.Warn, "clock", "behind"},
		{"no date", func(w *ward) { w.twilio.now = nil }, doctor.Warn, "clock", "NTP"},
		{"settings", func(w *ward) {}, doctor.Fail, "settings", "SECOND"},
		{"half an account", func(w *ward) { w.config.Account.KeySID = "" }, doctor.Warn, "account", "not looked at"},
		{"no account", func(w *ward) { w.config.Account = core.Account{} }, doctor.Warn, "account", "local Twilio"},
		{"server does not run", func(w *ward) { w.server.Close() }, doctor.Fail, "callbacks", "Start the server"},
		{"nothing resolves", func(w *ward) { w.options.Web = broken{&net.DNSError{Err: "no such host", IsNotFound: true}} }, doctor.Fail, "callbacks", "resolve"},
		{"another server", func(w *ward) { serve(w, http.NotFound) }, doctor.Fail, "callbacks", "status 404"},
		{"a firewall says no", func(w *ward) {
			serve(w, func(rw http.ResponseWriter, _ *http.Request) {
				http.Error(rw, "<h1>Blocked</h1>", http.StatusForbidden)
			})
		}, doctor.Fail, "callbacks", "firewall"},
		{"takes everything", func(w *ward) { serve(w, func(http.ResponseWriter, *http.Request) {}) }, doctor.Fail, "callbacks", "unsigned"},
		{"proxy without a server", func(w *ward) {
			serve(w, func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) })
		}, doctor.Fail, "callbacks", "reaches no server"},
		{"https without a trusted proxy", func(w *ward) { w.config.PublicURL = "https://video.example.com"; w.options.Web = broken{} }, doctor.Warn, "proxy", "TRUST_PROXY=true"},
		{"https behind a trusted proxy", func(w *ward) {
			w.config.PublicURL, w.config.TrustProxy, w.options.Web = "https://video.example.com", "10.0.0.0/8", broken{}
		}, doctor.OK, "proxy", "come from the proxy"},
		{"redirect", func(w *ward) {
			serve(w, func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "https://www.example.com/", http.StatusMovedPermanently)
			})
		}, doctor.Fail, "callbacks", "www.example.com"},
		{"an origin that the running server does not know", func(w *ward) { w.config.AllowedOrigins = append(w.config.AllowedOrigins, "https://desk.example.com") }, doctor.Fail, "origins", "desk.example.com"},
		{"Flex left out", func(w *ward) { w.config.AllowedOrigins = nil }, doctor.Warn, "origins", "leaves out https://flex.twilio.com"},
		{"an origin without TLS", func(w *ward) { w.config.AllowedOrigins = append(w.config.AllowedOrigins, "http://desk.example.com") }, doctor.Warn, "origins", "not https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := admit(t)
			c.harm(w)
			var faults error
			if c.subject == "settings" {
				faults = errors.Join(errors.New("FIRST is wrong"), errors.Join(errors.New("SECOND is wrong")))
			}
			all := doctor.Examine(t.Context(), w.config, faults, w.options)
			var out bytes.Buffer
			err := doctor.Report(&out, all)
			if c.name == "nothing is wrong" {
				for _, f := range all {
					if f.Level != doctor.OK {
						t.Errorf("%v", f)
					}
				}
				if err != nil || len(all) < 9 {
					t.Errorf("%d findings, %v\n%s", len(all), err, &out)
				}
				return
			}
			ok := slices.ContainsFunc(all, func(f doctor.Finding) bool {
				return f.Level == c.level && f.Subject == c.subject && strings.Contains(f.Text+" "+f.Remedy, c.text)
			})
			if !ok || (err != nil) != slices.ContainsFunc(all, func(f doctor.Finding) bool { return f.Level == doctor.Fail }) {
				t.Errorf("want %v %s %q, got %v\n%s", c.level, c.subject, c.text, err, &out)
			}
			for _, f := range all {
				if f.Level != doctor.OK && f.Remedy == "" && f.Subject != "settings" {
					t.Errorf("no remedy: %v", f)
				}
				if strings.Contains(fmt.Sprint(f), w.config.Account.AuthToken) && w.config.Account.AuthToken != "" && len(w.config.Account.AuthToken) > 8 {
					t.Errorf("the auth token is shown: %v", f)
				}
			}
		})
	}
}

// A Twilio elsewhere is asked over the network, as the server does.
func TestElsewhere(t *testing.T) {
	w := admit(t)
	w.options.Twilio = nil
	w.config.Account.APIURL, w.config.Account.SignalingURL = w.local.URL(), w.local.SignalingURL()
	for _, f := range doctor.Examine(t.Context(), w.config, nil, w.options) {
		if f.Level != doctor.OK {
			t.Errorf("%v", f)
		}
	}
	w.config.Account.APIURL = "http://127.0.0.1:1"
	all := doctor.Examine(t.Context(), w.config, nil, w.options)
	if !slices.ContainsFunc(all, func(f doctor.Finding) bool { return f.Level == doctor.Fail && f.Subject == "twilio" }) {
		t.Errorf("nobody there: %v", all)
	}
}

func past(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(-d) } }

// broken connects to nothing.
type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) {
	if b.err != nil {
		return nil, b.err
	}
	return nil, errors.New("no route to host")
}

func TestCommand(t *testing.T) {
	var out bytes.Buffer
	none := func(string) string { return "" }
	if err := doctor.Main(t.Context(), []string{"please"}, none, &out, &out); err == nil || !strings.Contains(err.Error(), "please") {
		t.Errorf("a word too many: %v", err)
	}
	env := map[string]string{"VIDEO_CODE_LENGTH": "2", "TWILIO_ACCOUNT_SID": "AC1", "ADDR": "127.0.0.1:1", "PUBLIC_URL": "http://127.0.0.1:1"}
	err := doctor.Main(t.Context(), nil, func(k string) string { return env[k] }, &out, &out)
	if err == nil {
		t.Fatal("all is well, it says")
	}
	for _, want := range []string{"VIDEO_CODE_LENGTH", "TWILIO_API_KEY", "TWILIO_ACCOUNT_SID", "Start the server"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
}

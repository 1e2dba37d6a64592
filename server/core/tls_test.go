package core

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/app/wire"
	"escalate/server/certs"
)

// TestDemoOnTheLAN plays the phone: it trusts the server's certificate, and comes by the
// machine's address in its network. Pages, API, signalling and the addresses of media are
// all there, and local Twilio's callbacks arrive.
func TestDemoOnTheLAN(t *testing.T) {
	needWASM(t)
	addresses, err := certs.LAN()
	if err != nil {
		t.Fatal(err)
	}
	if len(addresses) == 0 {
		t.Skip("this machine is in no network: it has no address but loopback")
	}
	c := config(t, nil)
	if err := c.OnLAN(); err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	host := addresses[0].String()
	if name, _, _ := net.SplitHostPort(strings.TrimPrefix(s.URL(), "https://")); name != host {
		t.Fatalf("the server is at %s, want https at %s", s.URL(), host)
	}
	if text := s.Welcome(); !strings.Contains(text, s.URL()+"/demo/agent") || !strings.Contains(text, s.URL()+"/demo/chat") || strings.Count(text, "▄") < 50 {
		t.Errorf("it prints no links, or no code:\n%s", text)
	}

	kept, err := os.ReadFile(filepath.Join(c.Local.DataDir, "self-signed.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(kept)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	phone := &http.Client{Transport: transport, Timeout: 20 * time.Second}
	if res, err := http.Get(s.URL() + "/demo/chat"); err == nil {
		res.Body.Close()
		t.Error("somebody vouches for the certificate")
	}
	ask := func(method, path, token, body string, into any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := phone.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode/100 != 2 {
			t.Fatalf("%s %s: %s", method, path, res.Status)
		}
		if into != nil {
			if err := json.NewDecoder(res.Body).Decode(into); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		}
	}
	ask("GET", "/demo/chat", "", "", nil)
	var seat struct{ Token string }
	ask("POST", "/demo/api/session", "", "{}", &seat)
	var tasks []struct{ TaskSID string }
	ask("GET", "/demo/api/tasks", "", "", &tasks)
	if len(tasks) == 0 {
		t.Fatal("the demo has no Task")
	}
	var e wire.Escalation
	ask("POST", wire.EscalationsPath, seat.Token, `{"taskSid":"`+tasks[0].TaskSID+`","sendInvite":true}`, &e)
	if !strings.HasPrefix(e.JoinURL, s.URL()+"/join/") {
		t.Errorf("the link is %s", e.JoinURL)
	}
	ask("POST", wire.CodePath(e.Code, wire.ActionAgentToken), seat.Token, "{}", nil)
	var j wire.Join
	ask("POST", wire.CodePath(e.Code, wire.ActionToken), "", "{}", &j)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if !strings.HasPrefix(j.Signaling, "wss://"+host+":") {
		t.Fatalf("signalling is at %q", j.Signaling)
	}
	ws, _, err := websocket.Dial(ctx, j.Signaling, &websocket.DialOptions{HTTPClient: phone})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow() //nolint:errcheck // it may be closed already
	hello := `{"type":"hello","version":2,"id":"1","timeout":5000,"body":{"type":"ice","version":1,"edge":"roaming","token":"` + j.Token + `"}}`
	if err := ws.Write(ctx, websocket.MessageText, []byte(hello)); err != nil {
		t.Fatal(err)
	}
	for iced := false; !iced; {
		_, b, err := ws.Read(ctx)
		if err != nil {
			t.Fatalf("no answer of signalling: %v", err)
		}
		if iced = bytes.Contains(b, []byte(`"iced"`)); iced && !bytes.Contains(b, []byte("turn:"+host+":")) {
			t.Errorf("%s has no TURN server of this network", b)
		}
	}
	for !called(t, s) {
		if ctx.Err() != nil {
			t.Fatal("no status callback of local Twilio has arrived")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// called says whether a status callback has been taken.
func called(t *testing.T, s *System) bool {
	t.Helper()
	families, err := s.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if f.GetName() == "escalate_http_requests_total" && labels["route"] == wire.CallbackPath && labels["status"] == "204" {
				return true
			}
		}
	}
	return false
}

// TestTLSSettings: what cannot be used is named by its setting.
func TestTLSSettings(t *testing.T) {
	t.Parallel()
	none := filepath.Join(t.TempDir(), "none.pem")
	for _, c := range []struct {
		name string
		env  map[string]string
		want string // "" for right
	}{
		{"no key", map[string]string{"TLS_CERT": none}, "TLS_KEY is missing"},
		{"no certificate", map[string]string{"TLS_KEY": none}, "TLS_CERT is missing"},
		{"no file", map[string]string{"TLS_CERT": none, "TLS_KEY": none}, "TLS_CERT cannot be used"},
		{"both", map[string]string{"TLS_CERT": none, "TLS_KEY": none, "TLS_AUTOCERT": "true"}, "TLS_AUTOCERT gets a certificate"},
		{"autocert without a name", map[string]string{"TLS_AUTOCERT": "true"}, "TLS_AUTOCERT needs a PUBLIC_URL"},
		{"autocert for an address", map[string]string{"TLS_AUTOCERT": "true", "PUBLIC_URL": "https://192.0.2.1"}, "TLS_AUTOCERT needs a PUBLIC_URL"},
		{"autocert at another port", map[string]string{"TLS_AUTOCERT": "true", "PUBLIC_URL": "https://video.example.com:8443"}, "TLS_AUTOCERT needs a PUBLIC_URL"},
		{"autocert", map[string]string{"TLS_AUTOCERT": "true", "PUBLIC_URL": "https://video.example.com"}, ""},
		{"a directory by http", map[string]string{"TLS_AUTOCERT": "true", "PUBLIC_URL": "https://video.example.com", "TLS_AUTOCERT_DIRECTORY": "http://acme.example.com"}, "TLS_AUTOCERT_DIRECTORY must be"},
	} {
		c.env["LOCAL_TWILIO_ALLOW_REMOTE"] = "true"
		_, err := FromEnv(func(name string) string { return c.env[name] })
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// A self-signed certificate is for the demo alone.
func TestOnLANIsForTheDemo(t *testing.T) {
	t.Parallel()
	c := Config{Account: Account{SID: "AC1"}}
	if err := c.OnLAN(); err == nil || !strings.Contains(err.Error(), "TLS_CERT") {
		t.Errorf("with an account: %v", err)
	}
	c = Config{TLS: TLS{Cert: "a", Key: "b"}}
	if err := c.OnLAN(); err == nil || c.TLS.SelfSigned {
		t.Errorf("beside another certificate: %v", err)
	}
}

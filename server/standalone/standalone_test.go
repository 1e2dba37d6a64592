package standalone

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// output is a Stdout or Stderr that a test can look at while it grows.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

const patience = 10 * time.Second

// run is a command that runs until stop.
type run struct {
	stdout, stderr output
	stop           func() error // ends it and answers its error
}

// begin starts a command and waits until its output contains words.
func begin(t *testing.T, env map[string]string, words string, args ...string) *run {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	r := &run{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Main(ctx, args, func(k string) string { return env[k] }, &r.stdout, &r.stderr)
	}()
	r.stop = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-done:
			return err
		case <-time.After(patience):
			t.Error("the command does not end")
			return nil
		}
	})
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the command ended with: %v", err)
		}
	})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(patience); !strings.Contains(r.stdout.String(), words); {
		select {
		case <-deadline:
			t.Fatalf("no %q in the output:\n%s%s", words, &r.stdout, &r.stderr)
		case err := <-done:
			done <- err
			t.Fatalf("it ended with %v:\n%s", err, &r.stderr)
		case <-tick.C:
		}
	}
	return r
}

// local begins local-twilio on free ports.
func local(t *testing.T, env map[string]string, args ...string) *run {
	t.Helper()
	return begin(t, env, "TWILIO_WORKSPACE_SID", append([]string{"--log-level", "error",
		"--addr", "127.0.0.1:0", "--media-addr", "127.0.0.1:0", "--turn-addr", "127.0.0.1:0"}, args...)...)
}

// setting is a line NAME=value of the output.
func (r *run) setting(name string) string {
	for line := range strings.Lines(r.stdout.String()) {
		if v, ok := strings.CutPrefix(line, name+"="); ok {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func sid(prefix, digit string) string { return prefix + strings.Repeat(digit, 32) }

func TestLocalTwilioTakesWhatItIsGiven(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
	}{
		{"as flags", nil, []string{"--api-secret", "s3cret", "--auth-token", "t0ken"}},
		{"from the environment", map[string]string{"TWILIO_API_SECRET": "s3cret", "TWILIO_AUTH_TOKEN": "t0ken"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := local(t, tt.env, append(tt.args, "--account-sid", sid("AC", "1"), "--api-key", sid("SK", "2"),
				"--sync-sid", sid("IS", "3"), "--workspace-sid", sid("WS", "4"))...)
			for name, want := range map[string]string{
				"TWILIO_ACCOUNT_SID": sid("AC", "1"), "TWILIO_API_KEY": sid("SK", "2"),
				"TWILIO_FLEX_SYNC_SID": sid("IS", "3"), "TWILIO_WORKSPACE_SID": sid("WS", "4"),
			} {
				if got := r.setting(name); got != want {
					t.Errorf("%s=%s, want %s", name, got, want)
				}
			}
			if out := r.stdout.String() + r.stderr.String(); strings.Contains(out, "s3cret") || strings.Contains(out, "t0ken") {
				t.Errorf("a given secret is in the output:\n%s", out)
			}
			url := r.setting("TWILIO_API_URL")
			for _, login := range [][2]string{{sid("SK", "2"), "s3cret"}, {sid("AC", "1"), "t0ken"}} {
				get(t, url+"/sync/v1/Services/"+sid("IS", "3"), login, http.StatusOK)
				get(t, url+"/taskrouter/v1/Workspaces/"+sid("WS", "4"), login, http.StatusOK)
			}
			get(t, url+"/sync/v1/Services/"+sid("IS", "3"), [2]string{sid("SK", "2"), "other"}, http.StatusUnauthorized)
		})
	}
}

func TestLocalTwilioKeepsItsKeys(t *testing.T) {
	dir := t.TempDir()
	r := local(t, nil, "--data-dir", dir)
	secret := r.setting("TWILIO_API_SECRET")
	if secret == "" {
		t.Fatalf("a secret that was made up is not told:\n%s", &r.stdout)
	}
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	if again := local(t, nil, "--data-dir", dir).setting("TWILIO_API_SECRET"); again != secret {
		t.Errorf("the secret is %q, was %q", again, secret)
	}
	if other := local(t, nil).setting("TWILIO_API_SECRET"); other == secret {
		t.Error("another one has the same secret")
	}
}

func TestLocalTwilioDemo(t *testing.T) {
	product := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "product "+r.URL.EscapedPath())
	}))
	t.Cleanup(product.Close)
	r := local(t, nil, "--product", product.URL, "--desk-addr", "127.0.0.1:0")
	login := [2]string{r.setting("TWILIO_API_KEY"), r.setting("TWILIO_API_SECRET")}
	found := regexp.MustCompile(`(?s)# Worker (WK\w+).*# Task (WT\w+).*# Flex token, until \S+ (\S+)\n`).FindStringSubmatch(r.stdout.String())
	if found == nil {
		t.Fatalf("no Worker, Task and Flex token in:\n%s", &r.stdout)
	}
	url := r.setting("TWILIO_API_URL")
	var task struct {
		AssignmentStatus string `json:"assignment_status"`
	}
	if err := json.Unmarshal(get(t, url+"/taskrouter/v1/Workspaces/"+r.setting("TWILIO_WORKSPACE_SID")+"/Tasks/"+found[2], login, 200), &task); err != nil || task.AssignmentStatus != "assigned" {
		t.Errorf("Task %+v, %v", task, err)
	}
	body := `{"token":"` + found[3] + `"}`
	q, err := http.NewRequest(http.MethodPost, url+"/iam/v1/Accounts/"+r.setting("TWILIO_ACCOUNT_SID")+"/Tokens/validate", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json")
	if answer := do(t, q, login, 200); !strings.Contains(string(answer), found[1]) {
		t.Errorf("the Flex token is not the Worker's: %s", answer)
	}
	desk := r.setting("ALLOWED_ORIGINS")
	if page := get(t, desk+"/demo/agent", login, 200); !strings.Contains(string(page), "Agent desk") {
		t.Errorf("the desk is %.100s", page)
	}
	if page := get(t, desk+"/join/a%2Fb", login, 200); string(page) != "product /join/a%2Fb" {
		t.Errorf("the product behind the desk says %q", page)
	}
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args string
		want error
		says string
	}{
		{"-h", flag.ErrHelp, "-account-sid"},
		{"9100", ErrUsage, `"9100" is not understood`},
		{"--nonsense", ErrUsage, "nonsense"},
		{"--account-sid x --api-key " + sid("AC", "0"), ErrUsage, "-api-key must be SK"},
		{"--rate -1", ErrUsage, "-rate must be"},
		{"--operator-addr 0.0.0.0:0", ErrUsage, "-operator-addr must be"},
		{"--operator-addr 9190", ErrUsage, "-operator-addr must be"},
		{"--product localhost:8080", ErrUsage, "-product must be a URL"},
		{"--product http://127.0.0.1:1 --desk-addr 0.0.0.0:0", ErrUsage, "-desk-addr must be on loopback"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			var stdout, stderr output
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // what should have been refused ends at once
			err := Main(ctx, strings.Fields(tt.args), func(string) string { return "" }, &stdout, &stderr)
			if !errors.Is(err, tt.want) || !strings.Contains(stderr.String(), tt.says) {
				t.Errorf("%v, want %v; it wrote:\n%s", err, tt.want, &stderr)
			}
		})
	}
}

func get(t *testing.T, url string, login [2]string, status int) []byte {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, r, login, status)
}

func do(t *testing.T, r *http.Request, login [2]string, status int) []byte {
	t.Helper()
	r.SetBasicAuth(login[0], login[1])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != status {
		t.Fatalf("%s %s: %s %s %v, want %d", r.Method, r.URL, resp.Status, b, err, status)
	}
	return b
}

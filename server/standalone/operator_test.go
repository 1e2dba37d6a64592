package standalone

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOperatorAddress(t *testing.T) {
	r := local(t, nil, "--operator-addr", "127.0.0.1:0", "--unlimited", "--rate", "1000")
	_, url, found := strings.Cut(r.stdout.String(), "# Health and metrics: ")
	if !found {
		t.Fatalf("the output does not say where it is:\n%s", &r.stdout)
	}
	url, _, _ = strings.Cut(url, "/healthz")
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		if got := string(get(t, url+path, [2]string{}, http.StatusOK)); got != want {
			t.Errorf("%s says %q", path, got)
		}
	}
	metrics := string(get(t, url+"/metrics", [2]string{}, http.StatusOK))
	for _, name := range []string{"go_goroutines ", "process_open_fds ", "go_build_info{"} {
		if !strings.Contains(metrics, "\n"+name) {
			t.Errorf("no %s among the metrics", name)
		}
	}
	get(t, url+"/video/v1/Rooms", [2]string{}, http.StatusNotFound)
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	routes := operatorRoutes(func() error { return errors.New("no space left") }, newRegistry())
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if body, _ := io.ReadAll(w.Body); w.Code != want || want != http.StatusOK && string(body) != "not ready: no space left\n" {
			t.Errorf("%s: %d %s", path, w.Code, body)
		}
	}
}

// The limits are the flags': one request a second in bursts of ten, and Sync's own, or none.
func TestLimitsAreFlags(t *testing.T) {
	for _, tt := range []struct {
		args     []string
		requests int
		status   int
	}{
		{nil, 5000, http.StatusTooManyRequests},
		{[]string{"--unlimited"}, 250, http.StatusOK},
		{[]string{"--unlimited", "--rate", "1"}, 5000, http.StatusTooManyRequests},
	} {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			r := local(t, nil, tt.args...)
			login := [2]string{r.setting("TWILIO_API_KEY"), r.setting("TWILIO_API_SECRET")}
			list := r.setting("TWILIO_API_URL") + "/sync/v1/Services/" + r.setting("TWILIO_FLEX_SYNC_SID") + "/Documents"
			made, err := http.NewRequest(http.MethodPost, list, strings.NewReader("UniqueName=d"))
			if err != nil {
				t.Fatal(err)
			}
			made.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			do(t, made, login, http.StatusCreated)
			last := 0
			for i := 0; i < tt.requests && last != http.StatusTooManyRequests; i++ {
				q, err := http.NewRequest(http.MethodGet, list+"/d", nil)
				if err != nil {
					t.Fatal(err)
				}
				q.SetBasicAuth(login[0], login[1])
				resp, err := http.DefaultClient.Do(q)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				last = resp.StatusCode
			}
			if last != tt.status {
				t.Errorf("the last of %d requests was answered with %d", tt.requests, last)
			}
		})
	}
}

package twilioapi_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"escalate/server/escalation"
	"escalate/server/localtwilio/store"
)

// TestTooLongAttributes updates a Task with attributes about as long as
// TaskRouter takes them. What else it refuses must not be taken for it.
func TestTooLongAttributes(t *testing.T) {
	w := newWorldWith(t, options{faulty: true})
	task, _ := w.task(w.ana)
	for _, c := range []struct {
		name, text string
		refused    bool
		tooLarge   bool
	}{
		{"4096 characters", `{"a":"` + strings.Repeat("世", 4096-8) + `"}`, false, false},
		{"4097 characters", `{"a":"` + strings.Repeat("世", 4097-8) + `"}`, true, true},
		{"no object", `[]`, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, err := w.local.Store().Tasks.Get(task)
			if err != nil {
				t.Fatal(err)
			}
			err = w.api.Tasks().UpdateAttributes(w.ctx, task, k.ETag(), json.RawMessage(c.text))
			if (err != nil) != c.refused || errors.Is(err, escalation.ErrTooLarge) != c.tooLarge {
				t.Errorf("got %v", err)
			}
		})
	}
}

// fill makes a Task's attributes n characters long, of one.
func (w *world) fill(task string, n int, one string) {
	w.t.Helper()
	if _, err := w.local.Store().Tasks.Update(task, "", func(k *store.Task) error {
		text := strings.TrimSuffix(k.Attributes, "}") + `,"note":"`
		text += strings.Repeat(one, n-utf8.RuneCountInString(text)-2) + `"}`
		k.Attributes = text
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestFullTaskOverLocalTwilio(t *testing.T) {
	// One that counts bytes, whatever its documents say.
	bytes := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodPost || !strings.Contains(r.URL.Path, "/Tasks/") {
				return next.RoundTrip(r)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			r.Body = io.NopCloser(strings.NewReader(string(body)))
			form, err := url.ParseQuery(string(body))
			if err != nil || len(form.Get("Attributes")) <= store.MaxAttributes {
				return next.RoundTrip(r)
			}
			return &http.Response{
				StatusCode: http.StatusBadRequest, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
				Body: io.NopCloser(strings.NewReader(`{"code":20001,"message":"no","more_info":"https://www.twilio.com/docs/errors/20001","status":400}`)),
			}, nil
		})
	}
	for _, c := range []struct {
		name string
		n    int
		one  string
		wrap func(http.RoundTripper) http.RoundTripper
		full bool
	}{
		{"half full", 2000, "x", nil, false},
		{"room for the start only", 4096 - 50, "世", nil, false},
		{"full", 4096 - 10, "x", nil, true},
		{"counted in bytes", 1000, "世", bytes, false},
		{"full, counted in bytes", 1425, "世", bytes, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorldWith(t, options{wrap: c.wrap})
			task, _ := w.task(w.ana)
			w.fill(task, c.n, c.one)
			if c.full {
				if _, _, err := w.Escalate(w.ctx, w.ana.Agent, task, escalation.Invite{Send: true, Lang: "en"}); !errors.Is(err, escalation.ErrTaskFull) {
					t.Errorf("got %v, want ErrTaskFull", err)
				}
				return
			}
			e := w.escalate(w.ana, task)
			for _, join := range []func() (escalation.Join, error){
				func() (escalation.Join, error) { return w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code) },
				func() (escalation.Join, error) { return w.JoinAsCustomer(w.ctx, e.Code, "") },
			} {
				j, err := join()
				if err != nil {
					t.Fatal(err)
				}
				w.enter(j)
			}
			w.await(e.Code, "the call", func(e escalation.Escalation) bool { return e.Customer.Phase == "in_call" })
			if _, err := w.End(w.ctx, w.ana.Agent, e.Code); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Rate(w.ctx, e.Code, "", 4, strings.Repeat("<😀>", 333)); err != nil {
				t.Fatal(err)
			}
			if m, _ := w.attributes(task)["conversations"].(map[string]any); m["conversation_measure_1"] != 4.0 {
				t.Errorf("conversations %v", m)
			}
		})
	}
}

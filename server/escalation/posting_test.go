package escalation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

var once = escalation.Invite{Send: true, Lang: "en", Key: "the-first"}

// posted checks how many invites the customer has got, and returns their keys.
func (w *world) posted(want int) []string {
	w.t.Helper()
	var keys []string
	for _, m := range w.Chat.Messages(chat1) {
		var in struct {
			wire.Invite
			Key string `json:"inviteKey"`
		}
		if err := json.Unmarshal(m.Attributes, &in); err != nil || in.UniqueCode == "" {
			w.t.Errorf("not an invite: %+v, %v", m, err)
		}
		keys = append(keys, in.Key)
	}
	if len(keys) != want {
		w.t.Errorf("%d invites in the chat, want %d", len(keys), want)
	}
	return keys
}

// An invite whose answer was lost, or that was refused, is asked for again.
func TestInviteIsPostedOnce(t *testing.T) {
	for name, fault := range map[string]func(*world){
		"nothing fails":               func(*world) {},
		"posted, and the answer lost": func(w *world) { w.Lose(first("chat.send", escalation.ErrUnavailable)) },
		"Twilio is away":              func(w *world) { w.Fail(first("chat.send", escalation.ErrUnavailable)) },
		"a refusal":                   func(w *world) { w.Fail(first("chat.send", escalation.ErrNotFound)) },
		"the first look at the chat": func(w *world) {
			w.Lose(first("chat.send", escalation.ErrUnavailable))
			w.Fail(first("chat.newest", escalation.ErrUnavailable))
		},
		"posted, and not written down":  func(w *world) { w.Fail(later("documents.update", 1, escalation.ErrUnavailable)) },
		"written down, the answer lost": func(w *world) { w.Lose(first("documents.update", escalation.ErrUnavailable)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				fault(w)
				for range 4 {
					_, _, _ = w.Escalate(w.ctx, ana, task1, once)
				}
				if _, _, err := w.Escalate(w.ctx, ana, task1, once); err != nil {
					t.Errorf("a repeat in the end: %v", err)
				}
				w.posted(1)
			})
		})
	}
}

// first fails the first call of an op.
func first(op string, err error) func(string, string) error { return later(op, 0, err) }

// later fails one call of an op, after some that go well.
func later(op string, well int, err error) func(string, string) error {
	var mu sync.Mutex
	return func(called, _ string) error {
		mu.Lock()
		defer mu.Unlock()
		if called != op {
			return nil
		}
		if well--; well == -1 {
			return err
		}
		return nil
	}
}

// Each without a key is an invite of its own, and so is each key and each call.
func TestInvitesOfTheirOwn(t *testing.T) {
	synctest.Test(t, invitesOfTheirOwn)
}

func invitesOfTheirOwn(t *testing.T) {
	w := newWorld(t, nil)
	other := once
	other.Key = "the-second"
	var code string
	for _, in := range []escalation.Invite{{Send: true}, {Send: true}, once, other, once, other} {
		e, _, err := w.Escalate(w.ctx, ana, task1, in)
		if err != nil {
			t.Fatal(err)
		}
		code = e.Code
	}
	keys := w.posted(4)
	if keys[0]+keys[1] != "" || keys[2] == keys[3] || keys[2] == "" {
		t.Errorf("keys %q", keys)
	}
	for _, k := range keys[2:] {
		if k == once.Key || k == other.Key {
			t.Errorf("the customer reads the caller's key %q", k)
		}
	}
	must(w.End(w.ctx, ana, code))(t)
	if _, _, err := w.Escalate(w.ctx, ana, task1, once); err != nil {
		t.Fatal(err)
	}
	w.posted(5)
	// However many keys there are, the Document stays small.
	for n := range 300 {
		if _, _, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true, Key: fmt.Sprint(n)}); err != nil {
			t.Fatal(err)
		}
	}
	w.posted(305)
}

// Whoever clicks again while the first is under way, at whatever replica.
func TestInviteAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.escalate(task1)
		w.Fail(func(op, _ string) error {
			if op == "chat.send" {
				time.Sleep(4 * time.Second) // of the bubble's clock
			}
			return nil
		})
		other := escalation.New(escalation.Config{Now: w.clock}, w.Deps())
		var wg sync.WaitGroup
		for n := range 6 {
			wg.Go(func() {
				s := []*escalation.Service{w.Service, other}[n%2]
				if _, _, err := s.Escalate(w.ctx, ana, task1, once); err != nil {
					t.Errorf("request %d: %v", n, err)
				}
			})
		}
		wg.Wait()
		w.posted(1)
	})
}

// A replica that dies with an invite in its hands has posted it or not; another finds
// out and does what is left.
func TestInviteOfAReplicaThatDied(t *testing.T) {
	for name, c := range map[string]struct {
		sent  bool          // it was in the chat by then
		later time.Duration // when the other asks
		most  time.Duration // that takes
	}{
		"before it was posted":           {false, 0, 12 * time.Second},
		"before it was posted, long ago": {false, 5 * time.Minute, 0},
		"after it was posted":            {true, 0, 0},
		"after it was posted, long ago":  {true, 5 * time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				e := w.escalate(task1)
				dying, die := context.WithCancel(t.Context())
				dead := func(op, _ string) error {
					if op == "chat.send" {
						die()
					}
					if dying.Err() != nil {
						return context.Canceled // what the dead one still tries
					}
					return nil
				}
				if c.sent {
					w.Lose(dead)
				} else {
					w.Fail(dead)
				}
				if _, _, err := w.Escalate(dying, ana, task1, once); !errors.Is(err, context.Canceled) {
					t.Fatalf("the replica did not die: %v", err)
				}
				w.Lose(nil)
				w.Fail(nil)
				w.pass(c.later)
				began := time.Now()
				if again, _, err := w.Escalate(w.ctx, ana, task1, once); err != nil || again.Code != e.Code {
					t.Errorf("the other: %+v, %v", again, err)
				}
				if took := time.Since(began); took > c.most {
					t.Errorf("the other took %s, want at most %s", took, c.most)
				}
				w.posted(1)
			})
		})
	}
}

// A code is of no use to a request that has ended before anybody heard of it.
func TestNoCodeWithoutATask(t *testing.T) {
	for name, lose := range map[string]bool{"the Document was made": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			ctx, leave := context.WithCancel(w.ctx)
			gone := func(op, _ string) error {
				if op == "documents.create" {
					leave()
					return ctx.Err()
				}
				return nil
			}
			if lose {
				w.Lose(gone)
			} else {
				w.Fail(gone)
			}
			if _, _, err := w.Escalate(ctx, ana, task1, escalation.Invite{}); !errors.Is(err, context.Canceled) {
				t.Fatalf("the request did not end: %v", err)
			}
			docs, _, err := w.Deps().Documents.Page(w.ctx, "")
			if err != nil || len(docs) != map[bool]int{true: 1, false: 0}[lose] {
				t.Fatalf("%d Documents, %v", len(docs), err)
			}
			for _, d := range docs {
				if s := w.status(d.Name); s != escalation.Ended {
					t.Errorf("a code that nobody knows is %s", s)
				}
			}
		})
	}
}

// While replicas are upgraded, one of the version before may write the Document, which
// leaves out what it does not know.
func TestInviteDuringAnUpgrade(t *testing.T) {
	w := newWorld(t, nil)
	w.Lose(first("chat.send", escalation.ErrUnavailable))
	if _, _, err := w.Escalate(w.ctx, ana, task1, once); !errors.Is(err, escalation.ErrUnavailable) {
		t.Fatalf("the answer was not lost: %v", err)
	}
	docs, _, err := w.Deps().Documents.Page(w.ctx, "")
	if err != nil || len(docs) != 1 {
		t.Fatalf("%d Documents, %v", len(docs), err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(docs[0].Data, &all); err != nil || all["invites"] == nil {
		t.Fatalf("no claim in %s, %v", docs[0].Data, err)
	}
	delete(all, "invites")
	if _, err := w.Deps().Documents.Update(w.ctx, docs[0].Name, docs[0].Revision, must(json.Marshal(all))(t), 0); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.Escalate(w.ctx, ana, task1, once); err != nil {
		t.Fatal(err)
	}
	w.posted(1)
}

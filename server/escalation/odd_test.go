package escalation_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
)

// What cannot be a code is not looked up: it costs Twilio nothing, and no guess.
func TestMalformedCodesAreNotLookedUp(t *testing.T) {
	for name, use := range map[string]func(w *world, code string) error{
		"state":       func(w *world, c string) error { _, err := w.Get(w.ctx, c); return err },
		"events":      func(w *world, c string) error { _, err := w.Watch(w.ctx, c); return err },
		"token":       func(w *world, c string) error { _, err := w.JoinAsCustomer(w.ctx, c, ""); return err },
		"progress":    func(w *world, c string) error { return w.Progress(w.ctx, c, escalation.Progress{Phase: "opened"}) },
		"leave":       func(w *world, c string) error { return w.Leave(w.ctx, c, "customer:"+c+":x") },
		"rating":      func(w *world, c string) error { _, err := w.Rate(w.ctx, c, "", 5, ""); return err },
		"agent-token": func(w *world, c string) error { _, err := w.JoinAsAgent(w.ctx, ana, c); return err },
		"end":         func(w *world, c string) error { _, err := w.End(w.ctx, ana, c); return err },
	} {
		t.Run(name, func(t *testing.T) {
			for _, code := range []string{"abc", "ABC-234", "../../x", strings.Repeat("a", 500), "agentlock.WK1", "ı234567", ""} {
				w := newWorld(t, nil)
				w.Fail(func(op, key string) error {
					t.Errorf("%q: %s of %q", code, op, key)
					return nil
				})
				if err := use(w, code); !errors.Is(err, escalation.ErrUnknownCode) {
					t.Errorf("%q: %v, want ErrUnknownCode", code, err)
				}
			}
		})
	}
}

// Somebody may have recorded a signed callback.
func TestOldCallbacksAreIgnored(t *testing.T) {
	for _, c := range []struct {
		name string
		age  time.Duration
		want escalation.Status
	}{
		{"just now", 0, escalation.Ended},
		{"clocks differ", -time.Minute, escalation.Ended},
		{"15 minutes", 15 * time.Minute, escalation.Ended},
		{"a second more", 15*time.Minute + time.Second, escalation.Open},
		{"a day", 24 * time.Hour, escalation.Open},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			w := newWorld(t, func(c *escalation.Config) {
				c.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			})
			e := w.escalate(task1)
			j := w.agentIn(e.Code)
			cb := escalation.Callback{Event: "room-ended", RoomSID: j.Room, RoomName: e.Code, Sequence: 9, At: w.clock().Add(-c.age)}
			if err := w.Callback(w.ctx, cb); err != nil {
				t.Fatal(err)
			}
			if got := w.status(e.Code); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if said := strings.Contains(log.String(), "too old"); said != (c.want == escalation.Open) {
				t.Errorf("log %q", log.String())
			}
			if strings.Contains(log.String(), e.Code) {
				t.Error("the log has the code")
			}
		})
	}
}

// A Document that Sync deletes in the middle of something.
func TestDocumentGoneMidway(t *testing.T) {
	type use func(w *world, code string) error
	ups := map[string]use{
		"agent joins":    func(w *world, c string) error { _, err := w.JoinAsAgent(w.ctx, ana, c); return err },
		"customer joins": func(w *world, c string) error { _, err := w.JoinAsCustomer(w.ctx, c, ""); return err },
		"progress":       func(w *world, c string) error { return w.Progress(w.ctx, c, escalation.Progress{Phase: "ready"}) },
		"rates":          func(w *world, c string) error { _, err := w.Rate(w.ctx, c, "", 5, ""); return err },
		"ends":           func(w *world, c string) error { _, err := w.End(w.ctx, ana, c); return err },
	}
	for name, use := range ups {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			e := w.escalate(task1)
			if name != "agent joins" {
				w.agentIn(e.Code)
			}
			if name == "rates" {
				w.called(e.Code)
			}
			w.during("documents.update", e.Code, 1, func() { w.Documents.Drop(e.Code) })
			if err := use(w, e.Code); !errors.Is(err, escalation.ErrUnknownCode) {
				t.Errorf("got %v, want ErrUnknownCode", err)
			}
			w.Fail(nil)
			if name == "agent joins" && len(w.Rooms.InProgress()) != 0 {
				t.Error("the Room goes on")
			}
			// What it left must not hold up the agent or the sweeper.
			if err := w.Sweep(w.ctx); err != nil {
				t.Error(err)
			}
			if w.lockHolder(ana) != "" {
				t.Error("the agent stays locked")
			}
			w.agentIn(w.escalate(task1).Code)
		})
	}
	t.Run("while the end is settled", func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		w.agentIn(e.Code)
		w.during("tasks.update", task1, 1, func() { w.Documents.Drop(e.Code) })
		if got := must(w.End(w.ctx, ana, e.Code))(t); got.Status != escalation.Ended {
			t.Errorf("got %s", got.Status)
		}
	})
}

// Sync may go on answering a Document whose time has passed.
func TestDocumentDeletedLate(t *testing.T) {
	w := newWorld(t, nil)
	w.Documents.DeleteLate(48 * time.Hour)
	e := w.escalate(task1)
	w.pass(24 * time.Hour)
	if got := w.status(e.Code); got != escalation.Expired {
		t.Errorf("got %s, want expired", got)
	}
	if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); !errors.Is(err, escalation.ErrExpired) {
		t.Errorf("agent: %v, want ErrExpired", err)
	}
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); !errors.Is(err, escalation.ErrExpired) {
		t.Errorf("customer: %v, want ErrExpired", err)
	}
}

// Twilio ended the Room and nobody told.
func TestNoTokenForARoomThatIsOver(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	j := w.agentIn(e.Code)
	w.Rooms.End(j.Room)
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); !errors.Is(err, escalation.ErrEnded) {
		t.Errorf("got %v, want ErrEnded", err)
	}
	if w.Calls("tokens.mint") != 1 || w.lockHolder(ana) != "" {
		t.Errorf("%d tokens, lock %q", w.Calls("tokens.mint"), w.lockHolder(ana))
	}
}

// An agent's browser comes back from a network it lost, when they have begun
// another call.
func TestComingBackWithoutTheLock(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.escalate(task1), w.escalate(task2)
	j := w.agentIn(one.Code)
	w.Rooms.Disconnect(j.Room, j.Identity)
	w.pass(2 * time.Minute)
	w.agentIn(two.Code)
	w.pass(time.Minute)
	sid := w.Rooms.Connect(j.Room, j.Identity)
	cb := escalation.Callback{Event: "participant-connected", RoomSID: j.Room, RoomName: one.Code, Identity: j.Identity, ParticipantSID: sid, Sequence: 9, At: w.clock()}
	if err := w.Callback(w.ctx, cb); err != nil {
		t.Fatal(err)
	}
	if got := must(w.Get(w.ctx, one.Code))(t); got.AgentPresent() || len(w.Rooms.Identities(j.Room)) != 0 || w.lockHolder(ana) != two.Code {
		t.Errorf("present %v, in the Room %v, lock %q", got.AgentPresent(), w.Rooms.Identities(j.Room), w.lockHolder(ana))
	}
}

// mints notes how long tokens live.
type mints []time.Duration

func (m *mints) Mint(identity, room string, ttl time.Duration) (string, error) {
	*m = append(*m, ttl)
	return "token", nil
}

// A reconnecting browser needs its token to the end of the call, and nobody
// needs it longer.
func TestTokensLiveAsLongAsTheCallMay(t *testing.T) {
	for _, c := range []struct {
		name  string
		ttl   time.Duration // configured
		after time.Duration // since the agent came
		want  time.Duration
	}{
		{"at once", 0, 0, 2 * time.Hour},
		{"an hour on", 0, time.Hour, time.Hour},
		{"in the last second", 0, 2*time.Hour - time.Second, time.Minute},
		{"shorter by choice", 30 * time.Minute, 0, 30 * time.Minute},
		{"shorter by choice, near the end", 30 * time.Minute, 110 * time.Minute, 10 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			var got mints
			d := w.Deps()
			d.Tokens = &got
			w.Service = escalation.New(escalation.Config{MaxCall: 2 * time.Hour, TokenTTL: c.ttl, Now: w.clock}, d)
			e := w.escalate(task1)
			w.agentIn(e.Code)
			w.pass(c.after)
			w.customerIn(e.Code)
			if got[1] != c.want {
				t.Errorf("got %v, want %v", got[1], c.want)
			}
		})
	}
}

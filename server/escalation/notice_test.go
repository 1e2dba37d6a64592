package escalation_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// noticeWorld is a world whose links have a tag, with every notice's text in the
// order in which they were written.
func noticeWorld(t *testing.T) (w *world, texts *[]string) {
	t.Helper()
	w = newWorld(t, func(c *escalation.Config) { c.Link = func(code string) string { return code + "-tagged" } })
	texts = new([]string)
	w.Notices.OnWrite(func(_ string, data json.RawMessage) { *texts = append(*texts, string(data)) })
	t.Cleanup(w.Close)
	return w, texts
}

const noRoom = `{"task":"` + task1 + `","room":null}`

// agentTold lets the agent in, and waits until the notice tells so.
func (w *world) agentTold(code string) escalation.Join {
	w.t.Helper()
	j := w.agentIn(code)
	w.Settle()
	return j
}

// The agent gets in however slow Sync is, or whatever is wrong with the Service of
// the notices, of which Sync is not asked again and again.
func TestNoticeHoldsNobodyUp(t *testing.T) {
	w, _ := noticeWorld(t)
	code := w.escalate(task1).Code
	name := must(w.Notice(w.ctx, code))(t)
	slow := make(chan struct{})
	w.Fail(func(op, _ string) error {
		if op == "notices.fetch" {
			<-slow
		}
		return nil
	})
	in := make(chan escalation.Join, 1)
	go func() {
		j, _ := w.JoinAsAgent(w.ctx, ana, code)
		in <- j
	}()
	select {
	case j := <-in:
		if j.Token == "" {
			t.Error("the agent has no token")
		}
	case <-time.After(5 * time.Second):
		t.Error("the agent waits for the notice")
	}
	close(slow)
	w.Settle()
	if got := string(w.Notices.Data(name)); !strings.Contains(got, `"room":"RM`) {
		t.Errorf("then the notice is %s", got)
	}
	w.Fail(nil)

	other := w.escalate(task2).Code
	w.Fail(func(op, _ string) error {
		if strings.HasPrefix(op, "notices.") {
			return escalation.ErrNotFound // there is no such Service
		}
		return nil
	})
	before := w.Calls("notices.create")
	if _, err := w.Notice(w.ctx, other); !errors.Is(err, escalation.ErrNotFound) {
		t.Errorf("a Service that is not there: %v", err)
	}
	if n := w.Calls("notices.create") - before; n != 1 {
		t.Errorf("Sync was asked %d times for what it does not have", n)
	}
}

// Close waits for what still goes on.
func TestCloseWaitsForNotices(t *testing.T) {
	w, _ := noticeWorld(t)
	code := w.escalate(task1).Code
	must(w.Notice(w.ctx, code))(t)
	begun, on := make(chan struct{}), make(chan struct{})
	var over atomic.Bool
	w.Fail(func(op, _ string) error {
		if op == "notices.fetch" {
			close(begun)
			<-on
			over.Store(true)
		}
		return nil
	})
	w.agentIn(code)
	<-begun
	go close(on)
	w.Close()
	if !over.Load() {
		t.Error("Close does not wait")
	}
}

func TestNoticeChangesOnce(t *testing.T) {
	w, texts := noticeWorld(t)
	code := w.escalate(task1).Code
	for range 2 {
		if name := must(w.Notice(w.ctx, code))(t); name != code+"-tagged" {
			t.Fatalf("notice %q", name)
		}
	}
	j := w.agentTold(code)
	want := []string{noRoom, strings.Replace(noRoom, "null", `"`+j.Room+`"`, 1)}
	expect := func(when string) {
		t.Helper()
		if strings.Join(*texts, " ") != strings.Join(want, " ") {
			t.Errorf("%s: the notice was\n%s\nwant\n%s", when, strings.Join(*texts, "\n"), strings.Join(want, "\n"))
		}
	}
	expect("the agent has come")
	// All that changes the escalation, and the Room, and is no news to the page.
	c := w.called(code)
	if err := w.Progress(w.ctx, code, escalation.Progress{Phase: wire.PhaseInCall}); err != nil {
		t.Fatal(err)
	}
	if err := w.Leave(w.ctx, code, c.Identity); err != nil {
		t.Fatal(err)
	}
	w.customerIn(code)
	if err := w.Leave(w.ctx, code, j.Identity); err != nil {
		t.Fatal(err)
	}
	w.agentTold(code)
	must(w.Notice(w.ctx, code))(t)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	must(w.End(w.ctx, ana, code))(t)
	expect("the call is over")
	if _, err := w.Notice(w.ctx, code); !errors.Is(err, escalation.ErrEnded) {
		t.Errorf("after the end: %v", err)
	}
}

func TestNoticeTellsWhoIsThereAlready(t *testing.T) {
	w, texts := noticeWorld(t)
	code := w.escalate(task1).Code
	j := w.agentTold(code)
	if n := w.Calls("notices.create") + w.Calls("notices.fetch"); n != 0 {
		t.Fatalf("%d calls for a notice that nobody asked for", n)
	}
	must(w.Notice(w.ctx, code))(t)
	if len(*texts) != 1 || !strings.Contains((*texts)[0], j.Room) {
		t.Errorf("the notice was %v", *texts)
	}
	// It may be gone before the call is over.
	name := code + "-tagged"
	w.Notices.Drop(name)
	must(w.Notice(w.ctx, code))(t)
	if !strings.Contains(string(w.Notices.Data(name)), j.Room) {
		t.Errorf("the notice is %s", w.Notices.Data(name))
	}
}

// The agent gets in also when Sync cannot tell of it; the next sweep does.
func TestSweepTellsLate(t *testing.T) {
	w, _ := noticeWorld(t)
	code := w.escalate(task1).Code
	name := must(w.Notice(w.ctx, code))(t)
	w.Fail(func(op, _ string) error {
		if op == "notices.update" {
			return escalation.ErrUnavailable
		}
		return nil
	})
	j := w.agentTold(code)
	if got := string(w.Notices.Data(name)); got != noRoom {
		t.Fatalf("the notice is %s", got)
	}
	if err := w.Sweep(w.ctx); !errors.Is(err, escalation.ErrUnavailable) {
		t.Errorf("trouble is not told: %v", err)
	}
	w.Fail(nil)
	for range 2 {
		if err := w.Sweep(w.ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got := string(w.Notices.Data(name)); !strings.Contains(got, j.Room) {
		t.Errorf("the notice is %s", got)
	}
	if n := w.Calls("notices.update"); n != 3 {
		t.Errorf("%d writes, want 3: at the join and at two sweeps", n)
	}
}

// An agent who left before the customer came is not there.
func TestNoticeWaitsForTheAgentToComeBack(t *testing.T) {
	w, texts := noticeWorld(t)
	code := w.escalate(task1).Code
	j := w.agentTold(code)
	if err := w.Leave(w.ctx, code, j.Identity); err != nil {
		t.Fatal(err)
	}
	must(w.Notice(w.ctx, code))(t)
	w.agentTold(code)
	if len(*texts) != 2 || (*texts)[0] != noRoom || !strings.Contains((*texts)[1], j.Room) {
		t.Errorf("the notice was %v", *texts)
	}
}

func TestNoticeLivesAsLongAsTheCallMay(t *testing.T) {
	w, _ := noticeWorld(t)
	code := w.escalate(task1).Code
	name := must(w.Notice(w.ctx, code))(t)
	w.pass(59 * time.Minute)
	w.agentTold(code)
	w.pass(4*time.Hour + time.Minute)
	if w.Notices.Data(name) == nil {
		t.Error("it ended before the call")
	}
	w.pass(2 * time.Hour)
	if w.Notices.Data(name) != nil {
		t.Error("it stays")
	}
}

func TestNoNotices(t *testing.T) {
	w := newWorld(t, nil) // its links are the code alone
	code := w.escalate(task1).Code
	for given, want := range map[string]error{code: escalation.ErrForbidden, "zzzzzzz": escalation.ErrForbidden, "x/../y": escalation.ErrUnknownCode} {
		if _, err := w.Notice(w.ctx, given); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", given, err, want)
		}
	}
	w, texts := noticeWorld(t)
	if _, err := w.Notice(w.ctx, "zzzzzzz"); !errors.Is(err, escalation.ErrUnknownCode) || len(*texts) > 0 {
		t.Errorf("a code that nobody has: %v, %v", err, *texts)
	}
	code = w.escalate(task1).Code
	w.pass(2 * time.Hour)
	if _, err := w.Notice(w.ctx, code); !errors.Is(err, escalation.ErrExpired) || len(*texts) > 0 {
		t.Errorf("an expired code: %v, %v", err, *texts)
	}
}

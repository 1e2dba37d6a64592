package escalation_test

import (
	"encoding/json"
	"errors"
	"strings"
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
	return w, texts
}

const noRoom = `{"task":"` + task1 + `","room":null}`

func TestNoticeChangesOnce(t *testing.T) {
	w, texts := noticeWorld(t)
	code := w.escalate(task1).Code
	for range 2 {
		if name := must(w.Notice(w.ctx, code))(t); name != code+"-tagged" {
			t.Fatalf("notice %q", name)
		}
	}
	j := w.agentIn(code)
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
	w.agentIn(code)
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
	j := w.agentIn(code)
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
	j := w.agentIn(code)
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
	j := w.agentIn(code)
	if err := w.Leave(w.ctx, code, j.Identity); err != nil {
		t.Fatal(err)
	}
	must(w.Notice(w.ctx, code))(t)
	w.agentIn(code)
	if len(*texts) != 2 || (*texts)[0] != noRoom || !strings.Contains((*texts)[1], j.Room) {
		t.Errorf("the notice was %v", *texts)
	}
}

func TestNoticeLivesAsLongAsTheCallMay(t *testing.T) {
	w, _ := noticeWorld(t)
	code := w.escalate(task1).Code
	name := must(w.Notice(w.ctx, code))(t)
	w.pass(59 * time.Minute)
	w.agentIn(code)
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

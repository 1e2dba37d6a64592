package escalation_test

import (
	"testing"
	"time"

	"escalate/server/escalation"
)

// A replica that was killed after it had made a Document, and before the Task named it, leaves a
// code that nobody was told of. The agent clicks again and gets another; the first is ended.
func TestSweepEndsAnOrphan(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(w *world, first string)
		want escalation.Status
	}{
		{"nobody was told", func(*world, string) {}, escalation.Ended},
		{"somebody has its page open", func(w *world, first string) {
			if err := w.Progress(w.ctx, first, escalation.Progress{Phase: "opened"}); err != nil {
				w.t.Fatal(err)
			}
		}, escalation.Invited},
		{"the Task names none", func(w *world, _ string) { w.Tasks.SetAttributes(task1, `{"conversationSid":"CH1"}`) }, escalation.Invited},
		{"the Task's other call is over", func(w *world, _ string) {
			code, _ := w.Tasks.Attributes(task1)["syncDocument"].(string)
			must(w.End(w.ctx, ana, code))(w.t)
		}, escalation.Ended},
		{"the Task's other call was before", func(w *world, first string) {
			w.Tasks.SetAttributes(task1, `{"conversationSid":"CH1","escalation":{"code":"earlier","created":"2026-03-01T11:59:00Z"}}`)
		}, escalation.Invited},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			before := w.Tasks.AttributesText(task1)
			first := w.escalate(task1).Code
			w.Tasks.SetAttributes(task1, before)
			second := w.escalate(task1).Code
			if first == second {
				t.Fatal("the second click found the first code")
			}
			tt.do(w, first)
			whole := w.status(second)
			sweep := func() {
				t.Helper()
				if err := w.Sweep(w.ctx); err != nil {
					t.Fatal(err)
				}
			}
			w.pass(time.Minute)
			sweep()
			if got := w.status(first); got != escalation.Invited {
				t.Errorf("after a minute it is %s: its click may be under way", got)
			}
			w.pass(time.Minute)
			sweep()
			got := must(w.Get(w.ctx, first))(t)
			if got.Status != tt.want || got.Status == escalation.Ended && !got.Settled {
				t.Errorf("the first is %s (settled: %v), want %s", got.Status, got.Settled, tt.want)
			}
			if r := w.object("escalation"); r["code"] == first {
				t.Errorf("the Task was told of it: %v", r)
			}
			if got := w.status(second); got != whole {
				t.Errorf("the second is %s, was %s", got, whole)
			}
		})
	}
}

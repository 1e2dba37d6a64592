package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"escalate/server/core"
	"escalate/server/standalone"
	"escalate/static"
)

// childVar makes this test binary be one of the product's commands, so that the tests need no
// built product, and the race detector looks into the replicas too.
const childVar = "ESCALATE_LOAD_COMMAND"

func TestMain(m *testing.M) {
	name := os.Getenv(childVar)
	if name == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := child(ctx, name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(ctx context.Context, name string) error {
	if name == "local-twilio" {
		return standalone.Main(ctx, os.Args[2:], os.Getenv, os.Stdout, os.Stderr)
	}
	c, err := core.FromEnv(os.Getenv)
	if err != nil {
		return err
	}
	c.LogOutput = os.Stderr
	s, err := core.Start(context.WithoutCancel(ctx), c)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Print(s.Welcome())
	select {
	case <-ctx.Done():
		s.Drain(context.WithoutCancel(ctx))
		return nil
	case err := <-s.Failed():
		return err
	}
}

func small(t *testing.T) setup {
	t.Helper()
	files, err := static.Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(files, static.WASM); err != nil {
		t.Skip("the browser half, without which the product does not start, is not built: make wasm")
	}
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	return setup{size: 2, agents: 4, drain: 0, settings: map[string]string{}, command: func(args ...string) *exec.Cmd {
		cmd := exec.Command(os.Args[0], args...)
		cmd.Env = []string{childVar + "=" + args[0]}
		return cmd
	}}
}

// TestLoad is `make load`, small: what it says of 10,000 codes is worth nothing if it does not
// hold for some.
func TestLoad(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := loadPlan{streams: 20, clicking: 8, joins: 6, joinRate: 20, rest: time.Second, settle: time.Minute}
	err := runLoad(t.Context(), small(t), p, false, &out)
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"memory of a replica for one stream", "reads of Sync a second", "CPU of the product for one escalation", "without NATS", "with NATS", "file descriptors"} {
		if !strings.Contains(out.String(), what) {
			t.Errorf("the report says nothing of %q", what)
		}
	}
}

// TestSoak is `make soak`, small, with every kind of fault once.
func TestSoak(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := soakPlan{waiting: 8, agents: 2, lasts: 6 * time.Second, fault: 300 * time.Millisecond, settle: 3 * time.Minute, seed: 3}
	met := map[string]bool{}
	for _, i := range schedule(p.seed, p.lasts, p.fault, 2) {
		met[i.what] = true
	}
	if want := len(kinds()) + 4; len(met) != want {
		t.Errorf("the schedule has %d kinds of faults, want all %d", len(met), want)
	}
	err := runSoak(t.Context(), small(t), p, &out)
	t.Log(out.String())
	if err != nil {
		t.Fatal(err)
	}
}

// TestSchedule: the same seed is the same soak.
func TestSchedule(t *testing.T) {
	one, same, other := schedule(1, time.Minute, time.Second, 2), schedule(1, time.Minute, time.Second, 2), schedule(2, time.Minute, time.Second, 2)
	if fmt.Sprint(one) != fmt.Sprint(same) || fmt.Sprint(one) == fmt.Sprint(other) {
		t.Errorf("schedules\n%v\n%v\n%v", one, same, other)
	}
}

// TestFaultsAreFound: for each invariant, books that break it and nothing else.
func TestFaultsAreFound(t *testing.T) {
	type world struct {
		*books
		called, waiting *call
	}
	sound := func() world {
		b := &books{
			codes: map[string]document{"a": {Code: "a", Status: "ended", Task: "WT1", Settled: true}, "b": {Code: "b", Status: "invited", Task: "WT2"}},
			locks: map[string]document{"WK1": {}, "WK2": {Holder: "b"}},
			tasks: map[string]task{"WT1": {SyncDocument: "a"}, "WT2": {SyncDocument: "b"}},
			rooms: map[string]string{"RM2": "b"},
		}
		d := b.codes["a"]
		d.Rating = &struct {
			Score int `json:"score"`
		}{4}
		b.codes["a"] = d
		k := b.tasks["WT1"]
		k.Conversations.Score, k.Escalation.Score, k.Escalation.Code = 4, 4, "a"
		b.tasks["WT1"] = k
		return world{b, &call{seat: seat{task: "WT1"}, code: "a", score: 4, ended: true}, &call{seat: seat{task: "WT2"}, code: "b"}}
	}
	spoilt := func(code string, f func(*document)) func(world) {
		return func(w world) {
			d := w.codes[code]
			f(&d)
			w.codes[code] = d
		}
	}
	for _, tt := range []struct {
		want  string // in the only fault; empty for none
		spoil func(world)
	}{
		{"", func(world) {}},
		{"has no Document", func(w world) { delete(w.codes, "b"); delete(w.rooms, "RM2"); w.locks["WK2"] = documentOf("") }},
		{"the end of a was acknowledged", spoilt("a", func(d *document) { d.Status = "open" })},
		{"nobody ended b", spoilt("b", func(d *document) { d.Status, d.Settled = "ended", true })},
		{"was never settled", spoilt("a", func(d *document) { d.Settled = false })},
		{"rating 4 of a was acknowledged, and 0 is kept", spoilt("a", func(d *document) { d.Rating = nil })},
		{"nobody rated a", func(w world) { w.called.score = 0 }},
		{"arrived at Task WT1 as 3 and 4", func(w world) {
			k := w.tasks["WT1"]
			k.Conversations.Score = 3
			w.tasks["WT1"] = k
		}},
		{"the lock of Worker WK1 is held by a", func(w world) { w.locks["WK1"] = documentOf("a") }},
		{"Room RM1 of a is in progress", func(w world) { w.rooms["RM1"] = "a" }},
		{"Room RM3 of c is in progress", func(w world) { w.rooms["RM3"] = "c" }},
		{"Document c has no Task", func(w world) { w.codes["c"] = documentLike("c", "ended", "WT9") }},
		{"Document c is live", func(w world) { w.codes["c"] = documentLike("c", "invited", "WT1") }},
	} {
		t.Run(tt.want, func(t *testing.T) {
			w := sound()
			tt.spoil(w)
			got := w.faults([]*call{w.called, w.waiting})
			if tt.want == "" && len(got) > 0 || tt.want != "" && !strings.Contains(strings.Join(got, "\n"), tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
	var out bytes.Buffer
	if err := broken(&out, []string{"x is lost"}); !errors.Is(err, errInvariant) || !strings.Contains(out.String(), "x is lost") {
		t.Errorf("%v, %q", err, out.String())
	}
}

func documentOf(holder string) document { return document{Holder: holder} }

func documentLike(code, status, task string) document {
	return document{Code: code, Status: status, Task: task, Settled: status == "ended"}
}

package escalation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/escalation/escalationtest"
)

const (
	task1 = "WT00000000000000000000000000000001"
	task2 = "WT00000000000000000000000000000002"
	chat1 = "CH00000000000000000000000000000001"
	chat2 = "CH00000000000000000000000000000002"
)

var (
	ana  = escalation.Agent{Worker: "WK00000000000000000000000000000001", Identity: "ana_40x", Name: "Ana Díaz", Roles: []string{"agent"}}
	bob  = escalation.Agent{Worker: "WK00000000000000000000000000000002", Identity: "bob", Name: "Bob", Roles: []string{"agent"}}
	boss = escalation.Agent{Worker: "WK00000000000000000000000000000003", Identity: "boss", Name: "Boss", Roles: []string{"supervisor"}, Supervisor: true}
)

// world is a Service over the double, with a clock that the test moves.
type world struct {
	*escalation.Service
	*escalationtest.Twilio
	t        *testing.T
	ctx      context.Context
	sequence int // of the last callback
	mu       sync.Mutex
	now      time.Time
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newWorld(t *testing.T, edit func(*escalation.Config)) *world {
	w := &world{t: t, ctx: t.Context(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	w.Twilio = escalationtest.New(w.clock)
	w.Chat.Set(chat1, escalation.Conversation{})
	w.Chat.Set(chat2, escalation.Conversation{})
	w.Twilio.Tasks.Add(task1, ana.Worker, map[string]any{"conversationSid": chat1, "name": "Kim", "conversations": map[string]any{"case": "7"}})
	w.Twilio.Tasks.Add(task2, ana.Worker, map[string]any{"channelSid": chat2})
	c := escalation.Config{PublicURL: "https://video.example/", CallbackURL: "https://video.example/callbacks/video", Now: w.clock}
	if edit != nil {
		edit(&c)
	}
	w.Service = escalation.New(c, w.Deps())
	return w
}

// must is a step of a test that has to succeed.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// second is the error of a step.
func second[T any](_ T, err error) error { return err }

func (w *world) escalate(task string) escalation.Escalation {
	w.t.Helper()
	e, _, err := w.Escalate(w.ctx, ana, task, escalation.Invite{})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// agentIn lets Ana in and connects her browser.
func (w *world) agentIn(code string) escalation.Join {
	w.t.Helper()
	j := must(w.JoinAsAgent(w.ctx, ana, code))(w.t)
	w.Rooms.Connect(j.Room, j.Identity)
	return j
}

func (w *world) customerIn(code string) escalation.Join {
	w.t.Helper()
	j := must(w.JoinAsCustomer(w.ctx, code, "I agree"))(w.t)
	if j.Waiting {
		w.t.Fatal("customer has to wait")
	}
	w.Rooms.Connect(j.Room, j.Identity)
	return j
}

// called lets the customer in, as customerIn, and Twilio tells of it.
func (w *world) called(code string) escalation.Join {
	w.t.Helper()
	j := w.customerIn(code)
	w.tell("participant-connected", j)
	return j
}

// tell delivers a status callback about who joined.
func (w *world) tell(event string, j escalation.Join) {
	w.t.Helper()
	for _, p := range must(w.Deps().Rooms.Participants(w.ctx, j.Room))(w.t) {
		if p.Identity != j.Identity {
			continue
		}
		w.sequence++
		c := escalation.Callback{
			Event: event, RoomSID: j.Room, RoomName: j.Escalation.Code, Identity: j.Identity,
			ParticipantSID: p.SID, Sequence: w.sequence, At: w.clock(),
		}
		if err := w.Callback(w.ctx, c); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) status(code string) escalation.Status {
	w.t.Helper()
	return must(w.Get(w.ctx, code))(w.t).Status
}

func (w *world) lockHolder(a escalation.Agent) string {
	w.t.Helper()
	var l struct{ Holder string }
	raw := w.Documents.Data("agentlock." + a.Worker)
	if raw == nil {
		return ""
	}
	if err := json.Unmarshal(raw, &l); err != nil {
		w.t.Fatal(err)
	}
	return l.Holder
}

func TestWholeCall(t *testing.T) {
	w := newWorld(t, nil)
	e, resumed, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true, Lang: "es-MX"})
	if err != nil || resumed {
		t.Fatalf("escalate: resumed %v, %v", resumed, err)
	}
	if len(e.Code) != 7 || e.Status != escalation.Invited {
		t.Errorf("made %+v", e)
	}
	m := w.Chat.Messages(chat1)
	if len(m) != 1 || m[0].Author != "ana_40x" || !strings.Contains(m[0].Body, "https://video.example/join/"+e.Code) || !strings.Contains(m[0].Body, "Ana Díaz le invita") {
		t.Errorf("invite %+v", m)
	}
	if want := `{"hasVideo":true,"videoUrl":"https://video.example/join/` + e.Code + `","uniqueCode":"` + e.Code + `"}`; string(m[0].Attributes) != want {
		t.Errorf("attributes of the invite %s, want %s", m[0].Attributes, want)
	}
	attrs := w.Tasks.Attributes(task1)
	if attrs["syncDocument"] != e.Code || attrs["videoRoom"] != e.Code || attrs["name"] != "Kim" {
		t.Errorf("attributes %v", attrs)
	}
	if j := must(w.JoinAsCustomer(w.ctx, e.Code, ""))(t); !j.Waiting || j.Token != "" || j.Escalation.Customer.Phase != "waiting" {
		t.Errorf("customer before the agent: %+v", j)
	}
	if v := must(w.Task(w.ctx, ana, task1))(t); !v.MayWrapUp || v.Escalation == nil {
		t.Errorf("before the call: %+v", v)
	}

	a := w.agentIn(e.Code)
	if !strings.HasPrefix(a.Identity, "agent:"+ana.Worker+":") || a.Token != escalationtest.TokenFor(a.Identity, a.Room) {
		t.Errorf("agent's join %+v", a)
	}
	o, recording, _ := w.Rooms.Options(e.Code)
	if o.Type != "group" || o.Paused || recording || o.StatusCallback == "" || o.EmptyTimeout != 5*time.Minute || o.UnusedTimeout != 10*time.Minute || o.MaxParticipantDuration != 4*time.Hour {
		t.Errorf("Room options %+v", o)
	}
	if w.lockHolder(ana) != e.Code {
		t.Error("agent is not locked")
	}
	c := w.called(e.Code)
	if !strings.HasPrefix(c.Identity, "customer:"+e.Code+":") || c.Room != a.Room {
		t.Errorf("customer's join %+v", c)
	}
	if got := w.status(e.Code); got != escalation.InCall {
		t.Errorf("both in: %s", got)
	}
	w.pass(90 * time.Second)
	if v := must(w.Task(w.ctx, ana, task1))(t); v.MayWrapUp || v.Reason == "" {
		t.Errorf("during the call: %+v", v)
	}

	if err := w.Leave(w.ctx, e.Code, c.Identity); err != nil {
		t.Fatal(err)
	}
	if ids := w.Rooms.Identities(a.Room); !slices.Equal(ids, []string{a.Identity}) {
		t.Errorf("in the Room after the customer left: %v", ids)
	}
	if _, err := w.Rate(w.ctx, e.Code, "", 5, "danke"); err != nil {
		t.Fatal(err)
	}
	attrs = w.Tasks.Attributes(task1)
	if cv := attrs["conversations"].(map[string]any); cv["conversation_measure_1"] != 5.0 || cv["case"] != "7" {
		t.Errorf("conversations %v", cv)
	}
	if err := w.Leave(w.ctx, e.Code, a.Identity); err != nil {
		t.Fatal(err)
	}
	if w.lockHolder(ana) != "" {
		t.Error("agent is locked after leaving")
	}
	if v := must(w.Task(w.ctx, ana, task1))(t); !v.MayWrapUp {
		t.Errorf("after leaving: %+v", v)
	}
	w.Tasks.SetStatus(task1, "wrapping")
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	got := must(w.Get(w.ctx, e.Code))(t)
	if got.Status != escalation.Ended || !got.Settled || got.Receipt == nil || got.Receipt.Seconds != 90 || got.Rating.Comment != "danke" {
		t.Errorf("after the sweep %+v, receipt %+v", got, got.Receipt)
	}
	if _, _, inProgress := w.Rooms.Options(a.Room); inProgress {
		t.Error("Room is not completed")
	}
	if s := w.Tasks.Attributes(task1)["escalation"].(map[string]any); s["status"] != "ended" || s["seconds"] != 90.0 || s["score"] != 5.0 {
		t.Errorf("escalation attribute %v", s)
	}
}

func TestEscalateIsIdempotent(t *testing.T) {
	w := newWorld(t, nil)
	first := w.escalate(task1)
	again, resumed, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true})
	if err != nil || !resumed || again.Code != first.Code {
		t.Errorf("second click: %s, resumed %v, %v; want %s", again.Code, resumed, err, first.Code)
	}
	if len(w.Chat.Messages(chat1)) != 1 {
		t.Error("second click did not send the link")
	}
	w.agentIn(first.Code)
	if again, resumed, err = w.Escalate(w.ctx, ana, task1, escalation.Invite{}); err != nil || !resumed || again.Status != escalation.Open {
		t.Errorf("while open: %+v, resumed %v, %v", again, resumed, err)
	}
	must(w.End(w.ctx, ana, first.Code))(t)
	next, resumed, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{})
	if err != nil || resumed || next.Code == first.Code {
		t.Errorf("after the end: %s, resumed %v, %v", next.Code, resumed, err)
	}
	w.pass(time.Hour)
	last, resumed, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{})
	if err != nil || resumed || last.Code == next.Code {
		t.Errorf("after expiry: %s, resumed %v, %v", last.Code, resumed, err)
	}
	if w.Tasks.Attributes(task1)["syncDocument"] != last.Code {
		t.Error("Task does not name the newest code")
	}
}

// Copied attributes of another Task must not lead to its call.
func TestEscalateIgnoresForeignCode(t *testing.T) {
	w := newWorld(t, nil)
	first := w.escalate(task1)
	w.Tasks.Add(task2, ana.Worker, map[string]any{"conversationSid": chat2, "syncDocument": first.Code})
	e, resumed, err := w.Escalate(w.ctx, ana, task2, escalation.Invite{})
	if err != nil || resumed || e.Code == first.Code {
		t.Errorf("got %s, resumed %v, %v", e.Code, resumed, err)
	}
}

func TestEscalateTwiceAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	const n = 8
	codes := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			e, _, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{})
			if err != nil {
				t.Error(err)
			}
			codes[i] = e.Code
		})
	}
	wg.Wait()
	slices.Sort(codes)
	if len(slices.Compact(codes)) != 1 {
		t.Errorf("%d clicks at once made codes %v", n, codes)
	}
	live := 0
	for _, name := range w.Documents.Names() {
		if w.status(name) == escalation.Invited {
			live++
		}
	}
	if live != 1 {
		t.Errorf("%d live codes, want 1", live)
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	stranger := escalation.Agent{Identity: "x", Roles: []string{"agent"}}
	for _, c := range []struct {
		name string
		who  escalation.Agent
		edit func(*world)
		task string
		want error
	}{
		{"the assigned Worker", ana, nil, task1, nil},
		{"another Worker", bob, nil, task1, escalation.ErrTaskNotYours},
		{"a supervisor", boss, nil, task1, nil},
		{"no Worker", stranger, nil, task1, escalation.ErrForbidden},
		{"unknown Task", ana, nil, "WT0000000000000000000000000000000f", escalation.ErrTaskNotFound},
		{"malformed Task", ana, nil, "WT/../x", escalation.ErrTaskNotFound},
		{"Task without a chat", ana, func(w *world) { w.Tasks.Add(task1, ana.Worker, map[string]any{"name": "call"}) }, task1, escalation.ErrTaskNotChat},
		{"wrapping", ana, func(w *world) { w.Tasks.SetStatus(task1, "wrapping") }, task1, escalation.ErrTaskClosed},
		{"completed", ana, func(w *world) { w.Tasks.SetStatus(task1, "completed") }, task1, escalation.ErrTaskClosed},
		{"transferred away", ana, func(w *world) { w.Tasks.Transfer(task1, bob.Worker) }, task1, escalation.ErrTaskNotYours},
		{"transferred to", bob, func(w *world) { w.Tasks.Transfer(task1, bob.Worker) }, task1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			if c.edit != nil {
				c.edit(w)
			}
			if _, _, err := w.Escalate(w.ctx, c.who, c.task, escalation.Invite{Send: true}); !errors.Is(err, c.want) {
				t.Errorf("escalate: %v, want %v", err, c.want)
			}
			if c.want != nil && len(w.Chat.Messages(chat1))+len(w.Documents.Names()) > 0 {
				t.Error("a refused escalation left something behind")
			}
			if c.want == escalation.ErrTaskNotYours || c.want == escalation.ErrForbidden {
				e := w.codeByBoss()
				if _, err := w.JoinAsAgent(w.ctx, c.who, e); !errors.Is(err, c.want) {
					t.Errorf("join: %v, want %v", err, c.want)
				}
				if _, err := w.End(w.ctx, c.who, e); !errors.Is(err, c.want) {
					t.Errorf("end: %v, want %v", err, c.want)
				}
				if _, err := w.Task(w.ctx, c.who, task1); !errors.Is(err, c.want) {
					t.Errorf("task: %v, want %v", err, c.want)
				}
			}
		})
	}
}

// codeByBoss makes a code for the Task as somebody who always may.
func (w *world) codeByBoss() string {
	w.t.Helper()
	e, _, err := w.Escalate(w.ctx, boss, task1, escalation.Invite{})
	if err != nil {
		w.t.Fatal(err)
	}
	return e.Code
}

func TestCodesThatOpenNothing(t *testing.T) {
	w := newWorld(t, nil)
	expired := w.escalate(task1).Code
	w.pass(time.Hour)
	ended := w.escalate(task2).Code
	must(w.End(w.ctx, ana, ended))(t)
	for _, c := range []struct {
		name, code string
		want       error
	}{
		{"unknown", "zzzzzzz", escalation.ErrUnknownCode},
		{"malformed", "../etc", escalation.ErrUnknownCode},
		{"empty", "", escalation.ErrUnknownCode},
		{"a lock", "agentlock." + ana.Worker, escalation.ErrUnknownCode},
		{"expired", expired, escalation.ErrExpired},
		{"ended", ended, escalation.ErrEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := w.JoinAsCustomer(w.ctx, c.code, "yes"); !errors.Is(err, c.want) {
				t.Errorf("customer: %v, want %v", err, c.want)
			}
			agentWant := c.want
			if _, err := w.JoinAsAgent(w.ctx, ana, c.code); !errors.Is(err, agentWant) {
				t.Errorf("agent: %v, want %v", err, agentWant)
			}
			e, err := w.Get(w.ctx, c.code)
			switch c.want {
			case escalation.ErrExpired:
				if err != nil || e.Status != escalation.Expired {
					t.Errorf("get: %s, %v", e.Status, err)
				}
			case escalation.ErrEnded:
				if err != nil || e.Status != escalation.Ended {
					t.Errorf("get: %s, %v", e.Status, err)
				}
			default:
				if !errors.Is(err, c.want) {
					t.Errorf("get: %v", err)
				}
				for op, err := range map[string]error{
					"leave": w.Leave(w.ctx, c.code, "x"), "rate": second(w.Rate(w.ctx, c.code, "", 5, "")),
					"progress": w.Progress(w.ctx, c.code, escalation.Progress{Phase: "opened"}),
				} {
					if !errors.Is(err, c.want) {
						t.Errorf("%s: %v", op, err)
					}
				}
				if _, err := w.Watch(w.ctx, c.code); !errors.Is(err, c.want) {
					t.Errorf("watch: %v", err)
				}
			}
		})
	}
	if w.Rooms.Count() != 0 {
		t.Error("a refused join made a Room")
	}
}

func TestGetWritesNothing(t *testing.T) {
	w := newWorld(t, nil)
	code := w.escalate(task1).Code
	w.pass(time.Hour)
	before := w.Calls("documents.update")
	for range 5 {
		must(w.Get(w.ctx, strings.ToUpper(code)))(t)
	}
	if n := w.Calls("documents.update") - before; n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestBusyAgent(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.escalate(task1), w.escalate(task2)
	j := w.agentIn(one.Code)
	w.pass(2 * time.Minute)
	_, err := w.JoinAsAgent(w.ctx, ana, two.Code)
	var busy *escalation.BusyError
	if !errors.As(err, &busy) || busy.Code != one.Code || busy.TaskSID != task1 {
		t.Fatalf("got %v (%+v), want busy with %s", err, busy, one.Code)
	}
	if w.status(two.Code) != escalation.Invited {
		t.Error("the refused join changed the other call")
	}
	// The same call may be entered again, from another browser.
	again := w.agentIn(one.Code)
	if again.Identity == j.Identity {
		t.Error("the same identity twice")
	}
	if ids := w.Rooms.Identities(j.Room); !slices.Equal(ids, []string{again.Identity}) {
		t.Errorf("in the Room: %v, want only the new one", ids)
	}
	if err := w.Leave(w.ctx, one.Code, j.Identity); err != nil {
		t.Fatal(err)
	}
	if w.lockHolder(ana) != one.Code {
		t.Error("the late leaving of the old page freed the lock")
	}
	if err := w.Leave(w.ctx, one.Code, again.Identity); err != nil {
		t.Fatal(err)
	}
	w.agentIn(two.Code)
}

// An agent whose browser crashed is let into the next call when Twilio no
// longer sees them in the first.
func TestCrashedAgentIsNotBusy(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.escalate(task1), w.escalate(task2)
	j := w.agentIn(one.Code)
	w.Rooms.Disconnect(j.Room, j.Identity)
	w.pass(10 * time.Second)
	var busy *escalation.BusyError
	if _, err := w.JoinAsAgent(w.ctx, ana, two.Code); !errors.As(err, &busy) {
		t.Errorf("right after: %v, want busy", err)
	}
	w.pass(time.Minute)
	w.agentIn(two.Code)
	if w.lockHolder(ana) != two.Code {
		t.Errorf("lock is held by %q", w.lockHolder(ana))
	}
	if must(w.Get(w.ctx, one.Code))(t).AgentPresent() {
		t.Error("agent is still noted in the first call")
	}
}

func TestLockHasOneHolder(t *testing.T) {
	w := newWorld(t, nil)
	const n = 16
	codes := make([]string, n)
	for i := range n {
		task := fmt.Sprintf("WT%032x", 0x100+i)
		w.Tasks.Add(task, ana.Worker, map[string]any{"conversationSid": chat1})
		codes[i] = w.escalate(task).Code
	}
	won := make([]bool, n)
	var wg sync.WaitGroup
	for i, code := range codes {
		wg.Go(func() {
			_, err := w.JoinAsAgent(w.ctx, ana, code)
			var busy *escalation.BusyError
			if won[i] = err == nil; err != nil && !errors.As(err, &busy) && !errors.Is(err, escalation.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	winners := 0
	for i := range won {
		if won[i] {
			winners++
			if w.lockHolder(ana) != codes[i] {
				t.Errorf("%s won, %s holds the lock", codes[i], w.lockHolder(ana))
			}
		}
	}
	if winners != 1 {
		t.Errorf("%d of %d got in, want 1", winners, n)
	}
	if w.Rooms.Count() != 1 {
		t.Errorf("%d Rooms", w.Rooms.Count())
	}
}

func TestJoinFailsCleanly(t *testing.T) {
	for _, op := range []string{"rooms.create", "tokens.mint", "documents.create", "documents.fetch", "tasks.assigned", "tasks.fetch"} {
		t.Run(op, func(t *testing.T) {
			w := newWorld(t, nil)
			e := w.escalate(task1)
			w.Fail(func(got, _ string) error {
				if got == op {
					return fmt.Errorf("injected: %w", escalation.ErrUnavailable)
				}
				return nil
			})
			if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); !errors.Is(err, escalation.ErrUnavailable) {
				t.Fatalf("got %v, want ErrUnavailable", err)
			}
			w.Fail(nil)
			if w.lockHolder(ana) != "" {
				t.Error("the failed join kept the lock")
			}
			if must(w.Get(w.ctx, e.Code))(t).AgentPresent() {
				t.Error("the failed join left a presence")
			}
			w.agentIn(e.Code)
		})
	}
}

func TestRoomIsAdopted(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	room := must(w.Deps().Rooms.Create(w.ctx, escalation.RoomOptions{UniqueName: e.Code}))(t)
	if j := w.agentIn(e.Code); j.Room != room.SID {
		t.Errorf("got %s, want %s", j.Room, room.SID)
	}
	// A Room that timed out is replaced by a new one of the same name.
	w.Rooms.End(room.SID)
	if j := w.agentIn(e.Code); j.Room == room.SID {
		t.Error("let into a Room that is over")
	}
}

func TestRecording(t *testing.T) {
	w := newWorld(t, func(c *escalation.Config) { c.Record = true })
	e := w.escalate(task1)
	if !e.Recording {
		t.Fatal("not recorded")
	}
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); !errors.Is(err, escalation.ErrConsentRequired) {
		t.Errorf("without consent: %v", err)
	}
	j := w.agentIn(e.Code)
	if o, recording, _ := w.Rooms.Options(j.Room); !o.Paused || recording {
		t.Error("the agent is recorded before anybody agreed")
	}
	c := w.customerIn(e.Code)
	if _, recording, _ := w.Rooms.Options(j.Room); !recording {
		t.Error("not recorded after consent")
	}
	got := must(w.Get(w.ctx, e.Code))(t)
	if len(got.Consent) != 1 || got.Consent[0].Wording != "I agree" || got.Consent[0].Who != c.Identity {
		t.Errorf("consent %+v", got.Consent)
	}
	w2 := newWorld(t, func(c *escalation.Config) { c.Record = true; c.RoomType = "peer-to-peer" })
	if w2.escalate(task1).Recording {
		t.Error("a peer-to-peer Room cannot be recorded")
	}
}

func TestRoomLimits(t *testing.T) {
	for _, c := range []struct {
		name          string
		edit          func(*escalation.Config)
		empty, unused time.Duration
		stay          time.Duration
		max           int
	}{
		{"defaults", func(*escalation.Config) {}, 5 * time.Minute, 10 * time.Minute, 4 * time.Hour, 8},
		{"too short", func(c *escalation.Config) {
			c.EmptyRoom, c.UnusedRoom, c.MaxCall = time.Second, time.Second, time.Second
		}, time.Minute, time.Minute, 10 * time.Minute, 8},
		{"too long", func(c *escalation.Config) {
			c.EmptyRoom, c.UnusedRoom, c.MaxCall = 999*time.Minute, 999*time.Minute, 99*time.Hour
		}, time.Hour, time.Hour, 24 * time.Hour, 8},
		{"small group", func(c *escalation.Config) { c.RoomType = "group-small" }, 5 * time.Minute, 10 * time.Minute, 4 * time.Hour, 4},
		{"go Room", func(c *escalation.Config) { c.RoomType = "go" }, 5 * time.Minute, 10 * time.Minute, 4 * time.Hour, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.edit)
			j := must(w.JoinAsAgent(w.ctx, ana, w.escalate(task1).Code))(t)
			o, _, _ := w.Rooms.Options(j.Room)
			if o.EmptyTimeout != c.empty || o.UnusedTimeout != c.unused || o.MaxParticipantDuration != c.stay || o.MaxParticipants != c.max {
				t.Errorf("got %+v", o)
			}
		})
	}
}

// Every kind of writer at once; nothing may be lost.
func TestConcurrentChanges(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	w.agentIn(e.Code)
	w.called(e.Code)
	var wg sync.WaitGroup
	for i, trouble := range []string{wire.TroubleDenied, wire.TroubleInUse, wire.TroubleNoDevice, wire.TroubleNetwork} {
		wg.Go(func() {
			if _, err := w.Rate(w.ctx, e.Code, "", i+1, "x"); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: "trouble", Detail: trouble}); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := must(w.Get(w.ctx, e.Code))(t)
	customers := 0
	for _, p := range got.Participants {
		if strings.HasPrefix(p.Identity, "customer:") {
			customers++
		}
	}
	// 1 made, 1 agent, 1 rating, 5 joins, and up to 4 steps that were news.
	if got.Rating == nil || customers != 5 || got.Version < 8 {
		t.Errorf("rating %v, %d customer stays, version %d", got.Rating, customers, got.Version)
	}
}

func TestConflictsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		e := w.escalate(task1)
		w.Fail(func(op, _ string) error {
			if op == "documents.update" {
				return escalation.ErrConflict
			}
			return nil
		})
		if err := w.Progress(w.ctx, e.Code, escalation.Progress{Phase: "opened"}); !errors.Is(err, escalation.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		if n := w.Calls("documents.update"); n < 5 || n > 20 {
			t.Errorf("%d attempts", n)
		}
	})
}

func TestCallbacks(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := must(w.JoinAsAgent(w.ctx, ana, e.Code))(t)
	cb := func(event, identity, pa string, seq int) {
		t.Helper()
		w.pass(time.Second)
		if err := w.Callback(w.ctx, escalation.Callback{Event: event, RoomSID: a.Room, RoomName: e.Code, Identity: identity, ParticipantSID: pa, Sequence: seq, At: w.clock()}); err != nil {
			t.Fatal(err)
		}
	}
	cb("participant-connected", a.Identity, "PA1", 1)
	got := must(w.Get(w.ctx, e.Code))(t)
	if p := got.Participants[0]; p.SID != "PA1" || p.Connected.IsZero() || got.LastSequence[a.Room] != 1 {
		t.Errorf("after connected: %+v, %v", p, got.LastSequence)
	}
	writes := w.Calls("documents.update")
	for range 3 {
		cb("track-added", a.Identity, "PA1", 2)
		cb("participant-connected", a.Identity, "PA1", 1)
	}
	if n := w.Calls("documents.update") - writes; n != 0 {
		t.Errorf("tracks and duplicates made %d writes", n)
	}
	cb("participant-disconnected", a.Identity, "PA1", 3)
	if w.lockHolder(ana) != "" {
		t.Error("agent is locked although Twilio saw them go")
	}
	cb("room-ended", "", "", 4)
	got = must(w.Get(w.ctx, e.Code))(t)
	if got.Status != escalation.Ended || !got.Settled {
		t.Errorf("after room-ended: %s, settled %v", got.Status, got.Settled)
	}
	for _, name := range []string{"zzzzzzz", "Daily stand-up", ""} {
		if err := w.Callback(w.ctx, escalation.Callback{Event: "room-ended", RoomName: name, RoomSID: "RM9"}); err != nil {
			t.Errorf("callback of a foreign Room %q: %v", name, err)
		}
	}
}

func TestSweep(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(w *world, e escalation.Escalation)
		want escalation.Status
	}{
		{"nothing wrong", func(w *world, e escalation.Escalation) { w.agentIn(e.Code); w.pass(time.Minute * 2) }, escalation.Open},
		{"code's time passed", func(w *world, e escalation.Escalation) { w.pass(time.Hour) }, escalation.Expired},
		{"agent gone without a word", func(w *world, e escalation.Escalation) {
			j := w.agentIn(e.Code)
			w.Rooms.Disconnect(j.Room, j.Identity)
			w.pass(2 * time.Minute)
			if err := w.Sweep(w.ctx); err != nil {
				w.t.Fatal(err)
			}
			w.pass(61 * time.Second)
		}, escalation.Ended},
		{"agent never connected, seen for the first time", func(w *world, e escalation.Escalation) {
			must(w.JoinAsAgent(w.ctx, ana, e.Code))(w.t)
			w.pass(50 * time.Second)
		}, escalation.Open},
		{"Room over", func(w *world, e escalation.Escalation) { w.Rooms.End(w.agentIn(e.Code).Room) }, escalation.Ended},
		{"longest call", func(w *world, e escalation.Escalation) { w.agentIn(e.Code); w.pass(4 * time.Hour) }, escalation.Ended},
		{"Task completed during the call", func(w *world, e escalation.Escalation) { w.agentIn(e.Code); w.Tasks.SetStatus(task1, "completed") }, escalation.Ended},
		{"Task canceled before", func(w *world, e escalation.Escalation) { w.Tasks.SetStatus(task1, "canceled") }, escalation.Ended},
		{"Task deleted", func(w *world, e escalation.Escalation) { w.Tasks.SetStatus(task1, "") }, escalation.Ended},
		{"Task wrapping with the agent in", func(w *world, e escalation.Escalation) { w.agentIn(e.Code); w.Tasks.SetStatus(task1, "wrapping") }, escalation.Open},
		{"Task wrapping, agent out", func(w *world, e escalation.Escalation) {
			j := w.agentIn(e.Code)
			if err := w.Leave(w.ctx, e.Code, j.Identity); err != nil {
				w.t.Fatal(err)
			}
			w.Tasks.SetStatus(task1, "wrapping")
		}, escalation.Ended},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			e := w.escalate(task1)
			c.do(w, e)
			if err := w.Sweep(w.ctx); err != nil {
				t.Fatal(err)
			}
			got := must(w.Get(w.ctx, e.Code))(t)
			if got.Status != c.want {
				t.Fatalf("got %s, want %s", got.Status, c.want)
			}
			if c.want == escalation.Open {
				return
			}
			if !got.Settled || w.lockHolder(ana) != "" {
				t.Errorf("settled %v, lock %q", got.Settled, w.lockHolder(ana))
			}
			if _, _, inProgress := w.Rooms.Options(e.Code); inProgress {
				t.Error("Room goes on")
			}
			writes := w.Calls("documents.update")
			if err := w.Sweep(w.ctx); err != nil {
				t.Fatal(err)
			}
			if n := w.Calls("documents.update") - writes; n != 0 {
				t.Errorf("the next sweep made %d writes", n)
			}
		})
	}
}

// A crash, or trouble at Twilio's, in the middle of ending.
func TestSweepFinishesAnEnd(t *testing.T) {
	for _, op := range []string{"rooms.complete", "tasks.fetch", "tasks.update", "documents.fetch of the lock"} {
		t.Run(op, func(t *testing.T) {
			w := newWorld(t, nil)
			e := w.escalate(task1)
			w.agentIn(e.Code)
			w.Fail(func(got, key string) error {
				if got == op || op == "documents.fetch of the lock" && strings.HasPrefix(key, "agentlock.") {
					return escalation.ErrUnavailable
				}
				return nil
			})
			got, err := w.End(w.ctx, ana, e.Code)
			if err != nil || got.Status != escalation.Ended {
				t.Fatalf("end: %s, %v", got.Status, err)
			}
			if err := w.Sweep(w.ctx); !errors.Is(err, escalation.ErrUnavailable) {
				t.Errorf("sweep during the trouble: %v", err)
			}
			w.Fail(nil)
			if err := w.Sweep(w.ctx); err != nil {
				t.Fatal(err)
			}
			if got := must(w.Get(w.ctx, e.Code))(t); !got.Settled || w.lockHolder(ana) != "" || w.Tasks.Attributes(task1)["escalation"] == nil {
				t.Errorf("settled %v, lock %q, attributes %v", got.Settled, w.lockHolder(ana), w.Tasks.Attributes(task1))
			}
		})
	}
}

func TestSweepGoesOnAfterTrouble(t *testing.T) {
	w := newWorld(t, nil)
	one, two := w.escalate(task1), w.escalate(task2)
	w.Tasks.SetStatus(task1, "canceled")
	w.Tasks.SetStatus(task2, "canceled")
	w.Fail(func(op, key string) error {
		if op == "documents.update" && key == one.Code {
			return escalation.ErrUnavailable
		}
		return nil
	})
	if err := w.Sweep(w.ctx); !errors.Is(err, escalation.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if w.status(two.Code) != escalation.Ended {
		t.Error("the other one was not swept")
	}
}

func TestRatingAfterTheEnd(t *testing.T) {
	w := newWorld(t, func(c *escalation.Config) { c.Measures.CSAT = "conversation_measure_9" })
	e := w.escalate(task1)
	w.agentIn(e.Code)
	w.called(e.Code)
	must(w.End(w.ctx, ana, e.Code))(t)
	if _, err := w.Rate(w.ctx, e.Code, "", 0, ""); !errors.Is(err, escalation.ErrBadRating) {
		t.Errorf("0 stars: %v", err)
	}
	if _, err := w.Rate(w.ctx, e.Code, "", 2, "so so"); err != nil {
		t.Fatal(err)
	}
	attrs := w.Tasks.Attributes(task1)
	if attrs["conversations"].(map[string]any)["conversation_measure_9"] != 2.0 || attrs["escalation"].(map[string]any)["comment"] != "so so" {
		t.Errorf("attributes %v", attrs)
	}
	if got := must(w.Get(w.ctx, e.Code))(t); !got.Settled || got.Status != escalation.Ended {
		t.Errorf("settled %v, %s", got.Settled, got.Status)
	}
}

// What Flex Insights reads are numbers under names of the installation's
// choosing; what others have put there stays.
func TestInsightsMeasures(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(*escalation.Config)
		want map[string]any
	}{
		{"by default", nil, map[string]any{"case": "7", "conversation_measure_1": 4.0, "conversation_measure_2": 30.0, "conversation_measure_3": 1.0}},
		{"of one's own", func(c *escalation.Config) {
			c.Measures.CSAT, c.Measures.Seconds, c.Measures.Reconnects = "csat", "conversation_measure_8", escalation.NoMeasure
		}, map[string]any{"case": "7", "csat": 4.0, "conversation_measure_8": 30.0}},
		{"none", func(c *escalation.Config) {
			c.Measures.CSAT, c.Measures.Seconds, c.Measures.Reconnects = escalation.NoMeasure, escalation.NoMeasure, escalation.NoMeasure
		}, map[string]any{"case": "7"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, c.edit)
			e := w.escalate(task1)
			w.agentIn(e.Code)
			first := w.called(e.Code)
			w.pass(10 * time.Second)
			if err := w.Leave(w.ctx, e.Code, first.Identity); err != nil {
				t.Fatal(err)
			}
			w.pass(5 * time.Second)
			w.customerIn(e.Code)
			w.pass(20 * time.Second)
			must(w.End(w.ctx, ana, e.Code))(t)
			if _, err := w.Rate(w.ctx, e.Code, "", 4, ""); err != nil {
				t.Fatal(err)
			}
			if got := w.Tasks.Attributes(task1)["conversations"]; !reflect.DeepEqual(got, any(c.want)) {
				t.Errorf("conversations are %v, want %v", got, c.want)
			}
		})
	}
}

func TestTransferredCall(t *testing.T) {
	w := newWorld(t, nil)
	e := w.escalate(task1)
	a := w.agentIn(e.Code)
	c := w.customerIn(e.Code)
	if err := w.Leave(w.ctx, e.Code, a.Identity); err != nil {
		t.Fatal(err)
	}
	w.Tasks.Transfer(task1, bob.Worker)
	if _, err := w.JoinAsAgent(w.ctx, ana, e.Code); !errors.Is(err, escalation.ErrTaskNotYours) {
		t.Errorf("the former agent: %v", err)
	}
	j := must(w.JoinAsAgent(w.ctx, bob, e.Code))(t)
	if j.Room != c.Room || j.Escalation.Agent.Name != "Bob" || j.Escalation.Status != escalation.InCall {
		t.Errorf("the new agent: %+v", j)
	}
	// A supervisor comes along without becoming the agent.
	s := must(w.JoinAsAgent(w.ctx, boss, e.Code))(t)
	if s.Escalation.Agent.Name != "Bob" {
		t.Errorf("the customer now reads %q", s.Escalation.Agent.Name)
	}
	must(w.End(w.ctx, boss, e.Code))(t)
	for _, a := range []escalation.Agent{ana, bob, boss} {
		if h := w.lockHolder(a); h != "" {
			t.Errorf("%s is still locked by %s", a.Name, h)
		}
	}
}

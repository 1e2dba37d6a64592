package twilioapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"escalate/server/escalation"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/token"
	"escalate/server/twilioapi"
	"escalate/server/twiliospec"
)

const publicURL = "https://video.example"

// world is the whole Service over twilio-go and local Twilio, with signed
// status callbacks coming back to it.
type world struct {
	*escalation.Service
	t      *testing.T
	ctx    context.Context
	o      options
	spec   *twiliospec.Transport // nil where the documents are not installed
	local  *localtwilio.Server
	api    *twilioapi.Client
	config localtwilio.Config
	ana    agent
	bob    agent

	mu     sync.Mutex
	shift  time.Duration // how far the clock is ahead
	frozen time.Time     // when the clock stands still, if it does
	target *escalation.Service
	parse  func(*http.Request) (escalation.Callback, error)
	down   bool // local Twilio is being closed under the Service
}

// agent is a Worker with a Flex token.
type agent struct {
	worker store.Worker
	flex   string
	escalation.Agent
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.frozen.IsZero() {
		return w.frozen
	}
	return time.Now().Add(w.shift)
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shift += d
}

// freeze stops the clock, or lets it go on.
func (w *world) freeze(on bool) {
	now := w.clock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen = time.Time{}
	if on {
		w.frozen = now
	}
}

// RoundTrip takes the status callbacks that local Twilio posts.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	w.mu.Lock()
	parse, target, down := w.parse, w.target, w.down
	w.mu.Unlock()
	if down {
		return nil, errors.New("nobody listens")
	}
	c, err := parse(r)
	if err != nil {
		w.t.Errorf("callback to %s: %v", r.URL, err)
		rec.Code = http.StatusForbidden
		return rec.Result(), nil
	}
	if err := target.Callback(r.Context(), c); err != nil && !errors.Is(err, context.Canceled) { // Close cancels
		w.t.Errorf("callback %s: %v", c.Event, err)
	}
	return rec.Result(), nil
}

// options are what a world may have otherwise.
type options struct {
	dataDir string
	edit    func(*escalation.Config)
	local   func(*localtwilio.Config)
	// wrap is laid around what checks the requests: whatever it does to them or
	// to their answers is checked as ours or as local Twilio's.
	wrap func(http.RoundTripper) http.RoundTripper
	// faulty says that wrap makes requests that Twilio does not describe; their
	// answers are to be in order all the same.
	faulty bool
}

// documents are Twilio's own description of requests and answers.
var documents = sync.OnceValues(func() (*twiliospec.Spec, error) {
	return twiliospec.Load(filepath.Join("../..", twiliospec.Documents))
})

// check holds everything that passes against the documents, where they are
// installed, until the test ends.
func (w *world) check(next http.RoundTripper) http.RoundTripper {
	w.t.Helper()
	spec, err := documents()
	if errors.Is(err, fs.ErrNotExist) {
		w.t.Log("calls are not held against Twilio's documents: make deps-test")
		return next
	}
	if err != nil {
		w.t.Fatal(err)
	}
	checked := &twiliospec.Transport{Spec: spec, Next: next}
	w.spec = checked
	w.t.Cleanup(func() {
		for _, v := range checked.Violations() {
			if !w.o.faulty || strings.Contains(v, ": answer") {
				w.t.Error(v)
			}
		}
	})
	return checked
}

func newWorld(t *testing.T, dataDir string, edit func(*escalation.Config)) *world {
	t.Helper()
	return newWorldWith(t, options{dataDir: dataDir, edit: edit})
}

func newWorldWith(t *testing.T, o options) *world {
	t.Helper()
	if testing.Short() {
		t.Skip("local Twilio opens UDP ports")
	}
	w := &world{t: t, ctx: t.Context(), o: o}
	w.config = localtwilio.Config{
		Addr: "127.0.0.1:0", MediaAddr: "127.0.0.1:0", TURNAddr: "127.0.0.1:0",
		DataDir: o.dataDir, CallbackTransport: w, Now: w.clock,
	}
	if o.local != nil {
		o.local(&w.config)
	}
	w.start(o.edit)
	w.ana = w.hire("ana", "Ana Díaz")
	w.bob = w.hire("bob", "Bob Roe")
	return w
}

// start starts local Twilio and a Service over it, again after stop.
func (w *world) start(edit func(*escalation.Config)) {
	w.t.Helper()
	local, err := localtwilio.Start(w.ctx, w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = local.Close() })
	a := local.Account()
	api, err := twilioapi.New(twilioapi.Config{
		AccountSID: a.SID, KeySID: a.KeySID, KeySecret: a.KeySecret, AuthToken: a.AuthToken,
		SyncServiceSID: a.SyncServiceSID, WorkspaceSID: a.WorkspaceSID,
		Transport: local.Transport(), Now: w.clock,
		WrapTransport: func(next http.RoundTripper) http.RoundTripper {
			next = w.check(next)
			if w.o.wrap != nil {
				next = w.o.wrap(next)
			}
			return next
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	c := escalation.Config{PublicURL: publicURL, CallbackURL: publicURL + "/callbacks/video", Now: w.clock}
	if edit != nil {
		edit(&c)
	}
	w.local, w.api = local, api
	w.Service = escalation.New(c, escalation.Deps{
		Documents: api.Documents(), Rooms: api.Rooms(), Tasks: api.Tasks(), Chat: api.Chat(), Tokens: api.Tokens(),
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.target, w.down = w.Service, false
	w.parse = func(r *http.Request) (escalation.Callback, error) { return api.ParseCallback(r, publicURL) }
}

// hire makes a Worker and logs them in.
func (w *world) hire(identity, name string) agent {
	w.t.Helper()
	attrs, err := json.Marshal(map[string]string{"full_name": name})
	if err != nil {
		w.t.Fatal(err)
	}
	var a agent
	if a.worker, err = w.local.Store().Workers.Create(store.Worker{FriendlyName: identity, Attributes: string(attrs)}); err != nil {
		w.t.Fatal(err)
	}
	if a.flex, err = w.local.Store().FlexTokens.Issue(store.FlexToken{WorkerSID: a.worker.SID}); err != nil {
		w.t.Fatal(err)
	}
	if a.Agent, err = w.api.Authenticate(w.ctx, a.flex); err != nil {
		w.t.Fatal(err)
	}
	return a
}

// task makes a chat Task that the agent has accepted.
func (w *world) task(a agent) (task, conversation string) {
	w.t.Helper()
	s := w.local.Store()
	c, err := s.Conversations.Create(store.Conversation{})
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := s.Reservations.Assign(store.Task{Attributes: `{"conversationSid":"` + c.SID + `","big":12345678901234567890}`, TaskChannel: "chat"}, a.worker.SID)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.TaskSID, c.SID
}

func (w *world) escalate(a agent, task string) escalation.Escalation {
	w.t.Helper()
	e, _, err := w.Escalate(w.ctx, a.Agent, task, escalation.Invite{Send: true, Lang: "en"})
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// enter connects the bearer of a token to its Room.
func (w *world) enter(j escalation.Join) store.Participant {
	w.t.Helper()
	a := w.local.Account()
	c, err := token.Verify(j.Token, a.SID, func(string) (string, bool) { return a.KeySecret, true }, w.clock())
	if err != nil {
		w.t.Fatalf("token: %v", err)
	}
	if c.Identity != j.Identity || c.Room != j.Room || !c.HasVideo {
		w.t.Fatalf("token says %+v, join says %s in %s", c, j.Identity, j.Room)
	}
	p, err := w.local.Store().Participants.Add(c.Room, c.Identity)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// await watches the escalation until ok is content.
func (w *world) await(code, what string, ok func(escalation.Escalation) bool) escalation.Escalation {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	c, err := w.Watch(ctx, code)
	if err != nil {
		w.t.Fatal(err)
	}
	var last escalation.Escalation
	for last = range c {
		if ok(last) {
			return last
		}
	}
	w.t.Fatalf("still waiting for %s; last: %+v", what, last)
	return last
}

func (w *world) attributes(task string) map[string]any {
	w.t.Helper()
	k, err := w.local.Store().Tasks.Get(task)
	if err != nil {
		w.t.Fatal(err)
	}
	if !strings.Contains(k.Attributes, "12345678901234567890") {
		w.t.Errorf("a foreign attribute lost its digits: %s", k.Attributes)
	}
	var m map[string]any
	if err := json.Unmarshal([]byte(k.Attributes), &m); err != nil {
		w.t.Fatal(err)
	}
	return m
}

func TestWholeCallOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", nil)
	if w.ana.Name != "Ana Díaz" || w.ana.Worker != w.ana.worker.SID || w.ana.Supervisor {
		t.Errorf("authenticated as %+v", w.ana.Agent)
	}
	task, conversation := w.task(w.ana)
	e := w.escalate(w.ana, task)
	messages, err := w.local.Store().Conversations.Messages(conversation, 0)
	if err != nil || len(messages) != 1 || messages[0].Author != "ana" || !strings.Contains(messages[0].Body, w.JoinURL(e.Code)) {
		t.Fatalf("messages %+v, %v", messages, err)
	}
	if a := w.attributes(task); a["syncDocument"] != e.Code || a["videoRoom"] != e.Code {
		t.Errorf("attributes %v", a)
	}
	if again, resumed, err := w.Escalate(w.ctx, w.ana.Agent, task, escalation.Invite{}); err != nil || !resumed || again.Code != e.Code {
		t.Errorf("second click: %s, resumed %v, %v", again.Code, resumed, err)
	}
	if j, err := w.JoinAsCustomer(w.ctx, e.Code, ""); err != nil || !j.Waiting {
		t.Errorf("customer first: %+v, %v", j, err)
	}
	a, err := w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(a)
	room, err := w.local.Store().Rooms.Get(e.Code)
	if err != nil || room.SID != a.Room || room.Type != "group" || room.EmptyRoomTimeout != 5 || room.UnusedRoomTimeout != 10 || room.MaxParticipants != 8 || room.MaxParticipantDuration != 4*3600 {
		t.Errorf("Room %+v, %v", room, err)
	}
	c, err := w.JoinAsCustomer(w.ctx, e.Code, "")
	if err != nil || c.Waiting {
		t.Fatalf("customer: %+v, %v", c, err)
	}
	customer := w.enter(c)
	w.await(e.Code, "both seen by Twilio", func(e escalation.Escalation) bool {
		return e.Status == escalation.InCall && e.Customer.Phase == "in_call" && !e.Participants[0].Connected.IsZero()
	})
	if v, err := w.Task(w.ctx, w.ana.Agent, task); err != nil || v.MayWrapUp {
		t.Errorf("during the call: %+v, %v", v, err)
	}
	if err := w.Leave(w.ctx, e.Code, c.Identity); err != nil {
		t.Fatal(err)
	}
	if p, err := w.local.Store().Participants.Get(a.Room, customer.SID); err != nil || p.Status != store.Disconnected {
		t.Errorf("customer after leaving: %+v, %v", p, err)
	}
	if _, err := w.Rate(w.ctx, e.Code, "", 4, "gut <b>&"); err != nil {
		t.Fatal(err)
	}
	if err := w.Leave(w.ctx, e.Code, a.Identity); err != nil {
		t.Fatal(err)
	}
	if v, err := w.Task(w.ctx, w.ana.Agent, task); err != nil || !v.MayWrapUp {
		t.Errorf("after leaving: %+v, %v", v, err)
	}
	ended, err := w.End(w.ctx, w.ana.Agent, e.Code)
	if err != nil || ended.Status != escalation.Ended || !ended.Settled {
		t.Errorf("ended %+v, %v", ended, err)
	}
	if room, err = w.local.Store().Rooms.Get(a.Room); err != nil || room.Status != store.RoomCompleted {
		t.Errorf("Room %+v, %v", room, err)
	}
	attrs := w.attributes(task)
	if r := attrs["escalation"].(map[string]any); r["status"] != "ended" || r["score"] != 4.0 || r["comment"] != "gut <b>&" {
		t.Errorf("escalation attribute %v", r)
	}
	if cv := attrs["conversations"].(map[string]any); cv["conversation_measure_1"] != 4.0 || cv["conversation_measure_2"] == nil || cv["conversation_measure_3"] != 0.0 {
		t.Errorf("attributes %v", attrs)
	}
	// Ending twice, and completing a completed Room, are successes.
	if _, err := w.End(w.ctx, w.ana.Agent, e.Code); err != nil {
		t.Error(err)
	}
	if err := w.api.Rooms().Complete(w.ctx, a.Room); err != nil {
		t.Errorf("complete twice: %v", err)
	}
	if err := w.Sweep(w.ctx); err != nil {
		t.Error(err)
	}
}

func TestCodesThatOpenNothingOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", nil)
	task1, _ := w.task(w.ana)
	task2, _ := w.task(w.ana)
	expired := w.escalate(w.ana, task1).Code
	w.pass(time.Hour)
	ended := w.escalate(w.ana, task2).Code
	if _, err := w.End(w.ctx, w.ana.Agent, ended); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, code string
		want       error
	}{
		{"unknown", "zzzzzzz", escalation.ErrUnknownCode},
		{"malformed", "x/Permissions/y", escalation.ErrUnknownCode},
		{"expired", expired, escalation.ErrExpired},
		{"ended", ended, escalation.ErrEnded},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := w.JoinAsCustomer(w.ctx, c.code, ""); !errors.Is(err, c.want) {
				t.Errorf("customer: %v, want %v", err, c.want)
			}
			if _, err := w.JoinAsAgent(w.ctx, w.ana.Agent, c.code); !errors.Is(err, c.want) {
				t.Errorf("agent: %v, want %v", err, c.want)
			}
		})
	}
	// Long after, Sync has deleted both.
	w.pass(24 * time.Hour)
	for _, code := range []string{expired, ended} {
		if _, err := w.Get(w.ctx, code); !errors.Is(err, escalation.ErrUnknownCode) {
			t.Errorf("a day later: %v", err)
		}
	}
}

func TestTaskAndAgentRulesOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", nil)
	task1, _ := w.task(w.ana)
	task2, _ := w.task(w.ana)
	if _, _, err := w.Escalate(w.ctx, w.bob.Agent, task1, escalation.Invite{}); !errors.Is(err, escalation.ErrTaskNotYours) {
		t.Errorf("another Worker: %v", err)
	}
	if _, _, err := w.Escalate(w.ctx, w.ana.Agent, "WT"+strings.Repeat("0", 32), escalation.Invite{}); !errors.Is(err, escalation.ErrTaskNotFound) {
		t.Errorf("unknown Task: %v", err)
	}
	one, two := w.escalate(w.ana, task1), w.escalate(w.ana, task2)
	j, err := w.JoinAsAgent(w.ctx, w.ana.Agent, one.Code)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(j)
	var busy *escalation.BusyError
	if _, err := w.JoinAsAgent(w.ctx, w.ana.Agent, two.Code); !errors.As(err, &busy) || busy.Code != one.Code || busy.TaskSID != task1 {
		t.Errorf("second session: %v %+v", err, busy)
	}
	if _, err := w.JoinAsAgent(w.ctx, w.bob.Agent, one.Code); !errors.Is(err, escalation.ErrTaskNotYours) {
		t.Errorf("another Worker joins: %v", err)
	}
	// A reload: the same call again, and the frozen picture is gone.
	again, err := w.JoinAsAgent(w.ctx, w.ana.Agent, one.Code)
	if err != nil || again.Room != j.Room {
		t.Fatalf("reload: %+v, %v", again, err)
	}
	p := w.enter(again)
	// Somebody whose network is gone for a moment is still in the Room.
	if _, err := w.local.Store().Participants.SetStatus(p.SID, store.Reconnecting); err != nil {
		t.Fatal(err)
	}
	if ps, err := w.api.Rooms().Participants(w.ctx, j.Room); err != nil || len(ps) != 1 || ps[0].Identity != again.Identity || ps[0].Started.IsZero() {
		t.Errorf("in the Room: %+v, %v", ps, err)
	}
	// The Room ends behind our back: the agent is free for the other call.
	if _, err := w.local.Store().Rooms.Complete(j.Room); err != nil {
		t.Fatal(err)
	}
	w.await(one.Code, "room-ended to end the call", func(e escalation.Escalation) bool { return e.Status == escalation.Ended && e.Settled })
	if _, err := w.JoinAsAgent(w.ctx, w.ana.Agent, two.Code); err != nil {
		t.Errorf("after the first call ended: %v", err)
	}
	k, err := w.local.Store().Tasks.Update(task2, "", func(k *store.Task) error { k.AssignmentStatus = store.TaskCompleted; return nil })
	if err != nil {
		t.Fatalf("complete Task: %+v, %v", k, err)
	}
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if e, err := w.Get(w.ctx, two.Code); err != nil || e.Status != escalation.Ended {
		t.Errorf("after its Task was completed: %s, %v", e.Status, err)
	}
}

func TestRecordingOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", func(c *escalation.Config) { c.Record = true })
	task, _ := w.task(w.ana)
	e := w.escalate(w.ana, task)
	j, err := w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	rules := func() string {
		r, err := w.local.Store().Rooms.Get(j.Room)
		if err != nil {
			t.Fatal(err)
		}
		return string(r.RecordingRules)
	}
	if got := rules(); !strings.Contains(got, "exclude") {
		t.Errorf("before consent: %s", got)
	}
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, ""); !errors.Is(err, escalation.ErrConsentRequired) {
		t.Errorf("without consent: %v", err)
	}
	if _, err := w.JoinAsCustomer(w.ctx, e.Code, "I agree"); err != nil {
		t.Fatal(err)
	}
	if got := rules(); !strings.Contains(got, "include") {
		t.Errorf("after consent: %s", got)
	}
}

// Everything that matters is in Twilio: a Service that starts anew over the
// same account goes on where the old one was.
func TestReopenOverLocalTwilio(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	task, conversation := w.task(w.ana)
	e := w.escalate(w.ana, task)
	a, err := w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code)
	if err != nil {
		t.Fatal(err)
	}
	w.enter(a)
	c, err := w.JoinAsCustomer(w.ctx, e.Code, "")
	if err != nil || c.Waiting {
		t.Fatalf("customer: %+v, %v", c, err)
	}
	w.enter(c)
	w.await(e.Code, "the customer in the call", escalation.Escalation.CustomerWasIn)
	if err := w.Leave(w.ctx, e.Code, c.Identity); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Rate(w.ctx, e.Code, "", 3, "so far"); err != nil {
		t.Fatal(err)
	}
	account := w.local.Account()
	w.mu.Lock()
	w.down = true
	w.mu.Unlock()
	if err := w.local.Close(); err != nil {
		t.Fatal(err)
	}
	w.start(nil)
	if w.local.Account() != account {
		t.Error("another account after the restart")
	}
	got, err := w.Get(w.ctx, e.Code)
	if err != nil || got.Status != escalation.Open || got.Rating == nil || got.Rating.Comment != "so far" {
		t.Fatalf("after the restart: %+v, %v", got, err)
	}
	if m, err := w.local.Store().Conversations.Messages(conversation, 0); err != nil || len(m) != 1 {
		t.Errorf("messages %+v, %v", m, err)
	}
	who, err := w.api.Authenticate(w.ctx, w.ana.flex)
	if err != nil {
		t.Fatal(err)
	}
	// Both browsers come back.
	again, err := w.JoinAsAgent(w.ctx, who, e.Code)
	if err != nil || again.Room != a.Room {
		t.Fatalf("agent comes back: %+v, %v", again, err)
	}
	w.enter(again)
	c, err = w.JoinAsCustomer(w.ctx, e.Code, "")
	if err != nil || c.Waiting {
		t.Fatalf("customer comes: %+v, %v", c, err)
	}
	w.enter(c)
	w.await(e.Code, "the call to go on", func(e escalation.Escalation) bool { return e.Status == escalation.InCall })
}

func TestAuthenticateOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", nil)
	issue := func(f store.FlexToken) string {
		f.WorkerSID = w.ana.worker.SID
		raw, err := w.local.Store().FlexTokens.Issue(f)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	boss, err := w.api.Authenticate(w.ctx, issue(store.FlexToken{Roles: []string{"supervisor"}}))
	if err != nil || !boss.Supervisor {
		t.Errorf("supervisor: %+v, %v", boss, err)
	}
	for _, c := range []struct {
		name, flex string
		want       error
	}{
		{"missing", "", escalation.ErrUnauthorized},
		{"made up", "flex.nonsense", escalation.ErrUnauthorized},
		{"huge", strings.Repeat("x", 9000), escalation.ErrUnauthorized},
		{"expired", issue(store.FlexToken{Expires: w.clock().Add(-time.Second)}), escalation.ErrUnauthorized},
		{"another role", issue(store.FlexToken{Roles: []string{"wfo.analyst"}}), escalation.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, err := w.api.Authenticate(w.ctx, c.flex); !errors.Is(err, c.want) {
				t.Errorf("got %+v, %v; want %v", a, err, c.want)
			}
		})
	}
	// A good answer is good until the token expires.
	short := issue(store.FlexToken{Expires: w.clock().Add(time.Minute)})
	if _, err := w.api.Authenticate(w.ctx, short); err != nil {
		t.Fatal(err)
	}
	w.pass(2 * time.Minute)
	if _, err := w.api.Authenticate(w.ctx, short); !errors.Is(err, escalation.ErrUnauthorized) {
		t.Errorf("after it expired: %v", err)
	}
	if err := w.api.Ready(w.ctx); err != nil {
		t.Errorf("ready: %v", err)
	}
}

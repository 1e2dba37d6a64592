package page

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/stage"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/video/videotest"
	"escalate/app/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// fakeAPI answers what a test tells it, and keeps what it was asked.
type fakeAPI struct {
	mu      sync.Mutex
	state   wire.State
	join    wire.Join
	joinErr error
	// joinGate, if not nil, holds requests for a token until it is closed.
	joinGate  chan struct{}
	takenBack int // requests for a token whose Context ended
	rateErr   error
	task      wire.Task
	taskErr   error
	endErr    error
	// endGate, if not nil, holds the answer to an End until it is sent something.
	endGate     chan struct{}
	escalateErr error
	tasks       int // requests for a Task
	progress    []wire.Progress
	asked       []wire.JoinRequest
	left        []string
	reports     []*wire.CallReport
	rated       []wire.Rating
	sent        []wire.Escalate
	ends        int
	looks       int      // requests for the state
	under       []string // what stood for the escalation in all of these
}

func (f *fakeAPI) set(change func(*fakeAPI)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeAPI) State(_ context.Context, code string) (wire.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	f.under = append(f.under, code)
	return f.state, nil
}

func (f *fakeAPI) Join(ctx context.Context, code string, r wire.JoinRequest) (wire.Join, error) {
	f.mu.Lock()
	f.under = append(f.under, code)
	gate := f.joinGate
	f.asked = append(f.asked, r)
	f.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			f.set(func(f *fakeAPI) { f.takenBack++ })
			return wire.Join{}, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.join, f.joinErr
}

func (f *fakeAPI) AgentJoin(ctx context.Context, code string) (wire.Join, error) {
	return f.Join(ctx, code, wire.JoinRequest{})
}

func (f *fakeAPI) Progress(_ context.Context, _ string, p wire.Progress) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.progress = append(f.progress, p)
	return nil
}

func (f *fakeAPI) Leave(_ context.Context, code string, l wire.Leave) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.under = append(f.under, code)
	f.left = append(f.left, l.Identity)
	f.reports = append(f.reports, l.Call)
	return nil
}

func (f *fakeAPI) Rate(_ context.Context, _ string, r wire.Rating) (wire.Rating, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rateErr == nil {
		f.rated = append(f.rated, r)
	}
	return r, f.rateErr
}

func (f *fakeAPI) Escalate(_ context.Context, e wire.Escalate) (wire.Escalation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, e)
	return *f.task.Escalation, f.escalateErr
}

func (f *fakeAPI) Task(context.Context, string) (wire.Task, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tasks++
	return f.task, f.taskErr
}

func (f *fakeAPI) End(ctx context.Context, code string) (wire.State, error) {
	f.mu.Lock()
	f.under = append(f.under, code)
	gate := f.endGate
	f.ends++
	f.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return wire.State{}, ctx.Err()
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	st := f.state
	st.Status, st.Version = wire.StatusEnded, st.Version+1
	return st, f.endErr
}

func (f *fakeAPI) has(check func(*fakeAPI) bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return check(f)
}

// joins is how often a token was asked for.
func (f *fakeAPI) joins() (n int) {
	f.set(func(f *fakeAPI) { n = len(f.asked) })
	return n
}

func (f *fakeAPI) reported(p wire.Phase, detail string) bool {
	return f.has(func(f *fakeAPI) bool {
		return slices.ContainsFunc(f.progress, func(g wire.Progress) bool { return g.Phase == p && g.Detail == detail })
	})
}

// fakeHost is a browser that keeps what it was told.
type fakeHost struct {
	noHost
	offline bool
	asks    int // how often it would ask before the page is left
	clock   string
	mu      sync.Mutex
	early   []byte
	store   map[string]string
	noStore bool // keeps nothing
	events  func(name, data string)
	closed  func()
	opened  int      // streams, ever
	paths   []string // of the streams
	open    int      // streams, now
	hide    func()
	message func(string, bool, []byte)
	posted  []posted
	beacons []string
	focus   string
	title   string
	copied  string
	filled  string
	mini    string
	noMini  bool
	seers   []func(bool)
}

type posted struct {
	origin string
	m      wire.Bridge
}

func (h *fakeHost) Early() []byte { return h.early }

func (h *fakeHost) AskBeforeLeaving() func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asks++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.asks--
	}
}

func (h *fakeHost) Online() bool { return !h.offline }

func (h *fakeHost) Clock(time.Time) string { return h.clock }

func (h *fakeHost) Events(path string, f func(name, data string), closed func()) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.paths = append(h.paths, path)
	h.events, h.closed = f, closed
	h.opened++
	h.open++
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.open--
	})
}

func (h *fakeHost) tell(s wire.State) {
	b, _ := json.Marshal(s)
	h.mu.Lock()
	f := h.events
	h.mu.Unlock()
	f(wire.EventState, string(b))
}

func (h *fakeHost) Stored(k string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.store[k]
}

func (h *fakeHost) Store(k, v string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.store == nil {
		h.store = map[string]string{}
	}
	if !h.noStore {
		h.store[k] = v
	}
}

func (h *fakeHost) Beacon(path string, body []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.beacons = append(h.beacons, path+" "+string(body))
	return true
}

func (h *fakeHost) OnPageHide(f func()) func() {
	h.hide = f
	return func() {}
}

func (h *fakeHost) OnMessage(f func(string, bool, []byte)) func() {
	h.message = f
	return func() {}
}

func (h *fakeHost) PostToParent(data []byte, origin string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var m wire.Bridge
	_ = json.Unmarshal(data, &m)
	h.posted = append(h.posted, posted{origin, m})
}

func (h *fakeHost) Copy(_ context.Context, s string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.copied = s
	return nil
}

func (h *fakeHost) Focus(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.focus = id
}

func (h *fakeHost) Fill(id, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.filled = id + "=" + text
}

func (h *fakeHost) Mini(_ context.Context, title string, videos, buttons []string, closed func()) (func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.noMini {
		return nil, context.Canceled
	}
	h.mini = title + ": " + strings.Join(videos, " ") + " | " + strings.Join(buttons, " ")
	return closed, nil
}

func (h *fakeHost) OnVisibility(f func(bool)) func() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seers = append(h.seers, f)
	i := len(h.seers) - 1
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.seers[i] = func(bool) {}
	}
}

// visible brings the page into view, or out of it.
func (h *fakeHost) visible(yes bool) {
	h.mu.Lock()
	fs := slices.Clone(h.seers)
	h.mu.Unlock()
	for _, f := range fs {
		f(yes)
	}
}

func (h *fakeHost) SetTitle(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.title = s
}

func (h *fakeHost) set(change func(*fakeHost)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(h)
}

func (h *fakeHost) saw(check func(*fakeHost) bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return check(h)
}

// rig is a page with fakes all around it.
type rig struct {
	t         *testing.T
	api       *fakeAPI
	host      *fakeHost
	devices   *videotest.Devices
	connector *videotest.Connector
	token     string
	c         app.Composer
	d         app.ClientDispatcher
}

func newRig(t *testing.T, p wire.Page) *rig {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, api: &fakeAPI{}, host: &fakeHost{noHost: noHost{data: data}},
		devices: videotest.NewDevices(), connector: &videotest.Connector{}}
	if p.State != nil {
		r.api.state = *p.State
	}
	return r
}

func (r *rig) deps() Deps {
	return Deps{API: r.api, Devices: r.devices, Video: r.connector, Host: r.host,
		SignIn: func(t string) { r.token = t }}
}

// mount shows the component, as the browser would.
func (r *rig) mount(c app.Composer) {
	r.c = c
	r.d = app.NewClientTester(c)
	r.t.Cleanup(r.d.Close)
}

// do runs f as a handler of the component's markup.
func (r *rig) do(f func()) {
	r.d.Dispatch(app.Dispatch{Mode: app.Update, Source: r.c, Function: func(app.Context) { f() }})
	r.d.Consume()
}

// until works off what happens until it is true.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(5 * time.Second); ; {
		r.d.Consume()
		if ok() {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("never: %s\n%s", what, r.html())
		}
		runtimeYield()
	}
}

func (r *rig) html() string { return ui.Tidy(app.HTMLStringWithIndent(r.c)) }

// visible says whether the element with the id is there and not hidden, nor in
// something hidden.
func (r *rig) visible(id string) bool {
	hidden := -1 // how far what is hidden is indented
	for _, line := range strings.Split(r.html(), "\n") {
		depth := len(line) - len(strings.TrimLeft(line, " "))
		if hidden >= 0 && depth > hidden {
			continue
		}
		hidden = -1
		tag, _, _ := strings.Cut(line, ">")
		if slices.Contains(strings.Fields(tag), "hidden") {
			hidden = depth
			continue
		}
		if strings.Contains(tag, `id="`+id+`"`) {
			return true
		}
	}
	return false
}

func (r *rig) shows(s string) func() bool {
	return func() bool { return strings.Contains(r.html(), s) }
}

// golden compares the page with testdata/name.html.
func (r *rig) golden(name string) {
	r.t.Helper()
	golden(r.t, name, r.html()+"\n")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the page shows; if that is right, run go test -update\n%s", path, got)
	}
}

// runtimeYield lets the goroutines of the page run.
func runtimeYield() {
	t := time.NewTimer(time.Millisecond)
	<-t.C
}

// plain is the page's markup as Render would write it.
func (r *rig) plain() string { return ui.Tidy(app.HTMLString(r.c)) }

// idle says whether no command on camera or microphone is being carried out.
func idle(s *stage.Stage) bool { return !s.Kit.Busy(video.Audio) && !s.Kit.Busy(video.Video) }

// using makes the page's capture one of a device, and waits until the page knows.
func (r *rig) using(k video.Kind, id string, all ...video.Device) {
	r.t.Helper()
	r.devices.Newest().SetDevice(k, id)
	r.devices.Plug(all...)
	r.until("the device in use is shown", func() bool {
		for _, line := range strings.Split(r.html(), "\n") {
			if strings.Contains(line, "<option") && strings.Contains(line, "selected") && strings.Contains(line, `value="`+id+`"`) {
				return true
			}
		}
		return false
	})
}

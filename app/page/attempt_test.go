package page

import (
	"testing"
	"time"

	"escalate/app/stage"
	"escalate/app/video"
	"escalate/app/wire"
)

// side is one of the pages with a call, for what both must do.
type eitherSide struct {
	name   string
	open   func(*testing.T) (*rig, *stage.Stage)
	join   func(*rig)
	cancel func(*rig)
	rejoin func(*rig)
	home   string // where Cancel leads to
	out    string // where leaving leads to
	camera bool   // whether it stays on at home
}

func sides() []eitherSide {
	return []eitherSide{{
		name: "customer",
		open: func(t *testing.T) (*rig, *stage.Stage) {
			s := open(invited())
			r, j := joinRig(t, s)
			r.api.join = wire.Join{Token: "tok", Room: "RMx", Identity: "customer:K7Q2MWX:n", LeaveKey: "key", State: s}
			return r, j.stage
		},
		join:   func(r *rig) { r.do(func() { r.c.(*Join).onJoin(nil, noEvent()) }) },
		cancel: func(r *rig) { r.do(func() { r.c.(*Join).attempt.onCancel(nil, noEvent()) }) },
		rejoin: func(r *rig) { r.do(func() { r.c.(*Join).onRejoin(nil, noEvent()) }) },
		home:   "green_room", out: "after", camera: true,
	}, {
		name: "agent",
		open: func(t *testing.T) (*rig, *stage.Stage) {
			r, v := opened(t)
			return r, v.stage
		},
		join:   func(r *rig) { r.do(func() { r.c.(*VideoRoom).onJoin(nil, noEvent()) }) },
		cancel: func(r *rig) { r.do(func() { r.c.(*VideoRoom).attempt.onCancel(nil, noEvent()) }) },
		rejoin: func(r *rig) { r.do(func() { r.c.(*VideoRoom).onJoin(nil, noEvent()) }) },
		home:   "idle", out: "left",
	}}
}

// seatOf is the place in the Room of whichever page it is.
func seatOf(r *rig) seat {
	if j, ok := r.c.(*Join); ok {
		return j.attempt.seat
	}
	return r.c.(*VideoRoom).attempt.seat
}

func (r *rig) phase(p string) func() bool { return r.shows(`data-phase="` + p + `"`) }

func eachSide(t *testing.T, f func(*testing.T, eitherSide)) {
	for _, si := range sides() {
		t.Run(si.name, func(t *testing.T) { f(t, si) })
	}
}

func TestCancelTakesTheRequestForATokenBack(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, _ := si.open(t)
		gate := make(chan struct{})
		r.api.set(func(f *fakeAPI) { f.joinGate = gate })
		si.join(r)
		r.until("joining", func() bool { return r.phase("joining")() && r.shows(`id="cancel-button"`)() && r.api.joins() == 1 })
		si.cancel(r)
		r.until("home", r.phase(si.home))
		r.until("the request is taken back", func() bool { return r.api.has(func(f *fakeAPI) bool { return f.takenBack == 1 }) })
		if on := !r.devices.Newest().Closed(); on != si.camera {
			t.Errorf("camera on: %t", on)
		}
		// And the next click joins.
		r.api.set(func(f *fakeAPI) { f.joinGate = nil })
		si.join(r)
		r.until("in call", r.phase("in_call"))
		if seat := seatOf(r); seat.identity == "" || seat.left {
			t.Error("nobody would be told when this one leaves")
		}
	})
}

func TestCancelTakesTheConnectionBack(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, _ := si.open(t)
		gate := make(chan struct{})
		r.connector.Gate = gate
		si.join(r)
		r.until("connecting", func() bool { return r.connector.Called("Connect RMx tok") })
		si.cancel(r)
		r.until("home", r.phase(si.home))
		// The server has let us in: an agent's place is free for another call.
		r.until("the server is told", func() bool {
			return r.api.has(func(f *fakeAPI) bool { return len(f.left) == 1 && f.reports[0] == nil })
		})
		close(gate)
		r.until("there was time to go wrong", passed(20*time.Millisecond))
		if r.connector.Room() != nil && !r.connector.Room().Called("Disconnect") {
			t.Error("it is in the Room all the same")
		}
		if !r.phase(si.home)() {
			t.Error("the page went on by itself")
		}
	})
}

func TestCancelWhileComingBackIsLeaving(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, _ := si.open(t)
		si.join(r)
		r.until("in call", r.phase("in_call"))
		r.api.set(func(f *fakeAPI) { f.joinGate = make(chan struct{}) })
		r.connector.Room().Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
		r.until("rejoining", r.phase("rejoining"))
		si.cancel(r)
		r.until("left", r.phase(si.out))
		if !r.devices.Newest().Closed() {
			t.Error("the camera is still on")
		}
		r.api.set(func(f *fakeAPI) { f.joinGate = nil })
		si.rejoin(r)
		r.until("back by choice", r.phase("in_call"))
	})
}

// The SDK has time-outs of its own, but not for everything it waits for.
func TestConnectionThatNeverComesEnds(t *testing.T) {
	eachSide(t, func(t *testing.T, si eitherSide) {
		r, s := si.open(t)
		s.Call.Limit = 5 * time.Millisecond
		r.connector.Gate = make(chan struct{})
		si.join(r)
		r.until("a sentence and Join", func() bool {
			return r.phase(si.home)() && r.shows("The video service does not answer")() && r.shows(`id="join-button"`)()
		})
	})
}

package videotest

import (
	"context"
	"fmt"
	"sync"

	"escalate/app/video"
)

// Connector is a scripted video.Connector. Set the fields before use.
type Connector struct {
	Calls
	// Fail makes Connect fail with it.
	Fail error
	// Gate, if not nil, holds Connect until it is closed.
	Gate chan struct{}
	// Early are emitted before Connect returns, as the SDK may.
	Early []video.Event

	mu    sync.Mutex
	rooms []*Room
	opts  []video.Options
}

// Connect implements video.Connector. The Room's SID is "RM1", "RM2", …, the
// local Participant's "PALOCAL"; its Tracks are those of o.Capture, "MTaudio"
// and "MTvideo".
func (c *Connector) Connect(ctx context.Context, token string, o video.Options) (video.Room, error) {
	c.add("Connect %s %s", o.Name, token)
	c.mu.Lock()
	c.opts = append(c.opts, o)
	c.mu.Unlock()
	if err := wait(ctx, c.Gate); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Fail != nil {
		return nil, c.Fail
	}
	r := &Room{sid: fmt.Sprintf("RM%d", len(c.rooms)+1), emit: o.OnEvent,
		local: video.Participant{SID: LocalSID, Identity: "local"}}
	r.capture, _ = o.Capture.(*Capture)
	for _, k := range []video.Kind{video.Audio, video.Video} {
		if o.Capture != nil && o.Capture.Has(k) {
			t := localTrack(k)
			t.Enabled = k != video.Audio || r.capture == nil || !r.capture.Muted()
			r.local.Tracks = append(r.local.Tracks, t)
		}
	}
	c.rooms = append(c.rooms, r)
	for _, e := range c.Early {
		r.Emit(e)
	}
	return r, nil
}

// LocalSID is the SID of the local Participant of every Room.
const LocalSID = "PALOCAL"

func localTrack(k video.Kind) video.Track {
	t := video.Track{SID: "MT" + string(k), Kind: k, Enabled: true, Subscribed: true}
	if k == video.Screen {
		t.Name = video.ScreenTrackName
	}
	return t
}

// SetFail changes what Connect fails with; nil lets it succeed.
func (c *Connector) SetFail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Fail = err
}

// Room is the newest Room, or nil.
func (c *Connector) Room() *Room {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rooms) == 0 {
		return nil
	}
	return c.rooms[len(c.rooms)-1]
}

// Options are those of the newest Connect.
func (c *Connector) Options() video.Options {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.opts) == 0 {
		return video.Options{}
	}
	return c.opts[len(c.opts)-1]
}

// Room is a scripted video.Room. Its commands succeed and emit the events that
// the real one would.
type Room struct {
	Calls
	sid   string
	emit  func(video.Event)
	local video.Participant
	// capture is whose Tracks are published, or nil.
	capture *Capture

	mu    sync.Mutex
	fail  error
	stats video.Stats
	ended bool
}

// Emit tells the page of an event, as if Twilio had.
func (r *Room) Emit(events ...video.Event) {
	for _, e := range events {
		r.mu.Lock()
		ended := r.ended
		if _, ok := e.(video.Disconnected); ok {
			r.ended = true
		}
		r.mu.Unlock()
		if !ended && r.emit != nil {
			r.emit(e)
		}
	}
}

// SetFail makes the commands fail with err; nil lets them succeed.
func (r *Room) SetFail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail = err
}

func (r *Room) failing() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fail
}

// SID implements video.Room.
func (r *Room) SID() string { return r.sid }

// Local implements video.Room.
func (r *Room) Local() video.Participant { return r.local }

// SetEnabled implements video.Room.
func (r *Room) SetEnabled(_ context.Context, k video.Kind, on bool) error {
	r.add("SetEnabled %s %t", k, on)
	if err := r.failing(); err != nil {
		return err
	}
	if r.capture != nil {
		r.capture.switched(k, on)
	}
	t := localTrack(k)
	switch {
	case k == video.Video && on:
		r.Emit(video.LocalTrackPublished{Track: t})
	case k == video.Video:
		r.Emit(video.LocalTrackUnpublished{TrackSID: t.SID})
	case on:
		r.Emit(video.TrackEnabled{ParticipantSID: LocalSID, TrackSID: t.SID})
	default:
		r.Emit(video.TrackDisabled{ParticipantSID: LocalSID, TrackSID: t.SID})
	}
	return nil
}

// ShareScreen implements video.Room.
func (r *Room) ShareScreen(context.Context) error {
	r.add("ShareScreen")
	if err := r.failing(); err != nil {
		return err
	}
	r.Emit(video.LocalTrackPublished{Track: localTrack(video.Screen)})
	return nil
}

// StopScreen implements video.Room.
func (r *Room) StopScreen() {
	r.add("StopScreen")
	r.Emit(video.LocalTrackUnpublished{TrackSID: localTrack(video.Screen).SID})
}

// Attach implements video.Room.
func (r *Room) Attach(trackSID, elementID string) error {
	r.add("Attach %s %s", trackSID, elementID)
	return r.failing()
}

// Detach implements video.Room.
func (r *Room) Detach(trackSID string) { r.add("Detach %s", trackSID) }

// Resume implements video.Room.
func (r *Room) Resume() {
	r.add("Resume")
	r.Emit(video.PlaybackResumed{})
}

// SetSpeaker implements video.Room.
func (r *Room) SetSpeaker(_ context.Context, deviceID string) error {
	r.add("SetSpeaker %s", deviceID)
	return r.failing()
}

// Send implements video.Room.
func (r *Room) Send(_ context.Context, text string) error {
	r.add("Send %s", text)
	return r.failing()
}

// Stats implements video.Room.
func (r *Room) Stats(ctx context.Context) (video.Stats, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats, ctx.Err()
}

// SetStats sets what Stats returns.
func (r *Room) SetStats(s video.Stats) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stats = s
}

// Refresh implements video.Room.
func (r *Room) Refresh() { r.add("Refresh") }

// Disconnect implements video.Room.
func (r *Room) Disconnect() {
	r.add("Disconnect")
	r.Emit(video.Disconnected{})
}

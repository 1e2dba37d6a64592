package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// What cameras deliver in browsers' calls.
const (
	cameraWidth, cameraHeight, cameraRate = 1280, 720, 30
	// cameraBitrate is LiveKit's default for 720p; both SDKs are told so.
	cameraBitrate = 1_700_000
	// settleCall is how long the agent is alone, so that a call begins calmly.
	settleCall = time.Second
	// frameWithin is what the first frame gets.
	frameWithin = 30 * time.Second
)

// timeline is when things happened in a page for the first time, in ms since
// the epoch; 0 is never. wrap.js and call.js set the marks.
type timeline struct {
	Join       float64 `json:"join"`       // connect was called
	Socket     float64 `json:"socket"`     // a WebSocket was made
	Open       float64 `json:"open"`       // it was open
	Offer      float64 `json:"offer"`      // the first offer was made
	Answer     float64 `json:"answer"`     // the first answer came
	ICE        float64 `json:"ice"`        // ICE connected
	DTLS       float64 `json:"dtls"`       // and DTLS
	Described  float64 `json:"described"`  // the description with the remote video came
	Packet     float64 `json:"packet"`     // its first packet came
	Subscribed float64 `json:"subscribed"` // the SDK said that it is there
	Received   float64 `json:"received"`   // the last packet of its first frame came
	Frame      float64 `json:"frame"`      // its first frame was drawn

	Descriptions int `json:"descriptions"` // that had come by then
}

// quality is how a remote video was over a while.
type quality struct {
	Longest   float64 `json:"longest"` // ms, between two frames
	Frozen    float64 `json:"frozen"`  // ms
	Freezes   int     `json:"freezes"`
	Frames    int     `json:"frames"`
	Width     int     `json:"width"`
	Height    int     `json:"height"`
	Lost      int     `json:"lost"`
	NACKs     int     `json:"nacks"`
	PLIs      int     `json:"plis"`
	Keyframes int     `json:"keyframes"`
	Port      int     `json:"port"` // where the media came from
}

// callResult is one call: the agent is there and publishes, a customer joins.
type callResult struct {
	customer timeline
	agent    timeline
	// Of a call that was watched: what each saw.
	customerSaw, agentSaw quality
	lost                  float64 // share of packets that the bad line lost
}

// firstFrame is from the customer's join to the agent's picture.
func (r callResult) firstFrame() float64 { return r.customer.Frame - r.customer.Join }

// afterSubscribed is from the SDK's event to that picture.
func (r callResult) afterSubscribed() float64 { return r.customer.Frame - r.customer.Subscribed }

// otherSide is from the customer's join to their picture at the agent's.
func (r callResult) otherSide() float64 { return r.agent.Frame - r.customer.Join }

// phase is a part of the time to the first frame.
type phase struct {
	name string
	of   func(timeline) float64 // its end
}

// phases are in the order in which they end. One that ended before its
// predecessor took no time of its own.
var phases = []phase{
	{"socket open", func(t timeline) float64 { return t.Open }},
	{"offer made", func(t timeline) float64 { return t.Offer }},
	{"answer", func(t timeline) float64 { return t.Answer }},
	{"ICE", func(t timeline) float64 { return t.ICE }},
	{"DTLS", func(t timeline) float64 { return t.DTLS }},
	{"negotiation of the Track", func(t timeline) float64 { return t.Described }},
	{"first packet", func(t timeline) float64 { return t.Packet }},
	{"whole keyframe", func(t timeline) float64 { return t.Received }},
	{"decoded and drawn", func(t timeline) float64 { return t.Frame }},
}

// split is how long each phase took, in ms; together they are the first frame.
func split(t timeline) []float64 {
	ends := make([]float64, len(phases))
	for i, p := range phases {
		ends[i] = p.of(t)
	}
	return between(t.Join, ends)
}

// otherPhases are those of the time to the customer's picture at the agent's.
var otherPhases = []struct {
	name string
	of   func(callResult) float64
}{
	{"the customer connects", func(r callResult) float64 { return r.customer.DTLS }},
	{"negotiation of the Track at the agent's", func(r callResult) float64 { return r.agent.Described }},
	{"first packet", func(r callResult) float64 { return r.agent.Packet }},
	{"whole keyframe", func(r callResult) float64 { return r.agent.Received }},
	{"decoded and drawn", func(r callResult) float64 { return r.agent.Frame }},
}

// splitOther is how long each of them took, in ms; together they are the other side.
func splitOther(r callResult) []float64 {
	ends := make([]float64, len(otherPhases))
	for i, p := range otherPhases {
		ends[i] = p.of(r)
	}
	return between(r.customer.Join, ends)
}

// between is what each end adds to the latest before it.
func between(last float64, ends []float64) []float64 {
	out := make([]float64, len(ends))
	for i, end := range ends {
		if end > last {
			out[i], last = end-last, end
		}
	}
	return out
}

var (
	errNoFrame  = errors.New("no frame came")
	errPastLine = errors.New("media did not come over the bad line")
)

// caller makes calls in one browser.
type caller struct {
	site    *site
	browser *browser
	rooms   int
}

// call lets an agent in, then the customer. With a line, media go over it; a
// watch above zero is how long both look at each other afterwards.
func (c *caller) call(ctx context.Context, k *contender, server *process, line *network, watch time.Duration) (r callResult, err error) {
	c.rooms++
	bad := 0
	if line != nil {
		s, err := startShaper(*line, server.media)
		if err != nil {
			return r, err
		}
		defer func() {
			s.close()
			r.lost = float64(s.lost.Load()) / float64(max(1, s.lost.Load()+s.passed.Load()))
		}()
		bad = s.port()
	}
	room := fmt.Sprintf("call%d", c.rooms)
	agent, err := c.enter(ctx, k, server, bad, "agent")
	if err != nil {
		return r, err
	}
	defer agent.stop()
	customer, err := c.enter(ctx, k, server, bad, "customer")
	if err != nil {
		return r, err
	}
	defer customer.stop()
	if err := join(ctx, k, server, agent, room); err != nil {
		return r, err
	}
	if err := pause(ctx, settleCall); err != nil {
		return r, err
	}
	if err := join(ctx, k, server, customer, room); err != nil {
		return r, err
	}
	for _, who := range []struct {
		*tab
		t *timeline
	}{{customer, &r.customer}, {agent, &r.agent}} {
		if *who.t, err = who.seen(ctx); err != nil {
			return r, fmt.Errorf("%s: %w\n%s", k.name, err, server.output)
		}
	}
	if watch > 0 {
		if err := c.watch(ctx, customer, agent, watch, &r); err != nil {
			return r, fmt.Errorf("%s: %w", k.name, err)
		}
		if bad != 0 && (r.customerSaw.Port != bad || r.agentSaw.Port != bad) {
			return r, fmt.Errorf("%s: %w: from port %d and %d instead of %d", k.name, errPastLine, r.customerSaw.Port, r.agentSaw.Port, bad)
		}
	}
	for _, t := range []*tab{customer, agent} {
		var left bool
		if err := t.eval(ctx, &left, 0, "leave"); err != nil {
			return r, err
		}
	}
	return r, nil
}

// enter opens a page and its camera.
func (c *caller) enter(ctx context.Context, k *contender, server *process, bad int, who string) (*tab, error) {
	t, err := c.browser.open(who, c.site.page(k, server.media, bad))
	if err != nil {
		return nil, err
	}
	var size string
	want := fmt.Sprintf("%dx%d", cameraWidth, cameraHeight)
	err = t.eval(ctx, &size, 0, "prepare", cameraWidth, cameraHeight, cameraRate)
	if err == nil && size != want {
		err = fmt.Errorf("%s: %w: the camera has %s, not %s", who, errPage, size, want)
	}
	if err != nil {
		t.stop()
		return nil, err
	}
	return t, nil
}

func join(ctx context.Context, k *contender, server *process, t *tab, room string) error {
	token, err := k.token(room, t.name)
	if err != nil {
		return err
	}
	var joined bool
	if err := t.eval(ctx, &joined, 0, "join", k.signaling(server), token, cameraBitrate); err != nil {
		return fmt.Errorf("%s: %w\n%s", k.name, err, server.output)
	}
	return nil
}

// seen waits for the other's first frame.
func (t *tab) seen(ctx context.Context) (timeline, error) {
	var got struct {
		OK    bool     `json:"ok"`
		Marks timeline `json:"marks"`
	}
	if err := t.eval(ctx, &got, frameWithin, "seen", frameWithin.Milliseconds()); err != nil {
		return timeline{}, err
	}
	if !got.OK {
		return timeline{}, fmt.Errorf("%s: %w within %v, only %+v%s", t.name, errNoFrame, frameWithin, got.Marks, t.said())
	}
	return got.Marks, nil
}

// watch looks on at both ends at the same time.
func (c *caller) watch(ctx context.Context, customer, agent *tab, d time.Duration, r *callResult) error {
	done := make(chan error, 1)
	go func() { done <- agent.eval(ctx, &r.agentSaw, d, "watched", d.Milliseconds()) }()
	err := customer.eval(ctx, &r.customerSaw, d, "watched", d.Milliseconds())
	return errors.Join(err, <-done)
}

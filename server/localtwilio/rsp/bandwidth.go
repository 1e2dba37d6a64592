package rsp

import (
	"slices"
	"time"

	"escalate/server/localtwilio/sfu"
)

// bandwidthProfile is how a browser wants its bandwidth shared (twilio-video.js,
// createBandwidthProfilePayload in lib/util/index.js).
type bandwidthProfile struct {
	Video *videoProfile `json:"video"`
}

type videoProfile struct {
	Mode                     string                `json:"mode"` // grid, collaboration, presentation
	ActiveSpeakerPriority    string                `json:"active_speaker_priority"`
	MaxSubscriptionBandwidth float64               `json:"max_subscription_bandwidth"` // bits per second
	MaxTracks                float64               `json:"max_tracks"`
	RenderDimensions         map[string]dimensions `json:"render_dimensions"` // by priority
	TrackSwitchOff           string                `json:"track_switch_off"`  // detected, predicted, disabled
}

// dimensions is a size in pixels, of which browsers send fractions too.
type dimensions struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
}

// maxPixels bounds a side of a picture; larger ones are taken for as large.
const maxPixels = 1 << 14

func (d dimensions) toSFU() sfu.Dimensions {
	side := func(x float64) int { return int(min(max(x, 0), maxPixels)) }
	return sfu.Dimensions{Width: side(d.Width), Height: side(d.Height)}
}

// toSFU returns the profile for the media; without one nothing is ever switched off.
func (b *bandwidthProfile) toSFU() sfu.Profile {
	if b == nil || b.Video == nil {
		return sfu.Profile{}
	}
	v := b.Video
	const most = 1e9 // beyond it there is no limit in fact
	p := sfu.Profile{
		Mode:            v.Mode,
		MaxTracks:       int(min(max(v.MaxTracks, 0), maxTracks*maxTracks)),
		MaxBitrate:      int(min(max(v.MaxSubscriptionBandwidth, 0), most)),
		SpeakerPriority: v.ActiveSpeakerPriority,
		SwitchOff:       v.TrackSwitchOff,
		Dimensions:      map[string]sfu.Dimensions{},
	}
	if p.Mode == "" {
		p.Mode = sfu.ModeGrid // the client's default
	}
	for _, priority := range []string{sfu.PriorityLow, sfu.PriorityStandard, sfu.PriorityHigh} {
		if d, ok := v.RenderDimensions[priority]; ok {
			p.Dimensions[priority] = d.toSFU()
		}
	}
	return p
}

// setProfile hands a bandwidth profile to the media. nil changes nothing.
func setProfile(p mediaPeer, b *bandwidthProfile) {
	if b != nil {
		p.SetProfile(b.toSFU())
	}
}

// steer takes a browser's wishes for what it receives, and returns the answer where one is due.
// room.mu is held.
func (x *session) steer(channel string, m signal) (answer any) {
	p := x.media()
	switch {
	case m.Type == "ready" && channel == trackSwitchOff:
		// What was switched off while the browser was joining has not reached it.
		if off := x.signals.switchedOff; len(off) > 0 {
			return switchOffSignal{Type: trackSwitchOff, Off: slices.Clone(off), On: []string{}}
		}
	case m.Type == "ready" && channel == publisherHints:
		p.ResetLayers("", 0)
	case m.Type == renderHints && channel == renderHints:
		p.Hint(m.Subscriber.toSFU())
		return hintsAnswer(m.Subscriber)
	case m.Type == trackPriority && channel == trackPriority:
		switch m.Subscribe {
		case "", sfu.PriorityLow, sfu.PriorityStandard, sfu.PriorityHigh:
			p.Prioritize(m.Track, m.Subscribe)
		}
	case m.Type == clientReset && channel == publisherHints:
		p.ResetLayers(m.Track, 0)
	case m.Type == publisherHints && channel == publisherHints:
		for _, h := range m.Hints {
			if h.refused() {
				p.ResetLayers(h.Track, refusedPause)
			}
		}
	}
	return nil
}

func (h hints) toSFU() []sfu.Hint {
	list := make([]sfu.Hint, 0, len(h.Hints))
	for _, x := range h.Hints {
		y := sfu.Hint{TrackSID: x.Track, Enabled: x.Enabled}
		if x.RenderDimensions != nil {
			d := x.RenderDimensions.toSFU()
			y.Rendered = &d
		}
		list = append(list, y)
	}
	return list
}

// switchOffSignal tells a subscriber which Tracks stopped and which flow again.
type switchOffSignal struct {
	Type string   `json:"type"`
	Off  []string `json:"off"`
	On   []string `json:"on"`
}

// switched is told by the media.
func (x *session) switched(off, on []string) {
	r := x.room
	r.mu.Lock()
	s := &x.signals
	s.switchedOff = slices.DeleteFunc(s.switchedOff, func(sid string) bool { return slices.Contains(on, sid) })
	for _, sid := range off {
		if !slices.Contains(s.switchedOff, sid) {
			s.switchedOff = append(s.switchedOff, sid)
		}
	}
	p, granted := x.media(), s.granted(trackSwitchOff)
	r.mu.Unlock()
	if granted {
		x.signal(p, trackSwitchOff, switchOffSignal{Type: trackSwitchOff, Off: orNone(off), On: orNone(on)})
	}
}

// clientReset says that a publisher has replaced a Track's media and begins with all layers.
const clientReset = "client_reset"

// refusedPause is how long a publisher is left alone that could not do what it was told about layers. What
// stood in its way, such as another change of the same sender, is over much sooner; a client that never can costs
// a message each time.
const refusedPause = 2 * time.Second

// hintResult is what a publisher has done about the layers of a Track (twilio-video.js, setPublisherHint in
// lib/signaling/v2/peerconnection.js).
type hintResult struct {
	Track  string `json:"track"`
	Result string `json:"result"`
}

// refused reports whether the publisher still sends what it sent before. REQUEST_SKIPPED is not refused: the
// client has been told something newer since.
func (h hintResult) refused() bool {
	return h.Result == "COULD_NOT_APPLY_HINT" || h.Result == "UNKNOWN_TRACK"
}

// layersSignal tells a publisher which simulcast layers anybody makes use of.
type layersSignal struct {
	Type      string       `json:"type"`
	Publisher layerUpdates `json:"publisher"`
}

type layerUpdates struct {
	ID    int           `json:"id"`
	Hints []layerUpdate `json:"hints"`
}

type layerUpdate struct {
	Track     string          `json:"track"`
	Encodings []layerEncoding `json:"encodings"`
}

type layerEncoding struct {
	Enabled    bool `json:"enabled"`
	LayerIndex int  `json:"layer_index"`
}

// layersWanted is told by the media.
func (x *session) layersWanted(trackSID string, enabled []bool) {
	r := x.room
	r.mu.Lock()
	p, granted := x.media(), x.signals.granted(publisherHints)
	x.signals.hinted++ // the client ignores an id of 0
	m := layersSignal{Type: publisherHints, Publisher: layerUpdates{ID: x.signals.hinted, Hints: []layerUpdate{{Track: trackSID}}}}
	r.mu.Unlock()
	if !granted {
		return
	}
	h := &m.Publisher.Hints[0]
	for i, on := range enabled {
		h.Encodings = append(h.Encodings, layerEncoding{Enabled: on, LayerIndex: i})
	}
	x.signal(p, publisherHints, m)
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

package sfu

import (
	"slices"
	"time"
)

// layerPause is how long a layer must be of no use before its publisher is told to stop it.
// Starting it again takes a keyframe, and pages are drawn anew for less.
const layerPause = 2 * time.Second

// layerHint is what a publisher was last told about the layers of a Track.
type layerHint struct {
	told   []bool
	unused time.Time // since when fewer are needed than told, zero if not
}

// ResetLayers says that a client has begun anew with a Track's layers, or those of all for "", as
// twilio-video.js does after replaceTrack.
func (p *Peer) ResetLayers(trackSID string) {
	p.loop.post(func() {
		if trackSID == "" {
			clear(p.layerHints)
		}
		delete(p.layerHints, trackSID)
		p.hintLayers(time.Now())
	})
}

// hintLayers tells the publisher which simulcast layers are of use. More are asked for at once,
// fewer after a while.
func (p *Peer) hintLayers(now time.Time) {
	f := p.config.LayersWanted
	if f == nil {
		return
	}
	for sid := range p.layerHints {
		if p.published[sid] == nil {
			delete(p.layerHints, sid)
		}
	}
	for sid, pub := range p.published {
		if pub.media == nil || len(pub.media.layers) < 2 || len(*pub.media.sinks.Load()) == 0 {
			continue
		}
		needed := pub.media.needed()
		h := p.layerHints[sid]
		switch {
		case slices.Equal(h.told, needed):
			h.unused = time.Time{}
		case h.told != nil && !anyNew(h.told, needed) && h.unused.IsZero():
			h.unused = now
		case h.told != nil && !anyNew(h.told, needed) && now.Sub(h.unused) < layerPause:
		default:
			h = layerHint{told: needed}
			list := slices.Clone(needed)
			p.out.post(func() { f(sid, list) })
		}
		p.layerHints[sid] = h
	}
}

// anyNew reports whether something is needed that was not before.
func anyNew(told, needed []bool) bool {
	for i, n := range needed {
		if n && (i >= len(told) || !told[i]) {
			return true
		}
	}
	return false
}

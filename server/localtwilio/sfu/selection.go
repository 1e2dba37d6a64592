package sfu

// selection is which layer of a Track a DownTrack sends, and whether it sends at all. It begins, resumes and
// changes layers on a keyframe only. It is guarded by DownTrack.mu.
type selection struct {
	keyframes bool // false: any packet will do to begin
	ready     bool // answered and connected, so that a keyframe can arrive
	off       bool // switched off
	waiting   bool // for a keyframe
	target    int  // index of the layer that is wanted
	current   int  // index of the layer that is sent, unless waiting
}

// written is what became of a packet.
type written int

const (
	sent         written = iota
	skipped              // not wanted now
	early                // wanted, but nothing can be sent yet
	wantKeyframe         // cannot begin without one
	began                // sent as the first, or the first after a pause or of another layer
)

// start says that packets can reach the subscriber from now on. It returns the index of the
// layer of which a keyframe is wanted, if one is.
func (s *selection) start() (layer int, wanted bool) {
	if s.ready {
		return 0, false
	}
	s.ready = true
	return s.target, s.keyframes && !s.off
}

// choose sets the layer to send, or pauses. Until the layer's next keyframe the one before it
// goes on. It reports whether a keyframe of it is wanted.
func (s *selection) choose(target int, off bool) (wanted bool) {
	if s.off == off && (off || s.target == target) {
		s.target = target
		return false
	}
	if s.off != off {
		s.waiting = true
	}
	s.off, s.target = off, target
	return s.keyframes && s.ready && !off && (s.waiting || s.current != target)
}

// admit says what is to become of a packet of a layer: sent, skipped, wantKeyframe or began.
func (s *selection) admit(layer int, keyframe bool) written {
	switch {
	case !s.ready || s.off:
		return skipped
	case !s.waiting && layer == s.current:
		return sent
	case layer != s.target:
		return skipped
	case s.keyframes && !keyframe:
		return wantKeyframe
	}
	s.waiting, s.current = false, layer
	return began
}

// sending reports whether packets of a layer go out.
func (s *selection) sending(layer int) bool {
	return s.ready && !s.off && !s.waiting && layer == s.current
}

// What awaited returns when it is no layer.
const (
	awaitsNone = -1
	awaitsAny  = -2
)

// awaited returns the index of the layer of which a keyframe is awaited.
func (s *selection) awaited(blank bool) int32 {
	switch {
	case s.off || !s.keyframes:
		return awaitsNone
	case !s.ready && blank:
		return awaitsAny // which it will be is decided until it is ready
	case s.ready && (s.waiting || s.current != s.target):
		return int32(s.target)
	}
	return awaitsNone
}

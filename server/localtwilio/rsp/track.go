package rsp

import (
	"slices"

	"escalate/server/localtwilio/sfu"
)

// publishing is what a Participant publishes. Guarded by room.mu.
type publishing struct {
	list  []*track
	heard int // revision of the browser's own list
	told  int // revision of the list that its publisher is told
}

// track is a Track of a Participant as the Room knows it. One that was refused
// stays in the list with its code until its publisher withdraws it: that is how
// the publisher learns of it, and nobody else sees it.
type track struct {
	trackState
	sid  string // "" when refused
	code int    // why it was refused, 0 when it was not
}

// maxPublished is how many Tracks one Participant may publish at a time, in a Room
// that still takes as many.
const maxPublished = 32

// diff is what a new list of Tracks changes.
type diff struct {
	tracks  []*track // the new list
	added   []*track // refused ones included
	removed []*track
	toggled []*track // enabled differs
	changed bool     // anything that others can see
}

// compare applies a publisher's complete list to what it has published so far.
// Kind and name of a Track are fixed when it first appears. At most limit are
// accepted; those that are published already stay. The given tracks are not
// altered: the caller takes over what the diff has.
func compare(have []*track, list []trackState, audioOnly bool, limit int) diff {
	known := make(map[string]*track, len(have))
	for _, t := range have {
		known[t.ID] = t
	}
	// Names of Tracks that stay are taken first, wherever they stand in the list.
	names := map[string]bool{}
	accepted := 0
	for _, s := range list {
		if t := known[s.ID]; t != nil && t.code == 0 {
			names[t.Name] = true
			accepted++
		}
	}
	var d diff
	for _, s := range list {
		if s.Priority == "" {
			s.Priority = "standard"
		}
		if old := known[s.ID]; old != nil {
			delete(known, s.ID)
			t := *old
			t.Enabled, t.Priority = s.Enabled, s.Priority
			d.tracks = append(d.tracks, &t)
			if t.code != 0 {
				continue
			}
			if t.Enabled != old.Enabled {
				d.toggled = append(d.toggled, &t)
			}
			if t != *old {
				d.changed = true
			}
			continue
		}
		t := &track{trackState: s, code: nameCode(s.Name)}
		switch {
		case t.code != 0:
		case names[s.Name]:
			t.code = codeTrackNameTaken
		case audioOnly && s.Kind == "video":
			t.code = codeTrackKind
		case accepted >= limit:
			t.code = codeTooManyTracks
		default:
			names[s.Name] = true
			accepted++
			d.changed = true
		}
		d.tracks = append(d.tracks, t)
		d.added = append(d.added, t)
	}
	for _, t := range have { // in order, unlike the map
		if known[t.ID] == nil {
			continue
		}
		d.removed = append(d.removed, t)
		if t.code == 0 {
			d.changed = true
		}
	}
	return d
}

func nameCode(name string) int {
	if name == "" {
		return codeTrackNameInvalid
	}
	return checkText(name, codeTrackNameTooLong, codeTrackNameChars)
}

// published is the list for the publisher.
func (p publishing) published() publishedState {
	s := publishedState{Revision: p.told, Tracks: make([]publishedTrack, 0, len(p.list))}
	for _, t := range p.list {
		if t.code != 0 {
			s.Tracks = append(s.Tracks, publishedTrack{
				ID: t.ID, State: "failed",
				Error: &trackError{Code: t.code, Message: texts[t.code]},
			})
			continue
		}
		s.Tracks = append(s.Tracks, publishedTrack{ID: t.ID, SID: t.sid, State: "ready"})
	}
	return s
}

// visible is the list for everybody else.
func visible(tracks []*track) []remoteTrack {
	list := make([]remoteTrack, 0, len(tracks))
	for _, t := range tracks {
		if t.code == 0 {
			list = append(list, remoteTrack{
				SID: t.sid, ID: t.ID, Kind: t.Kind, Name: t.Name, Enabled: t.Enabled, Priority: t.Priority,
			})
		}
	}
	return list
}

// forwarded is the list for the media.
func forwarded(tracks []*track) []sfu.Track {
	list := make([]sfu.Track, 0, len(tracks))
	for _, t := range tracks {
		if t.code == 0 {
			list = append(list, sfu.Track{SID: t.sid, ID: t.ID, Kind: t.Kind, Enabled: t.Enabled, Priority: t.Priority})
		}
	}
	return list
}

// sidsOf names the Tracks that others may be subscribed to.
func sidsOf(tracks []*track) []string {
	list := make([]string, 0, len(tracks))
	for _, t := range tracks {
		if t.code == 0 {
			list = append(list, t.sid)
		}
	}
	return slices.Clip(list)
}

//go:build js

package twiliojs

import (
	"context"
	"errors"
	"syscall/js"

	"escalate/app/browser"
	"escalate/app/video"
)

// str is a string property, "" where there is none.
func str(v js.Value, names ...string) string {
	if p := path(v, names...); p.Type() == js.TypeString {
		return p.String()
	}
	return ""
}

// num is a number property, 0 where there is none.
func num(v js.Value, names ...string) float64 {
	if p := path(v, names...); p.Type() == js.TypeNumber {
		return p.Float()
	}
	return 0
}

// flag is a property taken as a truth value.
func flag(v js.Value, names ...string) bool { return path(v, names...).Truthy() }

// jsError makes a *video.Error of a JavaScript error, nil of nothing.
func jsError(v js.Value) *video.Error {
	if !exists(v) {
		return nil
	}
	e := &video.Error{Code: int(num(v, "code")), Name: str(v, "name"), Message: str(v, "message")}
	// DOMExceptions carry numbers of their own, far below Twilio's.
	if e.Code < 1000 {
		e.Code = 0
	}
	e.Reason = reasonOf(e.Name, e.Message, e.Code)
	return e
}

// convertError turns what the browser package reports into a *video.Error; a
// context's error and one that is a *video.Error already stay as they are.
func convertError(err error) error {
	var v *video.Error
	if errors.As(err, &v) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, video.ErrUnsupported) {
		return err
	}
	var e *browser.Exception
	if errors.As(err, &e) {
		if c := jsError(e.Value); c != nil && (c.Name != "" || c.Message != "") {
			return c
		}
		return &video.Error{Reason: video.Other, Message: e.Message()}
	}
	return &video.Error{Reason: video.Other, Message: err.Error()}
}

// asError is convertError for where only a *video.Error will do.
func asError(err error) *video.Error {
	var v *video.Error
	if errors.As(convertError(err), &v) {
		return v
	}
	return &video.Error{Reason: video.Other, Message: err.Error()}
}

// trackOf reads a TrackPublication.
func trackOf(pub js.Value, local bool) video.Track {
	t := video.Track{
		SID:         str(pub, "trackSid"),
		Name:        str(pub, "trackName"),
		Kind:        video.Kind(str(pub, "kind")),
		Enabled:     flag(pub, "isTrackEnabled"),
		Subscribed:  local || flag(pub, "isSubscribed"),
		SwitchedOff: flag(pub, "track", "isSwitchedOff"),
	}
	if t.Kind == video.Video && t.Name == video.ScreenTrackName {
		t.Kind = video.Screen
	}
	if t.Kind == video.Audio && t.Name == video.SoundTrackName {
		t.Kind = video.Sound
	}
	return t
}

// participantOf reads a Participant.
func participantOf(p js.Value, local bool) video.Participant {
	v := video.Participant{
		SID:          str(p, "sid"),
		Identity:     str(p, "identity"),
		Reconnecting: str(p, "state") == "reconnecting",
	}
	each(path(p, "tracks"), func(pub js.Value) { v.Tracks = append(v.Tracks, trackOf(pub, local)) })
	return v
}

//go:build js

package twiliojs

import (
	"syscall/js"

	"escalate/app/video"
)

// arg is the i-th argument of an SDK event, undefined when there are fewer.
func arg(args []js.Value, i int) js.Value {
	if i < len(args) {
		return args[i]
	}
	return js.Undefined()
}

// start listens to a Room and announces who is there.
func (r *room) start(v js.Value) {
	r.Value = v
	if r.capture != nil {
		r.capture.room = r
	}
	l := &r.listeners
	l.on(v, "participantConnected", func(a []js.Value) { r.arrived(arg(a, 0)) })
	l.on(v, "participantDisconnected", func(a []js.Value) { r.departed(arg(a, 0)) })
	l.on(v, "participantReconnecting", func(a []js.Value) {
		r.emit(video.ParticipantReconnecting{SID: str(arg(a, 0), "sid")})
	})
	l.on(v, "participantReconnected", func(a []js.Value) {
		r.emit(video.ParticipantReconnected{SID: str(arg(a, 0), "sid")})
	})
	r.listenTracks(v)
	r.listenLocal()
	l.on(v, "dominantSpeakerChanged", func(a []js.Value) {
		r.emit(video.DominantSpeaker{SID: str(arg(a, 0), "sid")})
	})
	l.on(v, "recordingStarted", func([]js.Value) { r.emit(video.RecordingChanged{On: true}) })
	l.on(v, "recordingStopped", func([]js.Value) { r.emit(video.RecordingChanged{On: false}) })
	l.on(v, "reconnecting", func(a []js.Value) { r.emit(video.Reconnecting{Err: jsError(arg(a, 0))}) })
	l.on(v, "reconnected", func([]js.Value) { r.emit(video.Reconnected{}) })
	l.on(v, "disconnected", func(a []js.Value) { r.end(jsError(arg(a, 1))) })

	each(path(v, "participants"), r.arrived)
	r.remote.watch(&r.listeners)
	if flag(v, "isRecording") {
		r.emit(video.RecordingChanged{On: true})
	}
	if sid := str(v, "dominantSpeaker", "sid"); sid != "" {
		r.emit(video.DominantSpeaker{SID: sid})
	}
	// It may have ended between the promise and now.
	if str(v, "state") == "disconnected" {
		r.end(nil)
	}
}

// listenTracks listens to the Tracks of the others.
func (r *room) listenTracks(v js.Value) {
	l := &r.listeners
	l.on(v, "trackPublished", func(a []js.Value) {
		r.emit(video.TrackPublished{ParticipantSID: str(arg(a, 1), "sid"), Track: trackOf(arg(a, 0), false)})
	})
	l.on(v, "trackUnpublished", func(a []js.Value) {
		sid := str(arg(a, 0), "trackSid")
		r.forget(sid)
		r.emit(video.TrackUnpublished{ParticipantSID: str(arg(a, 1), "sid"), TrackSID: sid})
	})
	l.on(v, "trackSubscribed", func(a []js.Value) {
		t := trackOf(arg(a, 1), false)
		t.Subscribed = true
		r.remote.add(t.SID, arg(a, 0))
		r.emit(video.TrackSubscribed{ParticipantSID: str(arg(a, 2), "sid"), Track: t})
	})
	l.on(v, "trackUnsubscribed", func(a []js.Value) {
		sid := str(arg(a, 1), "trackSid")
		r.forget(sid)
		r.emit(video.TrackUnsubscribed{ParticipantSID: str(arg(a, 2), "sid"), TrackSID: sid})
	})
	l.on(v, "trackEnabled", func(a []js.Value) {
		r.emit(video.TrackEnabled{ParticipantSID: str(arg(a, 1), "sid"), TrackSID: str(arg(a, 0), "trackSid")})
	})
	l.on(v, "trackDisabled", func(a []js.Value) {
		r.emit(video.TrackDisabled{ParticipantSID: str(arg(a, 1), "sid"), TrackSID: str(arg(a, 0), "trackSid")})
	})
	l.on(v, "trackSwitchedOff", func(a []js.Value) {
		r.emit(video.TrackSwitchedOff{ParticipantSID: str(arg(a, 2), "sid"), TrackSID: str(arg(a, 1), "trackSid")})
	})
	l.on(v, "trackSwitchedOn", func(a []js.Value) {
		r.emit(video.TrackSwitchedOn{ParticipantSID: str(arg(a, 2), "sid"), TrackSID: str(arg(a, 1), "trackSid")})
	})
	l.on(v, "trackMessage", func(a []js.Value) {
		if arg(a, 0).Type() == js.TypeString {
			r.emit(video.DataReceived{ParticipantSID: str(arg(a, 2), "sid"), Text: a[0].String()})
		}
	})
}

// listenLocal listens to the local Participant. Its Track events carry the
// LocalTrack, not the publication.
func (r *room) listenLocal() {
	me, l := r.me(), &r.listeners
	l.on(me, "trackPublished", func(a []js.Value) {
		r.emit(video.LocalTrackPublished{Track: trackOf(arg(a, 0), true)})
	})
	l.on(me, "trackEnabled", func(a []js.Value) {
		if sid := r.localSID(arg(a, 0)); sid != "" {
			r.emit(video.TrackEnabled{ParticipantSID: str(me, "sid"), TrackSID: sid})
		}
	})
	l.on(me, "trackDisabled", func(a []js.Value) {
		if sid := r.localSID(arg(a, 0)); sid != "" {
			r.emit(video.TrackDisabled{ParticipantSID: str(me, "sid"), TrackSID: sid})
		}
	})
	r.listenQuality(me, l)
}

func (r *room) listenQuality(p js.Value, l *listeners) {
	sid := str(p, "sid")
	tell := func(level, stats js.Value) {
		if level.Type() == js.TypeNumber {
			r.emit(qualityOf(sid, level.Int(), stats))
		}
	}
	l.on(p, "networkQualityLevelChanged", func(a []js.Value) { tell(arg(a, 0), arg(a, 1)) })
	tell(path(p, "networkQualityLevel"), path(p, "networkQualityStats"))
}

// qualityOf reads NetworkQualityStats, which tell of audio and video what is
// sent and received.
func qualityOf(sid string, level int, stats js.Value) video.NetworkQuality {
	q := video.NetworkQuality{SID: sid, Level: level}
	worst := func(way string) (l int, ok bool) {
		l = 5
		for _, kind := range []string{"audio", "video"} {
			if v := path(stats, kind, way); v.Type() == js.TypeNumber {
				l, ok = min(l, v.Int()), true
			}
		}
		return l, ok
	}
	send, ok := worst("send")
	recv, too := worst("recv")
	if ok && too {
		q.Detailed, q.Send, q.Recv = true, send, recv
	}
	return q
}

// arrived announces a Participant with what they publish.
func (r *room) arrived(p js.Value) {
	sid := str(p, "sid")
	if r.people[sid] != nil {
		return
	}
	l := &listeners{}
	r.people[sid] = l
	each(path(p, "tracks"), func(pub js.Value) {
		if t := path(pub, "track"); exists(t) && flag(pub, "isSubscribed") {
			r.remote.add(str(pub, "trackSid"), t)
		}
	})
	r.emit(video.ParticipantConnected{Participant: participantOf(p, false)})
	r.listenQuality(p, l)
}

func (r *room) departed(p js.Value) {
	sid := str(p, "sid")
	if l := r.people[sid]; l != nil {
		l.release()
		delete(r.people, sid)
	}
	each(path(p, "tracks"), func(pub js.Value) { r.forget(str(pub, "trackSid")) })
	r.emit(video.ParticipantDisconnected{SID: sid})
}

// forget lets go of a Track that is over.
func (r *room) forget(trackSID string) {
	r.Detach(trackSID)
	r.remote.remove(trackSID)
}

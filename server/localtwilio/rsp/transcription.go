package rsp

import "escalate/server/localtwilio/transcription"

// transcriptionTime is how Twilio writes the time of a transcription: UTC with nanoseconds.
const transcriptionTime = "2006-01-02T15:04:05.000000000Z"

// transcriptionVersion is that of the messages below.
const transcriptionVersion = "1.0"

// transcriptionSignal tells what was said (twilio-video.js, lib/room.js; Twilio's page
// "Real-time Transcriptions for Video"). The client hands it to its application as it is.
type transcriptionSignal struct {
	Type           string   `json:"type"`
	Version        string   `json:"version"`
	Participant    string   `json:"participant"`
	Track          string   `json:"track"`
	SequenceNumber int      `json:"sequence_number"`
	Timestamp      string   `json:"timestamp"`
	Language       string   `json:"language_code"`
	Partial        bool     `json:"partial_results"`
	Stability      *float64 `json:"stability,omitempty"`
	Transcription  string   `json:"transcription"`
}

func transcriptionOf(l transcription.Line) transcriptionSignal {
	return transcriptionSignal{
		Type: transcriptions, Version: transcriptionVersion, Participant: l.ParticipantSID, Track: l.TrackSID, SequenceNumber: l.Sequence,
		Timestamp: l.At.UTC().Format(transcriptionTime), Language: l.Language, Partial: l.Partial, Stability: l.Stability, Transcription: l.Text,
	}
}

// checkTranscription says which Tracks can be heard by now. mu is held.
func (r *room) checkTranscription() {
	if r.listener == nil {
		return
	}
	var list []transcription.Source
	for _, x := range r.members {
		for _, t := range x.tracks.list {
			if t.code == 0 && t.Kind == "audio" {
				list = append(list, transcription.Source{TrackSID: t.sid, ParticipantSID: x.sid})
			}
		}
	}
	r.listener.Set(list)
}

// transcribed is told what was said, and tells everybody who asked for it, the speaker
// included.
func (r *room) transcribed(l transcription.Line) { r.tell(transcriptions, transcriptionOf(l)) }

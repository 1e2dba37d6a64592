package page

import (
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/app/call"
	"escalate/app/stage"
	"escalate/app/video"
)

// sentNotes are the notes that the page has sent, in order.
func (r *rig) sentNotes() []call.Note {
	var out []call.Note
	for _, line := range r.connector.Room().Calls.Calls() {
		if text, ok := strings.CutPrefix(line, "Send "); ok {
			if n, ok := call.ReadNote(text); ok {
				out = append(out, n)
			}
		}
	}
	return out
}

func (r *rig) sentNote(kind string) (n call.Note, ok bool) {
	all := r.sentNotes()
	i := slices.IndexFunc(all, func(n call.Note) bool { return n.Type == kind })
	if i < 0 {
		return n, false
	}
	return all[i], true
}

// says gives the page a note of the agent.
func (r *rig) says(n call.Note) {
	r.connector.Room().Emit(video.DataReceived{ParticipantSID: "PA1", Text: n.Encode()})
}

func TestTextIsSentAndAcknowledged(t *testing.T) {
	r, j := inCall(t)
	r.do(func() { j.stage.Talk.Toggle() })
	r.until("the field has the focus", func() bool { return r.host.saw(func(h *fakeHost) bool { return h.focus == stage.TalkInput }) })
	r.do(func() {
		j.stage.Talk.Draft = "  I cannot hear you "
		j.stage.Talk.Send()
	})
	r.until("it is shown as on its way", r.shows("Sending…"))
	var n call.Note
	r.until("it is sent", func() (ok bool) { n, ok = r.sentNote(call.NoteText); return ok })
	if n.Text != "I cannot hear you" {
		t.Errorf("sent %+v", n)
	}
	if !r.host.saw(func(h *fakeHost) bool { return h.filled == stage.TalkInput+"=" }) {
		t.Error("the field keeps what was sent")
	}
	// The first copy was lost: it is sent again under the same id.
	r.until("it is sent again", func() bool { return len(r.sentNotes()) >= 2 && r.sentNotes()[1] == n })
	r.says(call.Note{Type: call.NoteAck, ID: n.ID})
	r.until("it has arrived", func() bool { return !r.shows("Sending…")() })
	r.golden("join_text")
	r.do(func() { j.stage.Talk.Send() })
	if len(j.stage.Talk.Lines) != 1 {
		t.Error("sent nothing as a line")
	}
}

func TestTextOfTheOtherIsMarkedAndAcknowledged(t *testing.T) {
	r, j := inCall(t)
	n := call.Note{Type: call.NoteText, ID: "agent/1", Text: "<b>Can you hear me?</b>"}
	r.says(n)
	r.until("unread", r.shows(`data-unread="true"`))
	r.until("said", r.shows("Maria Lopez writes: &lt;b&gt;Can"))
	r.until("acknowledged", func() bool { a, ok := r.sentNote(call.NoteAck); return ok && a.ID == "agent/1" })
	r.says(n) // our acknowledgment was lost
	r.until("acknowledged again", func() bool { return len(r.sentNotes()) == 2 })
	if len(j.stage.Talk.Lines) != 1 || j.stage.Talk.Unread != 1 {
		t.Errorf("talk %+v", j.stage.Talk.Talk)
	}
	r.golden("join_text_unread")
	r.do(func() { j.stage.Talk.Toggle() })
	r.until("read", r.shows(`data-unread="false"`))
	// Strangers and rubbish change nothing.
	r.connector.Room().Emit(video.DataReceived{ParticipantSID: "PAx", Text: call.Note{Type: call.NoteText, ID: "x/1", Text: "x"}.Encode()},
		video.DataReceived{ParticipantSID: "PA1", Text: "rubbish"})
	r.do(func() {})
	if len(j.stage.Talk.Lines) != 1 {
		t.Errorf("talk %+v", j.stage.Talk.Talk)
	}
}

func TestTextThatNobodyGetsIsGivenUpAndTriedAgain(t *testing.T) {
	r, j := inCall(t)
	r.do(func() {
		j.stage.Talk.ResendEvery = time.Millisecond
		j.stage.Talk.Toggle()
		j.stage.Talk.Draft = "Hello?"
		j.stage.Talk.Send()
	})
	r.until("given up", r.shows("Not delivered."))
	r.golden("join_text_failed")
	n := len(r.sentNotes())
	r.do(func() { j.stage.Talk.Again(j.stage.Talk.Lines[0].ID) })
	r.until("on its way again", r.shows("Sending…"))
	r.until("sent again", func() bool { return len(r.sentNotes()) > n })
}

func TestTextOutlivesALoss(t *testing.T) {
	r, j := inCall(t)
	first := r.connector.Room()
	r.do(func() { j.stage.Talk.Draft = "Still there?"; j.stage.Talk.Send() })
	first.Emit(video.Disconnected{Err: &video.Error{Reason: video.SignalingLost}})
	r.until("back", func() bool { return r.connector.Room() != first && r.shows(`data-phase="in_call"`)() })
	r.connector.Room().Emit(video.ParticipantConnected{Participant: theAgent})
	r.until("sent in the new Room", func() bool { _, ok := r.sentNote(call.NoteText); return ok })
	if len(j.stage.Talk.Lines) != 1 {
		t.Errorf("talk %+v", j.stage.Talk.Talk)
	}
}

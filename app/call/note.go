package call

import (
	"encoding/json"
	"unicode/utf8"
)

// NoteVersion marks a message on the data Track as ours.
const NoteVersion = 1

// MaxText is the longest text of a Note, in characters; it fits the 16 KiB
// that every browser's data channel takes, whatever the script.
const MaxText = 1000

// The types of Notes.
const (
	NoteText   = "text"   // something that a person wrote
	NotePaused = "paused" // On: the sender's microphone or camera was interrupted
	NoteAck    = "ack"    // the Note with the ID has arrived
)

// Note is a message between the pages of a call over the data Track. Nothing
// tells a sender that a message has arrived, so each is acknowledged, and sent
// again until it is.
type Note struct {
	Escalate int    `json:"escalate"`
	Type     string `json:"type"`
	ID       string `json:"id"`
	Text     string `json:"text,omitempty"`
	On       bool   `json:"on,omitempty"`
}

// Encode is the Note as it travels.
func (n Note) Encode() string {
	n.Escalate = NoteVersion
	b, err := json.Marshal(n)
	if err != nil {
		return "" // strings and a bool always encode
	}
	return string(b)
}

// ReadNote decodes a message; ok is false for what is not ours.
func ReadNote(s string) (n Note, ok bool) {
	if json.Unmarshal([]byte(s), &n) != nil || n.Escalate != NoteVersion || n.ID == "" {
		return Note{}, false
	}
	return n, utf8.RuneCountInString(n.Text) <= MaxText
}

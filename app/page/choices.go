package page

import "encoding/json"

// choicesKey is where a browser keeps what its person chose.
const choicesKey = "escalate.choices"

// choices are kept in the browser for the next call. Device ids mean something
// to this origin only, which is why they are never sent anywhere.
type choices struct {
	Microphone string `json:"mic,omitempty"`
	Camera     string `json:"camera,omitempty"`
	Speaker    string `json:"speaker,omitempty"`
	Fit        string `json:"fit,omitempty"`    // how pictures stand in their tiles
	NoKeys     bool   `json:"noKeys,omitempty"` // keyboard shortcuts are switched off
}

// recall takes up what was chosen at another time.
func (s *session) recall() {
	var c choices
	if json.Unmarshal([]byte(s.deps.Host.Stored(choicesKey)), &c) != nil {
		return // nothing, or nothing of ours
	}
	for kind, id := range map[string]string{audioInput: c.Microphone, videoInput: c.Camera, audioOutput: c.Speaker} {
		if id != "" {
			s.chosen[kind] = id
		}
	}
	s.fit.recall(c.Fit)
	s.keys.off = c.NoKeys
}

// remember keeps what is chosen now.
func (s *session) remember() {
	b, err := json.Marshal(choices{
		Microphone: s.chosen[audioInput], Camera: s.chosen[videoInput], Speaker: s.chosen[audioOutput], Fit: s.fit.remembered(), NoKeys: s.keys.off,
	})
	if err == nil {
		s.deps.Host.Store(choicesKey, string(b))
	}
}

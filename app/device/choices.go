package device

import "encoding/json"

// choicesKey is where a browser keeps what its person chose.
const choicesKey = "escalate.choices"

// Choices are kept in the browser for the next call. Device ids mean something
// to this origin only, which is why they are never sent anywhere.
type Choices struct {
	host    Storage
	devices map[string]string // device kind -> id
	fit     string
	noKeys  bool
}

// kept is how they are stored.
type kept struct {
	Microphone string `json:"mic,omitempty"`
	Camera     string `json:"camera,omitempty"`
	Speaker    string `json:"speaker,omitempty"`
	Fit        string `json:"fit,omitempty"`    // how pictures stand in their tiles
	NoKeys     bool   `json:"noKeys,omitempty"` // keyboard shortcuts are switched off
}

// Device returns the id of the device of a kind that was chosen, or "".
func (c *Choices) Device(kind string) string { return c.devices[kind] }

// Choose notes a device.
func (c *Choices) Choose(kind, id string) {
	c.devices[kind] = id
	c.store()
}

// forget drops the choice of a device that is gone, which may come back at
// another time.
func (c *Choices) forget(kind string) { c.devices[kind] = "" }

// Fit returns how pictures were chosen to stand in their tiles, or "".
func (c *Choices) Fit() string { return c.fit }

// ChooseFit notes how pictures are to stand in their tiles.
func (c *Choices) ChooseFit(name string) {
	c.fit = name
	c.store()
}

// Keys says whether keyboard shortcuts are used.
func (c *Choices) Keys() bool { return !c.noKeys }

// ChooseKeys notes whether keyboard shortcuts are used.
func (c *Choices) ChooseKeys(on bool) {
	c.noKeys = !on
	c.store()
}

// recall takes up what was chosen at another time.
func (c *Choices) recall() {
	var k kept
	if json.Unmarshal([]byte(c.host.Stored(choicesKey)), &k) != nil {
		return // nothing, or nothing of ours
	}
	for kind, id := range map[string]string{AudioInput: k.Microphone, VideoInput: k.Camera, AudioOutput: k.Speaker} {
		if id != "" {
			c.devices[kind] = id
		}
	}
	c.fit, c.noKeys = k.Fit, k.NoKeys
}

func (c *Choices) store() {
	b, err := json.Marshal(kept{
		Microphone: c.devices[AudioInput], Camera: c.devices[VideoInput], Speaker: c.devices[AudioOutput], Fit: c.fit, NoKeys: c.noKeys,
	})
	if err == nil {
		c.host.Store(choicesKey, string(b))
	}
}

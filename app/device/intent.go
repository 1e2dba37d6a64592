package device

import (
	"encoding/json"
	"slices"

	"escalate/app/video"
)

// Where a browser keeps intents; start.js reads the customer's. Each role has
// its own: who tries the product out has both in one browser.
const (
	CustomerIntent = "escalate.on.customer"
	AgentIntent    = "escalate.on.agent"
)

// maxIntents is for how many escalations a browser keeps what was wanted on;
// of one that is not followed to its end nothing would ever be forgotten else.
const maxIntents = 8

// Intent is what a person wants on in the call of one escalation. It outlives
// the call, the capture and the page, so that what was switched off stays off
// until it is switched on, and is forgotten when the escalation is over. Where
// the browser keeps nothing, it lasts as long as the page.
type Intent struct {
	Host  Storage
	Key   string // in the browser's storage
	all   []Wishes
	code  string
	blind bool // the browser does not keep what we store
}

// Wishes are those for one escalation.
type Wishes struct {
	Code string `json:"code"`
	// On has the kinds that were switched, or joined without, by choice.
	On   map[video.Kind]bool `json:"on,omitempty"`
	Blur bool                `json:"blur,omitempty"`
}

// Of turns to the escalation with the code, for which another tab may have
// stored something.
func (i *Intent) Of(code string) {
	i.code = code
	var all []Wishes
	if !i.blind && json.Unmarshal([]byte(i.Host.Stored(i.Key)), &all) == nil {
		i.all = all
	}
}

// Now returns the Wishes for the current escalation.
func (i *Intent) Now() Wishes {
	for _, w := range i.all {
		if w.Code == i.code {
			return w
		}
	}
	return Wishes{Code: i.code}
}

// Want notes that a kind of media was switched by choice.
func (i *Intent) Want(k video.Kind, on bool) {
	w := i.Now()
	kinds := map[video.Kind]bool{k: on}
	for other, on := range w.On {
		if other != k {
			kinds[other] = on
		}
	}
	w.On = kinds
	i.keep(w)
}

// WantBlur notes that the background is to be blurred, or not any more.
func (i *Intent) WantBlur(on bool) {
	w := i.Now()
	w.Blur = on
	i.keep(w)
}

// keep puts w first and stores all of them.
func (i *Intent) keep(w Wishes) {
	i.forget()
	i.all = append([]Wishes{w}, i.all...)
	i.all = i.all[:min(len(i.all), maxIntents)]
	i.store()
}

// Over forgets what was wanted in the current escalation.
func (i *Intent) Over() {
	if i.forget() {
		i.store()
	}
}

func (i *Intent) forget() (found bool) {
	n := len(i.all)
	i.all = slices.DeleteFunc(slices.Clone(i.all), func(w Wishes) bool { return w.Code == i.code })
	return len(i.all) < n
}

func (i *Intent) store() {
	text := ""
	if len(i.all) > 0 {
		b, err := json.Marshal(i.all)
		if err != nil {
			return
		}
		text = string(b)
	}
	i.Host.Store(i.Key, text)
	i.blind = i.Host.Stored(i.Key) != text
}

// Off says whether a kind was switched off by choice.
func (w Wishes) Off(k video.Kind) bool {
	on, told := w.On[k]
	return told && !on
}

// Capture returns what to capture where c is asked for: a camera that is off
// is not even switched on for a moment. A muted microphone is captured, and
// muted: the browser's question comes now and not in the middle of the call.
func (w Wishes) Capture(c video.Want) video.Want {
	c.Video = c.Video && !w.Off(video.Video)
	return c
}

// Again returns what to ask for where c was, when it came to the last call: what
// was switched on in it is wanted too.
func (w Wishes) Again(c video.Want) video.Want {
	c.Audio = c.Audio || w.On[video.Audio]
	c.Video = c.Video || w.On[video.Video]
	return c
}

package page

import (
	"encoding/json"
	"slices"

	"escalate/app/video"
)

// Where a browser keeps intents; start.js reads the customer's. Each role has
// its own: who tries the product out has both in one browser.
const (
	customerIntent = "escalate.on.customer"
	agentIntent    = "escalate.on.agent"
)

// maxIntents is for how many escalations a browser keeps what was wanted on;
// of one that is not followed to its end nothing would ever be forgotten else.
const maxIntents = 8

// intent is what a person wants on in the call of one escalation. It outlives
// the call, the capture and the page, so that what was switched off stays off
// until it is switched on, and is forgotten when the escalation is over. Where
// the browser keeps nothing, it lasts as long as the page.
type intent struct {
	host  Host
	key   string // in the browser's storage
	all   []wishes
	code  string
	blind bool // the browser does not keep what we store
}

// wishes are those for one escalation.
type wishes struct {
	Code string `json:"code"`
	// On has the kinds that were switched, or joined without, by choice.
	On   map[video.Kind]bool `json:"on,omitempty"`
	Blur bool                `json:"blur,omitempty"`
}

// of turns to the escalation with the code, for which another tab may have
// stored something.
func (i *intent) of(code string) {
	i.code = code
	var all []wishes
	if !i.blind && json.Unmarshal([]byte(i.host.Stored(i.key)), &all) == nil {
		i.all = all
	}
}

// now returns the wishes for the current escalation.
func (i *intent) now() wishes {
	for _, w := range i.all {
		if w.Code == i.code {
			return w
		}
	}
	return wishes{Code: i.code}
}

// want notes that a kind of media was switched by choice.
func (i *intent) want(k video.Kind, on bool) {
	w := i.now()
	kinds := map[video.Kind]bool{k: on}
	for other, on := range w.On {
		if other != k {
			kinds[other] = on
		}
	}
	w.On = kinds
	i.keep(w)
}

// wantBlur notes that the background is to be blurred, or not any more.
func (i *intent) wantBlur(on bool) {
	w := i.now()
	w.Blur = on
	i.keep(w)
}

// keep puts w first and stores all of them.
func (i *intent) keep(w wishes) {
	i.forget()
	i.all = append([]wishes{w}, i.all...)
	i.all = i.all[:min(len(i.all), maxIntents)]
	i.store()
}

// over forgets what was wanted in the current escalation.
func (i *intent) over() {
	if i.forget() {
		i.store()
	}
}

func (i *intent) forget() (found bool) {
	n := len(i.all)
	i.all = slices.DeleteFunc(slices.Clone(i.all), func(w wishes) bool { return w.Code == i.code })
	return len(i.all) < n
}

func (i *intent) store() {
	text := ""
	if len(i.all) > 0 {
		b, err := json.Marshal(i.all)
		if err != nil {
			return
		}
		text = string(b)
	}
	i.host.Store(i.key, text)
	i.blind = i.host.Stored(i.key) != text
}

// off says whether a kind was switched off by choice.
func (w wishes) off(k video.Kind) bool {
	on, told := w.On[k]
	return told && !on
}

// capture returns what to capture where c is asked for: a camera that is off
// is not even switched on for a moment. A muted microphone is captured, and
// muted: the browser's question comes now and not in the middle of the call.
func (w wishes) capture(c video.Want) video.Want {
	c.Video = c.Video && !w.off(video.Video)
	return c
}

// again returns what to ask for where c was, when it came to the last call: what
// was switched on in it is wanted too.
func (w wishes) again(c video.Want) video.Want {
	c.Audio = c.Audio || w.On[video.Audio]
	c.Video = c.Video || w.On[video.Video]
	return c
}

//go:build e2e

package e2e

import (
	"bytes"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"
	"time"
)

// badly is what a bad proxy does to the product's requests. It is the product's
// that have to end by themselves: a page or a file that does not come is shown,
// and loaded again, by the browser; and the demo's chat stands in for Twilio's.
type badly struct {
	mu        sync.Mutex
	on        bool
	asked     map[string]int // requests by method and action
	swallowed []string
	held      int // streams whose bytes are held back
}

// begin makes the proxy bad from now on.
func (b *badly) begin() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.on, b.asked = true, map[string]int{}
}

func streams(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/events") }

// swallows says whether a request is never to be answered, nor refused: of each
// kind the first, and then every tenth.
func (b *badly) swallows(r *http.Request) bool {
	if !strings.HasPrefix(r.URL.Path, "/api/") || streams(r) {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.on {
		return false
	}
	action := path.Base(r.URL.Path)
	if r.Method == http.MethodGet {
		action = path.Base(path.Dir(r.URL.Path)) // what follows is a code or a SID
	}
	kind := r.Method + " " + action
	b.asked[kind]++
	if b.asked[kind]%10 != 1 {
		return false
	}
	b.swallowed = append(b.swallowed, kind)
	return true
}

// writer holds all of a stream back until it is over, header and bytes.
func (b *badly) writer(w http.ResponseWriter, r *http.Request) (_ http.ResponseWriter, release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.on || !strings.HasPrefix(r.URL.Path, "/api/") || !streams(r) {
		return w, func() {}
	}
	b.held++
	h := &heldBack{to: w, header: http.Header{}}
	return h, h.release
}

// heldBack is an answer that is written when it is over. It has no Flush.
type heldBack struct {
	to     http.ResponseWriter
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldBack) Header() http.Header         { return h.header }
func (h *heldBack) WriteHeader(status int)      { h.status = status }
func (h *heldBack) Write(b []byte) (int, error) { return h.body.Write(b) }

func (h *heldBack) release() {
	for k, v := range h.header {
		h.to.Header()[k] = v
	}
	if h.status != 0 {
		h.to.WriteHeader(h.status)
	}
	_, _ = h.to.Write(h.body.Bytes()) // nobody may be there any more
}

// TestBadProxy plays the walkthrough behind a proxy that holds the stream of
// events back for ever and swallows one request in ten without a word, among
// them the first of every kind. It ends in a call and a rating.
func TestBadProxy(t *testing.T) {
	s, f := startBehind(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "false"})
	b := newBrowser(t)
	desk := b.open(t, "desk", f.URL+"/demo/agent", 1400, 900)
	desk.see("#video-button")
	f.badly.begin()
	began := time.Now()
	const long = time.Minute // for what is swallowed once on the way

	// The desk looks for a call of this Task, and then wishes for a link, which is
	// not repeated by itself: it would be in the chat twice. Of either the first
	// is swallowed; the agent is told, and presses again.
	var link string
	for press := 1; link == ""; press++ {
		desk.click("#video-button")
		desk.untilWithin(long, "the link in the chat, or a sentence",
			`d.querySelector('#agent-messages a[href*="/join/"]') || d.querySelector('#notice')?.innerText.includes('does not answer')`)
		if err := desk.eval(&link, `return d.querySelector('#agent-messages a[href*="/join/"]')?.href ?? ''`); err != nil {
			t.Fatal(err)
		}
		if link == "" {
			if press == 4 {
				t.Fatal("no link after four presses")
			}
			desk.click("#notice button")
		}
	}
	room := desk.in(frame)
	room.untilWithin(long, "the agent may join", `d?.querySelector('#join-button')?.checkVisibility()`)

	// The customer is first, and waits; the agent reads it.
	c := b.open(t, "customer", link, 390, 844)
	c.ready()
	c.click("#join-button")
	c.see("#cancel-button")
	c.shot("joining")
	c.untilWithin(long, "waiting", `d.querySelector('[data-phase="waiting"]')`)
	room.untilWithin(long, "the agent reads that the customer waits", `d?.body?.innerText.includes('waiting for you')`)

	// The agent joins; the customer is let in.
	room.click("#join-button")
	room.untilWithin(long, "the agent is in", `d?.querySelector('[data-phase="in_call"]')`)
	c.untilWithin(long, "the customer is in", `d.querySelector('[data-phase="in_call"]')`)
	room.plays("the customer's picture and sound reach the agent")
	c.plays("the agent's picture and sound reach the customer")
	c.shot("call")
	desk.shot("call")

	// The customer leaves and rates.
	c.click("#leave-button")
	c.see("#rating-form")
	c.click(`label[for="rating-5"]`)
	c.click("#rating-send")
	c.untilWithin(long, "thanks", `d.querySelector('#rating-thanks')`)
	api := "http://" + s.Addr() + "/api/escalations/" + path.Base(link) // not through the proxy
	eventually(t, "the rating has arrived", func() bool { return stateOf(t, api).Rated })

	// The agent ends it, and both pages know.
	room.click("#more-button")
	room.click("#end-button")
	room.click("#end-button")
	room.untilWithin(long, "over", `d?.querySelector('[data-phase="over"]')`)
	c.untilWithin(long, "nothing offers a rejoin", `!d.querySelector('#rejoin-button')?.checkVisibility()`)
	t.Logf("it took %v; swallowed: %q; %d streams held back", time.Since(began).Round(time.Second), f.badly.swallowed, f.badly.held)
	for _, kind := range []string{"POST escalations", "GET tasks", "POST token", "POST agent-token", "POST rating", "POST end"} {
		if !strings.Contains(strings.Join(f.badly.swallowed, "\n"), kind) {
			t.Errorf("no %s was swallowed", kind)
		}
	}
	c.quiet()
}

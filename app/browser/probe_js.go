//go:build js

package browser

import (
	"context"
	"syscall/js"
	"time"
)

// How long a probe waits. STUN asks nine times within ten seconds before it
// gives up; a WebSocket that is not open by then will not be.
const probeLasts = 10 * time.Second

// Probe looks whether this network lets a video call through: whether the
// WebSocket at socket opens, and whether UDP reaches one of the STUN servers.
// With no STUN server, udp is true. It sends nothing and stays nowhere.
func (Network) Probe(ctx context.Context, socket string, stun []string) (open, udp bool) {
	ctx, cancel := context.WithTimeout(ctx, probeLasts)
	defer cancel()
	reached := make(chan bool, 1)
	go func() { reached <- len(stun) == 0 || reaches(ctx, stun) }()
	open = opens(ctx, socket)
	return open, <-reached
}

// opens says whether a WebSocket opens.
func opens(ctx context.Context, url string) bool {
	told := make(chan bool, 2) // open and error, whichever comes
	err := Try(func() error {
		s := window().Get("WebSocket").New(url)
		defer s.Call("close")
		defer Listen(s, "open", func(js.Value) { tell(told, true) })()
		defer Listen(s, "error", func(js.Value) { tell(told, false) })()
		select {
		case ok := <-told:
			told <- ok
		case <-ctx.Done():
		}
		return nil
	})
	select {
	case ok := <-told:
		return err == nil && ok
	default:
		return false
	}
}

// reaches says whether a STUN server answers. An address that is not seen
// differently from outside brings no candidate, so that an early end without
// an error is an answer too.
func reaches(ctx context.Context, stun []string) bool {
	told := make(chan bool, 1)
	failed := false
	err := Try(func() error {
		urls := make([]any, len(stun))
		for i, u := range stun {
			urls[i] = u
		}
		pc := window().Get("RTCPeerConnection").New(map[string]any{"iceServers": []any{map[string]any{"urls": urls}}})
		defer pc.Call("close")
		defer Listen(pc, "icecandidateerror", func(js.Value) { failed = true })()
		defer Listen(pc, "icecandidate", func(e js.Value) {
			switch c := e.Get("candidate"); {
			case exists(c) && text(c, "type") == "srflx":
				tell(told, true)
			case !exists(c):
				tell(told, !failed)
			}
		})()
		pc.Call("createDataChannel", "probe")
		offer, err := Await(ctx, pc.Call("createOffer"))
		if err != nil {
			return err
		}
		if _, err := Await(ctx, pc.Call("setLocalDescription", offer)); err != nil {
			return err
		}
		select {
		case ok := <-told:
			failed = !ok
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return err == nil && !failed
}

// tell hands over an answer, unless there is one.
func tell(to chan<- bool, answer bool) {
	select {
	case to <- answer:
	default:
	}
}

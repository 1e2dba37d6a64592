package twilioapi_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/pion/webrtc/v4"

	"escalate/server/escalation"
	"escalate/server/localtwilio/store"
)

// line is a connection to the signalling server that somebody drives by hand.
type line struct {
	t  *testing.T
	ws *websocket.Conn
}

// signal connects to the Room with a token straight at signalling, without any
// of the product's pages.
func (w *world) signal(j escalation.Join) *line {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, w.local.SignalingURL(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	ws.SetReadLimit(1 << 20)
	w.t.Cleanup(func() { _ = ws.CloseNow() })
	l := &line{w.t, ws}
	pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = pc.Close() })
	if _, err := pc.CreateDataChannel("signaling", nil); err != nil {
		w.t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	connect := map[string]any{
		"type": "connect", "version": 2, "token": j.Token, "name": j.Room,
		"participant":      map[string]any{"revision": 1, "tracks": []any{}},
		"peer_connections": []any{map[string]any{"id": "pc", "description": map[string]any{"type": "offer", "revision": 1, "sdp": offer.SDP}}},
		"media_signaling":  map[string]any{},
	}
	hello, err := json.Marshal(map[string]any{"type": "hello", "version": 2, "id": "h", "timeout": 5000, "body": connect})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := ws.Write(ctx, websocket.MessageText, hello); err != nil {
		w.t.Fatal(err)
	}
	return l
}

// in waits until the server has let the Participant in.
func (l *line) in() *line {
	l.t.Helper()
	if got := l.await(10*time.Second, "connected", "error", "disconnected"); got.Type != "connected" {
		l.t.Fatalf("not let in: %+v", got)
	}
	return l
}

// out waits until the server has sent the Participant away, perhaps before it
// has said that it was in.
func (l *line) out() {
	l.t.Helper()
	if got := l.await(2*time.Second, "disconnected", "error", "closed"); got.Type != "disconnected" {
		l.t.Fatalf("sent away with %+v", got)
	}
}

// message is what the server says, as far as it matters here.
type message struct {
	Type string
	Code int
}

// await reads until a message of one of the kinds comes, or the connection ends.
func (l *line) await(patience time.Duration, kinds ...string) message {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		_, b, err := l.ws.Read(ctx)
		if err != nil {
			if ctx.Err() != nil {
				l.t.Fatalf("none of %v within %v", kinds, patience)
			}
			return message{Type: "closed"}
		}
		var f struct{ Body message }
		if json.Unmarshal(b, &f) == nil && slices.Contains(kinds, f.Body.Type) {
			return f.Body
		}
	}
}

// inRoom are the identities that Twilio has in the Room.
func (w *world) inRoom(room string) (all []string) {
	w.t.Helper()
	list, err := w.local.Store().Participants.List(room, store.Connected)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, p := range list {
		all = append(all, p.Identity)
	}
	slices.Sort(all)
	return all
}

// TestSupersededCustomerOverLocalTwilio keeps a token that was replaced, and
// connects with it past the product: out within two seconds, and nobody else.
func TestSupersededCustomerOverLocalTwilio(t *testing.T) {
	w := newWorld(t, "", nil)
	task, _ := w.task(w.ana)
	e := w.escalate(w.ana, task)
	joined := func(j escalation.Join, err error) escalation.Join {
		t.Helper()
		if err != nil || j.Waiting {
			t.Fatalf("%+v, %v", j, err)
		}
		return j
	}
	formerAgent := joined(w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code))
	first := w.signal(formerAgent).in()
	agent := joined(w.JoinAsAgent(w.ctx, w.ana.Agent, e.Code))
	first.out()
	w.signal(agent).in()
	old := joined(w.JoinAsCustomer(w.ctx, e.Code, ""))
	page := w.signal(old).in()
	now := joined(w.JoinAsCustomer(w.ctx, e.Code, ""))
	page.out() // a reload has taken its place
	w.signal(now).in()
	w.await(e.Code, "both in the call", func(e escalation.Escalation) bool {
		return e.Status == escalation.InCall && e.Customer.Phase == "in_call"
	})
	want := []string{agent.Identity, now.Identity}
	slices.Sort(want)
	for name, j := range map[string]escalation.Join{"customer": old, "agent": formerAgent} {
		for range 3 {
			began := time.Now()
			w.signal(j).out()
			t.Logf("%s: out after %v", name, time.Since(began).Round(time.Millisecond))
			if got := w.inRoom(agent.Room); !slices.Equal(got, want) {
				t.Errorf("%s: in the Room are %v, want %v", name, got, want)
			}
		}
	}
	got, err := w.Get(w.ctx, e.Code)
	if err != nil || got.Status != escalation.InCall || got.Customer.Phase != "in_call" {
		t.Errorf("%s, customer %s, %v", got.Status, got.Customer.Phase, err)
	}
	if left := slices.DeleteFunc(slices.Clone(got.Participants), func(p escalation.Presence) bool { return !p.Left.IsZero() }); len(left) != 2 {
		t.Errorf("present are %+v", left)
	}
}

//go:build e2e

package sfu

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
)

// browserPage is a bare client: it publishes if asked to, answers the server's offers and counts
// what it receives.
const browserPage = `<!doctype html><title>sfu</title><script>
const q = new URLSearchParams(location.search), id = q.get("id");
const pc = new RTCPeerConnection({bundlePolicy: "max-bundle"});
const post = (path, body) => fetch(path + "?id=" + id, {method: "POST", body: JSON.stringify(body)}).then(r => r.json());
window.state = {};
async function begin() {
  if (q.get("publish")) {
    const media = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 1280, height: 720, frameRate: 30}});
    window.tracks = media.getTracks().map(t => ({SID: "MT" + id + t.kind, ID: t.id, Kind: t.kind, Enabled: true}));
    media.getTracks().forEach(t => pc.addTrack(t));
  } else {
    window.tracks = [];
    pc.addTransceiver("audio", {direction: "recvonly"});
    pc.addTransceiver("video", {direction: "recvonly"});
  }
  pc.ontrack = e => { const v = document.createElement("video"); v.muted = true; v.autoplay = true; v.srcObject = new MediaStream([e.track]); document.body.append(v); };
  const offer = await pc.createOffer();
  const answer = await post("/join", {Offer: {type: "offer", revision: 1, sdp: offer.sdp}, Tracks: tracks});
  await pc.setLocalDescription(offer);
  await pc.setRemoteDescription({type: "answer", sdp: answer.sdp});
  for (;;) {
    const d = await post("/next", {});
    if (d.type !== "offer") continue;
    await pc.setRemoteDescription({type: "offer", sdp: d.sdp});
    const a = await pc.createAnswer();
    await pc.setLocalDescription(a);
    await post("/handle", {type: "answer", revision: d.revision, sdp: a.sdp});
  }
}
window.look = async () => {
  const out = {};
  (await pc.getStats()).forEach(s => {
    if (s.type === "inbound-rtp" || s.type === "outbound-rtp" && s.kind === "video") out[s.type + "-" + s.kind + "-" + s.ssrc] = s;
  });
  return JSON.stringify(out);
};
addEventListener("load", () => begin().catch(e => { window.failure = String(e); }));
</script><body></body>`

// browserStats is what the test reads of RTCStats.
type browserStats struct {
	Type, Kind                string
	BytesReceived             int
	FramesDecoded, FrameWidth int
	FramesPerSecond           float64
	PacketsLost, FreezeCount  int
	TargetBitrate             float64
}

// Two real browsers: one publishes a camera, one looks at it.
func TestCallInChromium(t *testing.T) {
	r := startEngine(t).NewRouter(RouterConfig{})
	peers := map[string]*Peer{}
	next := map[string]chan Description{"1": make(chan Description, 100), "2": make(chan Description, 100)}
	joined := make(chan struct{}, 2)
	over := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, browserPage)
	})
	mux.HandleFunc("POST /join", func(w http.ResponseWriter, q *http.Request) {
		var in struct {
			Offer  Description
			Tracks []Track
		}
		id := q.FormValue("id")
		if err := json.NewDecoder(q.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		p, answer, err := r.Join(q.Context(), PeerConfig{ID: "PA" + id, SubscribeAll: true, Send: func(d Description) { next[id] <- d }}, in.Offer, in.Tracks)
		if err != nil {
			t.Errorf("join: %v\n%s", err, in.Offer.SDP)
			return
		}
		peers[id] = p
		_ = json.NewEncoder(w).Encode(answer)
		joined <- struct{}{}
	})
	mux.HandleFunc("POST /next", func(w http.ResponseWriter, q *http.Request) {
		select {
		case d := <-next[q.FormValue("id")]:
			_ = json.NewEncoder(w).Encode(d)
		case <-over:
		}
	})
	mux.HandleFunc("POST /handle", func(w http.ResponseWriter, q *http.Request) {
		var d Description
		if err := json.NewDecoder(q.Body).Decode(&d); err != nil {
			t.Error(err)
		}
		if err := peers[q.FormValue("id")].Handle(d); err != nil {
			t.Error(err)
		}
		fmt.Fprint(w, "{}")
	})
	server := httptest.NewServer(mux)
	t.Cleanup(func() { close(over); server.CloseClientConnections(); server.Close() })

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	browser, stop, err := chromium.Start(ctx, chromium.Path(), t.TempDir(), chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	open := func(url string) context.Context {
		tab, cancel := chromedp.NewContext(browser)
		t.Cleanup(cancel)
		if _, err := chromedp.Run(tab, chromedp.Navigate(server.URL+url)); err != nil {
			t.Fatal(err)
		}
		<-joined
		return tab
	}
	look := func(tab context.Context) map[string]browserStats {
		s, err := chromedp.Run(tab, chromedp.Evaluate[string]("look()", chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]browserStats{}
		if err := json.Unmarshal([]byte(s), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	publisher := open("/?id=1&publish=1")
	began := time.Now()
	subscriber := open("/?id=2")
	video := func() (v browserStats) {
		for _, s := range look(subscriber) {
			if s.Type == "inbound-rtp" && s.Kind == "video" && s.BytesReceived > v.BytesReceived {
				v = s
			}
		}
		return v
	}
	eventually(t, "a decoded picture", func() bool { return video().FramesDecoded > 0 })
	t.Logf("first picture after %s", time.Since(began))
	// The fake camera's picture is too simple to fill the bandwidth, so what counts is how much the
	// publisher thinks it may send, and that the picture is not shrunk.
	sent := func() (v browserStats) {
		for _, s := range look(publisher) {
			if s.Type == "outbound-rtp" {
				v = s
			}
		}
		return v
	}
	eventually(t, "720p at more than 1 Mbit/s allowed", func() bool {
		return video().FrameWidth == 1280 && sent().TargetBitrate > 1e6
	})
	before, at := video(), time.Now()
	eventually(t, "a hundred more frames", func() bool { return video().FramesDecoded >= before.FramesDecoded+100 })
	after := video()
	t.Logf("allowed %.0f kbit/s; received %.0f kbit/s, %.0f fps, lost %d, frozen %d", sent().TargetBitrate/1000,
		float64(after.BytesReceived-before.BytesReceived)*8/1000/time.Since(at).Seconds(), after.FramesPerSecond, after.PacketsLost, after.FreezeCount)
	for _, tab := range []context.Context{publisher, subscriber} {
		failure, err := chromedp.Run(tab, chromedp.Evaluate[string](`window.failure || ""`))
		if err != nil || failure != "" {
			t.Errorf("page: %s %v", failure, err)
		}
	}
}

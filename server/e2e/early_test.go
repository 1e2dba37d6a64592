//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// asked counts the browser's questions for camera and microphone, and lets a
// test answer when it wants: window.answer() does.
const asked = `(() => {
  if (!navigator.mediaDevices) return; // the empty page before
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  window.asked = 0;
  const answered = new Promise((done) => { window.answer = done; });
  navigator.mediaDevices.getUserMedia = (c) => { window.asked++; return answered.then(() => real(c)).then((s) => { window.streamed = true; return s; }); };
})()`

// TestEarlyClick presses Join before the program is there. The question comes
// at once, and once, whichever is first: the answer or the program.
func TestEarlyClick(t *testing.T) {
	_, f := startBehind(t, map[string]string{"VIDEO_RECORD_BY_DEFAULT": "false"})
	b := newBrowser(t)
	// A phone whose name contains "bot", which go-app's own loader refuses.
	const cubot = "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
	release := f.delay("/agent") // the desk's own page must not bring the program into the browser's cache
	_, link := invite(t, b, f.URL)
	for i, answerFirst := range []bool{true, false} {
		t.Run(fmt.Sprintf("answer first %v", answerFirst), func(t *testing.T) {
			up := f.delay("/static/app.wasm")
			name := fmt.Sprintf("customer%d", i)
			p := b.open(t, name, "about:blank", 390, 844, append(fresh(), userAgent(cubot),
				call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: asked}))...)
			p.run(navigate(link))
			p.click("#join-button")
			p.until("the browser asks", `w.asked === 1`)
			p.read("One moment")
			answer := func() {
				if err := p.eval(new(any), `w.answer(); return 0`); err != nil {
					t.Fatal(err)
				}
			}
			if answerFirst {
				answer()
				p.until("the stream is there, and nobody to take it", `w.streamed`)
				up()
			} else {
				up()
				p.until("the program is up", `d.documentElement.dataset.start === 'ready'`)
				p.see(`[data-phase="asking"]`)
				answer()
			}
			p.see(`[data-phase="waiting"]`)
			p.until("the camera's picture", `d.querySelector('#preview-video')?.videoWidth > 0`)
			p.until("one question in all", `w.asked === 1`)
			p.quiet()
			p.shot("waiting")
			p.run(navigate("about:blank"))
		})
	}
	release()
}

// TestBlockedBeforeTheProgram opens the page in browsers that cannot: the
// server's page for it is shown, and the program is not loaded.
func TestBlockedBeforeTheProgram(t *testing.T) {
	_, f := startBehind(t, nil)
	b := newBrowser(t)
	release := f.delay("/agent")
	defer release()
	_, link := invite(t, b, f.URL)
	for _, ca := range []struct{ name, lacks, words string }{
		{"no WebRTC", `delete window.RTCPeerConnection`, "cannot do video calls"},
		{"no WebAssembly", `delete window.WebAssembly`, "cannot do video calls"},
		{"not secure", `Object.defineProperty(window, "isSecureContext", {value: false})`, "not opened securely"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			p := b.open(t, ca.name, "about:blank", 320, 640,
				call(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: ca.lacks}))
			p.run(navigate(link))
			p.read(ca.words)
			p.read(link)
			p.until("the page itself is hidden", `!d.getElementById('app').checkVisibility()`)
			p.shot(ca.name)
		})
	}
}

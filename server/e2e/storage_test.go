//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// cookiesBlocked is a profile in which the person has blocked all cookies,
// which to Chromium is all storage: to look at localStorage throws.
func cookiesBlocked(t *testing.T) chromedp.ExecAllocatorOption {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "Default"), 0o700); err != nil {
		t.Fatal(err)
	}
	err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(`{"profile": {"default_content_setting_values": {"cookies": 2}}}`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	return chromedp.UserDataDir(dir)
}

// TestWithoutStorage plays a call and a rating in browsers that keep nothing.
func TestWithoutStorage(t *testing.T) {
	for _, ca := range []struct {
		name   string
		flags  []chromedp.ExecAllocatorOption
		script string
		holds  string // what shows that it is so
	}{
		{"blocked", []chromedp.ExecAllocatorOption{cookiesBlocked(t)}, ``,
			`(() => { try { return !w.localStorage; } catch (e) { return e.name === "SecurityError"; } })()`},
		{"null", nil, `for (const [of, names] of [[window, ["localStorage", "sessionStorage", "BroadcastChannel", "caches", "indexedDB"]], [Navigator.prototype, ["serviceWorker"]]])
			for (const name of names) Object.defineProperty(of, name, {get: () => null})`,
			`w.localStorage === null && w.navigator.serviceWorker === null`},
		{"even asking throws", nil, `for (const [of, names] of [[window, ["localStorage", "sessionStorage", "BroadcastChannel", "caches", "indexedDB"]], [Navigator.prototype, ["serviceWorker"]], [Document.prototype, ["cookie"]]])
			for (const name of names) Object.defineProperty(of, name, {get: () => { throw new DOMException(name, "SecurityError"); }})`,
			`(() => { try { return !w.navigator.serviceWorker; } catch (e) { return e.name === "SecurityError"; } })()`},
		{"full", nil, `Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }`,
			`(() => { try { return w.localStorage.setItem("a", "b"); } catch (e) { return e.name === "QuotaExceededError"; } })()`},
	} {
		t.Run(ca.name, func(t *testing.T) {
			p := &party{t: t, system: start(t, nil), b: newBrowser(t, ca.flags...)}
			p.desk = p.b.open(t, "desk", p.system.URL()+"/demo/agent", 1280, 800, onNewDocument(ca.script))
			p.room = p.desk.in(frame)
			p.invite()
			p.room.until("so it is in the frame", ca.holds)
			c := p.customer(t, onNewDocument(ca.script))
			c.until("so it is", ca.holds)
			c.click("#check-button")
			c.see("#mic-select")
			c.do(`const s = d.querySelector("#mic-select"); s.selectedIndex = s.options.length - 1; s.dispatchEvent(new Event("change", {bubbles: true}))`)
			c.click("#join-button")
			c.phase("waiting")
			p.agentIn()
			p.bothTalk(c)
			c.click("#leave-button")
			c.see("#rating-form")
			c.click(`label[for="rating-5"]`)
			c.click("#rating-send")
			c.see("#rating-thanks")
			p.room.click("#leave-button")
			p.room.phase("left")
			c.quiet()
		})
	}
}

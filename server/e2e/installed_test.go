//go:build e2e

package e2e

import (
	"strings"
	"testing"
)

// TestInstalled follows the service worker: it comes after the first step, it
// loads nothing that the page has loaded, it keeps nothing of anybody's, and it
// helps when the line is slow or gone.
func TestInstalled(t *testing.T) {
	_, f := startBehind(t, nil)
	b := newBrowser(t)
	_, link := invite(t, b, f.URL)
	page := b.open(t, "customer", link+"?lang=de", 390, 844)
	page.until("the program is up", `d.documentElement.dataset.start === 'ready'`)
	var workers int
	if err := page.eval(&workers, `return (await w.navigator.serviceWorker.getRegistrations()).length`); err != nil || workers != 0 {
		t.Fatalf("%d service workers before the first step, %v", workers, err)
	}
	page.click("#join-button")
	page.see(`[data-phase="waiting"]`)
	page.until("the worker is there", `(await w.navigator.serviceWorker.ready).active?.state === 'activated'`)
	again, files := f.twice()
	if len(again) > 0 || files < 5 {
		t.Errorf("of %d files these were loaded twice: %q", files, again)
	}
	var kept []string
	if err := page.eval(&kept, `
		const urls = [];
		for (const n of await w.caches.keys()) for (const r of await (await w.caches.open(n)).keys()) urls.push(new URL(r.url).pathname);
		return urls`); err != nil {
		t.Fatal(err)
	}
	for _, path := range kept {
		if strings.HasPrefix(path, "/api") || strings.HasPrefix(path, "/join") {
			t.Errorf("%s was kept", path)
		}
	}

	// The line is slow: the frame steps in, and fetches the state by itself.
	release := f.delay("/join/")
	page.run(navigate(link))
	page.see("#join-button")
	page.read("lädt Sie zu einem Videoanruf ein")
	release()

	// Our server is away: that, and not the person's connection.
	f.cut(true)
	page.run(navigate(link))
	page.read("Der Videodienst antwortet nicht")
	page.shot("away")
	if strings.Contains(page.text("body"), "offline") {
		t.Error("it says that this device is offline, which it is not")
	}
	// No line at all, and back.
	page.network(conditions{Offline: true})
	page.read("Sie sind offline")
	page.shot("offline")
	page.network(conditions{})
	f.cut(false)
	page.see("#join-button")
	if again, _ := f.twice(); len(again) > 0 {
		t.Errorf("loaded twice in the end: %q", again)
	}
}

// TestUpdateWaits releases a new version during a call: nothing happens to the
// call, and the new one waits until the page is closed.
func TestUpdateWaits(t *testing.T) {
	_, f := startBehind(t, nil)
	b := newBrowser(t)
	desk, link := invite(t, b, f.URL)
	room := desk.in(frame)
	room.click("#join-button")
	room.see("#leave-button")
	open := func() *tab {
		c := b.open(t, "customer", link, 390, 844)
		c.ready()
		c.click("#join-button")
		c.phase("in_call")
		return c
	}
	c := open()
	c.until("the worker is there", `(await w.navigator.serviceWorker.ready).active?.state === 'activated'`)
	// From its second visit on a page is the worker's.
	c.run(navigate("about:blank"))
	c.run(navigate(link))
	c.ready()
	c.until("the page is the worker's", `w.navigator.serviceWorker.controller`)
	c.click("#join-button")
	c.plays("the call")
	c.do(`w.mine = w.navigator.serviceWorker.controller; w.navigator.serviceWorker.addEventListener('controllerchange', () => { w.taken = true })`)

	f.release()
	c.do(`const r = await w.navigator.serviceWorker.getRegistration(); await r.update()`)
	c.until("the new one waits", `(await w.navigator.serviceWorker.getRegistration()).waiting?.state === 'installed'`)
	c.plays("the call goes on")
	room.plays("on the other side too")
	c.until("in the same page, which is the old one's", `!w.taken && w.mine && w.navigator.serviceWorker.controller === w.mine`)
	c.quiet()

	c.run(navigate("about:blank"))
	c = b.open(t, "customer", link, 390, 844)
	c.until("the new one has taken over", `!(await w.navigator.serviceWorker.getRegistration()).waiting && w.navigator.serviceWorker.controller?.state === 'activated'`)
}

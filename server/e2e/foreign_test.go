//go:build e2e

package e2e

import "testing"

// translator does to every text, for as long as the page is there, what
// browsers and add-ons do that translate: in turns, a text's node is replaced by
// elements of theirs, wrapped, replaced by another node, split, merged with its
// neighbours, written to; and attributes are. What it makes of a text reads the
// same, so that a test can read the page. window.translated counts.
const translator = `(() => {
  window.translated = 0;
  const skip = new Set(['SCRIPT', 'STYLE', 'FONT', 'TEXTAREA', 'TITLE', 'NOSCRIPT']);
  const turns = [
    (n) => { const f = document.createElement('font'), g = document.createElement('font'); g.textContent = n.nodeValue; f.append(g); n.replaceWith(f); },
    (n) => { const f = document.createElement('font'); n.replaceWith(f); f.append(n); },
    (n) => { n.replaceWith(document.createTextNode(n.nodeValue)); },
    (n) => { if (n.nodeValue.length > 2) n.splitText(2); },
    (n) => { const p = n.parentNode; p.normalize(); p.setAttribute('data-addon', translated); p.classList.add('addon'); p.prepend(document.createComment('addon')); },
    (n) => { n.nodeValue = n.nodeValue; },
  ];
  const pass = () => {
    const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT), all = [];
    while (walk.nextNode()) if (!skip.has(walk.currentNode.parentNode.nodeName)) all.push(walk.currentNode);
    for (const n of all) if (n.isConnected) turns[translated++ % turns.length](n);
    document.documentElement.lang = 'it';
  };
  const begin = () => { setInterval(pass, 40); };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin); else begin();
})()`

// addon does what add-ons do beside that: it puts elements of its own into ours
// and into the body, moves ours into wrappers, and takes some away.
const addon = `(() => {
  let n = 0;
  const mine = (name) => { const e = document.createElement(name); e.className = 'addon'; return e; };
  const turns = [
    () => { document.body.prepend(mine('div')); document.body.append(mine('div')); },
    (e) => { e.append(mine('b')); e.prepend(mine('i')); },
    (e) => { const w = mine('div'); e.replaceWith(w); w.append(e); },
    (e) => { e.remove(); },
    (e) => { if (!e.querySelector('video, input, textarea, select')) e.innerHTML = e.innerHTML; },
    (e) => { e.append(...[...e.childNodes].reverse()); },
  ];
  const pass = () => {
    // Not what a person clicks, which would then be in another place when they do.
    const all = [...document.querySelectorAll('#app p, #app h1, #app h2, #app li, #app .lead, #app .caption, #app .avatar')].filter((e) => !e.querySelector('button, a, input, video'));
    if (all.length) turns[n % turns.length](all[n % all.length]);
    n++;
    document.querySelectorAll('div.addon:empty').forEach((e) => e.remove());
  };
  const begin = () => { setInterval(pass, 60); };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', begin); else begin();
})()`

// TestOthersChangeThePages plays a call and a rating on pages that others change all the time.
func TestOthersChangeThePages(t *testing.T) {
	for name, foreign := range map[string]string{"translated": translator, "add-ons": addon} {
		t.Run(name, func(t *testing.T) {
			p := &party{t: t, system: start(t, nil), b: newBrowser(t)}
			p.desk = p.b.open(t, "desk", p.system.URL()+"/demo/agent", 1280, 800, onNewDocument(foreign))
			p.room = p.desk.in(frame)
			p.invite()
			c := p.customer(t, onNewDocument(foreign))
			c.click("#check-button")
			c.see("#preview-video")
			p.room.read("is checking camera and microphone")
			c.click("#join-button")
			c.phase("waiting")
			c.read("Waiting for Alex")
			c.gone("the words of the step before", "#join-button")
			c.shot("waiting")
			p.room.read("is waiting for you")

			// Back, and again: the step in which pages ended.
			c.click("#cancel-button")
			c.phase("green_room")
			c.click("#join-button")
			c.phase("waiting")

			p.agentIn()
			p.bothTalk(c)
			c.click("#mute-button")
			p.room.see(other + `[data-microphone="false"]`)
			c.click("#mute-button")
			p.room.see(other + `[data-microphone="true"]`)
			c.click("#camera-button")
			p.room.see(other + `[data-camera="false"]`)
			c.click("#camera-button")
			p.room.see(other + `[data-camera="true"]`)
			c.shot("call")
			p.desk.shot("call")

			// Away with pictures and sound: they come back, and play.
			const playing = `[...d.querySelectorAll(".stage .tile:not(.tile-screen):not([hidden]) :is(video, audio)")].filter(m => !m.paused && m.readyState >= 2).length`
			c.until("all plays", playing+" >= 3")
			c.do(`d.querySelectorAll("video, audio").forEach(e => e.remove())`)
			p.room.click("#mute-button")
			p.room.click("#mute-button")
			c.until("all plays again", playing+" >= 3")

			// The agent goes; what the customer reads is what is so now.
			p.room.click("#leave-button")
			p.room.phase("left")
			c.see(`.stage[data-layout="alone"]`)
			c.read("Waiting for Alex Morgan to come in")
			p.room.click("#join-button")
			p.bothTalk(c)
			c.until("the words of the step before are gone", `!d.body.innerText.includes("Waiting for Alex Morgan to come in")`)

			c.click("#leave-button")
			c.see("#rating-form")
			c.click(`label[for="rating-4"]`)
			c.click("#rating-send")
			c.see("#rating-thanks")
			c.shot("rated")
			p.room.click("#leave-button")
			p.room.phase("left")
			for _, side := range []*tab{c, p.room} {
				side.until("one page, and its program", `d.querySelectorAll("#app").length === 1 && d.documentElement.dataset.start === "ready"`)
			}
		})
	}
}

//go:build e2e

package demo_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

// picture makes a PNG of a size in the page, as a File under window.picture.
const picture = `new Promise((done) => {
	const c = Object.assign(document.createElement('canvas'), { width: 640, height: 400 }), x = c.getContext('2d');
	x.fillStyle = '#2f7a68'; x.fillRect(0, 0, 640, 400);
	x.fillStyle = '#f2c17a'; x.fillRect(220, 120, 200, 160);
	c.toBlob((b) => { window.picture = new File([b], 'sensor-plug.png', { type: 'image/png' }); done(true); });
})`

// drop drops files, which an expression makes, on an element.
func drop(on, files string) string {
	return `(() => { const d = new DataTransfer(); for (const f of [` + files + `]) d.items.add(f);
		document.getElementById('` + on + `').dispatchEvent(new DragEvent('drop', { dataTransfer: d, bubbles: true, cancelable: true })); return true; })()`
}

func (p *tab) eval(js string) {
	p.t.Helper()
	p.run(chromedp.Evaluate[chromedp.Void](js + `, undefined`))
}

// TestFilesInChatInChromium sends a picture one way and a paper the other.
func TestFilesInChatInChromium(t *testing.T) {
	b, _, chrome := stage(t)
	shop := newTab(t, chrome, b.url+"/demo/chat", 390, 780, false)
	shop.until("the chat", `!document.getElementById('chat-input').disabled`)
	shop.eval(`window.made = 0, ` + picture + `.then(() => { window.made = 1; })`)
	shop.until("a picture to send", `window.made === 1`)
	shop.eval(drop("chat", `new File(['MZ'], 'setup.exe', { type: 'application/x-msdownload' })`))
	shop.until("why a program is not sent", `document.getElementById('chat-notice').textContent.includes('“setup.exe” cannot be sent')`)
	shop.eval(drop("chat", `window.picture, new File([], 'nothing.txt', { type: 'text/plain' })`))
	shop.until("why nothing is not sent", `document.getElementById('chat-notice').textContent.includes('“nothing.txt” is empty')`)
	shop.until("the picture before it is sent", `document.querySelectorAll('#chat-picked li').length === 1 && document.querySelector('#chat-picked img').naturalWidth === 640`)
	shop.shot("files-picked")
	shop.run(chromedp.SendKeys("#chat-input", "This one?"))
	shop.click("chat-send")
	shop.until("the picture sent", `document.querySelector('#chat-messages .own .picture img')?.naturalWidth === 640 && document.getElementById('chat-picked').hidden`)
	shop.until("the words after it", `document.querySelector('#chat-messages').lastElementChild.textContent.includes('This one?')`)

	desk := newTab(t, chrome, b.url+"/demo/agent", 1280, 800, false)
	desk.until("the customer's picture", `document.querySelector('#agent-messages .other .picture img')?.naturalWidth === 640`)
	desk.eval(`document.getElementById('agent-input').dispatchEvent((() => { const d = new DataTransfer();
		d.items.add(new File(['Clean it.'], 'E07 care sheet.txt', { type: 'text/plain' })); return new ClipboardEvent('paste', { clipboardData: d, bubbles: true, cancelable: true }); })())`)
	desk.until("the pasted file", `document.querySelector('#agent-picked .file-name')?.textContent === 'E07 care sheet.txt'`)
	desk.click("agent-send")
	shop.until("the agent's file", `document.querySelector('#chat-messages .other .file')?.innerText.replace(/\s+/g, ' ') === 'E07 care sheet.txt 9 bytes'`)

	if os.Getenv("DEMO_SHOTS") == "" {
		return
	}
	for _, width := range []int64{320, 390, 1280} {
		for _, dark := range []bool{false, true} {
			for page, ready := range map[string]string{"chat": "#chat-messages", "agent": "#agent-messages"} {
				p := newTab(t, chrome, b.url+"/demo/"+page, width, 780, dark)
				if page == "agent" && width < 721 {
					p.until("the list", `document.querySelector('.task')`)
					p.run(chromedp.Click(".task"))
				}
				p.until("the picture", `document.querySelector('`+ready+` .picture img')?.naturalWidth === 640`)
				p.shot(fmt.Sprintf("files-%d-%v-%s", width, dark, page))
				p.close()
			}
		}
	}
}

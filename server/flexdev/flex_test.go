//go:build e2e

package flexdev_test

import "testing"

func TestFlexOnLocalTwilio(t *testing.T) {
	s, browser := stage(t)
	flex := open(t, browser, s.URL()+"/flex")
	flex.until("Flex started", `['ready', 'failed'].includes(document.documentElement.dataset.flex)`, boot)
	flex.until("tasks", `document.body.innerText.includes('Maya Lindqvist')`, patience)
	flex.shot("1-started")
	t.Log(flex.text(`document.documentElement.dataset.flex + ' ' + document.body.innerText.slice(0, 2000)`))
	flex.run(clickText("Maya Lindqvist"))
	flex.until("chat", `document.body.innerText.includes('E07')`, patience)
	flex.shot("2-chat")
	t.Log(flex.text(`document.documentElement.dataset.flex + ' ' + document.body.innerText.slice(0, 2000)`))
	t.Fail()
}

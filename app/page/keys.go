package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// The key combinations, named as Host.OnKeys wants them.
const (
	keyMic    = "mod+d"
	keyCamera = "mod+e"
	keyHelp   = "?"
	keyClose  = "escape"
)

// keys are the keyboard shortcuts of a page.
type keys struct {
	off bool
}

// listenToKeys starts them. Browsers have uses of their own for some; ours
// count only while the focus is in the page and there is something to switch.
func (s *session) listenToKeys() (stop func()) {
	return s.deps.Host.OnKeys([]string{keyMic, keyCamera, keyHelp, keyClose}, func(name string) {
		s.ctx.Dispatch(func(app.Context) { s.key(name) })
	})
}

func (s *session) key(name string) {
	switch {
	case name == keyClose:
		if s.moreOpen {
			s.openMore(false)
		}
	case s.keys.off:
	case name == keyHelp:
		if s.inRoom() {
			s.openMore(!s.moreOpen)
		}
	case name == keyMic:
		s.toggle(video.Audio)
	case name == keyCamera:
		s.toggle(video.Video)
	}
}

// openMore opens or closes the panel of a call and takes the focus along.
func (s *session) openMore(open bool) {
	s.moreOpen = open
	s.talk.open = false
	to := ui.Pick(open, MorePanel, MoreButton)
	s.ctx.Defer(func(app.Context) { s.deps.Host.Focus(to) })
}

// keyList lists the shortcuts, with the switch that turns them off.
func (s *session) keyList() app.UI {
	box := app.Input().ID(KeysSwitch).Type("checkbox").OnChange(s.onKeysSwitch)
	if !s.keys.off {
		box = box.Checked(true)
	}
	row := func(keys, what string) app.UI {
		return app.Li().Body(app.Kbd().Text(keys), app.Span().Text(what))
	}
	// A phone has no keys to speak of.
	return ui.Hide(app.Section().Class("keys").Aria("label", words.KeysTitle.In(s.lang)), s.support.Mobile).Body(
		app.H3().Text(words.KeysTitle.In(s.lang)),
		app.Ul().Class("key-list").Body(
			row(s.mod()+"+D", words.KeysMic.In(s.lang)), row(s.mod()+"+E", words.KeysCamera.In(s.lang)), row("?", words.KeysHelp.In(s.lang))),
		app.Label().Class("tick").For(KeysSwitch).Body(box, app.Span().Text(words.KeysOn.In(s.lang))),
	)
}

// mod is what the key is called that goes with the others.
func (s *session) mod() string {
	return ui.Pick(s.support.Browser == video.Safari, "⌘", "Ctrl")
}

func (s *session) onKeysSwitch(ctx app.Context, _ app.Event) {
	s.useKeys(ctx.JSSrc().Get("checked").Bool())
}

func (s *session) useKeys(on bool) {
	s.keys.off = !on
	s.remember()
	if !on {
		s.say(words.KeysOff.In(s.lang))
	}
}

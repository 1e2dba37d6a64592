package stage

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

// listenToKeys starts the keyboard shortcuts. Browsers have uses of their own for
// some; ours count only while the focus is in the page and there is something to
// switch.
func (s *Stage) listenToKeys() (stop func()) {
	return s.host.OnKeys([]string{keyMic, keyCamera, keyHelp, keyClose}, func(name string) {
		s.screen.Do(func() { s.key(name) })
	})
}

func (s *Stage) key(name string) {
	switch {
	case name == keyClose:
		if s.panel.open {
			s.OpenMore(false)
		}
	case !s.Kit.Choices.Keys():
	case name == keyHelp:
		if s.Call.Active() {
			s.OpenMore(!s.panel.open)
		}
	case name == keyMic:
		s.Kit.Toggle(video.Audio)
	case name == keyCamera:
		s.Kit.Toggle(video.Video)
	}
}

// keyList lists the shortcuts, with the switch that turns them off.
func (s *Stage) keyList() app.UI {
	l := s.screen.Lang
	box := app.Input().ID(KeysSwitch).Type("checkbox").OnChange(s.onKeysSwitch)
	if s.Kit.Choices.Keys() {
		box = box.Checked(true)
	}
	row := func(keys string, what *words.Text) app.UI {
		return app.Li().Body(app.Kbd().Text(keys), app.Span().Text(what.In(l)))
	}
	// What the key is called that goes with the others.
	mod := ui.Pick(s.Kit.Support.Browser == video.Safari, "⌘", "Ctrl")
	// A phone has no keys to speak of.
	return ui.Hide(app.Section().Class("keys").Aria("label", words.KeysTitle.In(l)), s.Kit.Support.Mobile).Body(
		app.H3().Text(words.KeysTitle.In(l)),
		app.Ul().Class("key-list").Body(
			row(mod+"+D", &words.KeysMic), row(mod+"+E", &words.KeysCamera), row("?", &words.KeysHelp)),
		app.Label().Class("tick").For(KeysSwitch).Body(box, app.Span().Text(words.KeysOn.In(l))),
	)
}

func (s *Stage) onKeysSwitch(ctx app.Context, _ app.Event) { s.UseKeys(ui.Ticked(ctx)) }

// UseKeys switches the shortcuts on or off.
func (s *Stage) UseKeys(on bool) {
	s.Kit.Choices.ChooseKeys(on)
	if !on {
		s.screen.Say(words.KeysOff.In(s.screen.Lang))
	}
}

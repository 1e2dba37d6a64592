package stage

import (
	"context"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/device"
	"escalate/app/ui"
	"escalate/app/words"
)

// panel is what is behind More: devices, blur, small window, whole screen,
// keyboard shortcuts, and what the page adds.
type panel struct {
	stage  *Stage
	open   bool
	full   bool   // on the whole screen
	noFull bool   // the browser cannot
	mini   func() // closes the small window; nil without one
}

func (p *panel) view(extra []app.UI) app.UI {
	k, l := p.stage.Kit, p.stage.screen.Lang
	body := []app.UI{app.H2().Class("panel-title").Text(words.Settings.In(l))}
	body = append(body, k.Selects()...)
	body = append(body, extra...)
	body = append(body,
		k.BlurButton(),
		ui.Hide(ui.Button(MiniButton, "button-quiet", ui.IconMini, words.Mini.In(l), p.onMini), !k.Support.PiP).
			Aria("pressed", ui.OnOff(p.mini != nil)),
		ui.Hide(ui.Button(FullScreenButton, "button-quiet", ui.IconFull, words.FullScreen.In(l), p.onFullScreen), p.noFull).
			Aria("pressed", ui.OnOff(p.full)),
		p.stage.keyList())
	return ui.Hide(app.Div().ID(MorePanel).Class("panel").TabIndex(-1).Role("group").Aria("label", words.Settings.In(l)), !p.open).Body(body...)
}

// OpenMore opens or closes the panel and takes the focus along.
func (s *Stage) OpenMore(open bool) {
	s.panel.open = open
	s.Talk.open = false
	to := ui.Pick(open, MorePanel, MoreButton)
	s.screen.Then(func() { s.host.Focus(to) })
}

func (p *panel) onMore(app.Context, app.Event) { p.stage.OpenMore(!p.open) }

func (p *panel) onFullScreen(app.Context, app.Event) {
	on, host := !p.full, p.stage.host
	p.stage.screen.Act(func(ctx context.Context) error { return host.Fullscreen(ctx, ui.RootID, on) }, func(err error) {
		if err != nil {
			p.noFull = true // no such thing here: the button goes
		}
	})
}

func (p *panel) onMini(app.Context, app.Event) { p.stage.ToggleMini() }

// ToggleMini puts the call into a small window that stays on top, or back.
func (s *Stage) ToggleMini() {
	p := &s.panel
	if p.mini != nil {
		p.mini()
		return
	}
	title, videos := s.tiles.mini()
	buttons := []string{device.MuteButton, device.CameraButton, LeaveButton}
	s.screen.Go(func(ctx context.Context) func() {
		stop, err := s.host.Mini(ctx, title, videos, buttons, func() {
			s.screen.Do(func() { p.mini = nil })
		})
		return func() {
			switch {
			case err != nil:
				s.screen.Tell(words.NoMini.Plain(s.screen.Lang))
			case !s.Call.InRoom():
				stop()
			default:
				p.mini = stop
			}
		}
	})
}

// closeMini closes the small window, if there is one.
func (p *panel) closeMini() {
	if p.mini != nil {
		p.mini()
		p.mini = nil
	}
}

// mini returns what the small window shows: whose call it is, and the ids of the
// pictures: the shared screen or the other one's camera first, then ourselves.
func (t *tiles) mini() (title string, videos []string) {
	state := t.stage.Call.State
	title = words.You.In(t.stage.screen.Lang)
	if p, ok := state.Remote(); ok {
		title = t.stage.NameOf(p.Identity)
	}
	if _, p, ok := state.ScreenTrack(); ok {
		videos = append(videos, RemoteScreen(p.SID))
	}
	for _, p := range state.Participants {
		if _, on := call.Camera(p); on {
			videos = append(videos, RemoteVideo(p.SID))
		}
	}
	return title, append(videos, SelfVideo)
}

package device

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/words"
)

// Selects choose microphone, camera and, where the browser can, speaker.
func (k *Kit) Selects() []app.UI {
	return []app.UI{
		k.selectOf(MicSelect, AudioInput, &words.Microphone),
		k.selectOf(CameraSelect, VideoInput, &words.Camera),
		ui.Hide(k.selectOf(SpeakerSelect, AudioOutput, &words.Speaker), !k.Support.Sink),
	}
}

func (k *Kit) selectOf(id, kind string, label *words.Text) app.HTMLDiv {
	var options []app.UI
	for _, d := range k.Plugs.all {
		if d.Kind != kind {
			continue
		}
		name := d.Label
		if name == "" {
			name = words.DefaultDevice.In(k.screen.Lang)
		}
		options = append(options, ui.Choose(app.Option().Value(d.ID), d.ID == k.Plugs.shown(kind)).Text(name))
	}
	use := func(ctx app.Context, _ app.Event) { k.Use(kind, ui.Value(ctx)) }
	return ui.Hide(app.Div().Class("field"), len(options) == 0).Body(
		app.Label().For(id).Text(label.In(k.screen.Lang)),
		app.Select().ID(id).OnChange(use, kind).Body(options...),
	)
}

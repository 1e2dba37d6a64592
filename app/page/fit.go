package page

import (
	"slices"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// fitting is how another's picture stands in its tile: whole, with bars beside
// it, or filling the tile, with its edges cut off. An agent has to see all of what
// a customer holds up; a customer looks at a face. A shared screen is always whole.
type fitting struct {
	fill   bool
	chosen bool // by the person, and remembered
}

// name is the value of the stage's data-fit.
func (f fitting) name() string { return ui.Pick(f.fill, "fill", "whole") }

// recall takes up what was chosen at another time, "" for nothing.
func (f *fitting) recall(name string) {
	if name != "" {
		*f = fitting{fill: name == fitting{fill: true}.name(), chosen: true}
	}
}

// remembered is what to keep of it.
func (f fitting) remembered() string {
	if !f.chosen {
		return ""
	}
	return f.name()
}

// fitButton changes it. It stands in the bar above the stage: on the pictures,
// panels, notices and our own tile would come over it.
func (s *session) fitButton() app.UI {
	camera := slices.ContainsFunc(s.state.Participants, func(p video.Participant) bool {
		_, on := call.Camera(p)
		return on
	})
	return ui.Hide(app.Button().ID(FitButton).Type("button").Class("fit").
		Aria("label", words.Fill.In(s.lang)).Title(words.Fill.In(s.lang)).Aria("pressed", ui.OnOff(s.fit.fill)).OnClick(s.onFit), !camera).
		Body(ui.Icon(ui.Pick(s.fit.fill, ui.IconWhole, ui.IconFill)))
}

func (s *session) onFit(app.Context, app.Event) {
	s.fit = fitting{fill: !s.fit.fill, chosen: true}
	s.remember()
	s.say(ui.Pick(s.fit.fill, words.Filled.In(s.lang), words.Whole.In(s.lang)))
}

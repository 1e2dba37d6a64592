package stage

import (
	"escalate/app/ui"
	"escalate/app/words"
)

// Another's picture stands in its tile whole, with bars beside it, or filling the
// tile, with its edges cut off. An agent has to see all of what a customer holds
// up; a customer looks at a face. A shared screen is always whole. What the person
// chose is remembered, and the value of the stage's data-fit.
const (
	fitFill  = "fill"
	fitWhole = "whole"
)

// Fit is how pictures stand now.
func (s *Stage) Fit() string {
	switch s.Kit.Choices.Fit() {
	case "":
		return ui.Pick(s.Fills, fitFill, fitWhole)
	case fitFill:
		return fitFill
	}
	return fitWhole
}

func (s *Stage) fills() bool { return s.Fit() == fitFill }

// ToggleFit changes it.
func (s *Stage) ToggleFit() {
	s.Kit.Choices.ChooseFit(ui.Pick(s.fills(), fitWhole, fitFill))
	s.screen.Say(ui.Pick(s.fills(), &words.Filled, &words.Whole).In(s.screen.Lang))
}

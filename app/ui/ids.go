// Package ui is how the pages look: the frame of every page, headings, notes,
// buttons, icons, and markup that a browser and a screen reader take as it is
// meant. It knows what a thing looks like and never what it does.
package ui

// Element ids that every page has; browser tests use them too.
const (
	RootID      = "app"          // the <main> of every page; carries data-phase
	HeadingID   = "step-heading" // the heading of the current step, which gets the focus
	LiveID      = "announcer"    // what a screen reader says about changes
	StartNoteID = "start-note"   // a sentence of start.js, before the program is up
	TroubleID   = "trouble-note" // what went wrong
)

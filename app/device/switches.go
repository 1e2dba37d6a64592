package device

import (
	"context"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// switches carry out commands on camera and microphone, one at a time for each
// kind. No click is lost: the newest wish is done next.
type switches struct {
	screen *ui.Screen
	// setter returns who switches media now, nil for nobody.
	setter func() func(context.Context, video.Kind, bool) error
	// wasSet is told what was switched.
	wasSet func(k video.Kind, on bool)

	busy map[video.Kind]bool // a command on this kind is being carried out
	aim  map[video.Kind]bool // what the newest click on this kind wants, while it is being switched
	wish map[video.Kind]bool // and while something else is done to it
}

func newSwitches(screen *ui.Screen, setter func() func(context.Context, video.Kind, bool) error, wasSet func(video.Kind, bool)) switches {
	return switches{screen: screen, setter: setter, wasSet: wasSet,
		busy: map[video.Kind]bool{}, aim: map[video.Kind]bool{}, wish: map[video.Kind]bool{}}
}

// clear forgets what is being done.
func (s *switches) clear() {
	clear(s.busy)
	clear(s.aim)
	clear(s.wish)
}

// toggled returns the other position of a kind that is on or off. changes is true
// where that is the new aim of what is being switched at this moment.
func (s *switches) toggled(k video.Kind, on bool) (to, changes bool) {
	if aim, ok := s.aim[k]; ok {
		s.aim[k] = !aim
		return !aim, true
	}
	if wish, ok := s.wish[k]; ok {
		on = wish
	}
	return !on, false
}

// set brings a kind of media to on, and then to what was wished meanwhile.
func (s *switches) set(k video.Kind, on bool) {
	set := s.setter()
	if set == nil {
		return
	}
	if s.busy[k] {
		// Another device is being taken; the click would hit the old one. It must
		// not be lost either: who mutes then relies on it.
		s.wish[k] = on
		return
	}
	s.aim[k] = on
	s.Run(k, func(ctx context.Context) error { return set(ctx, k, on) }, func() {
		aim, ok := s.aim[k]
		delete(s.aim, k)
		if ok && aim != on {
			s.set(k, aim)
		}
		s.wasSet(k, on)
	})
}

// Run runs a command on a kind of media, one at a time; a failure becomes a
// sentence on the page.
func (s *switches) Run(k video.Kind, work func(context.Context) error, done func()) {
	if s.busy[k] {
		return
	}
	s.busy[k] = true
	s.screen.Act(work, func(err error) {
		delete(s.busy, k)
		if err != nil {
			delete(s.aim, k)
			s.screen.Complain(words.Media(AsError(err)).In(s.screen.Lang))
		} else {
			s.screen.Trouble = ""
			done()
			s.screen.Changed()
		}
		if on, ok := s.wish[k]; ok {
			delete(s.wish, k)
			s.set(k, on)
		}
	})
}

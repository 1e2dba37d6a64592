package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// slowLoad is whether the part of the page that does the call, which comes
// after the page, takes long to load.
type slowLoad struct{ on bool }

// watch returns what a collaborator tells it by, and what ends it.
func (l *slowLoad) watch(s *session) (slow, done func()) {
	over := false
	slow = func() {
		s.ctx.Dispatch(func(app.Context) {
			if !over {
				l.on = true
				s.say(words.SDKLoading.In(s.lang))
			}
		})
	}
	return slow, func() { over, l.on = true, false }
}

// askingWords is what stands while camera and microphone are being asked for.
func (s *session) askingWords() string {
	return ui.Pick(s.slow.on, words.SDKLoading.In(s.lang), words.Asking.In(s.lang))
}

// unansweredWords is what to do when they have been asked for a long time.
func (s *session) unansweredWords() string {
	return ui.Pick(s.slow.on, words.SDKLoading.In(s.lang), words.AskUnanswered.In(s.lang))
}

// noDevice says that the devices were asked for and none is to be had. A page
// that is not all there has not asked them.
func (s *session) noDevice() bool {
	return s.capture == nil && s.mediaErr != nil &&
		s.mediaErr.Reason != video.SDKBlocked && s.mediaErr.Reason != video.SDKSlow
}

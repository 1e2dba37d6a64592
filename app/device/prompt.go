package device

import (
	"context"
	"fmt"
	"time"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Prompt is the browser's question for camera and microphone. A browser may ask
// where nobody looks, and waits for the answer for ever.
type Prompt struct {
	// Err is why there is no camera or no microphone, nil if there is a reason for
	// neither.
	Err *video.Error
	// Slow says that the answer takes long: people are told where to look, and may
	// ask again or go on without.
	Slow bool
	// Loading says that the part of the page that does the call, which comes after
	// the page, takes long to load.
	Loading bool

	screen *ui.Screen
	try    ui.Try
}

// End is told of the answer, or that nobody waits for it any more: what is still
// granted is given back.
func (p *Prompt) End() {
	p.try.End()
	p.Slow = false
}

// ask captures w as it is wished and tells done once, with nil for an error,
// which is in Err then. It does nothing while the browser is asking and it is
// too early to ask again.
func (p *Prompt) ask(devices video.Devices, w video.Want, wishes Wishes, wait Patience, done func(video.Capture, restored)) {
	if p.try.Going() && !p.Slow {
		return
	}
	page := p.screen.Context()
	try := p.try.Begin(page)
	p.Err = nil
	slow, loaded := p.Watch()
	w.Loading = slow
	go func() {
		long := time.AfterFunc(wait.Prompt, func() {
			p.screen.Do(func() {
				if !ui.Superseded(try) {
					p.Slow = true
				}
			})
		})
		c, err := devices.Capture(try, w)
		long.Stop()
		var as restored
		if err == nil {
			as, err = wishes.restore(try, c, wait.Blur)
		}
		if page.Err() != nil && c != nil {
			c.Close() // nobody is there any more to switch the light off
			return
		}
		p.screen.Do(func() {
			loaded()
			if ui.Superseded(try) {
				if c != nil {
					c.Close()
				}
				return
			}
			p.End()
			if err != nil {
				p.Err = AsError(err)
				done(nil, restored{})
				return
			}
			done(c, as)
		})
	}()
}

// Watch returns what a collaborator tells by that it is still loading, and what
// ends that.
func (p *Prompt) Watch() (slow, done func()) {
	over := false
	slow = func() {
		p.screen.Do(func() {
			if !over {
				p.Loading = true
				p.screen.Say(words.SDKLoading.In(p.screen.Lang))
			}
		})
	}
	return slow, func() { over, p.Loading = true, false }
}

// Asking returns what stands while camera and microphone are being asked for.
func (p *Prompt) Asking() string {
	return ui.Pick(p.Loading, &words.SDKLoading, &words.Asking).In(p.screen.Lang)
}

// Unanswered returns what to do when they have been asked for a long time, else "".
func (p *Prompt) Unanswered() string {
	if !p.Slow {
		return ""
	}
	return ui.Pick(p.Loading, &words.SDKLoading, &words.AskUnanswered).In(p.screen.Lang)
}

// restored is how a new Capture was made as the person wants it.
type restored struct {
	muted   bool
	blurred bool
	bare    bool // could not be blurred, so the camera went off
}

// restore makes a new Capture as it was wished, before anybody sees or hears
// anything of it. What cannot be is an error: a microphone must not go out that
// was muted. limit is how long the blur may take to load.
func (w Wishes) restore(ctx context.Context, c video.Capture, limit time.Duration) (as restored, err error) {
	if w.Off(video.Audio) && c.Has(video.Audio) {
		if err := c.SetEnabled(ctx, video.Audio, false); err != nil {
			c.Close()
			return as, fmt.Errorf("mute the microphone again: %w", err)
		}
		as.muted = true
	}
	if !w.Blur {
		return as, nil
	}
	// Also while the camera is off: it is blurred then when it is switched on.
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if c.Blur(within, true) == nil {
		as.blurred = true
		return as, nil
	}
	as.bare = true
	if err := c.SetEnabled(ctx, video.Video, false); err != nil {
		c.Close()
		return as, fmt.Errorf("switch the camera off, which cannot be blurred: %w", err)
	}
	return as, nil
}

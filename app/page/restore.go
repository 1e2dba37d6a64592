package page

import (
	"context"
	"fmt"
	"time"

	"escalate/app/video"
)

// restored is how a new Capture was made as the person wants it.
type restored struct {
	muted   bool
	blurred bool
	bare    bool // could not be blurred, so the camera went off
}

// restore makes a new Capture as it was wished, before anybody sees or hears
// anything of it. What cannot be is an error: a microphone must not go out that
// was muted. limit is how long the blur may take to load.
func (w wishes) restore(ctx context.Context, c video.Capture, limit time.Duration) (as restored, err error) {
	if w.off(video.Audio) && c.Has(video.Audio) {
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

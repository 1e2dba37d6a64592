//go:build js

package twiliojs

import (
	"context"
	"errors"

	"escalate/app/video"
)

// Flip changes between front and rear camera: by facing where the browser can
// tell, else by taking the next camera of the list.
func (c *capture) Flip(ctx context.Context) error {
	if err := c.lock(ctx); err != nil {
		return err
	}
	defer c.unlock()
	return try(func() error {
		if !c.Has(video.Video) {
			return &video.Error{Reason: video.MediaNotFound, Message: "the camera is off"}
		}
		now := c.settings()
		rear := now.facing != "environment"
		want := "user"
		if rear {
			want = "environment"
		}
		first := c.constraints(video.Video, false)
		delete(first, "deviceId")
		first["facingMode"] = map[string]any{"exact": want}
		err := c.restart(ctx, video.Video, first)
		// Some browsers accept the constraint and give the same camera.
		if err == nil && c.settings().id != now.id {
			c.rear = rear
			c.device[video.Video] = ""
			return nil
		}
		if ctx.Err() != nil {
			return c.giveBack(ctx, now.id, ctx.Err())
		}
		next, err := c.nextCamera(ctx, now.id)
		if err != nil {
			return c.giveBack(ctx, now.id, err)
		}
		before := c.device[video.Video]
		c.device[video.Video] = next
		if err := c.restart(ctx, video.Video, c.constraints(video.Video, true)); err != nil {
			c.device[video.Video] = before
			return c.giveBack(ctx, now.id, err)
		}
		c.rear = rear
		return nil
	})
}

// giveBack starts the camera that ran before a change went wrong, if it does
// not run, and answers with cause.
func (c *capture) giveBack(ctx context.Context, deviceID string, cause error) error {
	if c.Has(video.Video) && c.settings().id == deviceID {
		return cause
	}
	m := c.constraints(video.Video, false)
	if deviceID != "" {
		m["deviceId"] = map[string]any{"ideal": deviceID}
	}
	// Even when the caller has gone: the others would see nothing otherwise.
	if err := c.restart(context.WithoutCancel(ctx), video.Video, m); err != nil {
		c.interrupted(video.Video, true)
		return errors.Join(cause, err)
	}
	return cause
}

type cameraSettings struct{ id, facing string }

// settings are those of the running camera.
func (c *capture) settings() (s cameraSettings) {
	t := c.tracks[video.Video]
	if t == nil || !exists(path(t.Value, "mediaStreamTrack", "getSettings")) {
		return s
	}
	v := t.Get("mediaStreamTrack").Call("getSettings")
	return cameraSettings{id: str(v, "deviceId"), facing: str(v, "facingMode")}
}

// nextCamera is the id of the camera after the one with id in the list.
func (c *capture) nextCamera(ctx context.Context, id string) (string, error) {
	list, err := Devices{}.List(ctx)
	if err != nil {
		return "", err
	}
	var cameras []string
	at := 0
	for _, d := range list {
		if d.Kind == "videoinput" && d.ID != "" {
			if d.ID == id {
				at = len(cameras)
			}
			cameras = append(cameras, d.ID)
		}
	}
	if len(cameras) < 2 {
		return "", &video.Error{Reason: video.MediaNotFound, Message: "there is no other camera"}
	}
	return cameras[(at+1)%len(cameras)], nil
}

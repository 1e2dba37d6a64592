//go:build !js

package twiliojs

import (
	"context"

	"escalate/app/video"
)

// Supported reports nothing: there is no browser.
func (Devices) Supported() video.Support { return video.Support{} }

// Capture reports video.ErrUnsupported.
func (Devices) Capture(context.Context, video.Want) (video.Capture, error) {
	return nil, video.ErrUnsupported
}

// List reports video.ErrUnsupported.
func (Devices) List(context.Context) ([]video.Device, error) { return nil, video.ErrUnsupported }

// OnChange does nothing.
func (Devices) OnChange(func()) (stop func()) { return func() {} }

// Connect reports video.ErrUnsupported: the server draws pages, it does not
// join Rooms.
func (Connector) Connect(context.Context, string, video.Options) (video.Room, error) {
	return nil, video.ErrUnsupported
}

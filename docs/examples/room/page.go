// Command room is a video call in one language: whoever opens the same URL
// meets in the same Room. The compiler makes two programs of this package: the
// page, for the browser, and the server, which renders the page, too.
package main

import (
	"context"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/call"
	"escalate/app/video"
)

// room is the page: everybody in the Room that the URL names.
type room struct {
	app.Compo

	// What the page asks of a browser; browser.go has it, a test has others.
	devices video.Devices
	video   video.Connector
	token   func(ctx context.Context, room string) (string, error)

	name   string
	call   call.State // who is there and what they publish
	media  video.Capture
	joined video.Room
	err    error
}

// OnNav gets the page's URL, on the server too.
func (r *room) OnNav(ctx app.Context) {
	r.name = strings.Trim(ctx.Page().URL().Path, "/")
	r.call = call.New()
}

// Render is the page as it looks now.
func (r *room) Render() app.UI {
	return app.Main().Body(
		app.H1().Text("Room "+r.name),
		app.If(r.err != nil, app.P().ID("error").Text(r.err)),
		app.Button().ID("join").Text("Join").Disabled(r.call.Phase != call.Idle).OnClick(r.join),
		app.Video().ID("me").AutoPlay(true).Muted(true).Attr("playsinline", true),
		app.Range(r.call.Participants).Slice(func(i int) app.UI { return tile(r.call.Participants[i]) }),
	)
}

// tile is another person: an element for each of their Tracks, its id the SID.
func tile(p video.Participant) app.UI {
	return app.Div().Body(app.Range(p.Tracks).Slice(func(i int) app.UI {
		if t := p.Tracks[i]; t.Kind == video.Audio {
			return app.Audio().ID(t.SID)
		}
		return app.Video().ID(p.Tracks[i].SID).Attr("playsinline", true)
	}))
}

// join goes in with camera and microphone. ctx is the button's, which stays on
// the page: go-app ends a context with its element.
func (r *room) join(ctx app.Context, _ app.Event) {
	r.call.Phase, r.err = call.Joining, nil
	ctx.Async(func() {
		if err := r.enter(ctx); err != nil {
			r.update(ctx, func() { r.call.Phase, r.err = call.Idle, err })
		}
	})
}

// enter captures, gets a token and connects.
func (r *room) enter(ctx app.Context) error {
	media, err := r.devices.Capture(ctx, video.Want{Audio: true, Video: true})
	if err != nil {
		return err
	}
	r.update(ctx, func() { r.media = media })
	token, err := r.token(ctx, r.name)
	if err != nil {
		return err
	}
	joined, err := r.video.Connect(ctx, token, video.Options{
		Name: r.name, Signaling: app.Getenv("SIGNALING"), Capture: media,
		OnEvent: func(e video.Event) { r.update(ctx, func() { r.call = r.call.Apply(e) }) },
	})
	if err != nil {
		return err
	}
	r.update(ctx, func() { r.joined, r.call.Phase = joined, call.InCall })
	return nil
}

// update changes the page, and draws the media once the page shows the change.
func (r *room) update(ctx app.Context, change func()) {
	ctx.Dispatch(func(ctx app.Context) {
		change()
		ctx.Defer(func(app.Context) { r.draw() })
	})
}

// draw gives each Track its element; one that has it keeps it.
func (r *room) draw() {
	if r.media != nil {
		_ = r.media.Attach("me")
	}
	if r.joined == nil {
		return
	}
	for _, p := range r.call.Participants {
		for _, t := range p.Tracks {
			_ = r.joined.Attach(t.SID, t.SID) // not yet subscribed: an event will say so
		}
	}
}

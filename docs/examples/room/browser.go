//go:build js

package main

import (
	"context"
	"fmt"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/browser"
	"escalate/app/video/twiliojs"
)

func main() {
	app.RouteWithRegexpFunc(`^/\w+$`, func() app.Composer {
		return &room{devices: twiliojs.Devices{}, video: twiliojs.Connector{}, token: fetchToken}
	})
	app.RunWhenOnBrowser()
}

// fetchToken asks our server. It uses the browser's fetch: net/http's client
// would add five megabytes to the page.
func fetchToken(ctx context.Context, room string) (string, error) {
	a, err := browser.Fetch(ctx, browser.Request{Method: "POST", Path: "/token/" + room})
	if err == nil && a.Status != 200 {
		err = fmt.Errorf("no token: status %d", a.Status)
	}
	return string(a.Body), err
}

// Command hello is the least page that go-app makes, built and served as its
// manual says: what every page's start is compared with.
package main

import "github.com/maxence-charriere/go-app/v9/pkg/app"

type hello struct {
	app.Compo
	clicks int
}

func (h *hello) Render() app.UI {
	return app.Main().Body(app.Button().ID("hello").Text(h.clicks).OnClick(func(app.Context, app.Event) { h.clicks++ }))
}

// Package page holds what people see: the go-app components of the landing
// page (Home), the customer's page (Join) and the agent's Video Room tab
// (VideoRoom). It turns clicks into calls of small interfaces and events into
// markup; it knows no JavaScript, no HTTP and no SDK, so that all of it runs
// in native tests. The server renders the same components before the browser
// takes over: see Render.
package page

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/app/name"
	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/wire"
	"escalate/app/words"
)

// ErrNoPage is what Render returns for a path that has no page here.
var ErrNoPage = errors.New("page: no such page")

// Deps are the collaborators of the pages. Register needs all of them; Render
// needs none.
type Deps struct {
	API     API
	Devices video.Devices
	Video   video.Connector
	Host    Host
	// SignIn hands the agent's Flex token to the API, also each new one.
	SignIn func(flexToken string)
}

// API is what the pages ask of the server. Errors of the server are a
// *wire.Error.
type API interface {
	// State tells how the escalation stands.
	State(ctx context.Context, code string) (wire.State, error)
	// Join asks for the customer's Access Token.
	Join(ctx context.Context, code string, r wire.JoinRequest) (wire.Join, error)
	// Progress reports the customer's step.
	Progress(ctx context.Context, code string, p wire.Progress) error
	// Leave says that a Participant has left.
	Leave(ctx context.Context, code string, l wire.Leave) error
	// Rate stores the customer's verdict, unless there is one already, and
	// returns the one that is kept.
	Rate(ctx context.Context, code string, r wire.Rating) (kept wire.Rating, err error)

	// Escalate makes or finds the escalation of a Task. This and what follows
	// needs the agent to be signed in: see Deps.SignIn.
	Escalate(ctx context.Context, r wire.Escalate) (wire.Escalation, error)
	// AgentJoin asks for the agent's Access Token.
	AgentJoin(ctx context.Context, code string) (wire.Join, error)
	// Task tells the live escalation of a Task.
	Task(ctx context.Context, taskSID string) (wire.Task, error)
	// End ends the escalation for everyone.
	End(ctx context.Context, code string) (wire.State, error)
}

// Languages returns the languages of the pages, as BCP 47 tags, the default first.
func Languages() []string { return words.Languages() }

// Register routes the pages in the browser.
func Register(d Deps) {
	// RouteFunc, not Route: Route would keep only the type and drop d.
	app.RouteFunc(wire.HomePage, func() app.Composer { return newHome(d) })
	app.RouteFunc(wire.AgentPage, func() app.Composer { return newVideoRoom(d) })
	app.RouteWithRegexpFunc("^"+joinPrefix+"[^/]+/?$", func() app.Composer {
		return newJoin(d, codeOf(app.Window().URL().Path))
	})
}

// Render returns the markup that the page at path starts with: one element,
// which the browser's half replaces by an equal one when it is up. The path of
// a join page is answered from p.State; without it the page fetches its state.
func Render(path string, p wire.Page) (string, error) {
	c, err := first(path, p)
	if err != nil {
		return "", err
	}
	return ui.Tidy(app.HTMLString(c)), nil
}

// first returns the component of path in the state it has before any browser.
func first(path string, p wire.Page) (app.UI, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("render %s: encode page data: %w", path, err)
	}
	d := Deps{Host: noHost{data: data}, Devices: noDevices{}, Video: noVideo{}}
	switch {
	case path == wire.HomePage:
		return newHome(d), nil
	case path == wire.AgentPage:
		return newVideoRoom(d), nil
	case strings.HasPrefix(path, joinPrefix):
		return newJoin(d, codeOf(path)), nil
	}
	return nil, fmt.Errorf("render %s: %w", path, ErrNoPage)
}

// joinPrefix is what wire.JoinPath puts before a code.
var joinPrefix = wire.JoinPath("")

// pageData is what the server wrote into the page; zero if that is unreadable,
// which then reads as a page without an escalation.
func pageData(h Host) (p wire.Page) {
	if b := h.PageData(); b != nil {
		_ = json.Unmarshal(b, &p)
	}
	return p
}

// codeOf reads the join code from the path of a join page.
func codeOf(path string) string {
	return strings.Trim(strings.TrimPrefix(path, joinPrefix), "/")
}

// maxName is the longest name that is shown, in characters.
const maxName = 100

// clean is a name as it may be shown: see package name.
func clean(s string) string { return name.Clean(s, maxName) }

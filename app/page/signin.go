package page

import (
	"context"
	"errors"

	"escalate/app/wire"
	"escalate/app/words"
)

// signIn is the agent's being signed in to Flex, as the desktop's messages and
// the server's answers tell.
type signIn struct {
	known   bool   // the desktop has sent a token
	refused bool   // the server has refused it
	said    string // what was said about that
}

// unauthorized says whether the server refused the Flex token.
func unauthorized(err error) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Code == wire.CodeUnauthorized
}

// problem is what to say about an error of the server.
func (v *VideoRoom) problem(err error) string {
	why := v.s.problem(err)
	if unauthorized(err) {
		if v.phase == PhaseInCall {
			// The server's advice for who cannot sign in may end the call. The
			// desktop sends a new token soon.
			why = words.SignInStale.In(v.lang)
		}
		v.signIn.refused, v.signIn.said = true, why
	}
	return why
}

// complain shows what did not work, in the call and outside of it.
func (v *VideoRoom) complain(err error) {
	v.trouble = v.problem(err)
	if v.phase == PhaseInCall {
		v.s.trouble = v.trouble
	}
	v.s.say(v.trouble)
}

// signedIn takes a token from the desktop.
func (v *VideoRoom) signedIn(token string) {
	first := !v.signIn.known
	v.signIn.known = true
	v.s.deps.SignIn(token)
	switch {
	case v.task == "":
	case first, v.phase == PhaseConnecting && v.signIn.refused:
		v.load()
	case v.signIn.refused:
		v.tryToken()
	}
}

// tryToken asks with a new token for what changes nothing. If it is good, what
// was said about the old one goes.
func (v *VideoRoom) tryToken() {
	task := v.task
	async(&v.s, func(ctx context.Context) (wire.Task, error) {
		return v.s.deps.API.Task(ctx, task)
	}, func(_ wire.Task, err error) {
		if err != nil {
			return // as bad as the old one, or not known
		}
		v.signIn.refused = false
		if v.trouble == v.signIn.said {
			v.trouble = ""
		}
		if v.s.trouble == v.signIn.said {
			v.s.trouble = ""
		}
	})
}

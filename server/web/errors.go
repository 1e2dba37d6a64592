package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/ratelimit"
)

// problem is an error that this package itself finds with a request. Its text
// is for the log; people read the sentence of its code.
type problem struct {
	code wire.Code
	text string
	// message replaces the code's sentence where more can be said.
	message string
}

func (p *problem) Error() string { return p.text }

// What can be wrong with a request before it reaches a use case.
var (
	errMethod      = &problem{code: wire.CodeMethodNotAllowed, text: "method not allowed"}
	errNotFound    = &problem{code: wire.CodeNotFound, text: "no such path"}
	errTooLarge    = &problem{code: wire.CodeTooLarge, text: "body too large"}
	errContentType = &problem{code: wire.CodeUnsupportedMedia, text: "content type is not application/json"}
	errOrigin      = &problem{code: wire.CodeForbiddenOrigin, text: "origin is not allowed"}
	errNoToken     = &problem{code: wire.CodeUnauthorized, text: "no bearer token"}
	errLeaveKey    = &problem{code: wire.CodeForbidden, text: "leave key does not fit"}
)

// badRequest is a request that cannot be read; text is for the log.
func badRequest(text string) error {
	return &problem{code: wire.CodeBadRequest, text: text}
}

// meanings is the table from the use cases' errors to codes. say replaces the
// code's sentence where the error says more than the code.
var meanings = []struct {
	err  error
	code wire.Code
	say  func(*speech) string
}{
	{err: escalation.ErrUnknownCode, code: wire.CodeUnknownCode},
	{err: escalation.ErrExpired, code: wire.CodeExpired},
	{err: escalation.ErrEnded, code: wire.CodeEnded},
	{err: escalation.ErrTaskNotFound, code: wire.CodeTaskNotFound},
	{err: escalation.ErrTaskNotYours, code: wire.CodeTaskNotYours},
	{err: escalation.ErrTaskNotChat, code: wire.CodeTaskNotChat},
	{err: escalation.ErrTaskClosed, code: wire.CodeTaskClosed},
	{err: escalation.ErrTaskFull, code: wire.CodeTaskFull},
	{err: escalation.ErrForbidden, code: wire.CodeForbidden},
	{err: escalation.ErrConsentRequired, code: wire.CodeConsentRequired},
	{err: escalation.ErrNotInCall, code: wire.CodeNotInCall},
	{err: errRatingKey, code: wire.CodeForbidden, say: func(t *speech) string { return t.RatingKey }},
	{err: escalation.ErrBadRating, code: wire.CodeBadRequest, say: func(t *speech) string { return fmt.Sprintf(t.BadRating, wire.MaxComment) }},
	{err: escalation.ErrBadProgress, code: wire.CodeBadRequest},
	{err: escalation.ErrUnauthorized, code: wire.CodeUnauthorized},
	{err: escalation.ErrSignature, code: wire.CodeForbidden, say: func(*speech) string {
		return "The callback's signature is missing or does not fit. Check the auth token and the public URL."
	}},
	{err: escalation.ErrUnavailable, code: wire.CodeUnavailable},
	{err: context.DeadlineExceeded, code: wire.CodeUnavailable},
}

// answerTo is what err looks like from outside, in the words of t.
func answerTo(err error, t *speech) wire.Error {
	answer := wire.Error{Code: wire.CodeInternal}
	var busy *escalation.BusyError
	var p *problem
	switch {
	case errors.As(err, &p):
		answer.Code, answer.Message = p.code, p.message
	case isRateLimited(err):
		answer.Code = wire.CodeRateLimited
		if errors.Is(err, escalation.ErrUnavailable) { // pages try that again by themselves
			answer.Code = wire.CodeUnavailable
		}
		answer.Limit = limitOf(err)
		answer.Message = t.TooMuch[answer.Limit]
	case errors.As(err, &busy):
		answer.Code = wire.CodeAgentBusy
		answer.Running = &wire.Running{Code: busy.Code, TaskSID: busy.TaskSID}
	default:
		for _, m := range meanings {
			if errors.Is(err, m.err) {
				answer.Code = m.code
				if m.say != nil {
					answer.Message = m.say(t)
				}
				break
			}
		}
	}
	if answer.Message == "" {
		answer.Message = t.Errors[answer.Code]
	}
	return answer
}

// errorWriter tells errors to whoever asked, and to the log; nothing else does.
type errorWriter struct {
	renderer *renderer
	log      *slog.Logger
}

// fail writes err as the answer: JSON for programs, a page for people.
func (e *errorWriter) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the client has gone: nobody reads an answer
	}
	t := e.renderer.speech(r)
	answer := answerTo(err, t)
	e.note(r, answer.Code, err)
	h := w.Header()
	h.Set("Content-Language", t.Lang)
	h.Set("Cache-Control", "no-store")
	switch answer.Code {
	case wire.CodeUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="flex"`)
	case wire.CodeUnavailable:
		h.Set("Retry-After", "3")
	}
	retryAfter(h, err)
	if wantsHTML(r) {
		if e.renderer.plain(w, r, answer.Code.Status(), t.Page.Trouble, plainData{Message: answer.Message}) == nil {
			return
		}
	}
	writeJSON(w, answer.Code.Status(), answer)
}

// page writes err as a page, for a request that can only come from a page.
func (e *errorWriter) page(w http.ResponseWriter, r *http.Request, err error) error {
	t := e.renderer.speech(r)
	answer := answerTo(err, t)
	e.note(r, answer.Code, err)
	retryAfter(w.Header(), err)
	return e.renderer.plain(w, r, answer.Code.Status(), t.Page.Trouble, plainData{Message: answer.Message})
}

// note logs what went wrong: ours in full, theirs for those who debug.
func (e *errorWriter) note(r *http.Request, code wire.Code, err error) {
	level, text := slog.LevelDebug, "request refused"
	if code == wire.CodeInternal || code == wire.CodeUnavailable && !isRateLimited(err) {
		level, text = slog.LevelError, "request"
	}
	e.log.Log(r.Context(), level, text, "id", requestID(r), "route", routeOf(r), "code", code, "err", err)
}

// isRateLimited says whether err is one request too many.
func isRateLimited(err error) bool { return limitOf(err) != "" }

// limitOf returns the name of the limit that err says is used up; empty for another
// error.
func limitOf(err error) string {
	var tooMany *ratelimit.Error
	if errors.As(err, &tooMany) {
		return tooMany.Limit
	}
	return ""
}

// retryAfter says when trying again may help, if err is a request too many.
func retryAfter(h http.Header, err error) {
	var tooMany *ratelimit.Error
	if errors.As(err, &tooMany) {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(tooMany.Wait.Seconds())))))
	}
}

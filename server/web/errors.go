package web

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// problem is an error that this package itself finds with a request. Its text
// is for the log; people read the sentence of its code.
type problem struct {
	code wire.Code
	text string
	// message replaces the code's sentence where more can be said.
	message string
	// retry is when trying again may help; zero when it is not known.
	retry time.Duration
}

func (p *problem) Error() string { return p.text }

// RetryAfter is when trying again may help; zero when it is not known.
func (p *problem) RetryAfter() time.Duration { return p.retry }

// What can be wrong with a request before it reaches a use case.
var (
	errMethod      = &problem{code: wire.CodeMethodNotAllowed, text: "method not allowed"}
	errNotFound    = &problem{code: wire.CodeNotFound, text: "no such path"}
	errTooLarge    = &problem{code: wire.CodeTooLarge, text: "body too large"}
	errContentType = &problem{code: wire.CodeUnsupportedMedia, text: "content type is not application/json"}
	errOrigin      = &problem{code: wire.CodeForbiddenOrigin, text: "origin is not allowed"}
	errNoToken     = &problem{code: wire.CodeUnauthorized, text: "no bearer token"}
)

// badRequest is a request that cannot be read; text is for the log.
func badRequest(text string) error {
	return &problem{code: wire.CodeBadRequest, text: text}
}

// rateLimited is a request too many.
func rateLimited(text string, retry time.Duration) error {
	return &problem{code: wire.CodeRateLimited, text: text, retry: retry}
}

// meanings is the table from the use cases' errors to codes. message replaces
// the code's sentence where the error says more than the code.
var meanings = []struct {
	err     error
	code    wire.Code
	message string
}{
	{err: escalation.ErrUnknownCode, code: wire.CodeUnknownCode},
	{err: escalation.ErrExpired, code: wire.CodeExpired},
	{err: escalation.ErrEnded, code: wire.CodeEnded},
	{err: escalation.ErrTaskNotFound, code: wire.CodeTaskNotFound},
	{err: escalation.ErrTaskNotYours, code: wire.CodeTaskNotYours},
	{err: escalation.ErrTaskNotChat, code: wire.CodeTaskNotChat},
	{err: escalation.ErrTaskClosed, code: wire.CodeTaskClosed},
	{err: escalation.ErrForbidden, code: wire.CodeForbidden},
	{err: escalation.ErrConsentRequired, code: wire.CodeConsentRequired},
	{err: escalation.ErrBadRating, code: wire.CodeBadRequest,
		message: "Please choose one to five stars and keep the comment under " + strconv.Itoa(wire.MaxComment) + " characters."},
	{err: escalation.ErrBadProgress, code: wire.CodeBadRequest},
	{err: escalation.ErrUnauthorized, code: wire.CodeUnauthorized},
	{err: escalation.ErrSignature, code: wire.CodeForbidden, message: "The callback's signature is missing or does not fit. Check the auth token and the public URL."},
	{err: escalation.ErrUnavailable, code: wire.CodeUnavailable},
	{err: context.DeadlineExceeded, code: wire.CodeUnavailable},
}

// sentences says for each code what the person at the other end can do.
var sentences = map[wire.Code]string{
	wire.CodeBadRequest:       "The request could not be understood. Reload the page and try again.",
	wire.CodeUnknownCode:      "We do not know this code. Check it against the link in your chat, or ask there for a new one.",
	wire.CodeExpired:          "This link has expired. Ask in your chat for a new one.",
	wire.CodeEnded:            "This call is over. If you need more help, write in your chat.",
	wire.CodeUnauthorized:     "Your Flex session is not valid any more. Reload Flex and sign in again.",
	wire.CodeForbidden:        "Your role does not allow this. Ask your supervisor or administrator.",
	wire.CodeTaskNotYours:     "This task is assigned to another agent. Ask them, or have it transferred to you.",
	wire.CodeTaskNotFound:     "This task does not exist any more. Refresh your task list.",
	wire.CodeTaskNotChat:      "This task has no chat to send a link to. Start the video from a chat task.",
	wire.CodeTaskClosed:       "This task is being wrapped up or is completed, so no video can be started from it.",
	wire.CodeAgentBusy:        "You are already in another video call. End that one first.",
	wire.CodeConsentRequired:  "This call is recorded. Please agree to the recording to join, or go on in the chat.",
	wire.CodeNotFound:         "There is nothing at this address. Check the link.",
	wire.CodeMethodNotAllowed: "This address does not take that kind of request.",
	wire.CodeTooLarge:         "That is too much at once. Shorten your text and try again.",
	wire.CodeUnsupportedMedia: "The request must be sent as JSON (Content-Type: application/json).",
	wire.CodeForbiddenOrigin:  "This website may not call the video service. An administrator can add it to ALLOWED_ORIGINS.",
	wire.CodeRateLimited:      "That was a lot of tries in a short time. Wait a minute, then try again.",
	wire.CodeUnavailable:      "The video service cannot be reached just now. Try again in a few seconds.",
	wire.CodeInternal:         "Something went wrong on our side. Try again, or go on in the chat.",
}

// answerTo is what err looks like from outside.
func answerTo(err error) wire.Error {
	answer := wire.Error{Code: wire.CodeInternal}
	var busy *escalation.BusyError
	var p *problem
	switch {
	case errors.As(err, &p):
		answer.Code, answer.Message = p.code, p.message
	case errors.As(err, &busy):
		answer.Code = wire.CodeAgentBusy
		answer.Running = &wire.Running{Code: busy.Code, TaskSID: busy.TaskSID}
	default:
		for _, m := range meanings {
			if errors.Is(err, m.err) {
				answer.Code, answer.Message = m.code, m.message
				break
			}
		}
	}
	if answer.Message == "" {
		answer.Message = sentences[answer.Code]
	}
	return answer
}

// fail writes err as the answer; it is the only place that does.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the client has gone: nobody reads an answer
	}
	answer := answerTo(err)
	s.note(r, answer.Code, err)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	switch answer.Code {
	case wire.CodeUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="flex"`)
	case wire.CodeUnavailable:
		h.Set("Retry-After", "3")
	}
	retryAfter(h, err)
	if wantsHTML(r) {
		if s.plain(w, r, answer.Code.Status(), pageTrouble, plainData{Message: answer.Message}) == nil {
			return
		}
	}
	writeJSON(w, answer.Code.Status(), answer)
}

// note logs what went wrong: ours in full, theirs for those who debug.
func (s *server) note(r *http.Request, code wire.Code, err error) {
	level, text := slog.LevelDebug, "request refused"
	if code == wire.CodeInternal || code == wire.CodeUnavailable {
		level, text = slog.LevelError, "request"
	}
	s.Log.Log(r.Context(), level, text, "id", requestID(r), "route", routeOf(r), "code", code, "err", err)
}

// retryAfter says when trying again may help, if err is a request too many.
func retryAfter(h http.Header, err error) {
	var p *problem
	if errors.As(err, &p) && p.code == wire.CodeRateLimited {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(p.retry.Seconds())))))
	}
}

package dropin

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"escalate/server/escalation"
	"escalate/server/ratelimit"
)

// statuses are what the template's generations answer where they differ.
type statuses struct {
	lost int // a code that leads nowhere: unknown, expired, ended
	wait int // the agent is not there yet
}

var (
	first  = statuses{lost: http.StatusForbidden, wait: http.StatusMethodNotAllowed}
	second = statuses{lost: http.StatusNotFound, wait: http.StatusNotFound}
)

// refusal is an error with its answer.
type refusal struct {
	status int
	text   string // a sentence for a person
}

func (e *refusal) Error() string { return e.text }

// answerTo is what err looks like from outside.
func (c statuses) answerTo(err error) refusal {
	var own *refusal
	var tooMany *ratelimit.Error
	var busy *escalation.BusyError
	switch {
	case errors.As(err, &own):
		return *own
	case errors.As(err, &tooMany) && !errors.Is(err, escalation.ErrUnavailable):
		return refusal{http.StatusTooManyRequests, "That was a lot of tries in a short time. Wait a minute, then try again."}
	case errors.As(err, &busy):
		return refusal{http.StatusConflict, "You are already in another video call. End that one first."}
	}
	for _, m := range []struct {
		err    error
		status int
		text   string
	}{
		{errWaiting, c.wait, "The agent is not yet connected. Please try again later."},
		{escalation.ErrUnknownCode, c.lost, "Invalid code."},
		{escalation.ErrExpired, c.lost, "This link has expired. Ask in the chat for a new one."},
		{escalation.ErrEnded, c.lost, "This call is over."},
		{escalation.ErrConsentRequired, c.lost, "This call is recorded: join by the link in the chat, which asks for consent."},
		{escalation.ErrUnauthorized, http.StatusForbidden, "The Flex token is missing or not valid. Reload Flex and sign in again."},
		{escalation.ErrForbidden, http.StatusForbidden, "Your role does not allow this."},
		{escalation.ErrTaskNotYours, http.StatusForbidden, "This task is assigned to another agent."},
		{escalation.ErrTaskNotFound, http.StatusNotFound, "This task does not exist any more."},
		{escalation.ErrTaskNotChat, http.StatusConflict, "This task has no chat to send a link to."},
		{escalation.ErrTaskClosed, http.StatusConflict, "This task is being wrapped up or is completed."},
		{escalation.ErrTaskFull, http.StatusConflict, "This task's attributes are full: start the video from a new task of this chat."},
		{escalation.ErrUnavailable, http.StatusServiceUnavailable, "The video service cannot be reached just now. Try again in a few seconds."},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "The video service cannot be reached just now. Try again in a few seconds."},
	} {
		if errors.Is(err, m.err) {
			return refusal{m.status, m.text}
		}
	}
	return refusal{http.StatusInternalServerError, "Something went wrong on our side. Try again, or go on in the chat."}
}

// fail writes err as the answer.
func (s *server) fail(w http.ResponseWriter, r *http.Request, c statuses, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the client has gone: nobody reads an answer
	}
	a := c.answerTo(err)
	level := slog.LevelDebug
	if a.status >= http.StatusInternalServerError && a.status != http.StatusNotImplemented {
		level = slog.LevelError
	}
	s.Log.Log(r.Context(), level, "template endpoint", "status", a.status, "err", err)
	var tooMany *ratelimit.Error
	switch {
	case errors.As(err, &tooMany):
		w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(tooMany.Wait.Seconds())))))
	case a.status == http.StatusServiceUnavailable, errors.Is(err, errWaiting):
		w.Header().Set("Retry-After", "3")
	}
	writeJSON(w, a.status, struct {
		Error string `json:"error"`
	}{a.text})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":""}`) // our own structs all marshal
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // an error here means that the client has gone
}

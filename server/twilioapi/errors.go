package twilioapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sync"

	"github.com/twilio/twilio-go/client"

	"escalate/server/escalation"
)

// errPath says that a value may not become part of a URL path. It is a fault
// of the caller: values from outside are checked long before.
var errPath = errors.New("not allowed in a path")

// Twilio's error codes that decide something. Everything else is decided by
// the HTTP status, which is documented better.
const (
	codeDocumentNameTaken = 54301 // Sync: unique name already exists
	codeRoomNameTaken     = 53113 // Video: Room exists
	codeRoomStatus        = 53112 // Video: status invalid, Room not in progress
	codeRoomCompleted     = 53118 // Video: Room completed
)

// apiError is an answer of Twilio's that was no success.
type apiError struct {
	status int // of HTTP; 0 when there was no answer
	code   int // Twilio's; 0 when the body was none of theirs
	// request is Twilio's id of the request; empty when it told none.
	request string
	kind    error
	err     error
}

func (e *apiError) Error() string {
	if e.status == 0 {
		return fmt.Sprintf("no answer from Twilio: %v", e.err)
	}
	s := fmt.Sprintf("Twilio answered status %d", e.status)
	if e.code != 0 {
		s += fmt.Sprintf(", code %d", e.code)
	}
	if e.request != "" {
		s += ", request " + e.request
	}
	return fmt.Sprintf("%s: %v", s, e.err)
}

// Unwrap returns the meaning for the use cases and the cause.
func (e *apiError) Unwrap() []error {
	if e.kind == nil {
		return []error{e.err}
	}
	return []error{e.kind, e.err}
}

// fail turns an error of twilio-go's into ours. The status is the one that the
// transport saw: twilio-go keeps the one in the body, and loses it altogether
// when the body is not JSON.
func (k *call) fail(err error) error {
	if err == nil {
		return nil
	}
	// The caller gave up, or the call's own time-out passed.
	if k.ctx.Err() != nil {
		return context.Cause(k.ctx)
	}
	// The URL holds the join code, and errors end up in logs.
	var sent *url.Error
	if errors.As(err, &sent) {
		err = sent.Err
	}
	if errors.Is(err, errPath) {
		return fmt.Errorf("%s was not sent: %w", k.op.name, err)
	}
	e := &apiError{status: k.status, request: k.request, err: err}
	var rest *client.TwilioRestError
	if errors.As(err, &rest) {
		e.code = rest.Code
		e.err = errors.New(rest.Message)
	}
	if e.status == http.StatusUnauthorized {
		// Nothing works until somebody does something about it.
		k.t.c.Log.ErrorContext(k.ctx, "Twilio refuses the API key: check its SID and secret", "operation", k.op.name, "code", e.code, "twilio", e.request)
	}
	switch {
	case e.code == codeDocumentNameTaken, e.code == codeRoomNameTaken:
		e.kind = escalation.ErrNameTaken
	case e.status == http.StatusNotFound:
		e.kind = escalation.ErrNotFound
	case e.status == http.StatusPreconditionFailed:
		e.kind = escalation.ErrConflict
	case e.status == 0, e.status == http.StatusTooManyRequests, e.status >= 500:
		e.kind = escalation.ErrUnavailable
	case e.status < 300:
		// A success that could not be read: cut off, or not Twilio's.
		e.kind = escalation.ErrUnavailable
	}
	return e
}

// requestForm is that of Twilio's ids of requests: RQ and 32 digits; others are taken too,
// as long as nothing else can be in them.
var requestForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`) })

// requestID returns Twilio's id of the request that was answered, or "".
func requestID(h http.Header) string {
	if id := h.Get("Twilio-Request-Id"); requestForm().MatchString(id) {
		return id
	}
	return ""
}

// codeOf returns Twilio's code in an error of fail's, or 0.
func codeOf(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.code
	}
	return 0
}

// statusOf returns the HTTP status in an error of fail's, or 0.
func statusOf(err error) int {
	var e *apiError
	if errors.As(err, &e) {
		return e.status
	}
	return 0
}

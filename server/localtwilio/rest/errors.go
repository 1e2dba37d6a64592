package rest

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
)

// Codes of Twilio's error dictionary. Where the dictionary and the documents do
// not say which HTTP status goes with a code, the status given beside it here
// is an assumption.
const (
	codeInvalidParameter = 20001
	codeUnauthorized     = 20003
	codeMethod           = 20004
	codeForbidden        = 20403
	codeNotFound         = 20404
	codePrecondition     = 20412 // TaskRouter's revision mismatch
	codeTooManyRequests  = 20429
	codeInternal         = 20500

	codeRoomName             = 53100
	codeRoomNameTooLong      = 53101
	codeRoomNameChars        = 53102
	codeRoomNotFound         = 53106 // of what belongs to a Room; the Room itself is 20404
	codeMaxParticipants      = 53107
	codeRoomType             = 53108
	codeRoomTimeout          = 53109
	codeRoomCallbackMethod   = 53110
	codeRoomCallback         = 53111
	codeRoomStatus           = 53112
	codeRoomExists           = 53113
	codeRoomParameters       = 53114
	codeRoomRegion           = 53115
	codeRoomCompleted        = 53118
	codeRoomSubscription     = 53117
	codeRecordingRules       = 53120
	codeRoomStay             = 53123
	codeRoomAudioOnly        = 53124
	codeSyncIfMatch          = 54003
	codeSyncTooLarge         = 54006
	codeSyncRate             = 54009
	codeSyncTTL              = 54011
	codeSyncRevision         = 54103
	codeSyncListItem         = 54151
	codeSyncListItemRevision = 54155
	codeSyncMapItem          = 54201
	codeSyncMapItemRevision  = 54205
	codeSyncItemExists       = 54208
	codeSyncNameTaken        = 54301
	codeSyncName             = 54302

	codeAddressExists   = 50409
	codeChannelNoStatus = 45358
)

// Error is an answer other than success, as Twilio writes it.
type Error struct {
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
	Status   int    `json:"status"`

	retry time.Duration // for the header Retry-After; zero for none
}

// Error is the message.
func (e *Error) Error() string { return fmt.Sprintf("%d %d: %s", e.Status, e.Code, e.Message) }

var (
	errUnauthorized = &Error{Status: http.StatusUnauthorized, Code: codeUnauthorized, Message: "Authenticate"}
	errMethod       = &Error{Status: http.StatusMethodNotAllowed, Code: codeMethod, Message: "Method not allowed"}
	errInternal     = &Error{Status: http.StatusInternalServerError, Code: codeInternal, Message: "Internal server error"}
)

func notFound(path string) *Error {
	return &Error{Status: http.StatusNotFound, Code: codeNotFound, Message: "The requested resource " + path + " was not found"}
}

// invalid is the answer to a parameter that has no code of its own.
func invalid(message string) *Error { return bad(codeInvalidParameter, message) }

func bad(code int, message string) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: message}
}

// fail writes err. What is neither ours nor the store's word for the caller's
// mistake is logged in full and shown as nothing.
func (a *API) fail(c *call, err error) {
	var e *Error
	switch {
	case errors.As(err, &e):
	case errors.Is(err, store.ErrNotFound):
		e = notFound(c.r.URL.Path)
	case errors.Is(err, store.ErrRejected):
		// Twilio's documents do not say the code.
		e = &Error{Status: http.StatusForbidden, Code: codeForbidden, Message: "The action was rejected by the pre-action webhook"}
	case errors.Is(err, store.ErrChatClosed):
		e = bad(codeConversationClosed, "Can't update conversation as it's in final closed state")
	case errors.Is(err, store.ErrTransition), errors.Is(err, store.ErrAttributesTooLong):
		e = invalid(err.Error())
	default:
		a.log.Error("rest", "method", c.r.Method, "path", reached.Shape(c.r.URL.Path), "err", err)
		e = errInternal
	}
	out := *e
	out.MoreInfo = "https://www.twilio.com/docs/errors/" + strconv.Itoa(e.Code)
	if e.Status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
	}
	if e.retry > 0 {
		c.w.Header().Set("Retry-After", retryAfter(e.retry))
	}
	_ = c.json(e.Status, out)
}

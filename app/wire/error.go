package wire

import "errors"

// Code is a stable name for what went wrong.
type Code string

// The codes an Error may carry.
const (
	CodeBadRequest       Code = "bad_request"
	CodeUnknownCode      Code = "unknown_code" // also for malformed codes: both get the same answer
	CodeExpired          Code = "expired"
	CodeEnded            Code = "ended"
	CodeUnauthorized     Code = "unauthorized"   // Flex token missing, invalid or expired
	CodeForbidden        Code = "forbidden"      // the role may not
	CodeTaskNotYours     Code = "task_not_yours" // the Task is another Worker's
	CodeTaskNotFound     Code = "task_not_found"
	CodeTaskNotChat      Code = "task_not_chat" // the Task has no Conversation to send a link to
	CodeTaskClosed       Code = "task_closed"   // the Task is being wrapped up, or is over
	CodeTaskFull         Code = "task_full"     // TaskRouter takes no more attributes for the Task
	CodeNotInCall        Code = "not_in_call"   // no customer was in the call that is rated
	CodeAgentBusy        Code = "agent_busy"    // Running names the other session
	CodeConsentRequired  Code = "consent_required"
	CodeNotFound         Code = "not_found"
	CodeMethodNotAllowed Code = "method_not_allowed"
	CodeTooLarge         Code = "too_large"
	CodeUnsupportedMedia Code = "unsupported_media_type"
	CodeForbiddenOrigin  Code = "forbidden_origin"
	CodeRateLimited      Code = "rate_limited"
	CodeUnavailable      Code = "unavailable" // Twilio did not answer; trying again may help
	CodeInternal         Code = "internal"
)

// Error is the body of every failed answer. Message is a sentence for a person
// that says what they can do.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Limit is what there was too much of (CodeRateLimited, and CodeUnavailable where
	// it was changes of one Document), such as "codes"; docs/operate.md lists them.
	Limit string `json:"limit,omitempty"`
	// Running is the session an agent is already in (CodeAgentBusy).
	Running *Running `json:"running,omitempty"`
}

// Running names a session that is already going on.
type Running struct {
	Code    string `json:"code"`
	TaskSID string `json:"taskSid"`
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// CodeOf returns the code of the *Error that err is or wraps, "" for another error
// and for none.
func CodeOf(err error) Code {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Status is the HTTP status that goes with the code.
func (c Code) Status() int {
	switch c {
	case CodeBadRequest, CodeConsentRequired:
		return 400
	case CodeUnauthorized:
		return 401
	case CodeForbidden, CodeTaskNotYours, CodeForbiddenOrigin:
		return 403
	case CodeUnknownCode, CodeTaskNotFound, CodeNotFound:
		return 404
	case CodeMethodNotAllowed:
		return 405
	case CodeTaskNotChat, CodeTaskClosed, CodeTaskFull, CodeNotInCall, CodeAgentBusy:
		return 409
	case CodeExpired, CodeEnded:
		return 410
	case CodeTooLarge:
		return 413
	case CodeUnsupportedMedia:
		return 415
	case CodeRateLimited:
		return 429
	case CodeUnavailable:
		return 503
	}
	return 500
}

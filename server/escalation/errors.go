package escalation

import "errors"

// What a use case may return. Compare with errors.Is.
var (
	// ErrUnknownCode also stands for a malformed code, which is not looked up; both get
	// the same answer.
	ErrUnknownCode = errors.New("unknown join code")
	// ErrExpired says that the code's time passed before an agent joined.
	ErrExpired = errors.New("join code has expired")
	// ErrEnded says that the call is over.
	ErrEnded = errors.New("escalation has ended")
	// ErrTaskNotFound also stands for a malformed Task SID.
	ErrTaskNotFound = errors.New("no such Task")
	// ErrTaskNotYours says that the Task is assigned to another Worker.
	ErrTaskNotYours = errors.New("the Task is assigned to another Worker")
	// ErrTaskNotChat says that the Task has no Conversation.
	ErrTaskNotChat = errors.New("the Task has no Conversation")
	// ErrTaskClosed says that the Task is being wrapped up or is over.
	ErrTaskClosed = errors.New("the Task is closed")
	// ErrTaskFull says that TaskRouter takes no more attributes for the Task.
	ErrTaskFull = errors.New("the Task's attributes are full")
	// ErrForbidden says that the caller may not do this at all, whatever the Task.
	ErrForbidden = errors.New("not allowed")
	// ErrConsentRequired says that the call is recorded and nobody agreed yet.
	ErrConsentRequired = errors.New("consent to the recording is required")
	// ErrNotInCall says that no customer was in the call that is to be rated.
	ErrNotInCall = errors.New("no customer was in the call")
	// ErrBadRating says that a rating is out of range.
	ErrBadRating = errors.New("rating is not acceptable")
	// ErrBadProgress says that a reported phase is not one of the known ones.
	ErrBadProgress = errors.New("progress is not acceptable")
	// ErrUnauthorized says that an agent's Flex token is missing, wrong or expired.
	ErrUnauthorized = errors.New("the Flex token is not valid")
	// ErrSignature says that a status callback was not signed by Twilio.
	ErrSignature = errors.New("the status callback is not signed by Twilio")
	// ErrUnavailable says that Twilio did not answer, or asked to come back
	// later; trying again may help.
	ErrUnavailable = errors.New("no service from Twilio now")
)

// What the ports return, besides ErrUnavailable.
var (
	// ErrNotFound says that a Document, Room, Participant or Task does not exist.
	ErrNotFound = errors.New("not found")
	// ErrNameTaken says that the unique name of a Document or Room is in use.
	ErrNameTaken = errors.New("unique name is taken")
	// ErrConflict says that the revision has moved on since it was read.
	ErrConflict = errors.New("revision has changed")
	// ErrTooLarge says that Twilio does not take so much text.
	ErrTooLarge = errors.New("more than Twilio takes")
)

// BusyError says that the agent is in another video session.
type BusyError struct {
	Code    string // the running session's
	TaskSID string // empty when unknown
}

func (e *BusyError) Error() string { return "agent is in another video session" }

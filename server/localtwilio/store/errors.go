package store

import "errors"

var (
	// ErrNotFound is returned for a SID or unique name that nothing has.
	ErrNotFound = errors.New("not found")
	// ErrNameTaken is returned when a unique name is in use.
	ErrNameTaken = errors.New("unique name taken")
	// ErrRevision is returned when a thing has changed since the revision that
	// the caller named.
	ErrRevision = errors.New("revision does not match")
	// ErrRoomCompleted is returned for what an ended Room no longer allows.
	ErrRoomCompleted = errors.New("room completed")
	// ErrRoomFull is returned when a Room has its maximum of Participants.
	ErrRoomFull = errors.New("room full")
	// ErrParticipantGone is returned for what a disconnected Participant no
	// longer allows.
	ErrParticipantGone = errors.New("participant disconnected")
	// ErrTransition is returned for a status that cannot follow the present one.
	ErrTransition = errors.New("status cannot follow the present one")
	// ErrAttributesTooLong is returned for attributes of a Task or a Worker over
	// MaxAttributes.
	ErrAttributesTooLong = errors.New("attributes too long")
	// ErrChatClosed is returned for what a closed Conversation no longer allows.
	ErrChatClosed = errors.New("conversation is closed")
	// ErrRole is returned for a Role that the Service has not, or of the other type.
	ErrRole = errors.New("no such role")
	// ErrRoleInUse is returned when a Role that the Service gives to newcomers is to be
	// removed.
	ErrRoleInUse = errors.New("role is a default of the service")
	// ErrLimit is returned when there are as many of a kind as Twilio allows.
	ErrLimit = errors.New("limit reached")
	// ErrTokenExpired is returned for a Flex token whose time has passed.
	ErrTokenExpired = errors.New("token expired")
	// ErrReferenced is returned for the end of what something else still names.
	ErrReferenced = errors.New("still in use")
	// ErrActivity is returned for an Activity that the Workspace has not.
	ErrActivity = errors.New("unknown activity")
	// ErrClosed is returned by a Store that was closed.
	ErrClosed = errors.New("store closed")
	// ErrInUse is returned when another process has the data file open.
	ErrInUse = errors.New("data file in use by another process")
)

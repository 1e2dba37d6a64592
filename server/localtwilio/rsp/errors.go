package rsp

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"escalate/server/token"
)

var (
	errConfig    = errors.New("incomplete configuration")
	errMalformed = errors.New("malformed message")
	errTooMany   = errors.New("too many")
	errTooLong   = errors.New("too long")
)

// Twilio's error codes that this server sends. The client has its own text for
// each of them (twilio-video.js, lib/util/twilio-video-errors.js).
const (
	codeSignalingLost     = 53001 // also for a session that is not known (any more)
	codeInvalidMessage    = 53004 // the client sent something that cannot be read
	codeRoomNameInvalid   = 53100
	codeRoomNameTooLong   = 53101
	codeRoomNameChars     = 53102
	codeRoomCreate        = 53103
	codeRoomConnect       = 53104
	codeRoomFull          = 53105
	codeRoomNotFound      = 53106
	codeRoomCompleted     = 53118
	codeTooManyRooms      = 53119
	codeTrackKind         = 53125 // the Room does not take Tracks of this kind
	codeIdentityInvalid   = 53200
	codeIdentityTooLong   = 53201
	codeIdentityChars     = 53202
	codeTooManyTracks     = 53203
	codeDuplicateIdentity = 53205
	codeTooManyPresent    = 53206 // Participants of all Rooms
	codeSessionLength     = 53216
	codeTrackInvalid      = 53300
	codeTrackNameInvalid  = 53301
	codeTrackNameTooLong  = 53302
	codeTrackNameChars    = 53303
	codeTrackNameTaken    = 53304
	codeServerLocalDesc   = 53401 // the server cannot make or apply its own description
	codeServerRemoteDesc  = 53403 // the server cannot apply the client's description
	codeNoCodec           = 53404
	codeMediaLost         = 53405
	codeDTLSFailed        = 53407

	codeTokenMalformed = 20101
	codeTokenGrants    = 20106
)

// texts are sent beside the codes. The client replaces those that it knows, so
// the 201xx ones are what a person gets to read.
var texts = map[int]string{
	20101: "Invalid Access Token",
	20102: "Invalid Access Token header",
	20103: "Invalid Access Token issuer/subject",
	20104: "Access Token expired or expiration date invalid",
	20105: "Access Token not yet valid",
	20106: "Invalid Access Token grants",
	20107: "Invalid Access Token signature",
	20157: "Expiration Time Exceeds Maximum Time Allowed",

	codeSignalingLost:     "Signaling connection disconnected",
	codeInvalidMessage:    "Client sent an invalid signaling message",
	codeRoomNameInvalid:   "Room name is invalid",
	codeRoomNameTooLong:   "Room name is too long",
	codeRoomNameChars:     "Room name contains invalid characters",
	codeRoomCreate:        "Unable to create Room",
	codeRoomConnect:       "Unable to connect to Room",
	codeRoomFull:          "Room contains too many Participants",
	codeRoomNotFound:      "Room not found",
	codeRoomCompleted:     "Room completed",
	codeTooManyRooms:      "The Room concurrency quota was exceeded",
	codeTrackKind:         "The track kind is not supported by the Room",
	codeIdentityInvalid:   "Participant identity is invalid",
	codeIdentityTooLong:   "Participant identity is too long",
	codeIdentityChars:     "Participant identity contains invalid characters",
	codeTooManyTracks:     "The maximum number of published tracks has been reached",
	codeDuplicateIdentity: "Participant disconnected because of duplicate identity",
	codeTooManyPresent:    "The Participant concurrency quota was exceeded",
	codeSessionLength:     "Participant session length exceeded",
	codeTrackInvalid:      "Track is invalid",
	codeTrackNameInvalid:  "Track name is invalid",
	codeTrackNameTooLong:  "Track name is too long",
	codeTrackNameChars:    "Track name contains invalid characters",
	codeTrackNameTaken:    "Track name is duplicated",
	codeServerLocalDesc:   "Server is unable to create or apply a local media description",
	codeServerRemoteDesc:  "Server is unable to apply a remote media description",
	codeNoCodec:           "No supported codec",
	codeMediaLost:         "Media connection failed or Media activity ceased",
	codeDTLSFailed:        "Media connection failed due to DTLS handshake failure",
}

// failure is an error that the client is told by its code.
type failure struct {
	code  int
	cause error // for the log only; may be nil
}

func fail(code int, cause error) *failure { return &failure{code: code, cause: cause} }

func (f *failure) Error() string {
	if f.cause == nil {
		return fmt.Sprintf("%d %s", f.code, texts[f.code])
	}
	return fmt.Sprintf("%d %s: %v", f.code, texts[f.code], f.cause)
}

func (f *failure) Unwrap() error { return f.cause }

// codeOf is the code to send for an error: its own, or otherwise.
func codeOf(err error, otherwise int) int {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.code
	}
	return otherwise
}

// tokenFailure turns an error of token.Verify into what the client is told.
func tokenFailure(err error) *failure {
	code := token.Code(err)
	if code == 0 {
		code = codeTokenMalformed
	}
	return fail(code, err)
}

// maxName is the longest Room name, identity and Track name in characters, as
// Twilio documents for each of them.
const maxName = 128

// checkText returns the code that fits what is wrong with a name, 0 for nothing.
func checkText(s string, tooLong, badChars int) int {
	if utf8.RuneCountInString(s) > maxName {
		return tooLong
	}
	for _, r := range s {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return badChars
		}
	}
	return 0
}

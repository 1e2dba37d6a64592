package twilsock

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// Codes of Twilio's error dictionary.
const (
	codeInvalidParameter = 20001
	codeTokenInvalid     = 20101
	codeTokenExpired     = 20104
	codeTokenGrants      = 20106
	codeForbidden        = 20403
	codeNotFound         = 20404
	codeInternal         = 20500

	codeChatClosed     = 50377
	codeChatUniqueName = 50353 // another has it
	codeChatNameSID    = 50390 // it looks like a Conversation's SID
	codeChatIdentity   = 50204 // missing
	codeChatProxy      = 50413
	codeChatMayNot     = 50107
	codeChatMember     = 50433 // is a Participant already
	codeNoMetadata     = 50530
	codeMessageTooLong = 50504
	codeNoMedia        = 50507
	codeMediaSID       = 50510
	codeMediaTooLarge  = 50512
	codeSyncTooLarge   = 54006
	codeSyncTTL        = 54011
	codeSyncRevision   = 54103
	codeSyncNameTaken  = 54301
	codeSyncFull       = 54419
	codeSyncQuery      = 54507
)

var (
	// errConfig is returned by Start for a Config that lacks something.
	errConfig = errors.New("incomplete configuration")
	// errGrant is a token that is good for neither Conversations nor Sync.
	errGrant = errors.New("token has neither a chat nor a Sync grant")
	// errService is a token whose grants are for Services that there are not.
	errService = errors.New("token is for a Service that there is not")
)

// fault is an answer other than success, as Twilio writes it.
type fault struct {
	Status   int    `json:"status"`
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
}

func (f *fault) Error() string { return fmt.Sprintf("%d %d: %s", f.Status, f.Code, f.Message) }

func invalid(message string) *fault {
	return &fault{Status: http.StatusBadRequest, Code: codeInvalidParameter, Message: message}
}

var (
	errForbidden = &fault{Status: http.StatusForbidden, Code: codeForbidden, Message: "The token does not give access to this"}
	errClosed    = &fault{Status: http.StatusBadRequest, Code: codeChatClosed, Message: "Can't update conversation as it's in final closed state"}
	errMember    = &fault{Status: http.StatusConflict, Code: codeChatMember, Message: "Participant already exists"}
	errLong      = &fault{Status: http.StatusBadRequest, Code: codeMessageTooLong, Message: "Message body is longer than 1600 characters"}
	errNameTaken = &fault{Status: http.StatusConflict, Code: codeChatUniqueName, Message: "Conversation with provided unique name already exists"}
	errNameSID   = &fault{Status: http.StatusBadRequest, Code: codeChatNameSID, Message: "Unique name should not match conversation sid pattern"}
	errMayNot    = &fault{Status: http.StatusForbidden, Code: codeChatMayNot, Message: "User not authorized for command"}
	// The account has no telephone numbers, and this is what Twilio says to such a one.
	errNoPhones   = &fault{Status: http.StatusBadRequest, Code: codeChatProxy, Message: "Account is not authorized to use proxy address: local Twilio has no telephone numbers"}
	errNoIdentity = &fault{Status: http.StatusBadRequest, Code: codeChatIdentity, Message: "Identity not provided"}
	errMetadata   = &fault{Status: http.StatusNotFound, Code: codeNoMetadata, Message: "No channel metadata found"}
	// Status 400: twilio-sync asks for ever what is answered with 429.
	errFull = &fault{Status: http.StatusBadRequest, Code: codeSyncFull, Message: "Number of subscriptions per connection is over the limit"}
)

// faultOf makes of err what the client is told; ok is false for what it is not
// told more of than that it happened.
func faultOf(err error) (f *fault, ok bool) {
	var own *fault
	switch {
	case errors.As(err, &own):
		c := *own
		f = &c
	case errors.Is(err, store.ErrNotFound):
		f = &fault{Status: http.StatusNotFound, Code: codeNotFound, Message: "The requested resource was not found"}
	case errors.Is(err, store.ErrRejected):
		// Twilio's documents do not say the code.
		f = &fault{Status: http.StatusForbidden, Code: codeForbidden, Message: "The action was rejected by the pre-action webhook"}
	case errors.Is(err, store.ErrChatClosed):
		c := *errClosed
		f = &c
	case errors.Is(err, store.ErrRevision):
		f = &fault{Status: http.StatusPreconditionFailed, Code: codeSyncRevision, Message: "The revision does not match the expected revision"}
	case errors.Is(err, store.ErrNameTaken):
		f = &fault{Status: http.StatusConflict, Code: codeSyncNameTaken, Message: "Unique name already exists"}
	default:
		return &fault{Status: http.StatusInternalServerError, Code: codeInternal, Message: "Internal server error"}, false
	}
	f.MoreInfo = "https://www.twilio.com/docs/errors/" + strconv.Itoa(f.Code)
	return f, true
}

// refusal is how a token that is not good is refused; the client gives up on
// 401, and asks for a new token on the code of an expired one.
func refusal(err error) *status {
	code := token.Code(err)
	switch {
	case errors.Is(err, store.ErrTokenExpired):
		code = codeTokenExpired
	case errors.Is(err, errGrant), errors.Is(err, errService):
		code = codeTokenGrants
	case code == 0:
		code = codeTokenInvalid
	}
	return &status{Code: http.StatusUnauthorized, Status: "UNAUTHORIZED", Description: err.Error(), ErrorCode: code}
}

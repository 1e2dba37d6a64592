package video

// Reason is what a person can act on; it decides the sentence they read.
type Reason string

// The reasons of an Error.
const (
	MediaDenied       Reason = "media_denied"       // the person, or a policy, said no
	MediaDismissed    Reason = "media_dismissed"    // the prompt was closed without an answer
	MediaSystem       Reason = "media_system"       // the operating system says no
	MediaInUse        Reason = "media_in_use"       // another program has the device
	MediaNotFound     Reason = "media_not_found"    // there is no such device
	MediaConstraints  Reason = "media_constraints"  // the device cannot do what was asked
	MediaFailed       Reason = "media_failed"       // capture failed for another cause
	TokenInvalid      Reason = "token_invalid"      // 20101-20107
	RoomFull          Reason = "room_full"          // 53105
	RoomNotFound      Reason = "room_not_found"     // 53106
	RoomCompleted     Reason = "room_completed"     // 53118
	DuplicateIdentity Reason = "duplicate_identity" // 53205
	SignalingLost     Reason = "signaling_lost"     // 53000, 53001, 53006
	TimedOut          Reason = "timed_out"          // the Room could not be joined in time
	MediaLost         Reason = "media_lost"         // 53400-53407
	SDKBlocked        Reason = "sdk_blocked"        // something keeps the SDK away from the page
	SDKSlow           Reason = "sdk_slow"           // the SDK has not arrived in time, or the line is down
	Unsupported       Reason = "unsupported"
	Other             Reason = "other"
)

// Error is what went wrong at the SDK or the browser. Code is Twilio's number,
// 0 for the browser's own errors; Name is the JavaScript error's name.
type Error struct {
	Reason  Reason
	Code    int
	Name    string
	Message string
}

func (e *Error) Error() string { return "video: " + string(e.Reason) + ": " + e.Message }

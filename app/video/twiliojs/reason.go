package twiliojs

import (
	"strings"

	"escalate/app/video"
)

// reasonOf classifies an error by Twilio's code, or by the name and message of
// the browser's exception. The names are those of the Media Capture standard
// and the older ones that Chrome had; the messages are Chrome's, the only
// browser that tells a closed prompt and a refusing system from a "no".
func reasonOf(name, message string, code int) video.Reason {
	if code != 0 {
		return codeReason(code)
	}
	message = strings.ToLower(message)
	switch name {
	case "NotAllowedError", "PermissionDeniedError", "SecurityError":
		switch {
		case strings.Contains(message, "system"):
			return video.MediaSystem
		case strings.Contains(message, "dismissed"):
			return video.MediaDismissed
		}
		return video.MediaDenied
	case "NotFoundError", "DevicesNotFoundError":
		return video.MediaNotFound
	case "NotReadableError", "TrackStartError":
		return video.MediaInUse
	case "OverconstrainedError", "ConstraintNotSatisfiedError":
		return video.MediaConstraints
	case "AbortError":
		return video.MediaFailed
	case "NotSupportedError":
		return video.Unsupported
	}
	return video.Other
}

// codeReason classifies Twilio's error codes (lib/util/twilio-video-errors.js
// of the SDK).
func codeReason(code int) video.Reason {
	switch {
	case code >= 20101 && code <= 20107:
		return video.TokenInvalid
	case code >= 53000 && code <= 53006:
		return video.SignalingLost
	case code == 53105:
		return video.RoomFull
	case code == 53106:
		return video.RoomNotFound
	case code == 53118:
		return video.RoomCompleted
	case code == 53205:
		return video.DuplicateIdentity
	case code >= 53400 && code <= 53407:
		return video.MediaLost
	}
	return video.Other
}

// mobile says whether a user agent is that of a phone or tablet. iPads call
// themselves Macintosh; only the touch points tell.
func mobile(ua string, touchPoints int) bool {
	for _, mark := range []string{"Android", "iPhone", "iPad", "iPod"} {
		if strings.Contains(ua, mark) {
			return true
		}
	}
	return strings.Contains(ua, "Macintosh") && touchPoints > 1
}

// family tells the families of browsers apart by the user agent.
func family(ua string, touchPoints int) video.Browser {
	has := func(mark string) bool { return strings.Contains(ua, mark) }
	switch {
	case has("Android"):
		return video.ChromeAndroid
	case mobile(ua, touchPoints):
		return video.SafariIOS
	case has("Firefox/"):
		return video.Firefox
	case has("Chrome/"):
		return video.Chrome
	case has("Macintosh") && has("Safari/"):
		return video.Safari
	}
	return ""
}

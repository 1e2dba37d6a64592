package twiliojs

import (
	"math"
	"testing"

	"escalate/app/video"
)

func TestReasonOf(t *testing.T) {
	tests := []struct {
		name, message string
		code          int
		want          video.Reason
	}{
		{"NotAllowedError", "Permission denied", 0, video.MediaDenied},
		{"NotAllowedError", "Permission dismissed", 0, video.MediaDismissed},
		{"NotAllowedError", "Permission denied by system", 0, video.MediaSystem},
		{"NotAllowedError", "The request is not allowed by the user agent or the platform in the current context.", 0, video.MediaDenied},
		{"SecurityError", "", 0, video.MediaDenied},
		{"NotFoundError", "Requested device not found", 0, video.MediaNotFound},
		{"NotReadableError", "Could not start video source", 0, video.MediaInUse},
		{"OverconstrainedError", "", 0, video.MediaConstraints},
		{"AbortError", "Starting videoinput failed", 0, video.MediaFailed},
		{"NotSupportedError", "", 0, video.Unsupported},
		{"TypeError", "x is not a function", 0, video.Other},
		{"AccessTokenExpiredError", "", 20104, video.TokenInvalid},
		{"SignalingConnectionError", "", 53000, video.SignalingLost},
		{"SignalingServerBusyError", "", 53006, video.SignalingLost},
		{"RoomMaxParticipantsExceededError", "", 53105, video.RoomFull},
		{"RoomNotFoundError", "", 53106, video.RoomNotFound},
		{"RoomCompletedError", "", 53118, video.RoomCompleted},
		{"ParticipantDuplicateIdentityError", "", 53205, video.DuplicateIdentity},
		{"MediaConnectionError", "", 53405, video.MediaLost},
		{"ParticipantMaxTracksExceededError", "", 53203, video.Other},
	}
	for _, tt := range tests {
		if got := reasonOf(tt.name, tt.message, tt.code); got != tt.want {
			t.Errorf("%s %d %q: %s, want %s", tt.name, tt.code, tt.message, got, tt.want)
		}
	}
}

func TestUserAgents(t *testing.T) {
	tests := []struct {
		name, ua string
		touch    int
		mobile   bool
	}{
		{"Chrome on Linux", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", 0, false},
		{"Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", 0, false},
		{"Safari on an iPad", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15", 5, true},
		{"Windows with a touch screen", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36", 10, false},
		{"Cubot phone", "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36", 5, true},
		{"Facebook on an iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/450.0]", 5, true},
		{"Instagram on Android", "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UD1A; wv) AppleWebKit/537.36 Version/4.0 Chrome/130 Mobile Safari/537.36 Instagram 300.0", 5, true},
		{"a WebView", "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Version/4.0 Chrome/130 Mobile Safari/537.36", 5, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if mobile(tt.ua, tt.touch) != tt.mobile {
				t.Errorf("mobile %t, want %t", mobile(tt.ua, tt.touch), tt.mobile)
			}
		})
	}
}

func TestFamilies(t *testing.T) {
	for _, tt := range []struct {
		ua    string
		touch int
		want  video.Browser
	}{
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36", 0, video.Chrome},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36 Edg/130.0", 10, video.Chrome},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", 0, video.Safari},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15", 5, video.SafariIOS},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 CriOS/130.0 Mobile/15E148 Safari/604.1", 5, video.SafariIOS},
		{"Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36", 5, video.ChromeAndroid},
		{"Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", 0, video.Firefox},
		{"Lynx/2.9", 0, ""},
	} {
		if got := family(tt.ua, tt.touch); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.ua, got, tt.want)
		}
	}
}

func TestLoudness(t *testing.T) {
	for _, tt := range []struct{ rms, want float64 }{{0, 0}, {0.0001, 0}, {0.001, 0}, {0.1, 2.0 / 3}, {1, 1}, {2, 1}} {
		if got := loudness(tt.rms); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("loudness(%v) = %v, want %v", tt.rms, got, tt.want)
		}
	}
}

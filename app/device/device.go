// Package device is a person's camera, microphone and speaker, before a call and
// in it: asking for them, switching them, which of them to use, what happens when
// one is plugged in or out, and how they are shown and chosen. What was switched
// off stays off. It knows of the call only what Call says.
package device

import (
	"context"
	"errors"
	"time"

	"escalate/app/video"
)

// Element ids; browser tests use them too.
const (
	PreviewVideo = "preview-video"

	MuteButton    = "mute-button"
	CameraButton  = "camera-button"
	FlipButton    = "flip-button"
	BlurButton    = "blur-button"
	CheckButton   = "check-button" // ask for camera and microphone now
	ChimeButton   = "chime-button" // test the speaker
	ChimeNote     = "chime-note"
	AdviceSteps   = "advice-steps" // what to press to allow the devices
	MicSelect     = "mic-select"
	CameraSelect  = "camera-select"
	SpeakerSelect = "speaker-select"
)

// The device kinds of the browser.
const (
	AudioInput  = "audioinput"
	VideoInput  = "videoinput"
	AudioOutput = "audiooutput"
)

// kinds are what the browser calls the devices of a kind of media.
var kinds = map[video.Kind]string{video.Audio: AudioInput, video.Video: VideoInput}

// Host is the browser around the page.
type Host interface {
	Storage
	// Chime plays a short sound through a speaker, "" the usual one; begin it
	// in a click.
	Chime(ctx context.Context, speaker string) error
}

// Storage is what a browser keeps.
type Storage interface {
	// Stored is what Store kept under key in this browser, or "".
	Stored(key string) string
	// Store keeps value under key; an empty value removes it.
	Store(key, value string)
}

// Call is the call that the devices are in.
type Call interface {
	// Room returns the Room that takes commands, nil where there is none: they go
	// to what was captured then.
	Room() video.Room
	// On says whether the Room has a kind of media switched on.
	On(k video.Kind) bool
	// Interrupted says whether a phone call or the like has taken a kind of media,
	// or it was unplugged, while in the Room.
	Interrupted(k video.Kind) bool
}

// Patience is how long to wait for what may never come.
type Patience struct {
	// Prompt is how long the browser may wait for the answer to its question
	// before the page says where to find it.
	Prompt time.Duration
	// Blur is how long joining may wait until the background is blurred again.
	Blur time.Duration
}

// Usual is what people get.
func Usual() Patience { return Patience{Prompt: 10 * time.Second, Blur: 10 * time.Second} }

// AsError returns err as something that a sentence exists for.
func AsError(err error) *video.Error {
	var ve *video.Error
	if errors.As(err, &ve) {
		return ve
	}
	if errors.Is(err, video.ErrUnsupported) {
		return &video.Error{Reason: video.Unsupported, Message: err.Error()}
	}
	return &video.Error{Reason: video.Other, Message: err.Error()}
}

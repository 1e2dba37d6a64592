// Package video is twilio-video.js as the rest of the browser half sees it:
// interfaces and plain values. A Track is a SID or an id, an element on the
// page is its id; no JavaScript value crosses. The real implementation is
// video/twiliojs, the one for tests is video/videotest.
package video

import (
	"context"
	"errors"
)

// ErrUnsupported is what everything returns where there is no browser: the
// server renders pages, it does not join Rooms.
var ErrUnsupported = errors.New("video: no browser here")

// Kind is the kind of a Track.
type Kind string

// The kinds of Tracks. Screen is a video Track that shows a screen, and Sound an
// audio Track with what is heard there; on the wire only their names,
// ScreenTrackName and SoundTrackName, tell.
const (
	Audio  Kind = "audio"
	Video  Kind = "video"
	Screen Kind = "screen"
	Sound  Kind = "sound"
	Data   Kind = "data"
)

// ScreenTrackName is the name under which a screen share is published.
const ScreenTrackName = "screen"

// SoundTrackName is the name under which the sound of a shared tab is published.
const SoundTrackName = "screen-sound"

// Devices is the door to the microphone, the cameras and the speakers.
type Devices interface {
	// Supported says what this browser can do; it asks for nothing.
	Supported() Support
	// Capture asks for camera and microphone with one prompt. With both wanted
	// and only one to be had, it returns the one and reports the other in
	// Capture.Missing; with none it returns an *Error of a Media… code.
	Capture(ctx context.Context, w Want) (Capture, error)
	// List returns the devices; labels are empty before permission was given.
	List(ctx context.Context) ([]Device, error)
	// OnChange calls f whenever a device is plugged in or out, until stop.
	OnChange(f func()) (stop func())
}

// Connector joins Rooms.
type Connector interface {
	// Connect joins the Room of an Access Token. Events go to o.OnEvent until
	// Disconnected, which is the last. When ctx ends before the Room is there,
	// the Room that arrives late is left again.
	Connect(ctx context.Context, token string, o Options) (Room, error)
}

// Support is what a browser can do.
type Support struct {
	WebRTC      bool // can join a Room at all
	Secure      bool // has a secure context, without which there is no camera
	ScreenShare bool
	Sink        bool // can choose the speaker
	PiP         bool
	InApp       bool // runs inside another app (Facebook, Instagram, …)
	Blur        bool // can blur what is behind a person
	Mobile      bool // phone or tablet: offer to flip the camera
	// Browser is the family, as far as people have to press other things in it.
	Browser Browser
}

// Browser is a family of browsers.
type Browser string

// The families; others are "".
const (
	Chrome        Browser = "chrome"  // and Edge, Opera, … on a computer
	ChromeAndroid Browser = "android" // and others like it on Android
	Safari        Browser = "safari"  // on a Mac
	SafariIOS     Browser = "ios"     // any browser on an iPhone or iPad
	Firefox       Browser = "firefox" // on a computer
)

// Want says what to capture. An empty device means the browser's choice.
type Want struct {
	Audio, Video             bool
	AudioDevice, VideoDevice string
	// Loading is told, from any goroutine, when the part of the page that does
	// the call takes long to load; may be nil.
	Loading func()
}

// Device is a microphone ("audioinput"), camera ("videoinput") or speaker
// ("audiooutput").
type Device struct {
	ID, Kind, Label string
}

// Capture is one person's microphone and camera, before and during a Room. It
// stays valid when the Room ends and is released by Close.
type Capture interface {
	// Has says whether there is a live Track of the kind.
	Has(k Kind) bool
	// Missing is why a wanted kind is not there, or nil.
	Missing(k Kind) *Error
	// Attach draws the camera into the <video> element with the id, mirrored by
	// style only; it does nothing without a camera.
	Attach(elementID string) error
	// Device is the id of the device in use for the kind, or "".
	Device(k Kind) string
	// Level is the microphone's loudness now, 0 to 1.
	Level() float64
	// SetEnabled mutes the microphone, or switches the camera: off stops the
	// camera (its light goes out), on starts it again.
	SetEnabled(ctx context.Context, k Kind, on bool) error
	// Use changes to another device of the kind.
	Use(ctx context.Context, k Kind, deviceID string) error
	// Blur blurs what is behind the person, now and whenever the camera is
	// switched on, or ends that. The first time it loads some megabytes.
	Blur(ctx context.Context, on bool) error
	// Flip changes between front and rear camera.
	Flip(ctx context.Context) error
	Close()
}

// Options say how to join.
type Options struct {
	// Name is the Room's name.
	Name string
	// Signaling is the WebSocket URL of the signalling server; empty means
	// Twilio's own.
	Signaling string
	// Capture is published; nil joins without microphone and camera.
	Capture Capture
	// Loading is as in Want.
	Loading func()
	// OnEvent gets every event, in order, on JavaScript's event loop: it must
	// hand over and return.
	OnEvent func(Event)
}

// Room is a Room that was joined. Its methods are commands; what they bring
// about comes as events.
type Room interface {
	SID() string
	// Local is the local Participant.
	Local() Participant
	// SetEnabled mutes (Audio), or stops and unpublishes the camera (Video); on
	// captures and publishes anew where needed.
	SetEnabled(ctx context.Context, k Kind, on bool) error
	// ShareScreen lets the user pick a screen and publishes it, with the sound of a
	// tab where the browser offers that; it ends by StopScreen or by the browser's
	// own button (event ScreenEnded).
	ShareScreen(ctx context.Context) error
	StopScreen()
	// Attach draws a Track into the <video> or <audio> element with the id. It
	// may be called again after a new rendering; equal calls cost nothing. A
	// blocked autoplay comes as the event PlaybackBlocked.
	Attach(trackSID, elementID string) error
	Detach(trackSID string)
	// Resume plays what autoplay blocked; call it in a click.
	Resume()
	// SetSpeaker chooses the output device for all audio, now and later.
	SetSpeaker(ctx context.Context, deviceID string) error
	// Send sends text to everyone in the Room over a data Track, which is
	// published at the first time. Twilio does not say whether anybody got it:
	// what must arrive is acknowledged and sent again by the caller.
	Send(ctx context.Context, text string) error
	// Stats measures the media now.
	Stats(ctx context.Context) (Stats, error)
	// Refresh restarts capture that a phone call or the like has interrupted.
	Refresh()
	// Disconnect leaves; Disconnected follows.
	Disconnect()
}

// Participant is someone in the Room.
type Participant struct {
	SID, Identity string
	Tracks        []Track
	Reconnecting  bool
}

// Track is a publication. Subscribed is always true for local Tracks.
type Track struct {
	SID, Name  string
	Kind       Kind
	Enabled    bool
	Subscribed bool
	// SwitchedOff says that the server has paused it to save bandwidth.
	SwitchedOff bool
}

// Stats are sums over the Tracks of a Room at one moment. What the browser
// does not tell is 0.
type Stats struct {
	// FramesDecoded and BytesReceived count since joining, over all remote Tracks.
	FramesDecoded, BytesReceived int64
	// AudioEnergy is the sum of WebRTC's totalAudioEnergy of the remote Tracks.
	AudioEnergy float64
	// RTT is the round-trip time in seconds.
	RTT float64
	// Jitter is the worst of the remote Tracks', in seconds.
	Jitter float64
	// Received and LostIn count packets of the others, Sent and LostOut ours as
	// the server reports them.
	Received, LostIn, Sent, LostOut int64
	// Busy says that the camera's picture is made smaller because this device,
	// not the network, is too slow.
	Busy bool
	// Heard is what can be heard of each Participant, ourselves included, by SID.
	Heard map[string]Heard
}

// Heard is sound since joining: WebRTC's totalAudioEnergy, and the seconds it
// was summed over. The root of energy by time is the loudness, 0 to 1.
type Heard struct{ Energy, Seconds float64 }

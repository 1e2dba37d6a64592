package allocator

// The modes of a bandwidth profile (twilio-video.js, BandwidthProfileMode).
const (
	// ModeGrid shares evenly.
	ModeGrid = "grid"
	// ModeCollaboration sees to it that everybody is there, then that the important are large.
	ModeCollaboration = "collaboration"
	// ModePresentation gives all that it can to the important, at the cost of others.
	ModePresentation = "presentation"
)

// What a bandwidth profile says about switching Tracks off.
const (
	// SwitchOffPredicted is as soon as the bandwidth does not suffice by calculation.
	SwitchOffPredicted = "predicted"
	// SwitchOffDetected is when the network is full as well.
	SwitchOffDetected = "detected"
	// SwitchOffDisabled is never for want of bandwidth.
	SwitchOffDisabled = "disabled"
)

// The priorities of a Track.
const (
	PriorityLow      = "low"
	PriorityStandard = "standard"
	PriorityHigh     = "high"
)

// Rank orders priorities. What is not known is standard.
func Rank(priority string) int {
	switch priority {
	case PriorityLow:
		return 0
	case PriorityHigh:
		return 2
	}
	return 1
}

// Profile is how the bandwidth towards a Participant is shared among the video Tracks that it is
// subscribed to (twilio-video.js, VideoBandwidthProfileOptions). The zero value never switches
// anything off.
type Profile struct {
	// Mode is one of the modes; empty means that the client has no profile.
	Mode string
	// MaxTracks is how many may be on at a time, 0 for any number.
	MaxTracks int
	// MaxBitrate is for all media, in bits per second, 0 for no limit.
	MaxBitrate int
	// SpeakerPriority is what the dominant speaker's Tracks have at least.
	SpeakerPriority string
	// SwitchOff is one of the ways to switch off; empty means predicted.
	SwitchOff string
	// Dimensions is how large Tracks of a priority are rendered, where no Hint says.
	Dimensions map[string]Dimensions
}

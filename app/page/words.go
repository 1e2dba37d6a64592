package page

import (
	"fmt"

	"escalate/app/call"
	"escalate/app/video"
	"escalate/app/wire"
)

// words are the sentences of the pages in one language. Verbs take what their
// comment names.
type words struct {
	Agent, Customer, CustomerLower, Colleague, You string

	HomeTitle, HomeHeading, HomeLead, CodeLabel, CodeHint, CodeSubmit string

	InviteHeading, InviteLead, InviteTitle                        string // agent, -, brand
	Steps                                                         [3]string
	Recorded, NotRecorded, Consent, ConsentMissing, ConsentRefuse string
	Join, JoinQuiet, JoinNothing, Check, CheckHint, Asking        string
	PreviewOff, NoCamera, Mic, Camera, MicLevel                   string
	MicOff                                                        string
	Preview                                                       string

	WaitHeading, WaitLead, WaitTitle, WaitCancel string // agent
	JoiningHeading, JoiningTitle                 string

	CallHeading, CallTitle                                  string // name
	Mute, Share, StopShare, Flip, More, Leave, FullScreen   string
	Microphone, Speaker, Settings, DefaultDevice            string
	Controls, Resume, Alone, Muted, CameraOffOf, Sharing    string
	SelfSharing, Recording, Reconnecting, OtherReconnecting string
	PhonePaused, DidJoin, DidLeave, RecordOn, RecordOff     string
	MuteOn, MuteOff                                         string

	RejoinHeading, RejoinLead, LostHeading, LostLead, Rejoin, LostTitle string
	AfterHeading, AfterLead, AfterTitle, RateLegend, RateComment        string
	RateSend, RateSending, RateKept, RateMissing, RateThanks            string
	StillOpen, EndedNote, Close, TryAgain                               string
	Stars                                                               [5]string

	OverEndedHeading, OverEndedLead, OverExpiredHeading, OverExpiredLead string
	OverUnknownHeading, OverUnknownLead                                  string
	BlockedTitle, InAppHeading, InAppLead, OldHeading, OldLead           string
	InsecureHeading, InsecureLead, CopyLink, Copied, CopyByHand          string

	AgentTitle, ConnectingHeading, ConnectingLead, NoTask string
	IdleHeading, SendAgain, SentAgain, End, EndSure       string
	BusyHeading, BusyLead, LeftHeading, LinkLabel         string
	AgentJoinHint, AgentEnded                             string
}

// wordsIn returns the words of a language, by its BCP 47 tag. English is what
// there is.
func wordsIn(string) *words {
	return &words{
		Agent: "the agent", Customer: "Customer", CustomerLower: "the customer", Colleague: "Colleague", You: "You",

		HomeTitle:   "Join a video call",
		HomeHeading: "Join your video call",
		HomeLead:    "Type the code from your chat. If you have a link, simply open it.",
		CodeLabel:   "Your code",
		CodeHint:    "Small letters and digits, as the agent sent them.",
		CodeSubmit:  "Continue",

		InviteHeading: "%s invites you to a video call",
		InviteLead:    "You will see and hear each other in this browser. Nothing has to be installed.",
		InviteTitle:   "Video call – %s",
		Steps: [3]string{
			"Press Join. Your browser asks to use your camera and microphone.",
			"Allow it, or join without a camera.",
			"You can mute, stop your camera or leave at any time.",
		},
		Recorded:       "This call is recorded.",
		NotRecorded:    "This call is not recorded.",
		Consent:        "I agree that this video call is recorded.",
		ConsentMissing: "Please tick this box to join, because the call is recorded.",
		ConsentRefuse:  "If you do not agree, stay in the chat: the agent can help you there.",
		Join:           "Join Video Room",
		JoinQuiet:      "Join without camera",
		JoinNothing:    "Join without camera and microphone",
		Check:          "Check camera and microphone",
		CheckHint:      "Only you see this picture until you join.",
		Asking:         "Your browser is asking. Please choose “Allow”.",
		PreviewOff:     "Your camera is off",
		NoCamera:       "No camera",
		Mic:            "Microphone", Camera: "Camera",
		MicLevel: "Say something: the bars move when we hear you.",
		MicOff:   "Your microphone is off.",
		Preview:  "Your camera picture, mirrored",

		WaitHeading:    "Waiting for %s",
		WaitLead:       "You are all set. The call starts by itself as soon as %s is in the Video Room.",
		WaitTitle:      "Waiting – video call",
		WaitCancel:     "Back",
		JoiningHeading: "Joining the call…",
		JoiningTitle:   "Joining – video call",

		CallHeading: "Video call with %s", CallTitle: "In call – %s",
		Mute: "Mute", Share: "Share screen", StopShare: "Stop sharing", Flip: "Flip camera", More: "More", Leave: "Leave",
		FullScreen: "Full screen", Microphone: "Microphone", Speaker: "Speaker", Settings: "Settings",
		DefaultDevice: "Default", Controls: "Call controls", Resume: "Tap to hear the call",
		Alone: "Waiting for %s to come in…", Muted: "Muted", CameraOffOf: "Camera is off",
		Sharing: "%s is sharing the screen", SelfSharing: "You are sharing your screen",
		Recording: "Recording", Reconnecting: "Your connection broke. Reconnecting…",
		OtherReconnecting: "Reconnecting…", PhonePaused: "Your microphone or camera was interrupted. Tap to resume.",
		DidJoin: "%s is in the call.", DidLeave: "%s has left the call.",
		RecordOn: "The call is being recorded.", RecordOff: "The recording has stopped.",
		MuteOn: "Your microphone is muted.", MuteOff: "Your microphone is on.",

		RejoinHeading: "The connection was lost",
		RejoinLead:    "We are bringing you back into the call. This takes a few seconds; you need not do anything.",
		LostHeading:   "We could not bring you back",
		LostLead:      "The connection was lost and did not come back. Check your internet connection, then join again.",
		Rejoin:        "Rejoin the call", LostTitle: "Connection lost – video call",
		AfterHeading: "You have left the call", AfterLead: "Thank you for your time.", AfterTitle: "Call over – %s",
		RateLegend: "How was the video call?", RateComment: "Anything you want to tell us? (optional)",
		RateSend: "Send", RateSending: "Sending…",
		RateKept:    "Your rating is kept on this device and will be sent as soon as the connection is back.",
		RateMissing: "Please choose 1 to 5 stars first.",
		RateThanks:  "Thank you. Your rating has been sent.",
		StillOpen:   "Left by mistake? The call is still open.",
		EndedNote:   "The call has ended.",
		TryAgain:    "Try again",
		Close:       "You can close this page now.",
		Stars:       [5]string{"Very bad", "Bad", "Okay", "Good", "Very good"},

		OverEndedHeading:   "This video call has ended",
		OverEndedLead:      "If you still need help, go back to your chat and ask the agent for a new link.",
		OverExpiredHeading: "This link has expired",
		OverExpiredLead:    "For your safety a link works only for a while. Go back to your chat and ask the agent for a new one.",
		OverUnknownHeading: "We do not know this code",
		OverUnknownLead:    "Check it against the message in your chat, or ask the agent for a new link.",
		BlockedTitle:       "This browser cannot join",
		InAppHeading:       "Please open this link in your browser",
		InAppLead:          "You are inside another app, which cannot use your camera and microphone. Copy the link and open it in Safari or Chrome.",
		OldHeading:         "This browser cannot do video calls",
		OldLead:            "Copy the link and open it in a current Chrome, Safari, Firefox or Edge.",
		InsecureHeading:    "This page was not opened securely",
		InsecureLead:       "Browsers give camera and microphone only to pages whose address starts with https. Open the link exactly as it was sent to you.",
		CopyLink:           "Copy link", Copied: "Copied", CopyByHand: "Select the link and copy it by hand.",

		AgentTitle: "Video Room", ConnectingHeading: "Video Room",
		ConnectingLead: "Waiting for the agent desktop…",
		NoTask:         "Choose a chat Task and press the Video icon in its header.",
		IdleHeading:    "Video Room", SendAgain: "Send link again", SentAgain: "Link sent into the chat.",
		End: "End for everyone", EndSure: "Really end for everyone?",
		BusyHeading: "You are already in a video call", BusyLead: "Leave or end the call with code %s first. One agent can be in one video call at a time.",
		LeftHeading: "You have left the call", LinkLabel: "Join link for the customer",
		AgentJoinHint: "The customer is let in as soon as you have joined.",
		AgentEnded:    "This video call is over. You can wrap up the Task now.",
	}
}

// quality is a network level in words, "" when there is nothing to worry about.
func (w *words) quality(level int) string {
	switch call.QualityWords(level) {
	case "fair":
		return "Fair connection"
	case "weak":
		return "Weak connection"
	case "bad", "broken":
		return "Very weak connection"
	}
	return ""
}

// customer is the customer's progress, for the agent.
func (w *words) customer(s wire.State) string {
	if s.CustomerPresent {
		return "The customer is in the call."
	}
	switch s.Customer.Phase {
	case wire.PhaseOpened:
		return "The customer has opened the link."
	case wire.PhasePermission:
		return "The customer is at the permission prompt."
	case wire.PhaseReady:
		return "The customer is checking camera and microphone."
	case wire.PhaseWaiting:
		return "The customer is waiting for you."
	case wire.PhaseJoining:
		return "The customer is joining."
	case wire.PhaseInCall:
		return "The customer was in the call and may be reconnecting."
	case wire.PhaseLeft:
		return "The customer has left."
	case wire.PhaseTrouble:
		return w.trouble(s.Customer.Detail)
	}
	return "The link has been sent. The customer has not opened it yet."
}

func (w *words) trouble(detail string) string {
	switch detail {
	case wire.TroubleDenied:
		return "The customer’s browser was not allowed to use camera or microphone. Ask them to allow it, or to join without."
	case wire.TroubleSystem:
		return "The customer’s device blocks camera or microphone in its system settings."
	case wire.TroubleInUse:
		return "Another program on the customer’s device is using camera or microphone."
	case wire.TroubleNoDevice:
		return "The customer’s device has no camera or microphone. They can join without."
	case wire.TroubleInAppBrowser:
		return "The customer opened the link inside another app. Ask them to open it in Safari or Chrome."
	case wire.TroubleUnsupported:
		return "The customer’s browser cannot do video calls. Ask them to use a current Chrome, Safari, Firefox or Edge."
	case wire.TroubleNetwork:
		return "The customer’s network does not let the call through."
	}
	return "The customer has trouble joining."
}

// fill puts a into a sentence with one gap.
func fill(sentence, a string) string { return fmt.Sprintf(sentence, a) }

// advice is what to do about a device error: what happened, and how to go on.
type advice struct {
	Heading, Text string
	// Trouble is what the agent is told.
	Trouble string
}

// media is the advice for an error of Devices.Capture.
func (w *words) media(e *video.Error) advice {
	switch e.Reason {
	case video.MediaDenied:
		return advice{"Camera and microphone are blocked",
			"This page may not use them. Press the camera or lock sign beside the address, allow both, and try again.", wire.TroubleDenied}
	case video.MediaDismissed:
		return advice{"The question was closed",
			"Your browser asked for camera and microphone, and got no answer. Try again and choose “Allow”.", wire.TroubleDenied}
	case video.MediaSystem:
		return advice{"Your device blocks camera or microphone",
			"Open the system settings of your device, allow this browser to use camera and microphone, and try again.", wire.TroubleSystem}
	case video.MediaInUse:
		return advice{"Camera or microphone is in use",
			"Another program or tab is using it. Close that one and try again.", wire.TroubleInUse}
	case video.MediaNotFound:
		return advice{"No camera or microphone found",
			"Plug one in and try again, or join without.", wire.TroubleNoDevice}
	case video.MediaConstraints:
		return advice{"This device does not fit",
			"Choose another camera or microphone and try again.", wire.TroubleNoDevice}
	case video.Unsupported:
		return advice{w.OldHeading, w.OldLead, wire.TroubleUnsupported}
	}
	return advice{"Camera or microphone did not start",
		"Try again. If it keeps failing, close other programs that use them, or restart your device.", wire.TroubleInUse}
}

// callError is what to say about a call that could not be joined or was lost.
func (w *words) callError(e *video.Error) string {
	switch e.Reason {
	case video.RoomFull:
		return "The Video Room is full."
	case video.RoomNotFound, video.RoomCompleted:
		return w.EndedNote
	case video.DuplicateIdentity:
		return "You joined this call in another tab or window. Go on there, or join here again."
	case video.TokenInvalid:
		return "Your way into the call has run out. Join again."
	case video.MediaLost:
		return "Sound and picture do not get through your network. Try another network, such as mobile data, and join again."
	case video.SignalingLost:
		return w.LostLead
	}
	return "The call broke off. Join again."
}

// problem is a sentence for any error of a collaborator.
func (w *words) problem(err error) string {
	switch e := err.(type) {
	case nil:
		return ""
	case *wire.Error:
		if e.Message != "" {
			return e.Message
		}
	case *video.Error:
		return w.callError(e)
	}
	return "That did not work. Check your connection and try again."
}

package page

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"escalate/app/video"
	"escalate/app/wire"
)

// Languages are the languages of the pages, as BCP 47 tags, the default first.
func Languages() []string {
	var tags []string
	for _, w := range languages {
		tags = append(tags, w.Lang)
	}
	return tags
}

// languages are all the tables, the default first.
var languages = []*words{&english, &spanish, &german, &french, &portuguese}

// wordsIn returns the words of a language, by its BCP 47 tag; English when
// there are none in that language.
func wordsIn(tag string) *words {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, w := range languages {
		if w.Lang == primary {
			return w
		}
	}
	return &english
}

// customer is the customer's progress, for the agent: about the name, or where
// that is empty, about the customer.
func (w *words) customer(s wire.State, name string) sentence {
	plain, named := w.progress(s)
	if name == "" {
		return plainly(plain)
	}
	return about(named, name)
}

// progress is the customer's progress, without and with a gap for their name.
func (w *words) progress(s wire.State) (plain, named string) {
	if s.CustomerPresent {
		return w.CustomerInCall, w.Named.InCall
	}
	switch s.Customer.Phase {
	case wire.PhaseOpened:
		return w.CustomerOpened, w.Named.Opened
	case wire.PhasePermission:
		return w.CustomerPermission, w.Named.Permission
	case wire.PhaseReady:
		return w.CustomerReady, w.Named.Ready
	case wire.PhaseWaiting:
		return w.CustomerWaiting, w.Named.Waiting
	case wire.PhaseJoining:
		return w.CustomerJoining, w.Named.Joining
	case wire.PhaseInCall:
		return w.CustomerBack, w.Named.Back
	case wire.PhaseLeft:
		return w.CustomerLeft, w.Named.Left
	case wire.PhaseTrouble:
		return w.trouble(s.Customer.Detail)
	}
	return w.CustomerInvited, w.Named.Invited
}

func (w *words) trouble(detail string) (plain, named string) {
	switch detail {
	case wire.TroubleDenied:
		return w.CustomerDenied, w.Named.Denied
	case wire.TroubleSystem:
		return w.CustomerSystem, w.Named.System
	case wire.TroubleInUse:
		return w.CustomerInUse, w.Named.InUse
	case wire.TroubleNoDevice:
		return w.CustomerNoDevice, w.Named.NoDevice
	case wire.TroubleInAppBrowser:
		return w.CustomerInApp, w.Named.InApp
	case wire.TroubleUnsupported:
		return w.CustomerOld, w.Named.Old
	case wire.TroubleInsecure:
		return w.CustomerInsecure, w.Named.Insecure
	case wire.TroubleSDKBlocked:
		return w.CustomerSDKBlocked, w.Named.SDKBlocked
	case wire.TroubleSDKSlow:
		return w.CustomerSDKSlow, w.Named.SDKSlow
	case wire.TroubleNetwork:
		return w.CustomerNetwork, w.Named.Network
	}
	return w.CustomerTrouble, w.Named.Trouble
}

// fill puts a into a sentence with one gap; what then begins the sentence gets
// a capital letter.
func fill(sentence, a string) string {
	return capital(fmt.Sprintf(sentence, a))
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// advice is what to do about a device error: what happened, and how to go on.
type advice struct {
	saying
	// Trouble is what the agent is told.
	Trouble string
}

// media is the advice for an error of Devices.Capture.
func (w *words) media(e *video.Error) advice {
	switch e.Reason {
	case video.MediaDenied:
		return advice{w.MediaDenied, wire.TroubleDenied}
	case video.MediaDismissed:
		return advice{w.MediaDismissed, wire.TroubleDenied}
	case video.MediaSystem:
		return advice{w.MediaSystem, wire.TroubleSystem}
	case video.MediaInUse:
		return advice{w.MediaInUse, wire.TroubleInUse}
	case video.MediaNotFound:
		return advice{w.MediaNone, wire.TroubleNoDevice}
	case video.MediaConstraints:
		return advice{w.MediaMisfit, wire.TroubleNoDevice}
	case video.SDKBlocked:
		return advice{w.SDKBlocked, wire.TroubleSDKBlocked}
	case video.SDKSlow:
		return advice{w.SDKSlow, wire.TroubleSDKSlow}
	case video.Unsupported:
		return advice{saying{w.OldHeading, w.OldLead}, wire.TroubleUnsupported}
	}
	return advice{w.MediaOther, wire.TroubleInUse}
}

// callError is what to say about a call that could not be joined or was lost.
func (w *words) callError(e *video.Error) string {
	switch e.Reason {
	case video.RoomFull:
		return w.CallFull
	case video.RoomNotFound, video.RoomCompleted:
		return w.EndedNote
	case video.DuplicateIdentity:
		return w.CallElsewhere
	case video.TokenInvalid:
		return w.CallStale
	case video.MediaLost:
		return w.CallNoMedia
	case video.TimedOut:
		return w.CallNoReply
	case video.SignalingLost:
		return w.LostLead
	case video.SDKBlocked, video.SDKSlow:
		a := w.media(e)
		return a.Heading + ". " + a.Text
	}
	return w.CallBroke
}

// joinTrouble is what the agent is told of a call that could not be joined.
func joinTrouble(r video.Reason) string {
	switch r {
	case video.RoomFull, video.TokenInvalid:
		return "" // the customer's network is fine
	case video.SDKBlocked:
		return wire.TroubleSDKBlocked
	case video.SDKSlow:
		return wire.TroubleSDKSlow
	}
	return wire.TroubleNetwork
}

// problem is a sentence for any error of a collaborator.
func (w *words) problem(err error) string {
	switch e := err.(type) {
	case nil:
		return ""
	case *wire.Error:
		switch {
		case e.Message != "":
			return e.Message
		case e.Code == wire.CodeUnavailable: // offline, or a proxy's answer
			return w.NoAnswer
		}
	case *video.Error:
		return w.callError(e)
	}
	return w.Problem
}

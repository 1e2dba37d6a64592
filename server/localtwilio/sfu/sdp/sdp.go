// Package sdp edits session descriptions between a browser and pion: it is parsed once, asked and changed, and
// written again. Each change says why one of the two needs it. What pion/sdp cannot parse, pion would not take
// either.
package sdp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// Attributes that are looked at.
const (
	keyCandidate = "candidate"
	keyFmtp      = "fmtp"
	keyMID       = "mid"
	keyMSID      = "msid"
	keyRTPMap    = "rtpmap"
	keySSRC      = "ssrc"
	keySSRCGroup = "ssrc-group"
)

// Directions of an m-section (RFC 3264 section 5.1).
const (
	inactive = "inactive"
	recvOnly = "recvonly"
	sendOnly = "sendonly"
	sendRecv = "sendrecv"
)

// Description is a parsed session description.
type Description struct{ session sdp.SessionDescription }

// errIncomplete says that a description ends before its first m-section could begin. pion/sdp reads that.
var errIncomplete = errors.New("parse SDP: it ends too soon")

// Parse reads a description.
func Parse(s string) (*Description, error) {
	d := &Description{}
	if err := d.session.UnmarshalString(s); err != nil {
		return nil, fmt.Errorf("parse SDP: %w", err)
	}
	if d.session.Origin.Username == "" {
		return nil, errIncomplete
	}
	return d, nil
}

// String writes the description.
func (d *Description) String() string {
	b, err := d.session.Marshal()
	if err != nil {
		return "" // it never is one: the error is there for an interface
	}
	return string(b)
}

// attributes yields the attributes of the session and of each m-section, to be replaced.
func (d *Description) attributes(yield func(*[]sdp.Attribute) bool) {
	if !yield(&d.session.Attributes) {
		return
	}
	for _, m := range d.session.MediaDescriptions {
		if !yield(&m.Attributes) {
			return
		}
	}
}

// DropCandidates is for pion's lite agent, which has no use for candidates: one with an odd name would spoil
// the whole description.
func (d *Description) DropCandidates() {
	for list := range d.attributes {
		*list = slices.DeleteFunc(*list, func(a sdp.Attribute) bool { return a.Key == keyCandidate })
	}
}

// DeclareStreams gives each m-section of an offer in which nothing is sent an SSRC. pion takes what
// arrives with an SSRC that no section names for the media of one that names none, and gives it a transceiver
// of its own; but what arrives then are retransmissions, left from before the section was paused. The
// phantom read the same stream as the section that was used again, and when both were closed only one of
// the two readers was told: closing waited for the other for ever.
func (d *Description) DeclareStreams() {
	nothing := sdp.Attribute{Key: keySSRC, Value: "1 cname:-"}
	for _, m := range d.session.MediaDescriptions {
		if slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool { return a.Key == keySSRC }) {
			continue
		}
		at := slices.IndexFunc(m.Attributes, func(a sdp.Attribute) bool { return a.Key == recvOnly || a.Key == inactive })
		if at >= 0 {
			m.Attributes = slices.Insert(m.Attributes, at, nothing)
		}
	}
}

// ReceiveInactive says of the inactive m-sections of an offer that they only receive, and returns
// their mids. pion stops a section for good that an offer calls inactive, its receiver and what
// has just been given to it to be sent included; but clients use sections again.
func (d *Description) ReceiveInactive() (mids []string) {
	return d.redirect(recvOnly, func(_, direction string) bool { return direction == inactive })
}

// Deactivate is for the answer to what ReceiveInactive has changed.
func (d *Description) Deactivate(mids []string) {
	d.redirect(inactive, func(mid, _ string) bool { return slices.Contains(mids, mid) })
}

// redirect replaces the direction of the m-sections that are chosen, and returns their mids.
func (d *Description) redirect(direction string, chosen func(mid, direction string) bool) (mids []string) {
	for _, m := range d.session.MediaDescriptions {
		at, mid := -1, ""
		for i, a := range m.Attributes {
			switch a.Key {
			case inactive, recvOnly, sendOnly, sendRecv:
				at = i
			case keyMID:
				mid = a.Value
			}
		}
		if at >= 0 && chosen(mid, m.Attributes[at].Key) {
			m.Attributes[at].Key = direction
			mids = append(mids, mid)
		}
	}
	return mids
}

// startBitrate, in kbit/s, is what Chromium takes its bandwidth for until it has measured it.
// Its own guess of 300 makes it shrink 720p to 320x180 and grow it again over half a
// minute; 720p is sent from 900 on. A narrower network is noticed within a second or two.
const startBitrate = "x-google-start-bitrate=1200"

// SetStartBitrate writes startBitrate into the video sections of a description for the client, where
// each codec that is not a retransmission gets it as a format parameter.
func (d *Description) SetStartBitrate() {
	for _, m := range d.session.MediaDescriptions {
		if m.MediaName.Media != "video" {
			continue
		}
		has := map[string]bool{}
		for i, a := range m.Attributes {
			if a.Key != keyFmtp {
				continue
			}
			payload, params, _ := strings.Cut(a.Value, " ")
			has[payload] = true
			if !strings.HasPrefix(params, "apt=") {
				m.Attributes[i].Value += ";" + startBitrate
			}
		}
		for i, a := range slices.Backward(m.Attributes) {
			if payload, _, _ := strings.Cut(a.Value, " "); a.Key == keyRTPMap && !has[payload] {
				m.Attributes = slices.Insert(m.Attributes, i+1, sdp.Attribute{Key: keyFmtp, Value: payload + " " + startBitrate})
			}
		}
	}
}

// TrackIDs returns the set of the ids in a=msid: the Tracks that send.
func (d *Description) TrackIDs() map[string]bool {
	set := map[string]bool{}
	for list := range d.attributes {
		for _, a := range *list {
			if words := strings.Fields(a.Value); a.Key == keyMSID && len(words) == 2 {
				set[words[1]] = true
			}
		}
	}
	return set
}

// HasData reports whether there is an m-section for data channels.
func (d *Description) HasData() bool {
	return slices.ContainsFunc(d.session.MediaDescriptions, func(m *sdp.MediaDescription) bool { return m.MediaName.Media == "application" })
}

// Codecs returns the names of the codecs of one kind of media, in capitals, without m-sections that are rejected.
func (d *Description) Codecs(kind string) []string {
	var names []string
	for _, m := range d.session.MediaDescriptions {
		if m.MediaName.Media != kind || m.MediaName.Port.Value == 0 {
			continue
		}
		for _, a := range m.Attributes {
			if a.Key == keyRTPMap {
				_, name, _ := strings.Cut(a.Value, " ")
				name, _, _ = strings.Cut(name, "/")
				names = append(names, strings.ToUpper(name))
			}
		}
	}
	return names
}

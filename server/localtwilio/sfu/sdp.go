package sfu

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"
)

const (
	attrCandidate = "a=candidate:"
	attrSIM       = "a=ssrc-group:SIM "
	attrFID       = "a=ssrc-group:FID "
	attrSSRC      = "a=ssrc:"
	attrFmtp      = "a=fmtp:"
	attrRTPMap    = "a=rtpmap:"
	attrMSID      = "a=msid:"
)

// maxLayers is how many layers of simulcast are read. The client offers three.
const maxLayers = 3

// layersOf lists the simulcast layers above the first in a client's description, by the SSRC of
// the first. The client groups SSRCs for it (twilio-video.js, lib/util/sdp/simulcast.js). Groups
// that name an SSRC twice, or one of another m-section, are left out: a stream can be read once.
func layersOf(sdp string) map[webrtc.SSRC][]encoding {
	if !strings.Contains(sdp, attrSIM) {
		return nil
	}
	found := map[webrtc.SSRC][]encoding{}
	sections := strings.Split(sdp, "\nm=")
	named := map[webrtc.SSRC]int{} // in how many sections
	for _, s := range sections {
		for ssrc := range ssrcsIn(s) {
			named[ssrc]++
		}
	}
	for _, s := range sections {
		if !strings.HasPrefix(s, "video ") {
			continue
		}
		var group []webrtc.SSRC
		rtx := map[webrtc.SSRC]webrtc.SSRC{}
		for l := range strings.Lines(s) {
			if f, ok := strings.CutPrefix(l, attrSIM); ok && group == nil {
				group = parseSSRCs(f)
			}
			if f, ok := strings.CutPrefix(l, attrFID); ok {
				if pair := parseSSRCs(f); len(pair) == 2 {
					rtx[pair[0]] = pair[1]
				}
			}
		}
		if len(group) < 2 || len(group) > maxLayers {
			continue
		}
		var upper []encoding
		used := map[webrtc.SSRC]int{}
		for i, ssrc := range group {
			used[ssrc]++
			if rtx[ssrc] != 0 {
				used[rtx[ssrc]]++
			}
			if i > 0 {
				upper = append(upper, encoding{ssrc: ssrc, rtx: rtx[ssrc]})
			}
		}
		clear := true
		for ssrc, n := range used {
			clear = clear && n == 1 && named[ssrc] <= 1
		}
		if clear {
			found[group[0]] = upper
		}
	}
	return found
}

// ssrcsIn is the set of all SSRCs that one m-section names.
func ssrcsIn(section string) map[webrtc.SSRC]bool {
	set := map[webrtc.SSRC]bool{}
	for l := range strings.Lines(section) {
		for _, prefix := range []string{attrSIM, attrFID} {
			if f, ok := strings.CutPrefix(l, prefix); ok {
				for _, ssrc := range parseSSRCs(f) {
					set[ssrc] = true
				}
			}
		}
		if f, ok := strings.CutPrefix(l, attrSSRC); ok {
			word, _, _ := strings.Cut(f, " ")
			for _, ssrc := range parseSSRCs(word) {
				set[ssrc] = true
			}
		}
	}
	return set
}

// parseSSRCs answers nil unless all of them are distinct numbers that fit.
func parseSSRCs(s string) []webrtc.SSRC {
	var list []webrtc.SSRC
	for _, w := range strings.Fields(s) {
		n, err := strconv.ParseUint(w, 10, 32)
		if err != nil || n == 0 || slices.Contains(list, webrtc.SSRC(n)) {
			return nil
		}
		list = append(list, webrtc.SSRC(n))
	}
	return list
}

// clean takes from a client's description what pion must not see: candidates, which a lite
// agent has no use for (one with an odd name would spoil the whole description), and simulcast
// layers above the first, because several SSRCs in one m-section are Plan B to pion.
func clean(sdp string) string {
	sections := strings.Split(sdp, "\nm=")
	for i, s := range sections {
		lines := strings.Split(s, "\n")
		hidden := upperLayers(lines)
		kept := lines[:0]
		for _, l := range lines {
			if !strings.HasPrefix(l, attrCandidate) && !hidden.names(l) {
				kept = append(kept, l)
			}
		}
		sections[i] = strings.Join(kept, "\n")
	}
	return strings.Join(sections, "\nm=")
}

// ssrcs is a set of SSRCs as they are spelled in SDP.
type ssrcs map[string]bool

// upperLayers finds the SSRCs of all simulcast layers but the first, with their
// retransmission streams.
func upperLayers(lines []string) ssrcs {
	hidden := ssrcs{}
	for _, l := range lines {
		if f, ok := strings.CutPrefix(l, attrSIM); ok {
			for i, ssrc := range strings.Fields(f) {
				if i > 0 {
					hidden[ssrc] = true
				}
			}
		}
	}
	if len(hidden) == 0 {
		return nil
	}
	for _, l := range lines {
		if f, ok := strings.CutPrefix(l, attrFID); ok {
			if pair := strings.Fields(f); len(pair) == 2 && hidden[pair[0]] {
				hidden[pair[1]] = true
			}
		}
	}
	return hidden
}

// names reports whether the line is about a hidden SSRC, or groups them.
func (h ssrcs) names(line string) bool {
	if strings.HasPrefix(line, attrSIM) {
		return true
	}
	for _, prefix := range []string{attrFID, attrSSRC} {
		if f, ok := strings.CutPrefix(line, prefix); ok {
			words := strings.Fields(f)
			return len(words) > 0 && h[words[0]]
		}
	}
	return false
}

// startBitrate, in kbit/s, is what Chromium takes its bandwidth for until it has measured it.
// Its own guess of 300 makes it shrink 720p to 320x180 and grow it again over half a
// minute; 720p is sent from 900 on. A narrower network is noticed within a second or two.
const startBitrate = "x-google-start-bitrate=1200"

// withStartBitrate writes startBitrate into the video sections of a description for the client, where
// each codec that is not a retransmission gets it as a format parameter.
func withStartBitrate(sdp string) string {
	sections := strings.Split(sdp, "\r\nm=")
	for i, s := range sections {
		if !strings.HasPrefix(s, "video ") {
			continue
		}
		lines := strings.Split(s, "\r\n")
		out := make([]string, 0, len(lines)+2)
		has := map[string]bool{}
		for _, l := range lines {
			if f, ok := strings.CutPrefix(l, attrFmtp); ok {
				payload, params, _ := strings.Cut(f, " ")
				has[payload] = true
				if !strings.HasPrefix(params, "apt=") {
					l += ";" + startBitrate
				}
			}
			out = append(out, l)
		}
		for j := len(out) - 1; j >= 0; j-- {
			f, ok := strings.CutPrefix(out[j], attrRTPMap)
			if payload, _, _ := strings.Cut(f, " "); ok && !has[payload] {
				out = slices.Insert(out, j+1, attrFmtp+payload+" "+startBitrate)
			}
		}
		sections[i] = strings.Join(out, "\r\n")
	}
	return strings.Join(sections, "\r\nm=")
}

// trackIDs is the set of the ids in a=msid of a client's description: its Tracks that send.
func trackIDs(sdp string) map[string]bool {
	set := map[string]bool{}
	for l := range strings.Lines(sdp) {
		if f, ok := strings.CutPrefix(l, attrMSID); ok {
			if words := strings.Fields(f); len(words) == 2 {
				set[words[1]] = true
			}
		}
	}
	return set
}

// hasApplication reports whether a description has an m-section for data channels.
func hasApplication(sdp string) bool { return strings.Contains(sdp, "\nm=application ") }

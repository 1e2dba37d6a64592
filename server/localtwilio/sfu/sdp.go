package sfu

import "strings"

const (
	attrCandidate = "a=candidate:"
	attrSIM       = "a=ssrc-group:SIM "
	attrFID       = "a=ssrc-group:FID "
	attrSSRC      = "a=ssrc:"
)

// hasSIM reports whether a description asks for simulcast the way twilio-video.js does,
// by SSRC groups (lib/util/sdp/simulcast.js).
func hasSIM(sdp string) bool { return strings.Contains(sdp, attrSIM) }

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

// hasApplication reports whether a description has an m-section for data channels.
func hasApplication(sdp string) bool { return strings.Contains(sdp, "\nm=application ") }

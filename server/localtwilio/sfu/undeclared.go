package sfu

import "strings"

// attrNoSSRC names an SSRC that nothing is sent with.
const attrNoSSRC = attrSSRC + "1 cname:-"

// withoutUndeclared gives each m-section of an offer in which nothing is sent an SSRC. pion takes what
// arrives with an SSRC that no section names for the media of one that names none, and gives it a transceiver
// of its own; but what arrives then are retransmissions, left from before the section was paused. The
// phantom read the same stream as the section that was used again, and when both were closed only one of
// the two readers was told: Close waited for the other for ever.
func withoutUndeclared(sdp string) string {
	sections := strings.Split(sdp, "\nm=")
	for i, s := range sections {
		if i == 0 || strings.Contains(s, "\n"+attrSSRC) {
			continue
		}
		for _, direction := range []string{attrRecvOnly, attrInactive} {
			if before, after, ok := strings.Cut(s, "\n"+direction); ok {
				end := ""
				if strings.HasPrefix(after, "\r") {
					end = "\r"
				}
				sections[i] = before + "\n" + attrNoSSRC + end + "\n" + direction + after
			}
		}
	}
	return strings.Join(sections, "\nm=")
}

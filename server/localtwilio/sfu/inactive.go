package sfu

import (
	"slices"
	"strings"
)

// Directions of an m-section (RFC 3264 section 5.1).
const (
	attrMID      = "a=mid:"
	attrInactive = "a=inactive"
	attrRecvOnly = "a=recvonly"
	attrSendOnly = "a=sendonly"
	attrSendRecv = "a=sendrecv"
)

// withoutInactive says of the inactive m-sections of an offer that they only receive, and answers
// their mids. pion stops a section for good that an offer calls inactive, its receiver and what
// has just been given to it to be sent included; but clients use sections again.
func withoutInactive(sdp string) (out string, mids []string) {
	return redirect(sdp, attrRecvOnly, func(_, direction string) bool { return direction == attrInactive })
}

// withInactive is for the answer to what withoutInactive has changed.
func withInactive(sdp string, mids []string) string {
	out, _ := redirect(sdp, attrInactive, func(mid, _ string) bool { return slices.Contains(mids, mid) })
	return out
}

// redirect replaces the direction of the m-sections that are chosen, and answers their mids.
func redirect(sdp, direction string, chosen func(mid, direction string) bool) (out string, mids []string) {
	sections := strings.Split(sdp, "\nm=")
	for i, s := range sections {
		if i == 0 {
			continue // of the session
		}
		lines := strings.Split(s, "\n")
		at, now, mid := -1, "", ""
		for j, l := range lines {
			l = strings.TrimSuffix(l, "\r")
			switch l {
			case attrInactive, attrRecvOnly, attrSendOnly, attrSendRecv:
				at, now = j, l
			}
			if id, ok := strings.CutPrefix(l, attrMID); ok {
				mid = id
			}
		}
		if at < 0 || !chosen(mid, now) {
			continue
		}
		lines[at] = strings.Replace(lines[at], now, direction, 1)
		sections[i] = strings.Join(lines, "\n")
		mids = append(mids, mid)
	}
	return strings.Join(sections, "\nm="), mids
}

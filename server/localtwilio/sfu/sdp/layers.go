package sdp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// MaxLayers is how many layers of simulcast are read. The client offers three.
const MaxLayers = 3

// Encoding is a simulcast layer above the first: its SSRC, and that of its retransmissions, 0 without.
type Encoding struct{ SSRC, RTX uint32 }

// Layers lists the simulcast layers above the first in a client's description, by the SSRC of
// the first. The client groups SSRCs for it (twilio-video.js, lib/util/sdp/simulcast.js). Groups
// that name an SSRC twice, or one of another m-section, are left out: a stream can be read once.
func (d *Description) Layers() map[uint32][]Encoding {
	named := map[uint32]int{} // in how many sections
	for list := range d.attributes {
		for ssrc := range ssrcsIn(*list) {
			named[ssrc]++
		}
	}
	var found map[uint32][]Encoding
	for _, m := range d.session.MediaDescriptions {
		if m.MediaName.Media != "video" {
			continue
		}
		if first, upper, ok := layersIn(m.Attributes, named); ok {
			if found == nil {
				found = map[uint32][]Encoding{}
			}
			found[first] = upper
		}
	}
	return found
}

// layersIn reads the first group of an m-section.
func layersIn(list []sdp.Attribute, named map[uint32]int) (first uint32, upper []Encoding, ok bool) {
	var group []uint32
	rtx := map[uint32]uint32{}
	for _, a := range list {
		switch semantics, words := groupOf(a); {
		case semantics == "SIM" && group == nil:
			group = parseSSRCs(words)
		case semantics == "FID":
			if pair := parseSSRCs(words); len(pair) == 2 {
				rtx[pair[0]] = pair[1]
			}
		}
	}
	if len(group) < 2 || len(group) > MaxLayers {
		return 0, nil, false
	}
	used := map[uint32]int{}
	for i, ssrc := range group {
		used[ssrc]++
		if rtx[ssrc] != 0 {
			used[rtx[ssrc]]++
		}
		if i > 0 {
			upper = append(upper, Encoding{SSRC: ssrc, RTX: rtx[ssrc]})
		}
	}
	for ssrc, n := range used {
		if n != 1 || named[ssrc] > 1 {
			return 0, nil, false
		}
	}
	return group[0], upper, true
}

// groupOf returns the semantics and the SSRCs of a group (RFC 5576 section 4.2), "" for another attribute.
func groupOf(a sdp.Attribute) (semantics string, words []string) {
	if f := strings.Fields(a.Value); a.Key == keySSRCGroup && len(f) > 0 {
		return f[0], f[1:]
	}
	return "", nil
}

// ssrcsIn returns the set of all SSRCs that the attributes of one section name.
func ssrcsIn(list []sdp.Attribute) map[uint32]bool {
	set := map[uint32]bool{}
	for _, a := range list {
		_, words := groupOf(a)
		if a.Key == keySSRC {
			word, _, _ := strings.Cut(a.Value, " ")
			words = []string{word}
		}
		for _, ssrc := range parseSSRCs(words) {
			set[ssrc] = true
		}
	}
	return set
}

// parseSSRCs returns nil unless all words are distinct numbers that fit.
func parseSSRCs(words []string) []uint32 {
	var list []uint32
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 32)
		if err != nil || n == 0 || slices.Contains(list, uint32(n)) {
			return nil
		}
		list = append(list, uint32(n))
	}
	return list
}

// HideUpperLayers takes the simulcast layers above the first out of a client's description, because several SSRCs
// in one m-section are Plan B to pion.
func (d *Description) HideUpperLayers() {
	for list := range d.attributes {
		hidden := upperLayers(*list)
		*list = slices.DeleteFunc(*list, hidden.names)
	}
}

// ssrcs is a set of SSRCs as they are spelled in SDP.
type ssrcs map[string]bool

// upperLayers finds the SSRCs of all simulcast layers but the first, with their
// retransmission streams.
func upperLayers(list []sdp.Attribute) ssrcs {
	hidden := ssrcs{}
	for _, a := range list {
		if semantics, words := groupOf(a); semantics == "SIM" && len(words) > 1 {
			for _, ssrc := range words[1:] {
				hidden[ssrc] = true
			}
		}
	}
	for _, a := range list {
		if semantics, words := groupOf(a); semantics == "FID" && len(words) == 2 && hidden[words[0]] {
			hidden[words[1]] = true
		}
	}
	return hidden
}

// names reports whether an attribute is about a hidden SSRC, or groups them.
func (h ssrcs) names(a sdp.Attribute) bool {
	switch semantics, words := groupOf(a); {
	case semantics == "SIM":
		return true
	case semantics == "FID":
		return len(words) > 0 && h[words[0]]
	case a.Key == keySSRC:
		word, _, _ := strings.Cut(a.Value, " ")
		return h[word]
	}
	return false
}

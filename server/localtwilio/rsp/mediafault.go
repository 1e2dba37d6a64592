package rsp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/sfu"
	"escalate/server/localtwilio/sfu/sdp"
)

// errNoCodec says that a browser and its Room have no codec in common.
var errNoCodec = errors.New("no supported codec")

// mediaCode is what a browser is told when its media could not be negotiated. What
// is wrong with its own description is told apart from what went wrong here.
func mediaCode(err error) int {
	switch {
	case errors.Is(err, errNoCodec):
		return codeNoCodec
	case errors.Is(err, sfu.ErrDescription):
		return codeServerRemoteDesc
	case errors.Is(err, sfu.ErrClosed), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return codeRoomConnect // the Room's media is at its end, or too slow
	}
	return codeServerLocalDesc
}

// lossCode is what a browser is told when its media connection has failed for good.
func lossCode(err error) int {
	if errors.Is(err, sfu.ErrDTLS) {
		return codeDTLSFailed
	}
	return codeMediaLost
}

// codecsOf are the names, in SDP, of the codecs that a Room can do anything with:
// of those that it allows, or of all when that is nil.
func codecsOf(kind string, video []string) []string {
	switch {
	case kind == sfu.KindAudio:
		return []string{"OPUS"}
	case len(video) > 0:
		return video
	}
	return []string{"VP8", "H264"}
}

// checkCodecs looks whether what a browser offers to send or to receive can be
// exchanged in the Room. The SFU would answer that there is nothing, and both sides
// would wait for media that cannot come. A kind that is not offered is no fault,
// nor is a section that is rejected.
func checkCodecs(description string, video []string) error {
	d, err := sdp.Parse(description)
	if err != nil {
		return nil //nolint:nilerr // the SFU says what is wrong with it
	}
	for _, kind := range []string{sfu.KindAudio, sfu.KindVideo} {
		offered, known := d.Codecs(kind), codecsOf(kind, video)
		if len(offered) > 0 && !slices.ContainsFunc(offered, func(c string) bool { return slices.Contains(known, c) }) {
			return fmt.Errorf("%w for %s: %.100q, and the Room takes %q", errNoCodec, kind, offered, known)
		}
	}
	return nil
}

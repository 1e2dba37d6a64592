package sfu

import (
	"time"

	"escalate/server/localtwilio/sfu/codec"
)

// packet is one RTP packet of a layer, parsed once for all who get it. Nobody changes it but upTrack.parse. Its
// payload belongs to whoever reads the layer and is used again for the next packet; what a gopCache keeps
// has a payload of its own.
type packet struct {
	order     int64     // how many packets the layer had passed on with this one; guards against giving it twice
	number    int64     // sequence number without wrapping
	arrived   time.Time // here
	timestamp uint32
	marker    bool
	redundant bool        // the payload is redundant audio
	frame     codec.Frame // what the payload says of it, for video
	payload   []byte
	plain     []byte // the payload without redundancy; the same for all but redundant audio
}

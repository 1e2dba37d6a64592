package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
)

// The few messages of LiveKit's signalling that a made-up Participant needs, in
// Protocol Buffers, written by hand: the generated ones would make LiveKit's
// packages a dependency of ours. Numbers are from livekit_rtc.proto.

var errWire = errors.New("not a Protocol Buffers message")

// message is one being written.
type message []byte

func (m message) number(field int, v uint64) message {
	m = binary.AppendUvarint(m, uint64(field)<<3)
	return binary.AppendUvarint(m, v)
}

func (m message) bytes(field int, v []byte) message {
	m = binary.AppendUvarint(m, uint64(field)<<3|2)
	return append(binary.AppendUvarint(m, uint64(len(v))), v...)
}

func (m message) text(field int, v string) message { return m.bytes(field, []byte(v)) }

// fields reads a message: the last value of each field, numbers and texts apart.
func fields(b []byte) (numbers map[int]uint64, texts map[int][]byte, err error) {
	numbers, texts = map[int]uint64{}, map[int][]byte{}
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, nil, fmt.Errorf("%w: no key", errWire)
		}
		b = b[n:]
		field, size := int(key>>3), 0
		switch key & 7 {
		case 0:
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return nil, nil, fmt.Errorf("%w: field %d has no number", errWire, field)
			}
			numbers[field], size = v, n
		case 1:
			size = 8
		case 2:
			v, n := binary.Uvarint(b)
			if n <= 0 || v > uint64(len(b)-n) {
				return nil, nil, fmt.Errorf("%w: field %d is cut off", errWire, field)
			}
			b = b[n:]
			texts[field], size = b[:v], int(v)
		case 5:
			size = 4
		default:
			return nil, nil, fmt.Errorf("%w: field %d has wire type %d", errWire, field, key&7)
		}
		if size > len(b) {
			return nil, nil, fmt.Errorf("%w: field %d is cut off", errWire, field)
		}
		b = b[size:]
	}
	return numbers, texts, nil
}

// Fields of SignalRequest and SignalResponse.
const (
	requestOffer, requestTrickle, requestAddTrack, requestLeave, requestPing = 1, 3, 4, 8, 14

	responseJoin, responseAnswer, responseTrickle, responsePublished = 1, 2, 4, 6
	responseLeave, responseSections                                  = 8, 25
)

// joinQuery is the query parameter join_request of /rtc/v1: a client in Go that
// subscribes to everything.
func joinQuery() string {
	const sdkGo, protocol = 5, 17
	info := message(nil).number(1, sdkGo).number(3, protocol)
	settings := message(nil).number(1, 1) // auto_subscribe
	join := message(nil).bytes(1, info).bytes(2, settings)
	return base64.URLEncoding.EncodeToString(message(nil).bytes(2, join)) // WrappedJoinRequest, not compressed
}

func offerRequest(sdp string, id uint64) []byte {
	return message(nil).bytes(requestOffer, message(nil).text(1, "offer").text(2, sdp).number(3, id))
}

func addTrackRequest(cid string) []byte {
	const video, camera = 1, 1
	return message(nil).bytes(requestAddTrack, message(nil).text(1, cid).text(2, "camera").number(3, video).
		number(4, pictureWidth).number(5, pictureHeight).number(8, camera))
}

func pingRequest(now int64) []byte { return message(nil).number(requestPing, uint64(now)) }

func leaveRequest() []byte { return message(nil).bytes(requestLeave, nil) }

// description is a SessionDescription.
type description struct {
	kind, sdp string
	id        uint64
}

func parseDescription(b []byte) (description, error) {
	numbers, texts, err := fields(b)
	if err != nil {
		return description{}, fmt.Errorf("read description: %w", err)
	}
	return description{string(texts[1]), string(texts[2]), numbers[3]}, nil
}

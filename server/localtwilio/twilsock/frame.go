package twilsock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// magic begins every frame, followed by the number of bytes of its header in
// decimal, CR, LF, the header as JSON, CR, LF, and the payload, whose size the
// header tells.
const magic = "TWILSOCK V3.0 "

// maxFrame bounds a frame in bytes: Sync's largest Item, 16 KiB, escaped, and
// the longest list of subscriptions, 100.
const maxFrame = 1 << 18

var (
	// errMagic is a frame of another protocol or version.
	errMagic = errors.New("not a Twilsock V3.0 frame")
	// errFrame is a frame whose parts do not fit together.
	errFrame = errors.New("malformed frame")
)

// header is the header of a frame; which fields there are depends on Method.
//
//	client: init update message put_notification_ctx delete_notification_ctx telemetry.v1 close reply
//	server: reply notification client_update close
type header struct {
	Method string `json:"method"`
	ID     string `json:"id"`

	PayloadType string `json:"payload_type,omitempty"`
	PayloadSize int    `json:"payload_size"`

	// Of init and update.
	Token string `json:"token,omitempty"`
	// Of message: an HTTP request, to be answered by a reply.
	Request *httpRequest `json:"http_request,omitempty"`

	// Of reply and close.
	Status *status `json:"status,omitempty"`
	// Of the reply to message.
	HTTPStatus  *status           `json:"http_status,omitempty"`
	HTTPHeaders map[string]string `json:"http_headers,omitempty"`
	// Of the reply to init.
	ContinuationToken  string   `json:"continuation_token,omitempty"`
	ContinuationStatus string   `json:"continuation_token_status,omitempty"`
	Capabilities       []string `json:"capabilities,omitempty"`
	InitRegistrations  []any    `json:"init_registrations,omitempty"`
	// Of notification.
	MessageType string `json:"message_type,omitempty"`
	// Of client_update.
	ClientUpdate string `json:"client_update_type,omitempty"`
}

// httpRequest is the request inside a message. Params are as they stand in a
// URL, percent-encoded; one that is given several times is a list.
type httpRequest struct {
	Host    string                     `json:"host"`
	Path    string                     `json:"path"`
	Method  string                     `json:"method"`
	Params  map[string]json.RawMessage `json:"params"`
	Headers map[string]any             `json:"headers"`
}

// status is how something went: an HTTP status, its name, and Twilio's code.
type status struct {
	Code        int    `json:"code"`
	Status      string `json:"status"`
	Description string `json:"description,omitempty"`
	ErrorCode   int    `json:"errorCode,omitempty"`
}

// decodeFrame reads one frame. The payload is a part of b.
func decodeFrame(b []byte) (h header, payload []byte, err error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return h, nil, errMagic
	}
	digits, rest, ok := bytes.Cut(rest, []byte("\r\n"))
	size, err := strconv.Atoi(string(digits))
	if !ok || err != nil || size < 0 || size > len(rest) {
		return h, nil, fmt.Errorf("%w: header of %q bytes", errFrame, digits)
	}
	if err := json.Unmarshal(rest[:size], &h); err != nil {
		return h, nil, fmt.Errorf("%w: header: %w", errFrame, err)
	}
	if h.PayloadSize == 0 {
		return h, nil, nil
	}
	payload, ok = bytes.CutPrefix(rest[size:], []byte("\r\n"))
	if !ok || h.PayloadSize < 0 || h.PayloadSize > len(payload) {
		return h, nil, fmt.Errorf("%w: payload of %d bytes", errFrame, h.PayloadSize)
	}
	return h, payload[:h.PayloadSize], nil
}

// encodeFrame writes one frame with payload, if not nil, as JSON.
func encodeFrame(h header, payload any) ([]byte, error) {
	var body []byte
	if payload != nil {
		var err error
		if body, err = marshal(payload); err != nil {
			return nil, fmt.Errorf("encode payload of %s: %w", h.Method, err)
		}
		h.PayloadType = "application/json"
	}
	h.PayloadSize = len(body)
	head, err := marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode header of %s: %w", h.Method, err)
	}
	b := make([]byte, 0, len(magic)+len(head)+len(body)+10)
	b = append(strconv.AppendInt(append(b, magic...), int64(len(head)), 10), "\r\n"...)
	b = append(append(b, head...), "\r\n"...)
	return append(b, body...), nil
}

// marshal leaves HTML characters as they are: what people type is text.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

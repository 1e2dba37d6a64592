package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// postCallback takes Twilio's status callbacks. A Room that is not ours, or is
// over, is none of Twilio's errors: it is acknowledged and forgotten.
func (s *server) postCallback(w http.ResponseWriter, r *http.Request) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return &problem{code: wire.CodeUnsupportedMedia, text: "callback is not a form",
			message: "A status callback must be sent as a form (application/x-www-form-urlencoded)."}
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c, err := s.Callbacks.ParseCallback(r, s.PublicURL)
	if err != nil {
		return err
	}
	err = s.Escalations.Callback(r.Context(), c)
	for _, ours := range []error{escalation.ErrUnknownCode, escalation.ErrEnded, escalation.ErrExpired} {
		if errors.Is(err, ours) {
			s.Log.Debug("callback for no live escalation", "event", c.Event, "room", c.RoomSID)
			return noContent(w)
		}
	}
	if err != nil {
		return err
	}
	return noContent(w)
}

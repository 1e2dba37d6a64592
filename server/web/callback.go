package web

import (
	"bytes"
	"io"
	"mime"
	"net/http"

	"escalate/app/wire"
)

// callbackAPI takes Twilio's status callbacks.
type callbackAPI struct {
	escalations Escalations
	callbacks   Callbacks
	publicURL   string // what the signatures are made for
}

// post takes one callback. One about a Room that is not ours, or is over, is none
// of Twilio's errors: the use case ignores it.
func (api *callbackAPI) post(w http.ResponseWriter, r *http.Request) error {
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
	c, err := api.callbacks.ParseCallback(r, api.publicURL)
	if err != nil {
		return err
	}
	if err := api.escalations.Callback(r.Context(), c); err != nil {
		return err
	}
	return noContent(w)
}

package web

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
)

// maxBody is the most that a request may carry, in bytes. The largest honest
// one is a rating with its comment, some 4 KiB; Twilio's callbacks stay under 8.
const maxBody = 64 << 10

// jsonOnly refuses bodies that are not declared as JSON. Besides catching
// mistakes it makes browsers ask first before another site may post.
func jsonOnly(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil || kind != "application/json" {
			return errContentType
		}
		return h(w, r)
	}
}

// readJSON fills v from the body. Unknown fields are left alone, so that a
// newer page can talk to an older server; wrong types and anything after the
// first value are errors. An empty body leaves v as it is.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := readBody(w, r)
	if err != nil || len(body) == 0 {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return badRequest("decode body: " + err.Error())
	}
	return nil
}

// readBody reads the whole body, up to maxBody.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil:
		return nil, badRequest("read body: " + err.Error())
	}
	return body, nil
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		// Only wire's structs come here, and they all marshal.
		status, body = http.StatusInternalServerError, []byte(`{"code":"internal","message":""}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // an error here means that the client has gone
}

// noContent answers 204.
func noContent(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

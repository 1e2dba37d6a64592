package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
)

// maxBody is the largest request body: the longest message, escaped, and some air.
const maxBody = 16 << 10

// guard refuses what does not come from the demo's own pages and sets the
// headers of every answer.
func (d *Demo) guard(next http.Handler) http.Handler {
	// Looks at Sec-Fetch-Site, else at Origin; lets programs pass that send neither.
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.fail(w, r, errOrigin) }))
	next = cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", contentSecurityPolicy)
		h.Set("Permissions-Policy", permissionsPolicy)
		if !d.knownHost(r.Host) {
			d.fail(w, r, errHost)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// knownHost reports whether the demo may answer under a Host. A foreign name
// that resolves to loopback would make another site "same origin" with it;
// addresses and localhost cannot be taken over like that.
func (d *Demo) knownHost(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	if len(name) > 1 && name[0] == '[' && name[len(name)-1] == ']' {
		name = name[1 : len(name)-1]
	}
	return name == "localhost" || net.ParseIP(name) != nil || d.publicHost != "" && name == d.publicHost
}

// handle turns a function with an answer and an error into a handler.
func (d *Demo) handle(f func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
				d.fail(w, r, errMediaType)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		v, err := f(r)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		writeJSON(w, http.StatusOK, v)
	}
}

// decode reads the JSON body of r into v.
func decode(r *http.Request, v any) error {
	body, err := io.ReadAll(r.Body)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return errTooLarge
	}
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return errBadRequest
	}
	return nil
}

package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"escalate/server/localtwilio/store"
)

// fault is an error that a page may show: Message is a sentence for a person.
// Its JSON is that of the product's own errors, so the pages read both alike.
type fault struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (f *fault) Error() string { return f.Code + ": " + f.Message }

var (
	errNotFound     = &fault{http.StatusNotFound, "not_found", "There is no such chat or Task in the demo."}
	errNoChat       = &fault{http.StatusNotFound, "no_chat", "No chat is open."}
	errChatClosed   = &fault{http.StatusConflict, "chat_closed", "This chat is over."}
	errTransition   = &fault{http.StatusConflict, "task_closed", "The Task cannot change to that status from the one it has."}
	errBadRequest   = &fault{http.StatusBadRequest, "bad_request", "The request makes no sense to the demo."}
	errEmpty        = &fault{http.StatusBadRequest, "bad_request", "Type a message first."}
	errTooLong      = &fault{http.StatusBadRequest, "bad_request", "A message has at most 1,600 characters."}
	errTooLarge     = &fault{http.StatusRequestEntityTooLarge, "too_large", "The request is too large."}
	errFile         = &fault{http.StatusBadRequest, "bad_file", "The file did not arrive whole, or is empty. Try again."}
	errFileTooLarge = &fault{http.StatusRequestEntityTooLarge, "file_too_large", fmt.Sprintf("The file is too large: %d MB are the most.", store.MaxMediaMB)}
	errMediaType    = &fault{http.StatusUnsupportedMediaType, "unsupported_media_type", "The request must be JSON."}
	errOrigin       = &fault{http.StatusForbidden, "forbidden_origin", "The demo answers its own pages only."}
	errHost         = &fault{http.StatusMisdirectedRequest, "forbidden_origin", "The demo does not answer under this name. Use localhost."}
	errUnavailable  = &fault{http.StatusServiceUnavailable, "unavailable", "The server is stopping."}
	errInternal     = &fault{http.StatusInternalServerError, "internal", "The demo ran into a fault of its own; the log says more."}
)

// fail answers with err: as it is when it is a fault, by its meaning when it is
// the store's, and with nothing but "internal" otherwise.
func (d *Demo) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *fault
	switch {
	case errors.As(err, &f):
	case errors.Is(err, store.ErrNotFound):
		f = errNotFound
	case errors.Is(err, store.ErrTransition):
		f = errTransition
	case errors.Is(err, store.ErrClosed):
		f = errUnavailable
	default:
		d.log.Error("demo request", "method", r.Method, "path", r.URL.Path, "err", err)
		f = errInternal
	}
	writeJSON(w, f.Status, f)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The page has gone if this fails; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

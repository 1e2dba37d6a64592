package mcs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
	"escalate/server/sids"
	"escalate/server/token"
)

// Codes of Twilio's error dictionary. Which HTTP status goes with the last is an
// assumption.
const (
	codeInvalidParameter = 20001
	codeUnauthorized     = 20003
	codeTokenInvalid     = 20101
	codeTokenExpired     = 20104
	codeForbidden        = 20403
	codeNotFound         = 20404
	codeInternal         = 20500
	codeTooLarge         = 50512 // "Message media size is too large"
)

// Error is an answer other than success, as Twilio writes it.
type Error struct {
	Status   int    `json:"status"`
	Code     int    `json:"code"`
	Message  string `json:"message"`
	MoreInfo string `json:"more_info"`
}

func (e *Error) Error() string { return fmt.Sprintf("%d %d: %s", e.Status, e.Code, e.Message) }

func invalid(message string) *Error {
	return &Error{Status: http.StatusBadRequest, Code: codeInvalidParameter, Message: message}
}

var (
	errUnauthorized = &Error{Status: http.StatusUnauthorized, Code: codeUnauthorized, Message: "Authenticate"}
	errNoChat       = &Error{Status: http.StatusForbidden, Code: codeForbidden, Message: "The token has no chat grant"}
	errForbidden    = &Error{Status: http.StatusForbidden, Code: codeForbidden, Message: "The token does not give access to this"}
)

func (s *Server) tooLarge() *Error {
	return &Error{
		Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge,
		Message: fmt.Sprintf("Message media size is too large: more than %d bytes", s.cfg.MaxSize),
	}
}

const (
	// maxSet is how many SIDs one MediaSet may name: as many as Messages on a page
	// may have, and more.
	maxSet = 1000
	// maxJSON bounds the body of a MediaSet.
	maxJSON = 64 << 10
)

// request is one on its way through a handler.
type request struct {
	*http.Request
	w       http.ResponseWriter
	who     Who
	rest    bool   // with Basic credentials: everything is open
	base    string // what URLs in the answer begin with
	service string // SID of the path's
}

func (s *Server) mux() *http.ServeMux {
	m := http.NewServeMux()
	const service = "/v1/Services/{service}"
	m.Handle("POST "+service+"/Media", s.handle(s.create))
	m.Handle("GET "+service+"/Media/{media}", s.handle(s.withMedia(s.fetch)))
	m.Handle("GET "+service+"/Media/{media}/Content", s.handle(s.withMedia(s.redirect)))
	m.Handle("POST "+service+"/MediaSet", s.handle(s.fetchSet))
	m.HandleFunc("GET "+contentPath+"{media}", s.content)
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, notFound(r)) })
	return m
}

func notFound(r *http.Request) *Error {
	return &Error{Status: http.StatusNotFound, Code: codeNotFound, Message: "The requested resource " + r.URL.Path + " was not found"}
}

// ServeHTTP answers a request by the path below the product.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.routes.ServeHTTP(w, r) }

// handle makes an http.Handler of f: it checks the credentials and the Service,
// and writes f's error.
func (s *Server) handle(f func(*request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, w: w, base: s.baseOf(r)}
		err := s.authenticate(q)
		if err == nil {
			err = s.findService(q)
		}
		if err == nil {
			err = f(q)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// baseOf is where the service was reached: under the listener's own address, or
// at the configured one by those who asked one of Twilio's hosts.
func (s *Server) baseOf(r *http.Request) string {
	if _, ok := reached.Twilio(r); ok {
		return s.cfg.URL()
	}
	return reached.URL(r) + "/" + Product
}

func (s *Server) authenticate(q *request) error {
	if user, password, ok := q.BasicAuth(); ok {
		_, err := s.cfg.Store.Authenticate(user, password)
		if errors.Is(err, store.ErrNotFound) {
			return errUnauthorized
		}
		q.rest = err == nil
		return err
	}
	raw := q.Header.Get("X-Twilio-Token")
	if raw == "" {
		return errUnauthorized
	}
	who, err := s.cfg.Authenticate(raw)
	if err != nil {
		code := token.Code(err)
		switch {
		case errors.Is(err, store.ErrTokenExpired):
			code = codeTokenExpired
		case code == 0:
			code = codeTokenInvalid
		}
		return &Error{Status: http.StatusUnauthorized, Code: code, Message: err.Error()}
	}
	if !who.Chat && who.Service != "" {
		return &Error{
			Status: http.StatusForbidden, Code: codeForbidden,
			Message: "The token's chat grant is for Service " + who.Service + ", which there is not",
		}
	}
	if !who.Chat {
		return errNoChat
	}
	q.who = who
	return nil
}

// findService finds the Service of a request's path, which a token is to be for.
func (s *Server) findService(q *request) error {
	q.service = q.PathValue("service")
	_, err := s.cfg.Store.ChatServices.Get(q.service)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return notFound(q.Request)
	case err != nil:
		return err
	case !q.rest && q.who.Service != q.service:
		return &Error{
			Status: http.StatusForbidden, Code: codeForbidden,
			Message: "The token's chat grant is for Service " + q.who.Service + ", not for " + q.service,
		}
	}
	return nil
}

// find finds Media that the asker may see.
func (s *Server) find(q *request, sid string) (store.Media, error) {
	m, err := s.cfg.Store.Conversations.In(q.service).Media().Get(sid)
	if errors.Is(err, store.ErrNotFound) {
		return m, notFound(q.Request)
	}
	if err != nil || q.rest || q.who.All {
		return m, err
	}
	may, err := s.media.MayRead(m, q.who.Identity)
	if err == nil && !may {
		err = errForbidden
	}
	return m, err
}

func (s *Server) withMedia(f func(*request, store.Media) error) func(*request) error {
	return func(q *request) error {
		m, err := s.find(q, q.PathValue("media"))
		if err != nil {
			return err
		}
		return f(q, m)
	}
}

func (s *Server) create(q *request) error {
	m, err := s.receive(q.w, q.Request, q.service, q.who.Identity)
	if err != nil {
		return err
	}
	return respond(q.w, http.StatusCreated, s.view(q, m))
}

func (s *Server) fetch(q *request, m store.Media) error {
	return respond(q.w, http.StatusOK, s.view(q, m))
}

func (s *Server) redirect(q *request, m store.Media) error {
	q.w.Header().Set("Location", s.location(q.base, m.SID))
	q.w.WriteHeader(http.StatusTemporaryRedirect)
	return nil
}

// fetchSet answers for each SID by itself.
func (s *Server) fetchSet(q *request) error {
	var in struct {
		Command string `json:"command"`
		List    []struct {
			SID string `json:"media_sid"`
		} `json:"list"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(q.w, q.Body, maxJSON)).Decode(&in); err != nil {
		return invalid("Request body could not be read as JSON")
	}
	if in.Command != "get" {
		return invalid("Invalid command")
	}
	if len(in.List) > maxSet {
		return invalid("Too many Media")
	}
	list := []any{}
	for _, x := range in.List {
		m, err := s.find(q, x.SID)
		if e := (*Error)(nil); errors.As(err, &e) {
			list = append(list, object{"code": e.Status, "media_record": object{"sid": x.SID}})
			continue
		}
		if err != nil {
			return err
		}
		list = append(list, object{"code": http.StatusOK, "media_record": s.view(q, m)})
	}
	return respond(q.w, http.StatusOK, list)
}

// content sends a file to whoever has its location.
func (s *Server) content(w http.ResponseWriter, r *http.Request) {
	sid := r.PathValue("media")
	if !sids.Is("ME", sid) || !s.signed(r, sid) {
		http.Error(w, "not a signed location, or one that has expired", http.StatusForbidden)
		return
	}
	m, err := s.media.Get(sid)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	s.Serve(w, r, m)
}

type object map[string]any

// view is Media as Twilio writes it.
func (s *Server) view(q *request, m store.Media) object {
	a := s.cfg.Store.Account()
	path := "/v1/Services/" + q.service + "/Media/" + m.SID
	var channel, message, author any
	if len(m.Uses) > 0 {
		channel, message = m.Uses[0].ConversationSID, m.Uses[0].MessageSID
	}
	if m.Author != "" {
		author = m.Author
	}
	var filename any
	if m.Filename != "" {
		filename = m.Filename
	}
	return object{
		"sid": m.SID, "account_sid": a.SID, "service_sid": q.service, "channel_sid": channel, "message_sid": message, "author": author,
		"date_created": m.Created.Format(time.RFC3339), "date_updated": m.Updated.Format(time.RFC3339), "date_upload_updated": m.Created.Format(time.RFC3339),
		"size": m.Size, "content_type": m.ContentType, "filename": filename, "category": m.Category, "is_multipart_upstream": false,
		"url": path, "links": object{"content": path + "/Content", "content_direct_temporary": s.location(q.base, m.SID)},
	}
}

func respond(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller has gone; there is nobody to tell
	return nil
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var e *Error
	if !errors.As(err, &e) {
		s.log.Error("media content service", "method", r.Method, "path", reached.Shape(r.URL.Path), "err", err)
		e = &Error{Status: http.StatusInternalServerError, Code: codeInternal, Message: "Internal server error"}
	}
	out := *e
	out.MoreInfo = "https://www.twilio.com/docs/errors/" + strconv.Itoa(e.Code)
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
	}
	_ = respond(w, e.Status, out)
}

package web

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"escalate/app/wire"
	"escalate/server/joincode"
)

// handler answers a request or says why not; fail writes the error.
type handler func(w http.ResponseWriter, r *http.Request) error

// methods are the handlers of one path.
type methods map[string]handler

// routes is the table of everything the public listener serves.
func (s *server) routes() http.Handler {
	// SkipClean and UseEncodedPath: a join code with dots or an encoded slash
	// in it is one more unknown code, not a redirect to somewhere else.
	r := mux.NewRouter().SkipClean(true).UseEncodedPath()
	r.Use(nameRoute)

	code := func(action string) string {
		p := wire.EscalationsPath + "/{code}"
		if action != "" {
			p += "/" + action
		}
		return p
	}
	s.handle(r, code(""), s.origins.ownOnly(methods{"GET": s.customer(s.getState)}))
	s.handle(r, code(wire.ActionEvents), s.origins.ownOnly(methods{"GET": s.getEvents}))
	s.handle(r, code(wire.ActionToken), s.origins.ownOnly(methods{"POST": jsonOnly(s.customer(s.postToken))}))
	s.handle(r, code(wire.ActionProgress), s.origins.ownOnly(methods{"POST": jsonOnly(s.customer(s.postProgress))}))
	// No look at the origin: browsers that do not say where a beacon comes from
	// exist, and the identity in it is a secret of the page that joined.
	s.handle(r, code(wire.ActionLeave), methods{"POST": s.bounded(s.keyed(s.postLeave))})
	s.handle(r, code(wire.ActionRating), s.origins.ownOnly(methods{"POST": jsonOnly(s.customer(s.postRating))}))

	s.handle(r, wire.EscalationsPath, s.origins.shared(methods{"POST": jsonOnly(s.agent(s.postEscalation))}))
	s.handle(r, code(wire.ActionAgentToken), s.origins.shared(methods{"POST": jsonOnly(s.agent(s.postAgentToken))}))
	s.handle(r, code(wire.ActionEnd), s.origins.shared(methods{"POST": jsonOnly(s.agent(s.postEnd))}))
	s.handle(r, wire.TaskPath("")+"{task}", s.origins.shared(methods{"GET": s.agent(s.getTask)}))

	s.handle(r, wire.CallbackPath, methods{"POST": s.bounded(s.postCallback)})

	s.handle(r, wire.HomePage, methods{"GET": s.getHome})
	s.handle(r, wire.JoinPath("")+"{code}", methods{"GET": s.bounded(s.getJoin)})
	s.handle(r, wire.JoinPath("")+"{code}/"+wire.ActionRating, methods{"GET": s.bounded(s.getJoin), "POST": s.postRatingForm})
	s.handle(r, wire.AgentPage, methods{"GET": s.getAgent})

	s.handle(r, staticPath+"{name:.*}", methods{"GET": s.getStatic})
	s.handle(r, manifestPath, methods{"GET": s.getManifest})
	s.handle(r, workerPath, methods{"GET": s.getWorker})
	s.handle(r, framePath, methods{"GET": s.getFrame})
	s.handle(r, offlinePath, methods{"GET": s.getOffline})
	s.handle(r, brandStyle, methods{"GET": s.getBrandStyle})
	s.handle(r, brandLogo, methods{"GET": getPicture(s.Look.Logo)})
	s.handle(r, brandIcon, methods{"GET": getPicture(s.Look.Icon)})
	s.handle(r, "/favicon.ico", methods{"GET": s.getFavicon})
	s.handle(r, "/robots.txt", methods{"GET": getRobots})

	for prefix, h := range s.Mounts {
		r.PathPrefix(prefix).Handler(s.serve(func(w http.ResponseWriter, r *http.Request) error {
			h.ServeHTTP(w, r)
			return nil
		}))
	}

	r.NotFoundHandler = s.serve(s.notFound)
	return r
}

// handle routes every method of path: those in m, HEAD where there is GET, and
// 405 with Allow for the rest.
func (s *server) handle(r *mux.Router, path string, m methods) {
	if get, ok := m["GET"]; ok {
		m["HEAD"] = get
	}
	var allow []string
	for name := range m {
		allow = append(allow, name)
	}
	slices.Sort(allow)
	r.Handle(path, s.serve(func(w http.ResponseWriter, r *http.Request) error {
		if h, ok := m[r.Method]; ok {
			return h(w, r)
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		return errMethod
	}))
}

// serve makes an http.Handler of h, with the headers that every answer has.
func (s *server) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		common(w.Header())
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// bounded gives h until Timeout to answer. Whoever asks must hear something
// while they still look at the page, also when Twilio says nothing at all.
func (s *server) bounded(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), s.Timeout)
		defer cancel()
		return h(w, r.WithContext(ctx))
	}
}

// notFound is for paths that no route has: join links as they look after a way
// through chats and mail, and what does not exist; that is a page for people,
// JSON for programs.
func (s *server) notFound(w http.ResponseWriter, r *http.Request) error {
	if path := r.URL.EscapedPath(); reads(r) && len(path) <= maxPath && joincode.HasLink(path) {
		return s.bounded(func(w http.ResponseWriter, r *http.Request) error { return s.joinPage(w, r, path) })(w, r)
	}
	if wantsHTML(r) {
		return s.plain(w, r, http.StatusNotFound, s.speech(r).NotFound, plainData{AskCode: true})
	}
	return errNotFound
}

// maxPath is the longest path that is looked into for a join link, in bytes.
const maxPath = 2 << 10

// reads says that r asks for a page, and changes nothing.
func reads(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/api/")
}

// wantsHTML says that a person at a browser asked.
func wantsHTML(r *http.Request) bool {
	return reads(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

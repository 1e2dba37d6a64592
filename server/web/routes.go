package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"escalate/app/wire"
)

// handler answers a request or says why not; errorWriter.fail writes the error.
type handler func(w http.ResponseWriter, r *http.Request) error

// methods are the handlers of one path.
type methods map[string]handler

// site is what the public listener serves, by subject. It is fixed after New; of
// its parts those that change while it serves have a lock of their own.
type site struct {
	origins  *origins
	entrance *entrance
	errors   *errorWriter
	files    *assets
	brand    brand
	mounts   map[string]http.Handler
	https    bool // browsers reach this server by https

	customers  *customerAPI
	events     *eventStreams
	ratings    *ratings
	agents     *agentAPI
	callbacks  *callbackAPI
	pages      *pages
	ratingPage *ratingPage
	installed  *installed
}

// routes returns the table of everything the public listener serves.
func (s *site) routes() http.Handler {
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
	own, customer := s.origins.ownOnly, s.entrance.customer
	s.handle(r, code(""), own(methods{"GET": customer(s.customers.getState)}))
	s.handle(r, code(wire.ActionEvents), own(methods{"GET": s.events.get}))
	s.handle(r, code(wire.ActionToken), own(methods{"POST": jsonOnly(customer(s.customers.postToken))}))
	s.handle(r, code(wire.ActionProgress), own(methods{"POST": jsonOnly(customer(s.customers.postProgress))}))
	s.handle(r, code(wire.ActionRating), own(methods{"POST": jsonOnly(customer(s.ratings.post))}))
	// No look at the origin: browsers that do not say where a beacon comes from
	// exist, and the identity in it is a secret of the page that joined.
	s.handle(r, code(wire.ActionLeave), methods{"POST": s.entrance.keyed(s.customers.postLeave)})

	shared, agent := s.origins.shared, s.entrance.agent
	s.handle(r, wire.EscalationsPath, shared(methods{"POST": jsonOnly(agent(s.agents.postEscalation))}))
	s.handle(r, code(wire.ActionAgentToken), shared(methods{"POST": jsonOnly(agent(s.agents.postToken))}))
	s.handle(r, code(wire.ActionEnd), shared(methods{"POST": jsonOnly(agent(s.agents.postEnd))}))
	s.handle(r, wire.TaskPath("")+"{task}", shared(methods{"GET": agent(s.agents.getTask)}))

	bounded := s.entrance.bounded
	s.handle(r, wire.CallbackPath, methods{"POST": bounded(s.callbacks.post)})

	s.handle(r, wire.HomePage, methods{"GET": s.pages.getHome})
	s.handle(r, wire.JoinPath("")+"{code}", methods{"GET": bounded(s.pages.getJoin)})
	s.handle(r, wire.JoinPath("")+"{code}/"+wire.ActionRating, methods{"GET": bounded(s.pages.getJoin), "POST": s.ratingPage.post})
	s.handle(r, wire.AgentPage, methods{"GET": s.pages.getAgent})

	s.handle(r, staticPath+"{name:.*}", methods{"GET": s.files.get})
	s.handle(r, "/favicon.ico", methods{"GET": s.files.getFavicon})
	s.handle(r, "/robots.txt", methods{"GET": getRobots})
	s.handle(r, brandStyle, methods{"GET": s.brand.getStyle})
	s.handle(r, brandLogo, methods{"GET": getPicture(s.brand.look.Logo)})
	s.handle(r, brandIcon, methods{"GET": getPicture(s.brand.look.Icon)})
	s.handle(r, manifestPath, methods{"GET": s.installed.getManifest})
	s.handle(r, workerPath, methods{"GET": s.installed.getWorker})
	s.handle(r, framePath, methods{"GET": s.installed.getFrame})
	s.handle(r, offlinePath, methods{"GET": s.installed.getOffline})

	for prefix, h := range s.mounts {
		r.PathPrefix(prefix).Handler(s.serve(func(w http.ResponseWriter, r *http.Request) error {
			h.ServeHTTP(w, r)
			return nil
		}))
	}

	r.NotFoundHandler = s.serve(s.pages.notFound)
	return r
}

// handle routes every method of path: those in m, HEAD where there is GET, and
// 405 with Allow for the rest.
func (s *site) handle(r *mux.Router, path string, m methods) {
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

// serve returns h as an http.Handler, with the headers that every answer has.
func (s *site) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		common(w.Header(), s.https)
		if err := h(w, r); err != nil {
			s.errors.fail(w, r, err)
		}
	})
}

// reads says that r asks for a page, and changes nothing.
func reads(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/api/")
}

// wantsHTML says that a person at a browser asked.
func wantsHTML(r *http.Request) bool {
	return reads(r) && strings.Contains(r.Header.Get("Accept"), "text/html")
}

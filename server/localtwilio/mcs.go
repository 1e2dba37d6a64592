package localtwilio

import (
	"net/http"
	"net/url"
	"path/filepath"

	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/rest"
)

// startMCS starts the Media Content Service, whose tokens are the socket's.
func (s *Server) startMCS(c Config) (*mcs.Server, error) {
	return mcs.Start(mcs.Config{
		Store: s.store, Dir: c.inDataDir(mediaDir), URL: func() string { return s.URL() + "/" + mcs.Product }, Log: c.Log.With("part", "mcs"),
		Authenticate: func(raw string) (mcs.Who, error) {
			v, err := s.twilsock.Visitor(raw)
			return mcs.Who(v), err
		},
	})
}

// inDataDir is the path of a name in the data directory; empty without one.
func (c Config) inDataDir(name string) string {
	if c.DataDir == "" {
		return ""
	}
	return filepath.Join(c.DataDir, name)
}

// serveMCS answers a request to the Media Content Service.
func (s *Server) serveMCS(w http.ResponseWriter, r *http.Request, target rest.Target) {
	q := r.Clone(r.Context())
	q.URL.Path, q.URL.RawPath = target.Path, ""
	if path, err := url.PathUnescape(target.Path); err == nil {
		q.URL.Path = path
	}
	s.mcs.ServeHTTP(w, q)
}

// Media returns the files that Messages have attached.
func (s *Server) Media() *mcs.Server { return s.mcs }

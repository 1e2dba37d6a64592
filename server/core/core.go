// Package core wires the server: settings, local Twilio where there is no
// account, the Twilio adapter, the use cases, the web server, and for local
// Twilio the demo. It is the only package that knows all of them, and holds no
// logic of its own.
package core

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/page"
	"escalate/app/wire"
	"escalate/server/clientaddr"
	"escalate/server/demo"
	"escalate/server/dropin"
	"escalate/server/escalation"
	"escalate/server/flexdev"
	"escalate/server/joincode"
	"escalate/server/localtwilio"
	"escalate/server/localtwilio/flexapi"
	"escalate/server/localtwilio/rest"
	"escalate/server/logs"
	"escalate/server/metric"
	"escalate/server/news"
	"escalate/server/traces"
	"escalate/server/twilioapi"
	"escalate/server/version"
	"escalate/server/web"
	"escalate/static"
)

const (
	// sweepEvery is how often replicas look for what a crash left. An agent who
	// is gone must be noticed well within a minute or two; more often costs
	// Sync reads.
	sweepEvery = 15 * time.Second
	// maxCall ends a call that nobody ended; Twilio's own limit for a
	// Participant is the same four hours.
	maxCall = 4 * time.Hour
	// agentGone is how long an agent may be away before the call is over.
	agentGone = time.Minute
	// closeWithin is what requests under way get to finish; it is as long as one may
	// take (web.Config.Timeout).
	closeWithin = 20 * time.Second
)

// maxHeader is the most that a request's header may have, in bytes; Go's own limit is a
// megabyte, which strangers would have us keep. A Flex token has a few thousand.
const maxHeader = 64 << 10

// pluginFile is the Flex plugin among the embedded files.
const pluginFile = "flex-plugin.js"

// System is a running server.
type System struct {
	config Config
	log    *slog.Logger
	local  *localtwilio.Server // nil with an account
	demo   *demo.Demo          // nil with an account
	url    string
	addr   string
	opAddr string // where health and metrics are; empty for nowhere
	svc    *escalation.Service
	news   *news.Line // nil without NATS
	// registry has the metrics of all parts, local Twilio's included.
	registry *prometheus.Registry
	traces   *traces.Traces // nil without a collector

	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // every goroutine started here
	failed chan error
	opened []*http.Server
	once   sync.Once

	secure   secure
	draining atomic.Bool
}

// Start opens everything, or leaves nothing open. The System runs until Close.
func Start(ctx context.Context, c Config) (_ *System, err error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	out := c.LogOutput
	if out == nil {
		out = io.Discard
	}
	s := &System{
		config: c,
		log:    logs.New(out, c.Log),
		failed: make(chan error, 2), registry: prometheus.NewRegistry(),
	}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if c.Local.FlexDir != "" && !c.IsLocal() {
		return nil, errors.New("the Flex page runs on local Twilio only: clear the TWILIO_ settings")
	}
	if c.IsLocal() {
		where := "no call leaves this machine"
		if c.Local.AllowRemote {
			where = "whoever reaches it may be the agent"
		}
		s.log.Warn("NO TWILIO ACCOUNT IS SET: everything runs on local Twilio, in this process; " + where)
	}
	files, err := static.Files()
	if err != nil {
		return nil, fmt.Errorf("open the embedded files: %w", err)
	}
	if _, err := fs.Stat(files, static.WASM); err != nil {
		return nil, errors.New("the browser half is not built: run \"make wasm\", then build the server again")
	}
	if err := s.openTLS(); err != nil {
		return nil, err
	}
	// Listen here, serve later: a busy port is an error, not a log line, and the
	// address is known to what follows.
	ln, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s (ADDR chooses another address): %w", c.Addr, err)
	}
	defer func() {
		if err != nil {
			ln.Close()
		}
	}()
	s.addr = ln.Addr().String()
	s.url = c.PublicURL
	if s.url == "" {
		s.url = s.secure.scheme() + "://" + reachable(ln.Addr())
	}
	if err := s.startTwilio(ctx); err != nil {
		return nil, err
	}
	handler, operator, err := s.handlers(files)
	if err != nil {
		return nil, err
	}
	s.serve(ln, handler, s.secure.config)
	if c.OperatorAddr != "" {
		opLn, err := net.Listen("tcp", c.OperatorAddr)
		if err != nil {
			return nil, fmt.Errorf("listen on %s (OPERATOR_ADDR chooses another address): %w", c.OperatorAddr, err)
		}
		s.opAddr = opLn.Addr().String()
		s.serve(opLn, operator, nil)
	}
	s.wg.Go(s.sweep)
	s.log.Info("serving", "url", s.url)
	return s, nil
}

// startTwilio starts local Twilio where there is no account and takes its
// account; after it nothing asks which of the two it is.
func (s *System) startTwilio(ctx context.Context) error {
	if !s.config.IsLocal() {
		return nil
	}
	l := s.config.Local
	local, err := localtwilio.Start(ctx, localtwilio.Config{
		Addr: l.Addr, MediaAddr: l.MediaAddr, TURNAddr: l.TURNAddr, DataDir: l.DataDir,
		AllowRemote: l.AllowRemote, CallbackTransport: s.callbackTransport(), Limits: rest.Limits{Off: l.Unlimited, Requests: l.Rate}, Transcriber: l.Transcriber,
		Metrics: s.registry, Log: s.log.With("part", "local twilio"),
	})
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("start local Twilio (does another run? LOCAL_TWILIO_ADDR, LOCAL_MEDIA_ADDR and LOCAL_TURN_ADDR choose other addresses): %w", err)
	}
	if err != nil {
		return fmt.Errorf("start local Twilio: %w", err)
	}
	s.local = local
	return nil
}

// account is the account to use and how to reach its REST API; a nil transport
// is Twilio over the network.
func (s *System) account() (a Account, transport http.RoundTripper, err error) {
	if s.local != nil {
		l := s.local.Account()
		return Account{
			SID: l.SID, KeySID: l.KeySID, KeySecret: l.KeySecret, AuthToken: l.AuthToken,
			SyncServiceSID: l.SyncServiceSID, WorkspaceSID: l.WorkspaceSID, SignalingURL: s.localSignaling(),
		}, s.local.Transport(), nil
	}
	a = s.config.Account
	if a.APIURL != "" {
		transport, err = twilioapi.Elsewhere(a.APIURL)
	}
	return a, transport, err
}

func (s *System) handlers(files fs.FS) (handler, operator http.Handler, err error) {
	c := s.config
	account, transport, err := s.account()
	if err != nil {
		return nil, nil, err
	}
	if s.traces, err = traces.Start(c.Traces, c.Log.Name(), version.Read().Version, s.log.With("part", "traces")); err != nil {
		return nil, nil, err
	}
	metric.Process(s.registry, "escalate_build_info", buildLabels())
	tc := twilioapi.Config{
		AccountSID: account.SID, KeySID: account.KeySID, KeySecret: account.KeySecret, AuthToken: account.AuthToken,
		SyncServiceSID: account.SyncServiceSID, WorkspaceSID: account.WorkspaceSID,
		IAMRealm: c.Realm, Connections: c.Budget.Connections, Transport: transport, WrapTransport: c.WrapTransport, Metrics: s.registry, Log: s.log.With("part", "twilio"),
	}
	if s.traces != nil {
		tc.Trace = s.traces.Twilio
	}
	twilio, err := twilioapi.New(tc)
	if err != nil {
		return nil, nil, fmt.Errorf("set up the Twilio adapter: %w", err)
	}
	// The API key's secret: what replicas share, and nobody else has.
	links := joincode.NewLinks(account.KeySecret, c.Calls.CodeLength)
	var notices *twilioapi.Documents
	deps := escalation.Deps{
		Documents: twilio.Documents(), Rooms: twilio.Rooms(), Tasks: twilio.Tasks(), Chat: twilio.Chat(), Tokens: twilio.Tokens(),
	}
	if c.NATS.URL != "" {
		s.news, err = news.Connect(news.Config{
			URL: c.NATS.URL, Credentials: c.NATS.Credentials, Topic: account.SyncServiceSID, Name: replicaName(c.Log),
			Metrics: s.registry, Log: s.log.With("part", "news"),
		})
		if err != nil {
			return nil, nil, fmt.Errorf("NATS_URL: %w", err)
		}
		deps.News = s.news
	}
	if c.Template.Endpoints {
		notices = twilio.DocumentsIn(cmp.Or(c.Template.SyncSID, account.SyncServiceSID))
		deps.Notices = notices
	}
	s.svc = escalation.New(escalation.Config{
		Link:       links.Of,
		CodeLength: c.Calls.CodeLength, CodeTTL: c.Calls.CodeTTL, MaxCall: maxCall, AgentGone: agentGone,
		RoomType: c.Calls.RoomType, Record: c.Calls.Record, PublicURL: s.url, CallbackURL: s.url + wire.CallbackPath,
		Measures:       escalation.Measures(c.Insights),
		ReadsPerSecond: float64(c.Budget.SyncReads), Changes: c.Limits.Changes, Metrics: s.registry,
		Brand: c.Brand.Name, Log: s.log.With("part", "escalation"),
	}, deps)
	if s.news != nil {
		if err := s.news.Hear(s.svc.Heard); err != nil {
			return nil, nil, err
		}
	}
	proxies, err := clientaddr.Parse(c.TrustProxy)
	if err != nil {
		return nil, nil, fmt.Errorf("TRUST_PROXY: %w", err)
	}
	limiters := web.NewLimiters(c.Limits.Limits, proxies, links, func(ctx context.Context, code string) error {
		_, err := s.svc.Get(ctx, code)
		return err
	}, s.registry, nil)
	wc := web.Config{
		Limiters:    limiters,
		LeaveSecret: account.KeySecret,
		PublicURL:   s.url, Brand: c.Brand.Name, Look: c.Brand.look(&env{}), AllowedOrigins: c.AllowedOrigins, Signaling: account.SignalingURL,
		Languages: page.Languages(), Static: files, Proxies: proxies, Links: links, Registry: s.registry, Log: s.log.With("part", "web"), Done: s.ctx.Done(),
	}
	if s.local != nil {
		wc.STUN = s.local.STUN()
	}
	if s.traces != nil {
		wc.Trace = s.traces.Request
	}
	wd := web.Deps{
		Escalations: s.traces.UseCases(s.svc), Agents: twilio, Callbacks: twilio, Render: page.Render,
		Ready: func(ctx context.Context) error { return twilio.Ready(ctx) }, Draining: s.draining.Load, Go: s.wg.Go,
	}
	if c.Template.Endpoints {
		wd.Mounts = map[string]http.Handler{dropin.Prefix: dropin.New(
			dropin.Config{PublicURL: s.url, AllowedOrigins: c.AllowedOrigins, Link: links.Of, Log: s.log.With("part", "template")},
			dropin.Deps{Escalations: s.svc, Agents: twilio, Documents: twilio.Documents(), Notices: notices, Rooms: twilio.Rooms(), Limiters: limiters},
		)}
	}
	// Codes and names arrive as they were sent; web decides what they mean.
	routes := mux.NewRouter().SkipClean(true).UseEncodedPath()
	if s.local != nil {
		if s.demo, err = demo.New(demo.Config{Local: s.local, PublicURL: c.PublicURL, Offer: c.Local.FlexDir != "", Log: s.log.With("part", "demo")}); err != nil {
			return nil, nil, fmt.Errorf("set up the demo: %w", err)
		}
		s.demo.Routes(routes)
		routes.Handle(signalingPath, s.local.Signaling())
		if err := s.flexPage(routes, files); err != nil {
			return nil, nil, err
		}
	}
	routes.PathPrefix("/").Handler(web.New(wc, wd))
	return routes, web.Operator(wc, wd), nil
}

// buildLabels are those of the metric that says what runs.
func buildLabels() prometheus.Labels {
	i := version.Read()
	return prometheus.Labels{"version": i.Version, "commit": i.Commit, "go": i.Go, "sdk": i.SDK}
}

// replicaName tells this process apart from other replicas, which have its URL, and from
// others with its name.
func replicaName(c logs.Config) string {
	return fmt.Sprintf("escalate on %s, process %d", c.Name(), os.Getpid())
}

// flexPage adds the page with the real Flex UI where there is one, and has it
// load our plugin.
func (s *System) flexPage(routes *mux.Router, files fs.FS) error {
	if s.config.Local.FlexDir == "" {
		return nil
	}
	page, err := flexdev.New(flexdev.Config{
		Dir: s.config.Local.FlexDir, Twilio: s.local.URL(), Account: s.local.Account(), Seat: s.demo.Seat, Supervisor: s.demo.Supervisor, Log: s.log.With("part", "flex page"),
	})
	if err != nil {
		return fmt.Errorf("set up the Flex page: %w", err)
	}
	page.Routes(routes)
	if _, err := fs.Stat(files, pluginFile); err == nil {
		s.local.FlexPlugins(flexapi.Plugin{Name: "escalate", Version: "0.0.0", Src: s.url + "/static/" + pluginFile})
	}
	return nil
}

// serve answers on ln, by TLS where there is a config for it.
func (s *System) serve(ln net.Listener, h http.Handler, secure *tls.Config) {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second, // event streams extend it as they go
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		TLSConfig:         secure,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.opened = append(s.opened, srv)
	s.wg.Go(func() {
		listen := srv.Serve
		if secure != nil {
			listen = func(ln net.Listener) error { return srv.ServeTLS(ln, "", "") }
		}
		if err := listen(ln); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve %s: %w", ln.Addr(), err)
		}
	})
}

func (s *System) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
			if err := s.svc.Sweep(s.ctx); err != nil && s.ctx.Err() == nil {
				s.log.Warn("sweep", "err", err)
			}
		}
	}
}

// URL is where the server is reached.
func (s *System) URL() string { return s.url }

// Addr is where the server listens, which a proxy before it has to know.
func (s *System) Addr() string { return s.addr }

// Failed tells of a listener that broke; the System is then to be closed.
func (s *System) Failed() <-chan error { return s.failed }

// Welcome says in a few lines what to open.
func (s *System) Welcome() string {
	if s.local == nil {
		return fmt.Sprintf("Escalate is at %s\n", s.url)
	}
	if s.config.TLS.SelfSigned {
		return s.welcomeLAN()
	}
	if s.config.Local.FlexDir != "" {
		return fmt.Sprintf(`
  Escalate and the Flex UI run on local Twilio (no account). Open these two, side by side:

    the Flex UI           %s/flex
    the customer's chat   %s/demo/chat

  "Start a new chat" there offers a Task in Flex. Ctrl-C stops it.

`, s.url, s.url)
	}
	return fmt.Sprintf(`
  Escalate runs on local Twilio (no account). Open these two, side by side:

    the agent's desk      %s/demo/agent
    the customer's chat   %s/demo/chat

  Click the Video icon at the desk, then the link that arrives in the chat.
  Ctrl-C stops it.

`, s.url, s.url)
}

// Drain takes the server out of service before Close, without a request that fails:
// from now on readiness does, while all is served as before for Config.Drain, so that
// balancers look elsewhere first. It returns early when ctx ends.
func (s *System) Drain(ctx context.Context) {
	s.draining.Store(true)
	s.log.Info("draining", "for", s.config.Drain)
	t := time.NewTimer(s.config.Drain)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
	// From here on whoever asks once more gets a connection elsewhere.
	for _, srv := range s.opened {
		srv.SetKeepAlivesEnabled(false)
	}
}

// Close stops everything and waits for it: event streams end, so that pages come back
// elsewhere, and requests under way have 20 seconds to finish. It may be called more than once.
func (s *System) Close() {
	s.once.Do(func() {
		s.cancel()
		if s.demo != nil {
			s.demo.Close() // its event streams would hold up the shutdown
		}
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		for _, srv := range s.opened {
			if err := srv.Shutdown(ctx); err != nil {
				srv.Close()
			}
		}
		s.wg.Wait()
		if s.svc != nil {
			s.svc.Close()
		}
		if s.news != nil {
			s.news.Close()
		}
		s.traces.Close()
		if s.local != nil {
			if err := s.local.Close(); err != nil {
				s.log.Warn("close local Twilio", "err", err)
			}
		}
		if s.secure.own != nil {
			s.secure.own.CloseIdleConnections()
		}
	})
}

// Local is the local Twilio, or nil with an account.
func (s *System) Local() *localtwilio.Server { return s.local }

// reachable is the host and port under which this machine reaches a listener; one
// on all addresses is no address to open.
func reachable(a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok && t.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(t.Port))
	}
	return a.String()
}

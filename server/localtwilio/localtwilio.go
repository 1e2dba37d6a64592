// Package localtwilio is Twilio, small enough to run in the process: REST for
// Video, Sync, TaskRouter, Conversations and Flex tokens, signed status
// callbacks, Rooms whose media and signaling an unmodified twilio-video.js
// uses, the socket of the client libraries of Conversations and Sync, and what
// the Flex UI asks for. A program with a Twilio SDK takes Transport as its HTTP transport, or is
// pointed at the listener, and needs no account.
//
// It knows nothing of the product that it is embedded in: whatever it can do is
// something that Twilio does.
//
// # As a double in tests
//
// A test starts one of its own, which shares nothing with any other and leaves
// nothing behind, and gives its Transport to twilio-go. No request leaves the
// process: one to a host that local Twilio does not have fails with ErrNotTwilio.
//
//	tw, err := localtwilio.Start(t.Context(), localtwilio.Config{Addr: "127.0.0.1:0"})
//	if err != nil {
//		t.Fatal(err)
//	}
//	defer tw.Close()
//	a := tw.Account()
//	c := &client.Client{
//		Credentials: client.NewCredentials(a.KeySID, a.KeySecret),
//		HTTPClient:  &http.Client{Transport: tw.Transport()},
//	}
//	c.SetAccountSid(a.SID)
//	sdk := twilio.NewRestClientWithParams(twilio.ClientParams{Client: c})
//	room, err := sdk.VideoV1.CreateRoom(new(video.CreateRoomParams).SetUniqueName("demo"))
//
// What no SDK can ask for, such as a Worker or a Participant, is made in Store;
// Config.Now is the clock, Config.Fault rehearses errors, and Config.Account
// keeps the SIDs and keys that the program under test has in its settings. A
// browser in a test takes SignalingURL, InsightsURL and TwilsockURL.
package localtwilio

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/localtwilio/callback"
	"escalate/server/localtwilio/composition"
	"escalate/server/localtwilio/flexapi"
	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/recording"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/rsp"
	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
	"escalate/server/localtwilio/transcription"
	"escalate/server/localtwilio/twilsock"
	"escalate/server/metric"
	"escalate/server/token"
)

// DefaultAddr is where Start listens when Config.Addr is empty.
const DefaultAddr = "127.0.0.1:9100"

// Names in the data directory: the store's file, and the directories of
// recordings and of the files that Messages have attached.
const (
	dataFile      = "twilio.db"
	recordingsDir = "recordings"
	mediaDir      = "media"
)

// DataFile returns the path of the store's file in a data directory.
func DataFile(dir string) string { return filepath.Join(dir, dataFile) }

// sweepEvery is how often time's work is done: TTLs, empty Rooms, Participants
// who stayed too long. Documents are expired to the instant by their readers; a
// longer pause would only make events of it late.
const sweepEvery = time.Second

// maxHeader bounds a request's header in bytes: the largest have a Flex token, of some 2 kB, twice.
const maxHeader = 64 << 10

// Account is the SIDs and keys of the one account that local Twilio has.
type Account = store.Account

// DoorLimits are those of Config.Door.
type DoorLimits = socket.DoorLimits

// Config is what a Server needs; the zero value is usable.
type Config struct {
	// Addr is the TCP address of REST, signaling and insights; default
	// DefaultAddr. Port 0 is any free one, which is what tests want: the URL
	// methods say which it became.
	Addr string
	// MediaAddr is the UDP address of all media; default any free port of
	// 127.0.0.1.
	MediaAddr string
	// TURNAddr is the UDP address of STUN and TURN; default any free port of
	// 127.0.0.1.
	TURNAddr string
	// AllowRemote permits addresses other than loopback. Whoever can reach them
	// can use the Rooms for which they hold an Access Token.
	AllowRemote bool
	// PublicIPs are put into ICE candidates instead of the address listened on,
	// for a server behind address translation.
	PublicIPs []string
	// DataDir is the directory of the data file and of recordings. Empty are
	// temporary ones that Close removes.
	DataDir string
	// Account overrides the account's random SIDs and keys, field by field.
	Account Account
	// CallbackTransport carries status callbacks; nil is http.DefaultTransport.
	CallbackTransport http.RoundTripper
	// Limits is how many REST requests are taken; the zero value is what Twilio
	// documents.
	Limits rest.Limits
	// SyncACL switches access control lists on in the account's own Sync Service, as the
	// AclEnabled of REST does; without it they stay as REST left them.
	SyncACL bool
	// IgnoreUnsupported makes a logged warning of the refusal of parameters of REST
	// that Twilio documents and local Twilio does not carry out.
	IgnoreUnsupported bool
	// Fault may answer a REST request with an error; see rest.Config.
	Fault func(*http.Request) *rest.Error
	// Now is the clock of Rooms, Documents and tokens; nil is time.Now.
	Now func() time.Time
	// FFmpeg is the program that composes Recordings; empty is the one in PATH. It
	// may be missing: then Compositions fail.
	FFmpeg string
	// Transcriber is the engine of Transcriptions: a program and its arguments, or a name;
	// see transcription.Config. Empty is what is installed.
	Transcriber string
	// Door is how many WebSockets may be open whose client has shown no token yet, and for how
	// long; the zero value has defaults.
	Door DoorLimits
	// Log gets what happens; nil discards.
	Log *slog.Logger
	// Metrics takes what the parts of local Twilio count; nil counts for nobody.
	Metrics prometheus.Registerer
}

// Server is a running local Twilio.
type Server struct {
	log       *slog.Logger
	store     *store.Store
	api       *rest.API
	callbacks *callback.Sender
	media     media
	recorded  *recording.Server
	composer  *composition.Server
	listener  *transcription.Server
	signaling *rsp.Server
	twilsock  *twilsock.Server
	routing   *taskrouter.Engine
	flex      *flexapi.Server
	mcs       *mcs.Server
	ln        net.Listener
	http      *http.Server

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	wg     sync.WaitGroup // the listener's and the sweeper's goroutines
	once   sync.Once
	err    error // of Close
}

// Start opens the data file and the listeners and serves until Close; ctx bounds
// the start alone. Nobody can connect before requests are answered. It returns
// ErrRemote for an address that is not loopback without AllowRemote.
func Start(ctx context.Context, c Config) (_ *Server, err error) {
	if c.Addr == "" {
		c.Addr = DefaultAddr
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := c.checkAddresses(); err != nil {
		return nil, err
	}
	s := &Server{log: c.Log}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			_ = s.Close()
		}
	}()
	if s.store, err = store.Open(c.inDataDir(dataFile), store.Options{Now: c.Now, Account: c.Account}); err != nil {
		return nil, err
	}
	if c.SyncACL {
		_, err := s.store.SyncServices.Update(store.DefaultSyncService, func(v *store.SyncService) error { v.ACL = true; return nil })
		if err != nil {
			return nil, err
		}
	}
	if s.media, err = startMedia(c, s.store.Account()); err != nil {
		return nil, err
	}
	// One for all sockets: an attacker is not to find as many places at each.
	door := socket.NewDoor(c.Door)
	s.callbacks = callback.Start(callback.Config{Store: s.store, Transport: c.CallbackTransport, Log: c.Log})
	if s.recorded, err = recording.Start(recording.Config{Store: s.store, Dir: c.inDataDir(recordingsDir), Log: c.Log.With("part", "recording")}); err != nil {
		return nil, err
	}
	s.composer = composition.Start(composition.Config{Store: s.store, Dir: s.recorded.Dir(), FFmpeg: c.FFmpeg, Log: c.Log.With("part", "composition")})
	s.listener = transcription.Start(transcription.Config{Store: s.store, Engine: c.Transcriber, Log: c.Log.With("part", "transcription")})
	s.signaling, err = rsp.Start(rsp.Config{
		Store: s.store, Engine: s.media.engine, Verify: s.verify, ICEServers: s.iceServers, Recordings: s.recorded, Transcriptions: s.listener,
		Door: door, Log: c.Log.With("part", "signaling"),
	})
	if err != nil {
		return nil, err
	}
	s.twilsock, err = twilsock.Start(twilsock.Config{Store: s.store, Verify: s.verify, Ask: s.callbacks.Ask, Door: door, Log: c.Log.With("part", "twilsock")})
	if err != nil {
		return nil, err
	}
	if s.routing, err = taskrouter.Start(s.store, c.Log.With("part", "taskrouter")); err != nil {
		return nil, err
	}
	s.api = rest.New(s.store, rest.Config{
		Limits: c.Limits, Fault: c.Fault, Media: rest.MediaFiles{Dir: s.recorded.Dir(), URL: s.URL},
		IgnoreUnsupported: c.IgnoreUnsupported, ICEServers: s.media.tokenServers(s.store.Now), Ask: s.callbacks.Ask, Log: c.Log,
	})
	if s.flex, err = flexapi.Start(flexapi.Config{Store: s.store, REST: s.api, Verify: s.verify, Log: c.Log.With("part", "flex")}); err != nil {
		return nil, err
	}
	if s.mcs, err = s.startMCS(c); err != nil {
		return nil, err
	}
	// Last, so that whoever is connected is answered: those who wait for the port to open
	// need not ask twice.
	if s.ln, err = new(net.ListenConfig).Listen(ctx, "tcp", c.Addr); err != nil {
		return nil, fmt.Errorf("listen for REST and signaling on %s: %w", c.Addr, err)
	}
	if c.Metrics != nil {
		// Another local Twilio in the process may have registered before; its is shown then.
		metric.Register[prometheus.Collector](c.Metrics, newMediaMetrics(s.media.engine))
	}
	s.serve()
	s.wg.Go(s.sweep)
	return s, nil
}

func (s *Server) serve() {
	routes := http.NewServeMux()
	routes.Handle("/signaling", s.signaling)
	for _, path := range []string{"/insights", insightsPath, "/sdkgw" + insightsPath} {
		routes.Handle(path, s.signaling.Insights())
	}
	routes.Handle(rest.MediaPath, s.api.Media())
	routes.Handle(twilsockPath, s.twilsock)
	routes.Handle("/tsock"+twilsockPath, s.twilsock)
	s.http = &http.Server{
		Handler: allowLoopback(s.route(routes)), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: maxHeader, ConnState: newLines(linesPerAddress, linesInAll).changed,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.wg.Go(func() {
		if err := s.http.Serve(s.ln); err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("serve local Twilio", "err", err)
		}
	})
}

// route sends the WebSockets to signaling, media to its files, what the Flex UI and the Media
// Content Service are asked for to their servers and the rest to REST. The latter must see paths as they came: ServeMux would clean
// them by a redirect.
func (s *Server) route(sockets *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := sockets.Handler(r); pattern != "" {
			sockets.ServeHTTP(w, r)
			return
		}
		s.answer(w, r, rest.TargetOf(r))
	})
}

// answer answers a request whose Target is known: files of Messages, what the Flex UI asks for,
// or REST.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, target rest.Target) {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never returns an error
	w.Header().Set("Twilio-Request-Id", "RQ"+hex.EncodeToString(id[:]))
	if target.Product == mcs.Product {
		s.serveMCS(w, r, target)
		return
	}
	if path, err := url.PathUnescape(target.Path); err == nil && flexapi.Answers(target.Product, path) {
		q := r.Clone(r.Context())
		q.URL.Path, q.URL.RawPath = "/"+target.Product+path, ""
		s.flex.ServeHTTP(w, q)
		return
	}
	s.api.Serve(w, r, target)
}

// sweep does time's work until Close.
func (s *Server) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.store.Sweep(); err != nil {
			s.log.Error("sweep", "err", err)
		}
	}
}

// verify checks an Access Token against the API key that signed it.
func (s *Server) verify(raw string) (token.Claims, error) {
	a := s.store.Account()
	return token.Verify(raw, a.SID, func(sid string) (string, bool) {
		k, err := s.store.APIKeys.Get(sid)
		return k.Secret, err == nil
	}, s.store.Now())
}

// STUN returns the URLs of the STUN server, for whoever wants to know whether UDP
// gets through; calls are told by signalling.
func (s *Server) STUN() (urls []string) {
	if s.media.turn == nil {
		return nil
	}
	for _, i := range s.media.turn.ICEServers(s.store.Now()) {
		for _, u := range i.URLs {
			if strings.HasPrefix(u, "stun:") {
				urls = append(urls, u)
			}
		}
	}
	return urls
}

func (s *Server) iceServers() any { return s.media.iceServers(s.store.Now()) }

// Close ends everything that Start began and waits for it: no goroutine, port
// or temporary file is left. Participants are disconnected; Rooms stay in
// progress. Calling it again returns the same.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel()
		var errs []error
		if s.http != nil {
			errs = append(errs, s.http.Close()) // closes ln
		} else if s.ln != nil {
			errs = append(errs, s.ln.Close())
		}
		// Signaling and recordings before callbacks: what they end is still an event of theirs.
		if s.signaling != nil {
			errs = append(errs, s.signaling.Close())
		}
		if s.listener != nil {
			s.listener.Close()
		}
		if s.composer != nil {
			s.composer.Close()
		}
		if s.recorded != nil {
			errs = append(errs, s.recorded.Close())
		}
		if s.mcs != nil {
			errs = append(errs, s.mcs.Close())
		}
		if s.routing != nil {
			s.routing.Close()
		}
		if s.flex != nil {
			errs = append(errs, s.flex.Close())
		}
		if s.twilsock != nil {
			errs = append(errs, s.twilsock.Close())
		}
		if s.callbacks != nil {
			s.callbacks.Close()
		}
		errs = append(errs, s.media.close())
		s.wg.Wait()
		if s.store != nil {
			errs = append(errs, s.store.Close())
		}
		if err := errors.Join(errs...); err != nil {
			s.err = fmt.Errorf("close local Twilio: %w", err)
		}
	})
	return s.err
}

// Ready returns why local Twilio cannot keep what it is told, or nil.
func (s *Server) Ready() error { return s.store.Ping() }

// Store returns what local Twilio keeps, to read it, to watch it and to make
// what no SDK can.
func (s *Server) Store() *store.Store { return s.store }

// Account returns the account that local Twilio has: what a program's settings
// TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and so on need to be.
func (s *Server) Account() Account { return s.store.Account() }

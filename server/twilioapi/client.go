// Package twilioapi meets the needs of package escalation with Twilio's REST
// API, and checks what comes from outside in Twilio's name: Flex tokens and
// status callbacks. It is the only package that imports twilio-go's REST
// client. It does not know whether Twilio or a stand-in answers: that is the
// Transport's matter.
package twilioapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
	sync "github.com/twilio/twilio-go/rest/sync/v1"
	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"
	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/sids"
	"escalate/server/token"
)

// callTimeout is what one request may take, retries included, from when there is a
// place for it. It is shorter than a person's patience and longer than a slow answer
// of Twilio's.
const callTimeout = 10 * time.Second

// Config is an account and how to reach Twilio.
type Config struct {
	AccountSID     string // AC…
	KeySID         string // SK…
	KeySecret      string
	AuthToken      string // checks status callbacks; without it none is accepted
	SyncServiceSID string // IS…
	WorkspaceSID   string // WS…
	// IAMRealm is the region of the Flex account's tokens, such as "stage";
	// empty for all ordinary accounts.
	IAMRealm  string
	Transport http.RoundTripper // nil means Twilio over the network
	// WrapTransport, if not nil, is laid around the Transport: every request of
	// the product passes it. For tests and tracing.
	WrapTransport func(http.RoundTripper) http.RoundTripper
	// Trace begins the span of a request to Twilio, and returns what ends it with the status,
	// 0 without an answer, and Twilio's id of the request; nil for no traces.
	Trace func(ctx context.Context, c Traced) (done func(status int, id string))
	// Connections is how many requests to Twilio are under way at most: 4 or
	// more; 0 means 64.
	Connections int
	Metrics     prometheus.Registerer // nil means none
	Now         func() time.Time      // nil means time.Now
	Log         *slog.Logger          // nil means none
}

// Traced is a request to Twilio as traces tell of it: the path is a template, since paths
// hold codes.
type Traced struct{ Product, Operation, Method, Template string }

// Client makes the calls. It is safe for concurrent use.
type Client struct {
	c      Config
	base   http.RoundTripper
	meter  *meter
	gate   *gate
	clock  *clock
	agents *agentCache
	health health
}

// New checks the account's parts and returns a Client. It makes no call.
func New(c Config) (*Client, error) {
	var errs []error
	for _, p := range []struct{ name, value, prefix string }{
		{"account SID", c.AccountSID, "AC"},
		{"API key SID", c.KeySID, "SK"},
		{"Sync Service SID", c.SyncServiceSID, "IS"},
		{"Workspace SID", c.WorkspaceSID, "WS"},
	} {
		if !sids.Is(p.prefix, p.value) {
			errs = append(errs, fmt.Errorf("%s must be %s and 32 hexadecimal digits", p.name, p.prefix))
		}
	}
	if c.KeySecret == "" {
		errs = append(errs, errors.New("API key secret is missing"))
	}
	if c.IAMRealm != "" && !realmForm().MatchString(c.IAMRealm) {
		errs = append(errs, errors.New("IAM realm must be letters, digits and dashes"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("check Twilio account: %w", err)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Connections <= 0 {
		c.Connections = defaultConnections
	}
	c.Connections = max(c.Connections, minConnections)
	t := &Client{c: c, base: c.Transport, meter: newMeter(c.Metrics), gate: newGate(c.Connections, c.Metrics), clock: newClock(c.Now, c.Log, c.Metrics), agents: newAgentCache(c.Now)}
	if t.base == nil {
		t.base = newTransport()
	}
	if c.WrapTransport != nil {
		t.base = c.WrapTransport(t.base)
	}
	return t, nil
}

// newTransport is Go's default with more idle connections: four hosts get all
// the calls, and two connections each would mean a handshake per burst.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: callTimeout,
	}
}

// handler makes what twilio-go sends its requests with, for one call.
func (t *Client) handler(k *call) *client.RequestHandler {
	h := client.NewRequestHandler(&client.Client{
		Credentials: client.NewCredentials(t.c.KeySID, t.c.KeySecret),
		HTTPClient: &http.Client{
			// No Timeout: it starts a goroutine that waits for the body to be
			// closed, and twilio-go never closes the body of an error. The
			// transport has its own.
			Transport: k,
			// Twilio's API redirects nobody; a redirect must not carry our
			// credentials elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	// The handler reads these from the environment and rewrites host names.
	h.Edge, h.Region = "", ""
	return h
}

func (t *Client) video(k *call) *video.ApiService { return video.NewApiService(t.handler(k)) }
func (t *Client) sync(k *call) *sync.ApiService   { return sync.NewApiService(t.handler(k)) }
func (t *Client) taskrouter(k *call) *taskrouter.ApiService {
	return taskrouter.NewApiService(t.handler(k))
}
func (t *Client) conversations(k *call) *conversations.ApiService {
	return conversations.NewApiService(t.handler(k))
}

// Documents are Sync Documents of the account's Sync Service.
func (t *Client) Documents() *Documents { return &Documents{t, t.c.SyncServiceSID} }

// DocumentsIn are Sync Documents of another Sync Service (IS…) of the account.
func (t *Client) DocumentsIn(service string) *Documents { return &Documents{t, service} }

// Rooms are the account's Video Rooms.
func (t *Client) Rooms() *Rooms { return &Rooms{t} }

// Tasks are the Tasks of the account's Workspace.
func (t *Client) Tasks() *Tasks { return &Tasks{t} }

// Chat are the account's Conversations.
func (t *Client) Chat() *Chat { return &Chat{t} }

// Tokens mints Access Tokens with the account's API key.
func (t *Client) Tokens() *Tokens {
	return &Tokens{key: token.Key{AccountSID: t.c.AccountSID, KeySID: t.c.KeySID, Secret: t.c.KeySecret}, now: t.c.Now}
}

// Tokens mints Access Tokens.
type Tokens struct {
	key token.Key
	now func() time.Time
}

// Mint makes a token with which identity may join the one room.
func (t *Tokens) Mint(identity, room string, ttl time.Duration) (string, error) {
	return token.Mint(t.key, token.Video{Identity: identity, Room: room}, t.now(), ttl)
}

// deref returns what p points to, or the zero value.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// etag strips a revision of the quotes and the weakness mark that HTTP puts
// around it; TaskRouter wants it back without.
func etag(s string) string { return strings.Trim(strings.TrimPrefix(s, "W/"), `"`) }

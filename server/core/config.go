package core

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"escalate/server/clientaddr"
	"escalate/server/escalation"
	"escalate/server/logs"
	"escalate/server/traces"
)

// Config is every setting of the server. FromEnv fills it from the environment.
type Config struct {
	Account Account
	// Realm is the region of the Flex account's tokens ("stage", "au1-prod");
	// empty for nearly everybody.
	Realm string

	Calls    Calls
	Insights Insights
	Budget   Budget
	NATS     NATS

	PublicURL      string // how customers and Twilio reach the server; empty: http://Addr
	Addr           string // listen address
	TLS            TLS
	OperatorAddr   string   // health and metrics; empty: none
	AllowedOrigins []string // where the agent desktop is served from
	Brand          Brand
	Template       Template
	TrustProxy     string // which proxies are believed to tell a client's address; see clientaddr.Parse
	// Drain is how long the server stays open after readiness has begun to fail.
	Drain time.Duration
	Observed
	LogOutput io.Writer // nil: no log
	// WrapTransport, if not nil, is laid around what carries the requests to
	// Twilio, real or local: for tests and tracing. No variable sets it.
	WrapTransport func(http.RoundTripper) http.RoundTripper

	Local Local
	// Limits is what may be asked of this replica; zero is what there should be.
	Limits Limits
}

// Observed is how this replica tells what it does, beside metrics.
type Observed struct {
	Log    logs.Config
	Traces traces.Config
}

// Account is the Twilio account. The zero Account means local Twilio.
type Account struct {
	SID, KeySID, KeySecret, AuthToken string
	SyncServiceSID, WorkspaceSID      string

	APIURL       string // where its REST API is, by product; empty: Twilio's hosts
	SignalingURL string // where browsers find its Rooms; empty: Twilio's own
}

// Calls is how codes and Rooms are made.
type Calls struct {
	CodeLength int           // characters of a join code, at least 6
	CodeTTL    time.Duration // how long an unused join code lives
	RoomType   string        // Twilio's Room type
	Record     bool          // record every call
}

// Budget is how much of Twilio this replica may use.
type Budget struct {
	// SyncReads is how many reads a second it spends on looking for changes that
	// other replicas made; 0 means 40.
	SyncReads int
	// Connections is how many requests are under way at most; 0 means 64.
	Connections int
}

// NATS is where replicas tell each other what they changed.
type NATS struct {
	URL         string // empty: nowhere
	Credentials string // file; empty for none
}

// Brand is the company as customers see it.
type Brand struct {
	Name   string
	Logo   string // file, SVG or PNG; empty: none
	Icon   string // file with a square icon, SVG or PNG; empty: the product's
	Accent string // colour of buttons and links, such as #0f766e; empty: the product's
}

// Template is what front ends made for the published Flex template get.
type Template struct {
	// Endpoints serves the template's paths, so that such front ends go on working.
	Endpoints bool
	// SyncSID is the Sync Service (IS…) that their customers' pages read; it needs
	// access control. Empty means the account's own.
	SyncSID string
}

// Local is where local Twilio keeps and serves things.
type Local struct {
	DataDir                   string
	Addr, MediaAddr, TURNAddr string
	AllowRemote               bool
	Unlimited                 bool   // lift Sync's limits on requests
	Rate                      int    // REST requests a second; 0 for any number
	Transcriber               string // engine of Transcriptions; empty is what is installed
	// FlexDir is a folder with the real Flex UI, to be shown at /flex; for development.
	// No variable sets it.
	FlexDir string
}

// Insights are the fields of the Task attribute "conversations" in which Flex
// Insights reads what became of a call; "none" leaves one out.
type Insights struct {
	CSAT       string // the customer's rating, 1 to 5
	Seconds    string // how long the two were in the Room together
	Reconnects string // how often the customer came back
}

// IsLocal says that there is no account, so that local Twilio is started.
func (c Config) IsLocal() bool { return c.Account == Account{} }

// FromEnv reads the settings; getenv returns "" for what is not set. The error
// joins every fault there is, each with its remedy.
func FromEnv(getenv func(string) string) (Config, error) {
	e := env{get: getenv}
	c := Config{
		Account: Account{
			SID:            e.str("TWILIO_ACCOUNT_SID", ""),
			KeySID:         e.str("TWILIO_API_KEY", ""),
			KeySecret:      e.str("TWILIO_API_SECRET", ""),
			AuthToken:      e.str("TWILIO_AUTH_TOKEN", ""),
			SyncServiceSID: e.str("TWILIO_FLEX_SYNC_SID", ""),
			WorkspaceSID:   e.str("TWILIO_WORKSPACE_SID", ""),
			APIURL:         strings.TrimRight(e.str("TWILIO_API_URL", ""), "/"),
			SignalingURL:   e.str("TWILIO_SIGNALING_URL", ""),
		},
		Realm: e.str("TWILIO_REALM", ""),
		Calls: Calls{
			CodeLength: e.number("VIDEO_CODE_LENGTH", 7),
			CodeTTL:    time.Duration(e.number("VIDEO_CODE_TTL", 3600)) * time.Second,
			RoomType:   e.str("VIDEO_ROOM_TYPE", "group"),
			Record:     e.flag("VIDEO_RECORD_BY_DEFAULT"),
		},
		Insights: Insights{
			CSAT:       e.str("CSAT_ATTRIBUTE", "conversation_measure_1"),
			Seconds:    e.str("CALL_SECONDS_ATTRIBUTE", "conversation_measure_2"),
			Reconnects: e.str("RECONNECTS_ATTRIBUTE", "conversation_measure_3"),
		},
		Budget: Budget{
			SyncReads:   e.number("SYNC_READS_PER_SECOND", 40),
			Connections: e.number("TWILIO_CONNECTIONS", 64),
		},
		Limits:         e.limits(),
		TLS:            e.tls(),
		NATS:           NATS{URL: e.str("NATS_URL", ""), Credentials: e.str("NATS_CREDENTIALS", "")},
		PublicURL:      strings.TrimRight(e.str("PUBLIC_URL", ""), "/"),
		Addr:           e.str("ADDR", "127.0.0.1:8080"),
		OperatorAddr:   e.str("OPERATOR_ADDR", ""),
		AllowedOrigins: strings.Fields(strings.ReplaceAll(e.str("ALLOWED_ORIGINS", "https://flex.twilio.com"), ",", " ")),
		Brand: Brand{
			Name:   e.str("BRAND_NAME", "Escalate"),
			Logo:   e.str("BRAND_LOGO", ""),
			Icon:   e.str("BRAND_ICON", ""),
			Accent: e.str("BRAND_ACCENT", ""),
		},
		Template:   Template{Endpoints: e.flag("TEMPLATE_ENDPOINTS"), SyncSID: e.str("TEMPLATE_SYNC_SID", "")},
		TrustProxy: e.str("TRUST_PROXY", "false"),
		Drain:      time.Duration(e.number("DRAIN_SECONDS", 5)) * time.Second,
		Local: Local{
			DataDir:     e.str("DATA_DIR", ".data"),
			Addr:        e.str("LOCAL_TWILIO_ADDR", "127.0.0.1:9100"),
			MediaAddr:   e.str("LOCAL_MEDIA_ADDR", "127.0.0.1:9101"),
			TURNAddr:    e.str("LOCAL_TURN_ADDR", "127.0.0.1:9102"),
			AllowRemote: e.flag("LOCAL_TWILIO_ALLOW_REMOTE"),
			Unlimited:   e.flag("LOCAL_TWILIO_UNLIMITED"),
			Rate:        e.number("LOCAL_TWILIO_RATE", 0),
			Transcriber: e.str("LOCAL_TRANSCRIBER", ""),
		},
	}
	c.Traces = traces.Settings(e.str, e.fault)
	c.Log.Replica = e.str("REPLICA_NAME", "")
	if err := c.Log.Level.UnmarshalText([]byte(e.str("LOG_LEVEL", "info"))); err != nil {
		e.fault("LOG_LEVEL", "must be debug, info, warn or error")
	}
	if err := c.Log.SetFormat(e.str("LOG_FORMAT", "text")); err != nil {
		e.fault("LOG_FORMAT", err.Error())
	}
	return c, errors.Join(e.faults, c.Validate())
}

// Validate returns all that is wrong with the settings, joined.
func (c Config) Validate() error {
	e := env{}
	c.Account.validate(&e)
	c.Calls.validate(&e)
	if !realmForm().MatchString(c.Realm) {
		e.fault("TWILIO_REALM", `must be a region such as "stage" or "au1", or empty`)
	}
	c.Insights.validate(&e)
	c.Brand.look(&e)
	c.Budget.validate(&e)
	c.NATS.validate(&e)
	c.Limits.validate(&e)
	if err := c.Log.Check(); err != nil {
		e.fault("REPLICA_NAME", err.Error())
	}
	c.validateTLS(&e)
	if _, err := clientaddr.Parse(c.TrustProxy); err != nil {
		e.fault("TRUST_PROXY", fmt.Sprintf(`must be true, false, how many proxies every request passes, or their networks, such as "10.0.0.0/8": %v`, err))
	}
	if s := c.Template.SyncSID; s != "" && (!strings.HasPrefix(s, "IS") || len(s) != 34) {
		e.fault("TEMPLATE_SYNC_SID", "must be IS and 32 characters, or empty")
	}
	if c.Local.Rate < 0 {
		e.fault("LOCAL_TWILIO_RATE", "must be a number of requests a second, or 0 for any number")
	}
	if c.Drain < 0 || c.Drain > 5*time.Minute {
		e.fault("DRAIN_SECONDS", "must be 0 to 300: seconds that balancers have to notice that the server is about to stop")
	}
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		e.fault("ADDR", `must be host:port, such as ":8080"`)
	}
	c.validateDemo(&e)
	if c.PublicURL == "" {
		if !c.IsLocal() {
			e.fault("PUBLIC_URL", "must be set with an account: it is in the join links and in Twilio's status callbacks")
		}
	} else if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.Path != "" {
		e.fault("PUBLIC_URL", "must be a URL without a path, such as https://video.example.com")
	} else if u.Scheme == "http" && !loopback(u.Hostname()) {
		e.fault("PUBLIC_URL", "must be https: browsers give no camera to pages that are not")
	}
	for _, o := range c.AllowedOrigins {
		u, err := url.Parse(o)
		switch {
		case strings.Contains(o, "*"):
			e.fault("ALLOWED_ORIGINS", fmt.Sprintf("has %q: there are no wildcards, name every origin of the agent desktop", o))
		case err != nil || u.Host == "" || u.Scheme == "" || u.Path != "":
			e.fault("ALLOWED_ORIGINS", fmt.Sprintf("has %q, which is not an origin such as https://flex.twilio.com", o))
		}
	}
	return e.faults
}

// validateDemo refuses a demo that others can reach, unless it is meant: without an
// account everybody is let in as the agent, and a server that lost its settings would be
// open to all.
func (c Config) validateDemo(e *env) {
	if !c.IsLocal() || c.Local.AllowRemote {
		return
	}
	const why = "is reached from elsewhere, but no Twilio account is set, so that everybody would be let in as the agent: set the six TWILIO_ settings, or LOCAL_TWILIO_ALLOW_REMOTE=true for an open demo"
	for name, addr := range map[string]string{"ADDR": c.Addr, "OPERATOR_ADDR": c.OperatorAddr} {
		if host, _, err := net.SplitHostPort(addr); err == nil && !loopback(host) {
			e.fault(name, why)
		}
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && err == nil && !loopback(u.Hostname()) {
		e.fault("PUBLIC_URL", why)
	}
}

func (c Calls) validate(e *env) {
	if c.CodeLength < 6 || c.CodeLength > 32 {
		e.fault("VIDEO_CODE_LENGTH", "must be 6 to 32: shorter codes can be guessed")
	}
	if c.CodeTTL < time.Minute || c.CodeTTL > 24*time.Hour {
		e.fault("VIDEO_CODE_TTL", "must be 60 to 86400 (seconds)")
	}
	switch c.RoomType {
	case "group", "go", "peer-to-peer", "group-small":
	default:
		e.fault("VIDEO_ROOM_TYPE", "must be group, go, peer-to-peer or group-small")
	}
}

// validate takes zero for what there should be.
func (b Budget) validate(e *env) {
	if b.SyncReads < 0 || b.SyncReads > 1000 {
		e.fault("SYNC_READS_PER_SECOND", "must be 1 to 1000: more reads make changes of other replicas arrive sooner")
	}
	if b.Connections != 0 && b.Connections < 4 || b.Connections > 10_000 {
		e.fault("TWILIO_CONNECTIONS", "must be 4 to 10000 requests at the same time")
	}
}

func (n NATS) validate(e *env) {
	for _, address := range strings.Split(n.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if n.URL != "" && (err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls") {
			e.fault("NATS_URL", "must be nats://host:4222 or tls://host:4222, several with commas between them")
		}
	}
	if n.Credentials != "" && n.URL == "" {
		e.fault("NATS_CREDENTIALS", "is for a NATS that NATS_URL does not name")
	}
}

// Check returns all that is wrong with the account's settings, joined; nothing
// is wrong with the zero Account.
func (a Account) Check() error {
	e := env{}
	a.validate(&e)
	return e.faults
}

// validate wants all of the account or none of it: falling back to local
// Twilio because one variable was forgotten would lose customers in silence.
func (a Account) validate(e *env) {
	if a == (Account{}) {
		return
	}
	for _, f := range []struct{ name, value, prefix string }{
		{"TWILIO_ACCOUNT_SID", a.SID, "AC"},
		{"TWILIO_API_KEY", a.KeySID, "SK"},
		{"TWILIO_API_SECRET", a.KeySecret, ""},
		{"TWILIO_AUTH_TOKEN", a.AuthToken, ""},
		{"TWILIO_FLEX_SYNC_SID", a.SyncServiceSID, "IS"},
		{"TWILIO_WORKSPACE_SID", a.WorkspaceSID, "WS"},
	} {
		switch {
		case f.value == "":
			e.fault(f.name, "is missing: set it, or clear all TWILIO_ settings to use local Twilio")
		case f.prefix != "" && (!strings.HasPrefix(f.value, f.prefix) || len(f.value) != 34):
			e.fault(f.name, fmt.Sprintf("must be %s and 32 characters", f.prefix))
		}
	}
	a.validateURLs(e)
}

// validateURLs holds the account's secrets and people's tokens to encrypted
// lines, or to this machine.
func (a Account) validateURLs(e *env) {
	for _, f := range []struct{ name, value, open, closed string }{
		{"TWILIO_API_URL", a.APIURL, "http", "https"},
		{"TWILIO_SIGNALING_URL", a.SignalingURL, "ws", "wss"},
	} {
		if f.value == "" {
			continue
		}
		u, err := url.Parse(f.value)
		switch {
		case err != nil || u.Host == "" || u.Scheme != f.open && u.Scheme != f.closed || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
			e.fault(f.name, fmt.Sprintf("must be a %s:// URL without a query", f.closed))
		case u.Scheme == f.open && !loopback(u.Hostname()):
			e.fault(f.name, fmt.Sprintf("must be %s://: only on this machine may it be %s://", f.closed, f.open))
		}
	}
	if u, err := url.Parse(a.APIURL); err == nil && loopback(u.Hostname()) && a.SignalingURL == "" {
		e.fault("TWILIO_SIGNALING_URL", "is missing: with a Twilio on this machine, browsers would still ask Twilio itself for its Rooms")
	}
}

var (
	realmForm    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([a-z0-9]+(-[a-z0-9]+)*)?$`) })
	insightsForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`) })
)

// validate also wants the fields to be different: of two values under one name
// only the last would arrive.
func (i Insights) validate(e *env) {
	seen := map[string]string{}
	for _, f := range []struct{ name, value string }{
		{"CSAT_ATTRIBUTE", i.CSAT}, {"CALL_SECONDS_ATTRIBUTE", i.Seconds}, {"RECONNECTS_ATTRIBUTE", i.Reconnects},
	} {
		switch {
		case f.value == escalation.NoMeasure:
		case f.value != "" && !insightsForm().MatchString(f.value):
			e.fault(f.name, `must be a field that Flex Insights reads, such as conversation_measure_1, or "none"`)
		case f.value != "" && seen[f.value] != "":
			e.fault(f.name, "must not be the same as "+seen[f.value])
		}
		if f.value != escalation.NoMeasure {
			seen[f.value] = f.name
		}
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// env reads variables and gathers what is wrong with them.
type env struct {
	get    func(string) string
	faults error
}

func (e *env) fault(name, remedy string) {
	e.faults = errors.Join(e.faults, fmt.Errorf("%s %s", name, remedy))
}

func (e *env) str(name, otherwise string) string {
	if v := strings.TrimSpace(e.get(name)); v != "" {
		return v
	}
	return otherwise
}

func (e *env) number(name string, otherwise int) int {
	v := e.str(name, "")
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		e.fault(name, fmt.Sprintf("must be a whole number, not %q", v))
		return otherwise
	}
	return n
}

func (e *env) flag(name string) bool {
	v := e.str(name, "false")
	on, err := strconv.ParseBool(v)
	if err != nil {
		e.fault(name, fmt.Sprintf("must be true or false, not %q", v))
	}
	return on
}

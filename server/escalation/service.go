package escalation

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"escalate/server/joincode"
)

// Config is how a Service behaves. The zero value of every field but PublicURL
// has a sensible meaning.
type Config struct {
	CodeLength int           // characters in a join code; 0 means 7, never under 6
	CodeTTL    time.Duration // how long a code waits for an agent; 0 means an hour
	MaxCall    time.Duration // longest call, from the agent's first join; 0 means 4 h, at most 24 h
	AgentGone  time.Duration // how long a call goes on without an agent; 0 means 60 s
	RoomType   string        // empty means group
	Record     bool          // calls are recorded once the customer has agreed
	// EmptyRoom and UnusedRoom are Twilio's timeouts for a Room that everybody
	// left and one that nobody joined; held within 1 to 60 whole minutes.
	// 0 means 5 and 10 minutes.
	EmptyRoom, UnusedRoom time.Duration
	PublicURL             string // of this server, for the join link
	// Link returns what stands in the join link of a code, after /join/; nil
	// means the code alone.
	Link        func(code string) string
	CallbackURL string // for status callbacks; empty for none
	Brand       string // who the customer is talking to
	// TokenTTL is how long an Access Token lets its bearer connect; 0 means as
	// long as the call may last. Shorter ends the reconnecting of a long call:
	// Twilio refuses an expired token (20104) also when a browser that was
	// connected comes back from a network it lost.
	TokenTTL time.Duration
	// CSATMeasure, SecondsMeasure and ReconnectsMeasure are the fields of the
	// Task attribute "conversations", where Flex Insights reads them, that get
	// the rating's score and the receipt. Empty means conversation_measure_1, 2
	// and 3; NoMeasure leaves one out.
	CSATMeasure, SecondsMeasure, ReconnectsMeasure string
	Now                                            func() time.Time // nil means time.Now
	Log                                            *slog.Logger     // nil means none
}

// NoMeasure in place of a measure's name leaves the value to the Task
// attribute "escalation" alone.
const NoMeasure = "none"

// Service runs the use cases. It is safe for concurrent use, and several of
// them may run over the same Twilio account.
type Service struct {
	c   Config
	d   Deps
	hub *hub
	// What one process may ask of one Document; see budget.go.
	writes, customers *budget
	reports           *reports
	sleep             func(context.Context, time.Duration) error
	decode            func(Document) (Escalation, error)
}

// New returns a Service over d.
func New(c Config, d Deps) *Service {
	c.fill()
	return &Service{
		c: c, d: d, hub: newHub(), sleep: sleep, decode: decode,
		writes:    newBudget(writesPerSecond, writesAtOnce),
		customers: newBudget(customerPerSecond, customerAtOnce),
		reports:   &reports{every: reportEvery, topics: map[string]*report{}},
	}
}

func (c *Config) fill() {
	orDuration := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	orDuration(&c.CodeTTL, time.Hour)
	orDuration(&c.MaxCall, 4*time.Hour)
	orDuration(&c.AgentGone, time.Minute)
	orDuration(&c.EmptyRoom, 5*time.Minute)
	orDuration(&c.UnusedRoom, 10*time.Minute)
	c.MaxCall = min(c.MaxCall, 24*time.Hour)
	orDuration(&c.TokenTTL, c.MaxCall)
	if c.CodeLength == 0 {
		c.CodeLength = 7
	}
	c.CodeLength = min(max(c.CodeLength, joincode.Min), joincode.Max)
	if c.RoomType == "" {
		c.RoomType = "group"
	}
	for i, m := range []*string{&c.CSATMeasure, &c.SecondsMeasure, &c.ReconnectsMeasure} {
		if *m == "" {
			*m = "conversation_measure_" + strconv.Itoa(i+1)
		}
	}
	if c.Link == nil {
		c.Link = func(code string) string { return code }
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// now is the time as it is stored: whole microseconds, so that what was read
// back compares equal to what was written.
func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Microsecond) }

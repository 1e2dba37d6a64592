package escalation

import (
	"log/slog"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/joincode"
	"escalate/server/ratelimit"
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
	Measures Measures
	// ReadsPerSecond is how many reads a second of Sync this process may spend on
	// looking for changes that others made: pages of a hundred Documents, or single
	// ones. 0 means 40.
	ReadsPerSecond float64
	// Changes is how often one customer's page may have its Document written: joins,
	// progress and ratings, together. Zero means DefaultChanges.
	Changes ratelimit.Rate
	Metrics prometheus.Registerer // nil means none
	Now     func() time.Time      // nil means time.Now
	Log     *slog.Logger          // nil means none
}

// Measures are the fields of the Task attribute "conversations", where Flex Insights
// reads them, that get what became of a call. Empty means conversation_measure_1, 2 and
// 3; NoMeasure leaves one out.
type Measures struct {
	CSAT       string // the customer's rating, 1 to 5
	Seconds    string // how long the two were in the Room together
	Reconnects string // how often the customer came back
}

// NoMeasure in place of a measure's name leaves the value to the Task
// attribute "escalation" alone.
const NoMeasure = "none"

// Service runs the use cases. It is safe for concurrent use, and several of
// them may run over the same Twilio account.
//
// It has no state but its parts, each in a file of its own. Those above another
// may use it, not the other way round, but for the lock, which asks the roster
// whether the agent who holds it is there:
//
//	starter  preparer  agentJoiner  customerJoiner  wrapUp  sweeper  listener
//	            door        roster
//	                  ender
//	  locks   reporter   roomKeeper   inviter   observer   noticeboard
//	               taskbook
//	           ledger (one Document for each code), pacer, errands
type Service struct {
	starter   *starter
	agents    *agentJoiner
	customers *customerJoiner
	roster    *roster
	listener  *listener
	ender     *ender
	wrapUp    *wrapUp
	sweeper   *sweeper
	observer  *observer
	inviter   *inviter
	notices   *noticeboard
	preparer  *preparer
	ledger    *ledger
	behind    *errands
}

// New returns a Service over d.
func New(c Config, d Deps) *Service {
	c.fill()
	if d.News == nil {
		d.News = noNews{}
	}
	now, pace, hub, meter, behind := c.now, newPacer(c.Changes, c.Metrics), newHub(), newMeter(c.Metrics), newErrands()
	ledger := &ledger{docs: d.Documents, hub: hub, pace: pace, maxCall: c.MaxCall, now: now, decode: decode, meter: meter, news: d.News}
	tasks := &taskbook{tasks: d.Tasks, chat: d.Chat, ledger: ledger, pace: pace, now: now, log: c.Log}
	keeper := &roomKeeper{rooms: d.Rooms, pace: pace, like: c.roomOptions()}
	locks := &locks{docs: d.Documents, ledger: ledger, pace: pace, maxCall: c.MaxCall, now: now, meter: meter}
	reporter := &reporter{tasks: tasks, csat: c.Measures.CSAT, seconds: c.Measures.Seconds, reconnects: c.Measures.Reconnects, log: c.Log}
	ender := &ender{ledger: ledger, tasks: tasks, keeper: keeper, locks: locks, reporter: reporter, now: now, log: c.Log}
	roster := &roster{ledger: ledger, rooms: d.Rooms, keeper: keeper, locks: locks, ender: ender, now: now, log: c.Log}
	locks.reconcile = roster.reconcile
	door := &door{ledger: ledger, rooms: d.Rooms, tokens: d.Tokens, ender: ender, maxCall: c.MaxCall, longest: c.TokenTTL, now: now, log: c.Log}
	notices := &noticeboard{docs: d.Notices, behind: behind, ledger: ledger, pace: pace, link: c.Link, now: now, log: c.Log}
	inviter := &inviter{publicURL: c.PublicURL, link: c.Link, brand: c.Brand, now: now}
	scanner := newScanner(d.Documents, hub, func(d Document) (Escalation, error) { return ledger.decode(d) }, now, c.ReadsPerSecond, meter)
	return &Service{
		starter: &starter{
			docs: d.Documents, ledger: ledger, tasks: tasks, poster: &poster{chat: d.Chat, ledger: ledger, inviter: inviter, now: now, log: c.Log},
			codeLength: c.CodeLength, codeTTL: c.CodeTTL, record: c.Record && recordable(c.RoomType), now: now, log: c.Log,
		},
		agents:    &agentJoiner{ledger: ledger, tasks: tasks, locks: locks, rooms: d.Rooms, keeper: keeper, door: door, notices: notices, now: now, log: c.Log},
		customers: &customerJoiner{ledger: ledger, ender: ender, rooms: d.Rooms, keeper: keeper, door: door, pace: pace, now: now, log: c.Log},
		roster:    roster,
		listener: &listener{
			ledger: ledger, ender: ender, reporter: reporter, pace: pace,
			reports: &reports{every: reportEvery, topics: map[string]*report{}}, now: now, log: c.Log,
		},
		ender:  ender,
		wrapUp: &wrapUp{tasks: tasks, roster: roster},
		sweeper: &sweeper{
			scanner: scanner, ledger: ledger, tasks: tasks, locks: locks, roster: roster, ender: ender, notices: notices,
			rota: &rota{most: max(1, int(sweepSeconds*c.ReadsPerSecond))}, atOnce: sweepAtOnce,
			maxCall: c.MaxCall, agentGone: c.AgentGone, now: now, meter: meter, log: c.Log,
		},
		observer: &observer{ledger: ledger, hub: hub, lookout: newLookout(ledger, hub, scanner, c.Log)},
		inviter:  inviter,
		notices:  notices,
		preparer: &preparer{ledger: ledger, tasks: tasks, rooms: d.Rooms, keeper: keeper, now: now, log: c.Log},
		ledger:   ledger,
		behind:   behind,
	}
}

// Close ends what goes on after a call that has returned, and waits for it: watchers
// are told nothing more. Nothing is lost: what was cut off, the next sweep of any
// replica does.
func (s *Service) Close() {
	s.observer.lookout.close()
	s.behind.close()
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
	if c.ReadsPerSecond <= 0 {
		c.ReadsPerSecond = 40
	}
	orDuration(&c.TokenTTL, c.MaxCall)
	if c.CodeLength == 0 {
		c.CodeLength = 7
	}
	c.CodeLength = min(max(c.CodeLength, joincode.Min), joincode.Max)
	if c.RoomType == "" {
		c.RoomType = "group"
	}
	for i, m := range []*string{&c.Measures.CSAT, &c.Measures.Seconds, &c.Measures.Reconnects} {
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
func (c Config) now() time.Time { return c.Now().UTC().Truncate(time.Microsecond) }

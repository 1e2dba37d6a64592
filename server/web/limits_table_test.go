package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/ratelimit"
)

// somebody is who asks: from an address, with what they have.
type somebody struct {
	address, path, token string
}

func (s somebody) ask(h http.Handler, lang string) (int, http.Header, wire.Error) {
	r := call{"GET", s.path, "", headers("Accept-Language", lang)}.request()
	r.RemoteAddr = s.address + ":4711"
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	w := serve(h, r)
	var e wire.Error
	_ = json.Unmarshal(w.Body.Bytes(), &e) // a page is none
	return w.Code, w.Header(), e
}

// crowd is a gate at which every Flex token is good that begins with a Worker's SID.
func crowd(l Limits) *gate {
	g := newGate(l)
	g.config.Languages = []string{"en", "es", "de", "fr", "pt"}
	g.config.Registry = prometheus.NewRegistry()
	g.deps.Agents = agentsFunc(func(token string) (escalation.Agent, error) {
		worker, _, good := strings.Cut(token, "/")
		if !good {
			return escalation.Agent{}, escalation.ErrUnauthorized
		}
		return escalation.Agent{Worker: worker, Identity: worker}, nil
	})
	return g
}

// TestLimits: who has used a limit up is told of what there was too much, in their
// language and for programs, and when to come back; the others at the same address, or
// at another, who are not meant, go on.
func TestLimits(t *testing.T) {
	t.Parallel()
	three := ratelimit.Rate{PerSecond: 0.2, Burst: 3}
	const here, there = "192.0.2.1", "203.0.113.9"
	links := newGate(Limits{}).links
	live, link := wire.CodePath(liveCode, ""), wire.CodePath(links.Of(liveCode), "")
	second := wire.CodePath(links.Of("zz22222"), "")
	task := wire.TaskPath(ownTask)
	wrong := func(i int) string { return codePath(i + 1) }
	for _, c := range []struct {
		limit  string
		limits Limits
		used   func(i int) somebody // three times, and then once more
		goOn   []somebody
	}{
		{limitRequests, Limits{Requests: three},
			func(int) somebody { return somebody{here, live, ""} },
			[]somebody{{here, link, ""}, {here, task, "WK1/a"}, {there, live, ""}}},
		{limitLinks, Limits{Links: three},
			func(i int) somebody { return somebody{[]string{here, there}[i%2], second, ""} },
			[]somebody{{here, link, ""}, {here, live, ""}, {here, task, "WK1/a"}}},
		{limitAgents, Limits{Agents: three},
			func(i int) somebody {
				return somebody{[]string{here, there}[i%2], task, "WK1/" + strconv.Itoa(i)}
			},
			[]somebody{{here, task, "WK2/a"}, {here, link, ""}, {here, live, ""}}},
		{limitCodes, Limits{Codes: ratelimit.Guesses{PerPlace: three}},
			func(i int) somebody { return somebody{here, wrong(i), ""} },
			[]somebody{{here, link, ""}, {there, live, ""}, {here, task, "WK1/a"}}},
		{limitCodes + limitOfEverybody, Limits{Codes: ratelimit.Guesses{Everywhere: three}},
			func(i int) somebody { return somebody{"198.51.100." + strconv.Itoa(i), wrong(i), ""} },
			[]somebody{{here, link, ""}, {here, task, "WK1/a"}}},
		{limitTokens, Limits{Tokens: ratelimit.Guesses{PerPlace: three}},
			func(i int) somebody { return somebody{here, task, "wrong" + strconv.Itoa(i)} },
			[]somebody{{there, task, "WK1/a"}, {here, link, ""}, {here, live, ""}}},
		{limitTokens + limitOfEverybody, Limits{Tokens: ratelimit.Guesses{Everywhere: three}},
			func(i int) somebody {
				return somebody{"198.51.100." + strconv.Itoa(i), task, "wrong" + strconv.Itoa(i)}
			},
			[]somebody{{here, link, ""}, {here, live, ""}}},
	} {
		t.Run(c.limit, func(t *testing.T) {
			t.Parallel()
			g := crowd(c.limits)
			h := g.handler()
			for i := range 3 {
				if status, _, e := c.used(i).ask(h, "en"); status == http.StatusTooManyRequests {
					t.Fatalf("request %d: %d %+v", i, status, e)
				}
			}
			said := map[string]bool{}
			for i, s := range speeches {
				status, header, e := c.used(3+i).ask(h, s.Lang)
				if status != http.StatusTooManyRequests || e.Code != wire.CodeRateLimited || e.Limit != c.limit || e.Message != s.TooMuch[c.limit] {
					t.Errorf("%s: %d %+v; want 429, %q and %q", s.Lang, status, e, c.limit, s.TooMuch[c.limit])
				}
				if wait := header.Get("Retry-After"); wait != "5" {
					t.Errorf("%s: Retry-After %q; want 5", s.Lang, wait)
				}
				said[e.Message] = true
			}
			if len(said) != len(speeches) {
				t.Errorf("said in %d languages: %v", len(said), said)
			}
			if got := shown(t, g.config.Registry, "escalate_refusals_total", c.limit); got != float64(len(speeches)) {
				t.Errorf("%v refusals counted; want %d", got, len(speeches))
			}
			for _, s := range c.goOn {
				if status, _, e := s.ask(h, "en"); status != http.StatusOK {
					t.Errorf("%+v: %d %+v; want 200", s, status, e)
				}
			}
			g.clock.forward(5 * time.Second)
			if status, _, e := c.used(9).ask(h, "en"); status == http.StatusTooManyRequests {
				t.Errorf("after a pause: %d %+v", status, e)
			}
		})
	}
}

// A page for people says the same.
func TestLimitsOnPages(t *testing.T) {
	t.Parallel()
	g := crowd(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.2, Burst: 1}}})
	h := g.handler()
	for range 2 {
		if w := browse(t, h, wire.JoinPath("zzzzzz2")); w.Code == http.StatusTooManyRequests && !strings.Contains(w.Body.String(), english.TooMuch[limitCodes]) {
			t.Errorf("the page says nothing of codes:\n%s", w.Body)
		}
	}
	if w := browse(t, h, wire.JoinPath("zzzzzz3")); w.Code != http.StatusTooManyRequests {
		t.Errorf("got %d, want 429", w.Code)
	}
}

// TestEveryLimitHasItsSentence: what an error may name, people can read.
func TestEveryLimitHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, limit := range []string{
		limitRequests, limitLinks, limitAgents, limitCodes, limitCodes + limitOfEverybody, limitAgentCodes, limitAgentCodes + limitOfEverybody,
		limitTokens, limitTokens + limitOfEverybody, limitCodeStreams, limitStreams, limitAllStreams, limitOfOneDocument, limitOfAllWrites,
	} {
		if english.TooMuch[limit] == "" {
			t.Errorf("%s has no sentence", limit)
		}
	}
	if len(english.TooMuch) != 14 {
		t.Errorf("%d sentences", len(english.TooMuch))
	}
}

// Changes of one Document that are too many are Sync's limit: pages try again by
// themselves, and the log has no error of ours.
func TestTooManyChanges(t *testing.T) {
	t.Parallel()
	g := crowd(Limits{})
	g.esc.joinC = func(string, string) (escalation.Join, error) {
		return escalation.Join{}, fmt.Errorf("%w: %w", &ratelimit.Error{Limit: escalation.LimitChanges, Wait: 1500 * time.Millisecond}, escalation.ErrUnavailable)
	}
	w := do(t, g.handler(), call{"POST", wire.CodePath(liveCode, wire.ActionToken), "{}", asJSON()})
	var e wire.Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || w.Code != http.StatusServiceUnavailable || e.Limit != "changes" || e.Message != english.TooMuch["changes"] || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d %+v, Retry-After %q, %v", w.Code, e, w.Header().Get("Retry-After"), err)
	}
}

// Streams of one address, of one code and of all.
func TestStreamLimits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit   string
		streams Streams
		open    [2]string // address and code of one, then of the one too many
		other   string    // address and code of one that goes on
	}{
		{limitCodeStreams, Streams{PerCode: 1}, [2]string{"a 1", "b 1"}, "a 2"},
		{limitStreams, Streams{PerAddress: 1}, [2]string{"a 1", "a 2"}, "b 1"},
		{limitAllStreams, Streams{All: 1}, [2]string{"a 1", "b 2"}, ""},
	} {
		l := Limits{Streams: c.streams}.orDefaults()
		open := newOpenStreams(l.Streams)
		take := func(s string) error {
			address, code, _ := strings.Cut(s, " ")
			return open.take(code, address)
		}
		if err := take(c.open[0]); err != nil {
			t.Errorf("%s: the first: %v", c.limit, err)
		}
		if err := take(c.open[1]); limitOf(err) != c.limit {
			t.Errorf("%s: one too many: %v", c.limit, err)
		}
		if c.other != "" {
			if err := take(c.other); err != nil {
				t.Errorf("%s: another: %v", c.limit, err)
			}
		}
		open.giveBack("1", "a")
		if err := take(c.open[1]); err != nil {
			t.Errorf("%s: after one has ended: %v", c.limit, err)
		}
	}
	if err := newOpenStreams(Streams{PerCode: -1, PerAddress: -1, All: -1}).take("1", "a"); err != nil {
		t.Errorf("without limits: %v", err)
	}
}

// A thousand people of one office wait, each with a link of their own.
func TestThousandStreamsOfOneAddress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := crowd(Limits{})
		g.esc.watch = func(context.Context, string) (<-chan escalation.Escalation, error) {
			return make(chan escalation.Escalation), nil
		}
		h := g.handler()
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		var all sync.WaitGroup
		for i := range 1000 {
			all.Go(func() {
				path := wire.CodePath(g.links.Of("zz"+letters(i)), wire.ActionEvents)
				if w := serve(h, call{"GET", path, "", nil}.request().WithContext(ctx)); w.Code != http.StatusOK {
					t.Errorf("stream %d: %d", i, w.Code)
				}
			})
		}
		time.Sleep(time.Minute) // of the bubble: streams beat
		if got := shown(t, g.config.Registry, "escalate_event_streams", ""); got != 1000 {
			t.Errorf("%v streams are open", got)
		}
		leave()
		all.Wait()
	})
}

// flex is Twilio's side of signing in: it takes its time, answers as many at once as
// Escalate has connections to it, and remembers as twilioapi does.
type flex struct {
	places chan struct{}
	mu     sync.Mutex
	known  map[string]error
	asked  int
}

func (f *flex) Known(token string) (a escalation.Agent, err error, ok bool) { //nolint:revive // the port's order
	f.mu.Lock()
	defer f.mu.Unlock()
	err, ok = f.known[token]
	return escalation.Agent{Worker: token, Identity: token}, err, ok
}

func (f *flex) Authenticate(_ context.Context, token string) (escalation.Agent, error) {
	f.places <- struct{}{}
	time.Sleep(800 * time.Millisecond)
	<-f.places
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.known[token] = nil; strings.HasPrefix(token, "yesterday") {
		f.known[token] = escalation.ErrUnauthorized
	}
	return escalation.Agent{Worker: token, Identity: token}, f.known[token]
}

func newFlex() *flex { return &flex{places: make(chan struct{}, 64), known: map[string]error{}} }

// 200 agents of one address come in the morning: every page asks for three things with
// yesterday's token, gets today's from Flex, and is in within 10 seconds.
func TestOfficeSignsInWithinTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, twilio := crowd(Limits{}), newFlex()
		g.config.Now, g.deps.Agents = time.Now, twilio
		h := g.handler()
		ask := func(token string) (worst int) {
			var three sync.WaitGroup
			var mu sync.Mutex
			for range 3 {
				three.Go(func() {
					status, _, _ := somebody{"192.0.2.1", wire.TaskPath(ownTask), token}.ask(h, "en")
					mu.Lock()
					worst = max(worst, status)
					mu.Unlock()
				})
			}
			three.Wait()
			return worst
		}
		start := time.Now()
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				if got := ask("yesterday" + strconv.Itoa(i)); got != http.StatusUnauthorized {
					t.Errorf("agent %d with yesterday's token: %d", i, got)
				}
				if got := ask("today" + strconv.Itoa(i)); got != http.StatusOK {
					t.Errorf("agent %d with today's token: %d", i, got)
				}
			})
		}
		all.Wait()
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if twilio.asked != 400 {
			t.Errorf("Twilio was asked about %d tokens; want 400", twilio.asked)
		}
	})
}

// Who makes tokens up has Twilio asked about as many as the limits say, from one address
// and from many, while the office where agents have signed in goes on.
func TestMadeUpTokensAreWithinTheBudget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addresses, tries int
		burst, perSecond float64
	}{{1, 1200, 500, 5}, {1000, 5000, 1000, 50}} {
		synctest.Test(t, func(t *testing.T) {
			g, twilio := crowd(Limits{}), newFlex()
			twilio.places = make(chan struct{}, 10_000) // it is as quick as it can be
			g.config.Now, g.deps.Agents = time.Now, twilio
			h := g.handler()
			task := wire.TaskPath(ownTask)
			if got, _, _ := (somebody{"192.0.2.1", task, "today"}).ask(h, "en"); got != http.StatusOK {
				t.Fatalf("the office: %d", got)
			}
			var all sync.WaitGroup
			start := time.Now()
			for i := range c.tries {
				all.Go(func() {
					time.Sleep(time.Duration(i) * time.Minute / time.Duration(c.tries))
					n := i % c.addresses
					somebody{fmt.Sprintf("198.51.%d.%d", n/250, n%250), task, "yesterday" + strconv.Itoa(i)}.ask(h, "en")
				})
			}
			all.Go(func() {
				time.Sleep(50 * time.Second)
				if got, _, e := (somebody{"192.0.2.1", task, "today too"}).ask(h, "en"); got != http.StatusOK {
					t.Errorf("another agent of the office meanwhile: %d %+v", got, e)
				}
			})
			all.Wait()
			most := c.burst + c.perSecond*time.Since(start).Seconds()
			if asked := float64(twilio.asked); asked > most+2 || asked < most/2 {
				t.Errorf("from %d addresses: Twilio was asked %v times, the budget is %v", c.addresses, asked, most)
			}
		})
	}
}

// Whoever asks for several agents' requests and leaves does not take them along.
func TestWhoLeavesTakesNobodyAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := crowd(Limits{})
		first := true
		g.deps.Agents = &slowAgents{ask: func(ctx context.Context) error {
			if !first {
				return nil
			}
			first = false
			<-ctx.Done()
			return ctx.Err()
		}}
		h := g.handler()
		request := func(ctx context.Context) int {
			r := call{"GET", wire.TaskPath(ownTask), "", asAgent()}.request().WithContext(ctx)
			return serve(h, r).Code
		}
		ctx, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { request(ctx) })
		synctest.Wait()
		all.Go(func() {
			if got := request(t.Context()); got != http.StatusOK {
				t.Errorf("the one who stays: %d", got)
			}
		})
		synctest.Wait()
		leave()
		all.Wait()
	})
}

type slowAgents struct {
	agentsFunc
	ask func(ctx context.Context) error
}

func (s *slowAgents) Authenticate(ctx context.Context, _ string) (escalation.Agent, error) {
	return escalation.Agent{Worker: "WK1", Identity: "ann"}, s.ask(ctx)
}

// shown is the value of a metric, of the series with a label of that value where it
// has labels.
func shown(t *testing.T, r *prometheus.Registry, name, label string) float64 {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name && (label == "" || m.GetLabel()[0].GetValue() == label) {
				return m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return 0
}

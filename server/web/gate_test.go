package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
	"escalate/server/ratelimit"
)

// gate is a rig whose links carry tags, and that counts which codes are looked up.
type gate struct {
	*rig
	clock *clock
	links joincode.Links
	link  string // of the live code

	mu     sync.Mutex
	looked map[string]int // by code
}

func newGate(l Limits) *gate {
	g := &gate{rig: newRig(), clock: newClock(), links: joincode.NewLinks(testSecret, len(liveCode)), looked: map[string]int{}}
	g.link = g.links.Of(liveCode)
	g.config.Links, g.config.Now, g.config.Limits = g.links, g.clock.now, l
	g.esc.get = func(code string) (escalation.Escalation, error) {
		g.mu.Lock()
		g.looked[code]++
		g.mu.Unlock()
		return (&fakeEscalations{}).Get(context.Background(), code)
	}
	return g
}

// lookups counts them, but for the live code's.
func (g *gate) lookups() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	for code, times := range g.looked {
		if code != liveCode {
			n += times
		}
	}
	return n
}

func TestALinkWithItsTagIsNoGuess(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.1, Burst: 3}, Everywhere: ratelimit.Rate{PerSecond: 0.1, Burst: 4}}})
	h := g.handler()
	for i := range 50 { // the budgets of this address, and of all, are used up
		from(h, "192.0.2.1", codePath(i), nil)
		from(h, "192.0.2.2", codePath(i), nil)
	}
	for _, path := range []string{wire.JoinPath(g.link), wire.CodePath(g.link, "")} {
		for range 40 {
			if got := from(h, "192.0.2.1", path, nil); got != http.StatusOK {
				t.Fatalf("%s beside a guesser: %d, want 200", path, got)
			}
		}
	}
	if got := from(h, "203.0.113.9", wire.CodePath(liveCode, ""), nil); got != http.StatusTooManyRequests {
		t.Errorf("typed code while everything is used up: %d, want 429", got)
	}
}

func TestAWrongTagIsNotLookedUp(t *testing.T) {
	g := newGate(Limits{})
	h := g.handler()
	tag := strings.TrimPrefix(g.link, liveCode+"-")
	for i := range 100 {
		wrong := liveCode + "-" + tag[:5] + string(joincode.Alphabet[i%31])
		if wrong == g.link {
			continue
		}
		for _, path := range []string{wire.JoinPath(wrong), wire.CodePath(wrong, ""), wire.CodePath(wrong, wire.ActionEvents), "/?code=" + url.QueryEscape(wrong)} {
			if got := from(h, "192.0.2."+strconv.Itoa(i), path, nil); got != http.StatusNotFound {
				t.Fatalf("%s: %d, want 404", path, got)
			}
		}
	}
	if len(g.looked) != 0 {
		t.Errorf("looked up: %v", g.looked)
	}
}

func TestWhatIsNoCodeCostsNoGuess(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 1}}})
	h := g.handler()
	for _, junk := range []string{"hello", "abc", "%20", "..%2F..%2Fx", "0000000", "%00"} {
		for _, path := range []string{wire.JoinPath("") + junk, wire.EscalationsPath + "/" + junk} {
			if got := from(h, "192.0.2.1", path, nil); got != http.StatusNotFound {
				t.Errorf("%s: %d, want 404", path, got)
			}
		}
	}
	if got := from(h, "192.0.2.1", wire.CodePath(liveCode, ""), nil); got != http.StatusOK {
		t.Errorf("code after junk: %d, want 200", got)
	}
	if g.lookups() != 0 {
		t.Errorf("looked up: %v", g.looked)
	}
}

// The page is always at the link as we make it, so that nothing a person does
// with its address is a guess.
func TestJoinPagesAreAtTheirLink(t *testing.T) {
	g := newGate(Limits{})
	h := g.handler()
	want := wire.JoinPath(g.link)
	upper := strings.ToUpper(g.link)
	for _, path := range []string{
		"/join/" + liveCode, "/join/" + strings.ToUpper(liveCode), "/join/" + upper, "/JOIN/" + upper, "/Join/" + liveCode, "//join//" + g.link, "/join/" + g.link + "/",
		"/join/" + g.link + ".", "/join/" + g.link + "%20", "/join/%22" + g.link + "%22", "/join/%E2%80%8B" + g.link, "/join/" + g.link + ")", "/join/" + g.link + "%0D%0A",
		"/join/%3C" + liveCode + "%3E", "/join/" + liveCode + ",", "/join/https:%2F%2Fvideo.example.com%2Fjoin%2F" + g.link, "/join/https://video.example.com/join/" + g.link,
		"/de/join/" + g.link, "/join%2F" + g.link, "/join/" + strings.Replace(g.link, "-", "%E2%80%93", 1),
	} {
		w := browse(t, h, path)
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want 303 to %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
	w := browse(t, h, "/join/"+liveCode+"?continue=1&lang=de")
	if got := w.Header().Get("Location"); got != want+"?continue=1&lang=de" {
		t.Errorf("with a query: to %q", got)
	}
	page := browse(t, h, want)
	if body := page.Body.String(); page.Code != http.StatusOK || !strings.Contains(body, `"link":"`+g.link+`"`) {
		t.Errorf("the page itself: %d\n%s", page.Code, body)
	}
	// Who looks for a page is not led to one.
	for _, path := range []string{"/join", "/join/", "/joining/abc", "/static/join", "/api/join/" + g.link} {
		if w := browse(t, h, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d to %q, want 404", path, w.Code, w.Header().Get("Location"))
		}
	}
}

// Today's office: many people with right codes behind one address, at once.
func TestRightCodesUseNothingUp(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 5}, Everywhere: ratelimit.Rate{PerSecond: 0.001, Burst: 50}}})
	g.esc.get = func(code string) (escalation.Escalation, error) {
		e, err := (&fakeEscalations{}).Get(context.Background(), liveCode)
		e.Code = code
		return e, err
	}
	h := g.handler()
	var all sync.WaitGroup
	var in atomic.Int32
	for i := range 40 {
		all.Go(func() {
			if from(h, "192.0.2.1", codePath(i), nil) == http.StatusOK {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 40 {
		t.Errorf("%d of 40 right codes of one address got in", in.Load())
	}
}

// The budget is spent before the look-up: however many come at once, no more are
// looked at.
func TestGuessesAtOnceAreWithinTheBudget(t *testing.T) {
	const everywhere = 20
	g := newGate(Limits{Requests: ratelimit.Rate{PerSecond: -1}, Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 4}, Everywhere: ratelimit.Rate{PerSecond: 0.001, Burst: everywhere}}})
	release := make(chan struct{})
	inner := g.esc.get
	g.esc.get = func(code string) (escalation.Escalation, error) {
		e, err := inner(code)
		<-release // Twilio takes its time
		return e, err
	}
	h := g.handler()
	var all sync.WaitGroup
	for i := range 400 {
		all.Go(func() { from(h, fmt.Sprintf("198.51.100.%d", i%40), codePath(i), nil) })
	}
	deadline := time.Now().Add(10 * time.Second)
	for g.lookups() < everywhere && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	close(release)
	all.Wait()
	if got := g.lookups(); got != everywhere {
		t.Errorf("%d looked up, want %d", got, everywhere)
	}
}

func TestNetworksOfOneCustomerCountTogether(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 5}, Everywhere: ratelimit.Rate{PerSecond: -1}}})
	h := g.handler()
	n := 0
	guess := func(addr string) {
		n++
		r := call{"GET", codePath(n), "", nil}.request()
		r.RemoteAddr = "[" + addr + "]:4711"
		serve(h, r)
	}
	for i := range 256 { // a /56 has 256 networks of one line each
		guess(fmt.Sprintf("2001:db8:0:%x::1", i))
	}
	if got := g.lookups(); got != 10 {
		t.Errorf("one /56: %d looked up, want 10", got)
	}
	for i := range 512 { // and a /48 has 256 of these
		guess(fmt.Sprintf("2001:db8:0:%x::1", 256+i*64))
	}
	if got := g.lookups(); got != 20 {
		t.Errorf("one /48: %d looked up, want 20", got)
	}
}

// One Flex token looked up 3,200 codes; one agent's guesses are not another's.
func TestAgentsGuessWithinLimits(t *testing.T) {
	g := newGate(Limits{AgentCodes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 5}, Everywhere: ratelimit.Rate{PerSecond: 0.001, Burst: 100}}})
	g.deps.Agents = agentsFunc(func(token string) (escalation.Agent, error) {
		return escalation.Agent{Worker: token, Identity: token}, nil
	})
	g.esc.joinA = func(a escalation.Agent, code string) (escalation.Join, error) {
		return escalation.Join{Waiting: true}, nil
	}
	h := g.handler()
	ask := func(worker, code, action string) int {
		return do(t, h, call{"POST", wire.CodePath(code, action), "{}", headers("Authorization", "Bearer "+worker, "Content-Type", "application/json")}).Code
	}
	for i := range 30 {
		ask("WK1", "zz"+letters(i), []string{wire.ActionAgentToken, wire.ActionEnd}[i%2])
	}
	if got := g.lookups(); got != 5 {
		t.Errorf("one agent looked %d codes up, want 5", got)
	}
	if got := ask("WK1", g.link, wire.ActionAgentToken); got != http.StatusOK {
		t.Errorf("the agent's own link after that: %d, want 200", got)
	}
	for range 10 {
		if got := ask("WK2", liveCode, wire.ActionAgentToken); got != http.StatusOK {
			t.Errorf("another agent's right code: %d, want 200", got)
		}
	}
}

// 120 agents of one office sign in at once.
func TestGoodTokensOfOneOfficeUseNothingUp(t *testing.T) {
	g := newGate(Limits{})
	g.deps.Agents = agentsFunc(func(token string) (escalation.Agent, error) {
		if strings.HasPrefix(token, "bad") {
			return escalation.Agent{}, escalation.ErrUnauthorized
		}
		return escalation.Agent{Worker: token, Identity: token}, nil
	})
	h := g.handler()
	task := wire.TaskPath(ownTask)
	var all sync.WaitGroup
	var in atomic.Int32
	for i := range 120 {
		all.Go(func() {
			if from(h, "192.0.2.1", task, headers("Authorization", "Bearer good"+strconv.Itoa(i))) == http.StatusOK {
				in.Add(1)
			}
		})
	}
	all.Wait()
	if in.Load() != 120 {
		t.Errorf("%d of 120 agents got in", in.Load())
	}
	// Others flood until nothing is left; this office goes on.
	for i := range 2000 {
		from(h, fmt.Sprintf("198.51.%d.%d", i/256, i%256), task, headers("Authorization", "Bearer bad"+strconv.Itoa(i)))
	}
	if got := from(h, "203.0.113.1", task, headers("Authorization", "Bearer bad")); got != http.StatusTooManyRequests {
		t.Errorf("guess while all is used up: %d, want 429", got)
	}
	if got := from(h, "192.0.2.1", task, headers("Authorization", "Bearer good121")); got != http.StatusOK {
		t.Errorf("another agent of the office meanwhile: %d, want 200", got)
	}
}

// What fails before or after the look-up says nothing about the code: with a
// request that is refused for its body, any code was looked up for free.
func TestNoRequestMakesAWrongCodeRight(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 3}, Everywhere: ratelimit.Rate{PerSecond: -1}}})
	h := g.handler()
	j, form := headers("Content-Type", "application/json"), headers("Content-Type", "application/x-www-form-urlencoded")
	for i := range 60 {
		code := "zz" + letters(i)
		for _, c := range []call{
			{"POST", wire.CodePath(code, wire.ActionRating), `{"score":0}`, j},
			{"POST", wire.CodePath(code, wire.ActionToken), `{`, j},
			{"POST", wire.CodePath(code, wire.ActionProgress), `{"phase":"x"}`, j},
			{"POST", wire.CodePath(code, wire.ActionLeave), `{}`, j},
			{"POST", wire.CodePath(code, wire.ActionLeave), `{"identity":"customer:x:y","key":"z"}`, j},
			{"POST", wire.CodePath(code, wire.ActionToken), strings.Repeat("x", 1<<20), j},
			{"POST", wire.JoinPath(code) + "/rating", "score=x", form},
			{"GET", wire.CodePath(code, ""), "", nil},
			{"HEAD", wire.JoinPath(code), "", nil},
			{"GET", wire.CodePath(code, wire.ActionEvents), "", headers("Last-Event-ID", "7-final")},
		} {
			do(t, h, c)
		}
	}
	if got := g.lookups(); got != 3 {
		t.Errorf("%d looked up, want 3", got)
	}
}

// Twilio's trouble is not the fault of who was right before.
func TestTroubleForgetsNobody(t *testing.T) {
	g := newGate(Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.001, Burst: 2}, Everywhere: ratelimit.Rate{PerSecond: -1}}})
	h := g.handler()
	path := wire.CodePath(liveCode, "")
	if got := from(h, "192.0.2.1", path, nil); got != http.StatusOK {
		t.Fatalf("good code: %d", got)
	}
	well := g.esc.get
	g.esc.get = func(string) (escalation.Escalation, error) { return escalation.Escalation{}, escalation.ErrUnavailable }
	for range 20 {
		if got := from(h, "192.0.2.1", path, nil); got != http.StatusServiceUnavailable {
			t.Fatalf("while Twilio is away: %d, want 503", got)
		}
	}
	g.esc.get = well
	if got := from(h, "192.0.2.1", path, nil); got != http.StatusOK {
		t.Errorf("afterwards: %d, want 200", got)
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/joincode"
	"escalate/server/ratelimit"
)

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// from asks path as addr.
func from(h http.Handler, addr, path string, header map[string]string) int {
	r := call{"GET", path, "", header}.request()
	r.RemoteAddr = addr + ":4711"
	return serve(h, r).Code
}

func codePath(i int) string { return wire.CodePath("zz"+letters(i), "") }

// letters writes a number with five characters that codes have.
func letters(i int) string {
	b := []byte("22222")
	for k := len(b) - 1; k >= 0; k-- {
		b[k] = joincode.Alphabet[i%len(joincode.Alphabet)]
		i /= len(joincode.Alphabet)
	}
	return string(b)
}

func TestGuessingCodesIsSlowedDown(t *testing.T) {
	t.Parallel()
	g, c := newRig(), newClock()
	g.config.Now = c.now
	g.config.Limits = Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.1, Burst: 5}, Everywhere: ratelimit.Rate{PerSecond: 1, Burst: 1000}}}
	h := g.handler()
	live := wire.CodePath(liveCode, "")

	// The address has a good code; it will not be shut out from that one.
	if got := from(h, "192.0.2.1", live, nil); got != http.StatusOK {
		t.Fatalf("good code: %d", got)
	}
	for i := range 5 { // the good one was none
		if got := from(h, "192.0.2.1", codePath(i), nil); got != http.StatusNotFound {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := from(h, "192.0.2.1", codePath(99), nil); got != http.StatusTooManyRequests {
		t.Errorf("guess over the limit: %d, want 429", got)
	}
	if got := from(h, "192.0.2.1", wire.JoinPath("zzzzzzz"), nil); got != http.StatusTooManyRequests {
		t.Errorf("guess over the limit by the page: %d, want 429", got)
	}
	if got := from(h, "192.0.2.1", live, nil); got != http.StatusOK {
		t.Errorf("good code of a limited address: %d, want 200", got)
	}
	if got := from(h, "192.0.2.2", live, nil); got != http.StatusOK {
		t.Errorf("another address: %d, want 200", got)
	}
	c.forward(11 * time.Second)
	if got := from(h, "192.0.2.1", codePath(100), nil); got != http.StatusNotFound {
		t.Errorf("after a pause: %d, want 404", got)
	}
}

func TestALimitedAddressCannotFindGoodCodes(t *testing.T) {
	t.Parallel()
	g, c := newRig(), newClock()
	g.config.Now = c.now
	g.config.Limits = Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.1, Burst: 3}}}
	h := g.handler()
	from(h, "192.0.2.9", wire.CodePath(liveCode, ""), nil) // somebody else uses it
	for i := range 3 {
		from(h, "192.0.2.1", codePath(i), nil)
	}
	good := from(h, "192.0.2.1", wire.CodePath(liveCode, ""), nil)
	bad := from(h, "192.0.2.1", codePath(9), nil)
	if good != http.StatusTooManyRequests || bad != good {
		t.Errorf("good code %d, bad code %d; want 429 for both", good, bad)
	}
}

func TestGuessingFromManyAddressesIsSlowedDown(t *testing.T) {
	t.Parallel()
	g, c := newRig(), newClock()
	g.config.Now = c.now
	g.config.Limits = Limits{Codes: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 1, Burst: 10}, Everywhere: ratelimit.Rate{PerSecond: 1, Burst: 20}}}
	h := g.handler()
	live := wire.CodePath(liveCode, "")
	for range 50 { // those who know their code use nothing up
		if got := from(h, "192.0.2.200", live, nil); got != http.StatusOK {
			t.Fatalf("good code: %d", got)
		}
	}
	for i := range 20 {
		if got := from(h, "198.51.100."+strconv.Itoa(i), codePath(i), nil); got != http.StatusNotFound {
			t.Fatalf("guess %d: %d", i, got)
		}
	}
	if got := from(h, "203.0.113.1", codePath(50), nil); got != http.StatusTooManyRequests {
		t.Errorf("guess from a fresh address: %d, want 429", got)
	}
	if got := from(h, "203.0.113.1", live, nil); got != http.StatusTooManyRequests {
		t.Errorf("first look at a good code from a fresh address: %d, want 429: it would tell good from bad", got)
	}
	if got := from(h, "192.0.2.200", live, nil); got != http.StatusOK {
		t.Errorf("call that runs already: %d, want 200", got)
	}
	c.forward(2 * time.Second)
	if got := from(h, "203.0.113.1", live, nil); got != http.StatusOK {
		t.Errorf("after a pause: %d, want 200", got)
	}
}

func TestBadTokensAreSlowedDown(t *testing.T) {
	t.Parallel()
	g, c := newRig(), newClock()
	g.config.Now = c.now
	g.config.Limits = Limits{Tokens: ratelimit.Guesses{PerPlace: ratelimit.Rate{PerSecond: 0.1, Burst: 3}}}
	asked := 0
	inner := g.deps.Agents
	g.deps.Agents = agentsFunc(func(token string) (escalation.Agent, error) {
		asked++
		return inner.Authenticate(t.Context(), token)
	})
	h := g.handler()
	task := wire.TaskPath(ownTask)
	for range 10 { // a good token counts for nothing
		if got := from(h, "192.0.2.1", task, asAgent()); got != http.StatusOK {
			t.Fatalf("good token: %d", got)
		}
	}
	codes := map[int]int{}
	asked = 0
	for i := range 5 {
		codes[from(h, "192.0.2.1", task, headers("Authorization", "Bearer bad"+strconv.Itoa(i)))]++
	}
	if codes[http.StatusUnauthorized] != 3 || codes[http.StatusTooManyRequests] != 2 || asked != 3 {
		t.Errorf("answers %v, Flex asked %d times; want three 401, two 429, three", codes, asked)
	}
	if got := from(h, "192.0.2.1", task, asAgent()); got != http.StatusOK {
		t.Errorf("good token of a limited address: %d, want 200", got)
	}
}

func TestRequestsAreSlowedDownAndSayWhenToComeBack(t *testing.T) {
	t.Parallel()
	g, c := newRig(), newClock()
	g.config.Now = c.now
	g.config.Limits = Limits{Requests: ratelimit.Rate{PerSecond: 0.5, Burst: 2}}
	h := g.handler()
	path := wire.CodePath(liveCode, "")
	from(h, "192.0.2.1", path, nil)
	from(h, "192.0.2.1", path, nil)
	r := call{"GET", path, "", nil}.request()
	r.RemoteAddr = "192.0.2.1:1"
	w := serve(h, r)
	if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "2" {
		t.Errorf("status %d, Retry-After %q; want 429 and 2", w.Code, w.Header().Get("Retry-After"))
	}
}

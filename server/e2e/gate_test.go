//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/core"
	"escalate/server/joincode"
	"escalate/server/localtwilio/store"
	"escalate/server/web"
)

// The gate under attack: people with links get in while others guess, from
// anywhere or from their own address, and guessers look up what the budget
// allows and no more.
func TestNewcomersGetInDuringAnAttack(t *testing.T) {
	needWASM(t)
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Run("from 2,000 addresses", func(t *testing.T) {
		attacked(t, func(i int) string { return fmt.Sprintf("198.18.%d.%d", i%2000/250, i%2000%250) }, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) })
	})
	t.Run("from one address, which newcomers share", func(t *testing.T) {
		same := func(int) string { return "192.0.2.1" }
		attacked(t, same, same)
	})
}

const (
	attackLasts  = 20 * time.Second
	attackEvery  = 5 * time.Millisecond // 200 requests a second
	newcomers    = 50
	newcomerEach = 2 * time.Second // within which a newcomer must be in
)

// fort is a server on local Twilio that counts whose codes are looked up.
type fort struct {
	t     *testing.T
	url   string
	store *store.Store
	own   map[string]bool // codes that are somebody's
	count *lookups
	http  *http.Client
}

// lookups are the Sync Documents that were read, by name.
type lookups struct {
	next http.RoundTripper
	mu   sync.Mutex
	n    map[string]int
}

func (l *lookups) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, name, ok := strings.Cut(r.URL.Path, "/Documents/"); ok && r.Method == http.MethodGet {
		l.mu.Lock()
		l.n[name]++
		l.mu.Unlock()
	}
	return l.next.RoundTrip(r)
}

// of counts the look-ups of codes that are not in own.
func (l *lookups) of(own map[string]bool) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, times := range l.n {
		if _, code := joincode.Parse(name); code && !own[name] {
			n += times
		}
	}
	return n
}

func newFort(t *testing.T) *fort {
	t.Helper()
	f := &fort{t: t, own: map[string]bool{}, count: &lookups{n: map[string]int{}}}
	connections := &http.Transport{MaxIdleConnsPerHost: 64} // opening them is not what is tested
	f.http = &http.Client{Transport: connections}
	t.Cleanup(connections.CloseIdleConnections)
	c, err := core.FromEnv(func(name string) string {
		return map[string]string{
			"ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir(), "TRUST_PROXY": "true", "LOCAL_TWILIO_UNLIMITED": "true",
			"LOCAL_TWILIO_ADDR": "127.0.0.1:0", "LOCAL_MEDIA_ADDR": "127.0.0.1:0", "LOCAL_TURN_ADDR": "127.0.0.1:0",
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Log.Level = slog.LevelError
	c.WrapTransport = func(next http.RoundTripper) http.RoundTripper {
		f.count.next = next
		return f.count
	}
	s, err := core.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	f.url, f.store = s.URL(), s.Local().Store()
	return f
}

// ask sends one request as somebody at an address.
func (f *fort) ask(addr, method, path, body, token string) (status int, answer []byte, err error) {
	r, err := http.NewRequest(method, f.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("X-Forwarded-For", addr)
	r.Header.Set("Accept", "text/html, application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := f.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// invite makes a Task of an agent of its own and returns the link that the
// customer gets, with the agent in the Room.
func (f *fort) invite(i int) (link string) {
	f.t.Helper()
	must := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	worker, err := f.store.Workers.Create(store.Worker{FriendlyName: fmt.Sprintf("agent%d", i), Attributes: `{"roles":["agent"]}`})
	must(err)
	chat, err := f.store.Conversations.Create(store.Conversation{})
	must(err)
	reservation, err := f.store.Reservations.Assign(store.Task{Attributes: `{"conversationSid":"` + chat.SID + `"}`, TaskChannel: "chat"}, worker.SID)
	must(err)
	token, err := f.store.FlexTokens.Issue(store.FlexToken{WorkerSID: worker.SID})
	must(err)
	status, body, err := f.ask("10.0.0.1", "POST", wire.EscalationsPath, `{"taskSid":"`+reservation.TaskSID+`"}`, token)
	var e wire.Escalation
	if err != nil || status != http.StatusCreated || json.Unmarshal(body, &e) != nil {
		f.t.Fatalf("escalate: %d %s %v", status, body, err)
	}
	if status, body, err = f.ask("10.0.0.1", "POST", wire.CodePath(e.Link, wire.ActionAgentToken), "{}", token); err != nil || status != http.StatusOK {
		f.t.Fatalf("agent joins: %d %s %v", status, body, err)
	}
	f.own[e.Code] = true
	u, err := url.Parse(e.JoinURL)
	must(err)
	return u.Path
}

// arrive is a customer who opens a link and joins.
func (f *fort) arrive(addr, path string) error {
	status, body, err := f.ask(addr, "GET", path, "", "")
	if err != nil || status != http.StatusOK || !bytes.Contains(body, []byte(`id="join-button"`)) {
		return fmt.Errorf("the page: %d %v %.300s", status, err, body)
	}
	link := strings.TrimPrefix(path, wire.JoinPath(""))
	if status, body, err = f.ask(addr, "GET", wire.CodePath(link, ""), "", ""); err != nil || status != http.StatusOK {
		return fmt.Errorf("the state: %d %s %v", status, body, err)
	}
	var j wire.Join
	status, body, err = f.ask(addr, "POST", wire.CodePath(link, wire.ActionToken), "{}", "")
	if err != nil || status != http.StatusOK || json.Unmarshal(body, &j) != nil || j.Token == "" {
		return fmt.Errorf("the token: %d %s %v", status, body, err)
	}
	return nil
}

// guess is one request of an attacker: another code each time, in each of the
// ways in which one can be tried.
func (f *fort) guess(i int, addr string) {
	code, err := joincode.New(7)
	if err != nil {
		f.t.Error(err)
		return
	}
	switch i % 5 {
	case 0:
		_, _, _ = f.ask(addr, "GET", wire.JoinPath(code), "", "")
	case 1:
		_, _, _ = f.ask(addr, "GET", wire.CodePath(code, ""), "", "")
	case 2:
		_, _, _ = f.ask(addr, "POST", wire.CodePath(code, wire.ActionToken), "{}", "")
	case 3:
		_, _, _ = f.ask(addr, "GET", wire.CodePath(code, wire.ActionEvents), "", "")
	case 4:
		_, _, _ = f.ask(addr, "GET", wire.JoinPath(code+"-abcdef"), "", "")
	}
}

func attacked(t *testing.T, attacker, newcomer func(i int) string) {
	f := newFort(t)
	var links []string
	for i := range newcomers {
		links = append(links, f.invite(i))
	}
	before := f.count.of(f.own)
	var all sync.WaitGroup
	var slowest atomic.Int64
	begin := time.Now()
	for i, link := range links {
		all.Go(func() {
			// Spread over the attack, but for its beginning, when budgets are full.
			at := attackLasts/4 + time.Duration(i)*attackLasts/2/newcomers
			time.Sleep(at + rand.N(50*time.Millisecond))
			start := time.Now()
			err := f.arrive(newcomer(i), link)
			took := time.Since(start)
			if err != nil || took > newcomerEach {
				t.Errorf("newcomer %d after %v: %v", i, took, err)
			}
			for was := slowest.Load(); int64(took) > was && !slowest.CompareAndSwap(was, int64(took)); was = slowest.Load() {
			}
		})
	}
	sent := 0
	tick := time.NewTicker(attackEvery)
	defer tick.Stop()
	for ; time.Since(begin) < attackLasts; <-tick.C {
		for due := int(time.Since(begin) / attackEvery); sent <= due; sent++ { // a busy machine drops ticks
			i := sent
			all.Go(func() { f.guess(i, attacker(i)) })
		}
	}
	all.Wait()
	lasted := time.Since(begin)
	budget := web.DefaultLimits().Codes.Everywhere
	most := float64(budget.Burst) + budget.PerSecond*lasted.Seconds()
	if got := f.count.of(f.own) - before; float64(got) > 1.01*most || got == 0 {
		t.Errorf("%d codes looked up for guessers in %v, the budget is %.0f", got, lasted, most)
	} else {
		t.Logf("%d guesses, %d looked up of %.0f allowed; the slowest of %d newcomers was in after %v", sent, got, most, newcomers, time.Duration(slowest.Load()))
	}
}

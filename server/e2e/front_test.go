//go:build e2e

package e2e

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"escalate/server/core"
)

// front stands before a server as a balancer would, and is the one thing that
// tests break: it can hold requests back or drop them, and it counts.
type front struct {
	*httptest.Server
	mu   sync.Mutex
	seen map[string]int           // GETs by path and query
	hold map[string]chan struct{} // path prefix -> closed when it may go on
	half map[string]*half         // path prefix -> answers that stop after their header
	down bool
	next bool // the service worker is another version's

	answers answers
	badly   badly
}

// startBehind starts a server that is reached through a front.
func startBehind(t *testing.T, settings map[string]string) (*core.System, *front) {
	t.Helper()
	f := &front{seen: map[string]int{}, hold: map[string]chan struct{}{}, half: map[string]*half{}}
	var proxy *httputil.ReverseProxy
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		down := f.down
		var wait chan struct{}
		for prefix, c := range f.hold {
			if strings.HasPrefix(r.URL.Path, prefix) {
				wait = c
			}
		}
		for prefix, h := range f.half {
			if strings.HasPrefix(r.URL.Path, prefix) {
				w = &halved{ResponseWriter: w, half: h, gone: r.Context().Done()}
			}
		}
		if r.Method == http.MethodGet {
			f.seen[r.URL.RequestURI()]++
		}
		f.mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		if wait != nil {
			select {
			case <-wait:
			case <-r.Context().Done():
				return
			}
		}
		if r.URL.Path == "/sw.js" {
			r.Header.Del("Accept-Encoding") // newer reads it
		}
		if f.badly.swallows(r) {
			_, _ = io.Copy(io.Discard, r.Body) // or the end of the connection goes unnoticed
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		}
		w, release := f.badly.writer(w, r)
		defer release()
		w, end := f.answers.begin(w, r.URL.Path)
		defer end()
		proxy.ServeHTTP(w, r)
	}))
	all := map[string]string{"PUBLIC_URL": f.URL, "ADDR": "127.0.0.1:0", "LOCAL_TWILIO_ADDR": "127.0.0.1:0",
		"LOCAL_MEDIA_ADDR": "127.0.0.1:0", "LOCAL_TURN_ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir(), "LOG_LEVEL": "error"}
	for k, v := range settings {
		all[k] = v
	}
	s := start(t, all)
	to, err := url.Parse("http://" + s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	proxy = httputil.NewSingleHostReverseProxy(to)
	proxy.FlushInterval = -1
	proxy.ModifyResponse = f.newer
	proxy.ErrorLog = log.New(io.Discard, "", 0) // pages that close what they asked for are no news
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return s, f
}

// newer makes the service worker one of a newer version, once that is wanted.
func (f *front) newer(res *http.Response) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next && res.Request.URL.Path == "/sw.js" {
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		body = append(body, "\n// the next version\n"...)
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
		res.Header.Del("ETag")
	}
	return nil
}

// release makes a new version known.
func (f *front) release() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next = true
}

// delay holds back what is below prefix until the returned function is called.
func (f *front) delay(prefix string) (release func()) {
	c := make(chan struct{})
	f.mu.Lock()
	f.hold[prefix] = c
	f.mu.Unlock()
	return sync.OnceFunc(func() {
		f.mu.Lock()
		delete(f.hold, prefix)
		f.mu.Unlock()
		close(c)
	})
}

// half is what becomes of an answer that stops after its header.
type half struct {
	begun  chan struct{} // closed when a header is out
	once   sync.Once
	goesOn chan struct{} // closed when bodies may follow
}

// halve lets only the header of what is below prefix through, until the
// returned function is called. begun is closed when one is out.
func (f *front) halve(prefix string) (begun <-chan struct{}, release func()) {
	h := &half{begun: make(chan struct{}), goesOn: make(chan struct{})}
	f.mu.Lock()
	f.half[prefix] = h
	f.mu.Unlock()
	return h.begun, sync.OnceFunc(func() {
		f.mu.Lock()
		delete(f.half, prefix)
		f.mu.Unlock()
		close(h.goesOn)
	})
}

// halved is the writer of such an answer.
type halved struct {
	http.ResponseWriter
	*half
	gone <-chan struct{}
}

func (w *halved) Write(b []byte) (int, error) {
	if err := http.NewResponseController(w.ResponseWriter).Flush(); err != nil {
		return 0, err
	}
	w.once.Do(func() { close(w.begun) })
	select {
	case <-w.goesOn:
		return w.ResponseWriter.Write(b)
	case <-w.gone:
		return 0, io.ErrClosedPipe
	}
}

// Unwrap lets the proxy flush.
func (w *halved) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// cut drops every request and open connection from now on, or ends that.
func (f *front) cut(down bool) {
	f.mu.Lock()
	f.down = down
	f.mu.Unlock()
	if down {
		f.CloseClientConnections()
	}
}

// twice lists what was fetched more than once of what never changes.
func (f *front) twice() (again []string, files int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, n := range f.seen {
		if !strings.HasPrefix(path, "/static/") && !strings.HasPrefix(path, "/brand") {
			continue
		}
		files++
		if n > 1 {
			again = append(again, path)
		}
	}
	return again, files
}

// invite has the agent send a link and answers it.
func invite(t *testing.T, b *browser, base string) (desk *tab, link string) {
	t.Helper()
	desk = b.open(t, "desk", base+"/demo/agent", 1400, 900)
	desk.click("#video-button")
	desk.until("the link in the chat", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	if err := desk.eval(&link, `return d.querySelector('#agent-messages a[href*="/join/"]').href`); err != nil {
		t.Fatal(err)
	}
	return desk, link
}

func navigate(url string) step { return chromedp.Navigate(url) }

func userAgent(ua string) step {
	return call(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: ua})
}

// fresh makes a tab load everything from the server, as on a first visit.
func fresh() []step {
	return []step{
		call(network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}),
		call(network.SetBypassServiceWorker, network.SetBypassServiceWorkerParams{Bypass: true}),
	}
}

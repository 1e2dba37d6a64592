package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
)

//go:embed page
var pages embed.FS

// site serves the pages and, unmodified, the SDKs.
type site struct {
	ln   net.Listener
	http http.Server
	wg   sync.WaitGroup
}

func startSite(modules string, contenders []*contender) (*site, error) {
	files, err := fs.Sub(pages, "page")
	if err != nil {
		return nil, fmt.Errorf("find the pages: %w", err)
	}
	routes := http.NewServeMux()
	routes.Handle("GET /", http.FileServerFS(files))
	for _, c := range contenders {
		script := filepath.Join(modules, filepath.FromSlash(c.script))
		if _, err := os.Stat(script); err != nil {
			return nil, fmt.Errorf("the SDK for %s is not installed, run \"make deps-test\": %w", c.name, err)
		}
		routes.HandleFunc("GET /sdk/"+c.page+".js", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, script) })
	}
	s := &site{http: http.Server{Handler: routes, ReadHeaderTimeout: 5 * time.Second}}
	if s.ln, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("listen for the pages: %w", err)
	}
	s.wg.Go(func() { _ = s.http.Serve(s.ln) }) // ends with close
	return s, nil
}

// page is where a contender's page is; bad is the bad line's port, or 0.
func (s *site) page(c *contender, media, bad int) string {
	q := url.Values{"media": {strconv.Itoa(media)}}
	if bad != 0 {
		q.Set("bad", strconv.Itoa(bad))
	}
	return "http://" + s.ln.Addr().String() + "/" + c.page + ".html?" + q.Encode() + c.options
}

func (s *site) close() {
	_ = s.http.Close()
	s.wg.Wait()
}

// browser is one Chromium with fake camera and microphone.
type browser struct {
	ctx  context.Context
	stop func()
}

func startBrowser(ctx context.Context, program, dir string) (*browser, error) {
	tabs, stop, err := chromium.Start(ctx, program, filepath.Join(dir, "chromium"),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	if err != nil {
		return nil, err
	}
	return &browser{ctx: tabs, stop: stop}, nil
}

// tab is one page of the browser.
type tab struct {
	name string
	ctx  context.Context
	stop func()

	mu         sync.Mutex
	complaints []string // guarded by mu
}

// pageWithin is what a page gets for anything that is asked of it, beside the
// time that it is asked to take.
const pageWithin = 60 * time.Second

var errPage = errors.New("the page complains")

func (b *browser) open(name, at string) (*tab, error) {
	t := &tab{name: name}
	t.ctx, t.stop = chromedp.NewContext(b.ctx)
	err := chromedp.Listen(t.ctx, t.listen)
	if err == nil {
		// Without a time limit: the tab lives as long as the context of this call.
		err = chromedp.Do(t.ctx,
			call(cdpruntime.Enable, cdp.Empty{}),
			call(emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
			chromedp.Navigate(at))
	}
	if err != nil {
		t.stop()
		return nil, fmt.Errorf("open the %s's page: %w", name, err)
	}
	return t, nil
}

// call is an action made of one command of the DevTools protocol.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// listen keeps exceptions and console errors, for when something fails.
func (t *tab) listen(ev any) {
	text := ""
	switch e := ev.(type) {
	case *cdpruntime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *cdpruntime.EventConsoleAPICalled:
		if e.Type != cdpruntime.ConsoleAPICalledTypeError {
			return
		}
		for _, a := range e.Args {
			text += string(a.Value) + a.Description + " "
		}
	default:
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.complaints = append(t.complaints, text)
}

// eval calls one of the page's functions and decodes what its promise answers.
func (t *tab) eval(ctx context.Context, out any, takes time.Duration, function string, args ...any) error {
	raw, err := json.Marshal(append([]any{}, args...)) // [], not null
	if err != nil {
		return fmt.Errorf("encode arguments: %w", err)
	}
	inner, cancel := context.WithTimeout(t.ctx, pageWithin+takes)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	src := fmt.Sprintf("(async () => JSON.stringify(await %s(...%s)))()", function, raw)
	text, err := chromedp.Run(inner, chromedp.Evaluate[string](src, chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), out)
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w%s", t.name, function, err, t.said())
	}
	return nil
}

// said is what the page complained of.
func (t *tab) said() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.complaints) == 0 {
		return ""
	}
	return "\nit complained:\n" + strings.Join(t.complaints, "\n")
}

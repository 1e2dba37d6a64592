//go:build e2e

package flexdev_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"escalate/server/core"
	"escalate/server/localtwilio/store"
)

const (
	// bundleDir is the folder that make flex fills.
	bundleDir = "../../static/flex/out"
	// shots is where a picture of each step goes.
	shots = "out"
	// boot is how long Flex may take to start: 5 s on a quiet machine.
	boot = 120 * time.Second
	// patience is how long any step after that may take.
	patience = 45 * time.Second
)

// stage is the product on local Twilio with the Flex page, and a browser.
func stage(t *testing.T) (*core.System, context.Context) {
	t.Helper()
	c, err := core.FromEnv(func(name string) string {
		return map[string]string{
			"ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir(), "LOG_LEVEL": "debug",
			"LOCAL_TWILIO_ADDR": "127.0.0.1:0", "LOCAL_MEDIA_ADDR": "127.0.0.1:0", "LOCAL_TURN_ADDR": "127.0.0.1:0",
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	c.FlexDir = folder(t)
	if os.Getenv("FLEX_LOG") != "" {
		c.LogOutput = os.Stderr
	}
	s, err := core.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	if path := os.Getenv("CHROMIUM"); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return s, ctx
}

// plugin is a small one, as plugins are written: a classic script that calls
// init while it runs.
const plugin = `Twilio.Flex.Plugins.init(class {
	name = 'TestPlugin';
	init(flex, manager) {
		flex.TaskCanvasHeader.Content.add(React.createElement('span', { key: 'test' }, 'A plugin was here'));
		document.documentElement.dataset.plugin = manager.user.token === manager.store.getState().flex.session.ssoTokenPayload.token ? 'loaded' : 'without token';
	}
});`

// folder is what make flex fills, with a plugin beside it.
func folder(t *testing.T) string {
	t.Helper()
	from, err := filepath.Abs(bundleDir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(from)
	if err != nil {
		t.Fatalf("the Flex page is not built, run make flex-page: %v", err)
	}
	dir := t.TempDir()
	for _, f := range files {
		if err := os.Symlink(filepath.Join(from, f.Name()), filepath.Join(dir, f.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "test-plugin.js"), []byte(plugin), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tab is one page, with what it complained of.
type tab struct {
	t   *testing.T
	ctx context.Context

	mu    sync.Mutex
	notes []string
}

func open(t *testing.T, browser context.Context, url string) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	p := &tab{t: t, ctx: ctx}
	note := func(format string, args ...any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.notes = append(p.notes, fmt.Sprintf(format, args...))
	}
	err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			note("exception: %s %s", e.ExceptionDetails.Text, e.ExceptionDetails.Exception.Description)
		case *log.EventEntryAdded:
			note("log: %s %s", e.Entry.Text, e.Entry.URL)
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				for _, a := range e.Args {
					note("console: %s %s", a.Value, a.Description)
				}
			}
		case *network.EventResponseReceived:
			if e.Response.Status >= 400 {
				note("%d %s", int(e.Response.Status), e.Response.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1400, 900), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("%s complained:\n%s", url, strings.Join(p.notes, "\n"))
		}
	})
	return p
}

// until waits for a JavaScript condition.
func (p *tab) until(what, condition string, within time.Duration) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, within)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void]("!!("+condition+")", chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(0))); err != nil {
		p.shot("missing")
		p.t.Fatalf("not seen within %v: %s: %v\nthe page says: %s", within, what, err, p.text(`document.body.innerText.slice(0, 3000)`))
	}
}

func (p *tab) text(js string) string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	out, err := chromedp.Run(ctx, chromedp.Evaluate[string](js))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return out
}

func (p *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.shot("missing")
		p.t.Fatal(err)
	}
}

// shot keeps a picture.
func (p *tab) shot(name string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, patience)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("no picture of %s: %v", name, err)
		return
	}
	if err := os.MkdirAll(shots, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shots, name+".png"), png, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

const (
	// newcomer is the demo's first new customer on a fresh store: its script has
	// four, and goes by the number of Tasks.
	newcomer = "Noah Winter"
	// composer is where an agent types in Flex.
	composer = `[placeholder="Type message"]`
)

func quote(words string) string {
	raw, _ := json.Marshal(words) // a string cannot fail
	return string(raw)
}

// clickText clicks the innermost visible element that begins with the words, as
// a person would. Flex's parts have few roles to go by.
func clickText(words string) chromedp.Action[chromedp.Void] {
	return click(`[...document.querySelectorAll('body *')].filter((e) => e.innerText?.trim().startsWith(` + quote(words) + `) && e.getClientRects().length).pop()`)
}

// button is the visible, enabled button of a label; null for none.
func button(label string) string {
	return `([...document.querySelectorAll('button')].find((e) => !e.disabled && e.getClientRects().length && [e.innerText?.trim().toLowerCase(), e.ariaLabel?.toLowerCase()].includes(` + quote(strings.ToLower(label)) + `)) ?? null)`
}

// click clicks what an expression answers.
func click(element string) chromedp.Action[chromedp.Void] {
	return chromedp.Evaluate[chromedp.Void](`(() => { const e = ` + element + `; if (!e) throw new Error('nothing to click'); e.click(); })()`)
}

// namesIn are the names in a Task's attributes.
func namesIn(t *testing.T, k store.Task) []string {
	t.Helper()
	var a struct{ Name, CustomerName string }
	if err := json.Unmarshal([]byte(k.Attributes), &a); err != nil {
		t.Fatal(err)
	}
	return []string{a.Name, a.CustomerName}
}

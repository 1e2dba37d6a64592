//go:build e2e

package flexdev_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
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
	c.Local.FlexDir = folder(t)
	if os.Getenv("FLEX_LOG") != "" {
		c.LogOutput = os.Stderr
	}
	s, err := core.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, done, err := theBrowser.Profile()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return s, ctx
}

// theBrowser is that of all tests.
var theBrowser = chromium.NewShared()

func TestMain(m *testing.M) {
	code := m.Run()
	theBrowser.Close()
	os.Exit(code)
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
	notes []complaint
	asked []string // method and URL of each request, and the document that made it
}

// complaint is an exception, a console error or a refused request, and the URL
// of what it stems from.
type complaint struct{ from, text string }

// step is one that answers nothing.
type step = chromedp.Action[chromedp.Void]

// call makes a step of a command of the protocol.
func call[P, R any](cmd cdp.Command[P, R], params P) step {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, cmd, params)
		return chromedp.Void{}, err
	}
}

// script runs in every page before its own scripts.
func script(source string) step {
	return call(cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: source})
}

// open opens a page after some steps, in a tab of its own.
func open(t *testing.T, browser context.Context, url string, before ...step) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	return openIn(t, ctx, url, before...)
}

// openIn does it in a tab that is there.
func openIn(t *testing.T, ctx context.Context, url string, before ...step) *tab {
	t.Helper()
	p := &tab{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatal(err)
	}
	before = append([]step{call(network.Enable, network.EnableParams{}), chromedp.EmulateViewport(1400, 900)}, before...)
	if err := chromedp.Do(ctx, append(before, chromedp.Navigate(url))...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			for _, n := range p.notes {
				t.Logf("%s complained: %s (%s)", url, n.text, n.from)
			}
		}
	})
	return p
}

func (p *tab) hear(ev any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	note := func(from, format string, args ...any) {
		p.notes = append(p.notes, complaint{from, fmt.Sprintf(format, args...)})
	}
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		d, text := e.ExceptionDetails, ""
		if d.Exception != nil {
			text = d.Exception.Description
		}
		note(d.URL+" "+origins(d.StackTrace), "exception: %s %s", d.Text, text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			note(e.Entry.URL+" "+origins(e.Entry.StackTrace), "log: %s", e.Entry.Text)
		}
	case *cdppage.EventJavascriptDialogOpening: // during a call it asks before it is reloaded
		go func() {
			_ = chromedp.Do(p.ctx, call(cdppage.HandleJavaScriptDialog, cdppage.HandleJavaScriptDialogParams{Accept: true}))
		}()
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			var said []string
			for _, a := range e.Args {
				said = append(said, strings.TrimSpace(string(a.Value)+" "+a.Description))
			}
			note(origins(e.StackTrace), "console: %s", strings.Join(said, " "))
		}
	case *network.EventRequestWillBeSent:
		p.asked = append(p.asked, e.Request.Method+" "+e.Request.URL+" by "+e.DocumentURL)
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			note(e.Response.URL, "answer %d", int(e.Response.Status))
		}
	}
}

// origins are the URLs of the scripts that a stack goes through.
func origins(s *runtime.StackTrace) string {
	var all []string
	for ; s != nil; s = s.Parent {
		for _, f := range s.CallFrames {
			all = append(all, f.URL)
		}
	}
	return strings.Join(all, " ")
}

// flexPath is what the paths of Flex's page and of its files begin with.
var flexPath = regexp.MustCompile(`^(flex|agent-desktop|teams)\b`)

// ours says whether something stems from the plugin, from the page in its iframe,
// or is an answer of the product's server.
func ours(s *core.System, c complaint) bool {
	if strings.Contains(c.text, "plugin-escalate") {
		return true
	}
	for from := range strings.FieldsSeq(c.from) {
		if path, ok := strings.CutPrefix(from, s.URL()+"/"); ok && !flexPath.MatchString(path) {
			return true
		}
	}
	return false
}

// quiet fails the test for each complaint of our own, those excepted that hold
// one of the words.
func (p *tab) quiet(s *core.System, but ...string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.notes {
		expected := slices.ContainsFunc(but, func(words string) bool { return strings.Contains(n.text+" "+n.from, words) })
		if ours(s, n) && !expected {
			p.t.Errorf("it complained: %s (%s)", n.text, n.from)
		}
	}
}

// requests are those whose method and URL hold the words, made by documents
// whose URL holds by.
func (p *tab) requests(words, by string) (found []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, r := range p.asked {
		if asked, document, _ := strings.Cut(r, " by "); strings.Contains(asked, words) && strings.Contains(document, by) {
			found = append(found, r)
		}
	}
	return found
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

// conversationIn is the Conversation in a Task's attributes.
func conversationIn(t *testing.T, k store.Task) string {
	t.Helper()
	var a struct{ ConversationSid string }
	if err := json.Unmarshal([]byte(k.Attributes), &a); err != nil {
		t.Fatal(err)
	}
	return a.ConversationSid
}

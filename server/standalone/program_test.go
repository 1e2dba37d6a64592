//go:build e2e

package standalone

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
)

// slowPatience is what a busy machine may take for media to flow.
const slowPatience = 90 * time.Second

// TestAnotherProgramInChromium has a program that is written for Twilio, with the npm
// packages twilio and twilio-video, make a call on local Twilio: all that it is
// told is the settings that the command prints.
func TestAnotherProgramInChromium(t *testing.T) {
	modules, err := filepath.Abs(filepath.Join("..", "..", "static", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "twilio")); err != nil {
		t.Fatalf("the npm packages are not installed; run npm ci in static: %v", err)
	}
	browser := openBrowser(t)
	for _, kind := range []string{"group", "peer-to-peer"} {
		t.Run(kind, func(t *testing.T) {
			twilio := begin(t, nil, "TWILIO_WORKSPACE_SID=", "-addr", "127.0.0.1:0", "-media-addr", "127.0.0.1:0", "-turn-addr", "127.0.0.1:0", "-log-level", "warn")
			p := startProgram(t, kind, append(os.Environ(), append(settings(twilio.stdout.String()), "NODE_PATH="+modules)...))
			url := p.line(t)
			alice, bob := openPage(t, browser, url+"?identity=alice"), openPage(t, browser, url+"?identity=bob")
			awaitTitle(t, alice, "talking")
			awaitTitle(t, bob, "talking")
			if _, err := io.WriteString(p.stdin, "end\n"); err != nil {
				t.Fatal(err)
			}
			if got, want := p.line(t), kind+" completed alice bob"; got != want {
				t.Errorf("the program says %q, want %q", got, want)
			}
			awaitTitle(t, alice, "ended 53118")
			awaitTitle(t, bob, "ended 53118")
		})
	}
}

// settings are the lines of the command's output that can be an environment.
func settings(output string) (env []string) {
	for line := range strings.Lines(output) {
		if strings.HasPrefix(line, "TWILIO_") {
			env = append(env, strings.TrimSpace(line))
		}
	}
	return env
}

// program is a running program.js.
type program struct {
	stdin  io.Writer
	stdout *bufio.Reader
	stderr *output
}

func startProgram(t *testing.T, kind string, env []string) *program {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*slowPatience)
	cmd := exec.CommandContext(ctx, "node", filepath.Join("testdata", "program", "program.js"), kind)
	p := &program{stderr: &output{}}
	cmd.Env, cmd.Stderr = env, p.stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin, p.stdout = stdin, bufio.NewReader(stdout)
	if err := cmd.Start(); err != nil {
		t.Fatalf("start node: %v", err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait() // it may have been killed, on purpose
	})
	return p
}

// line reads what the program says next.
func (p *program) line(t *testing.T) string {
	t.Helper()
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("the program has ended: %v\n%s", err, p.stderr)
	}
	return strings.TrimSpace(line)
}

func openBrowser(t *testing.T) context.Context {
	t.Helper()
	browser, stop, err := chromium.Start(context.Background(), chromium.Path(), t.TempDir(),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return browser
}

func openPage(t *testing.T, browser context.Context, url string) context.Context {
	t.Helper()
	page, cancel := chromedp.NewContext(browser)
	t.Cleanup(cancel)
	// Without a time limit: the tab lives as long as the context of this call.
	if err := chromedp.Do(page); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	ctx, done := context.WithTimeout(page, slowPatience)
	defer done()
	if _, err := chromedp.Run(ctx, chromedp.Navigate(url)); err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	return page
}

// awaitTitle waits until the page has got as far as its title says.
func awaitTitle(t *testing.T, page context.Context, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(page, slowPatience)
	defer cancel()
	title := ""
	for {
		got, err := chromedp.Run(ctx, chromedp.Evaluate[string](
			`new Promise(resolve => setTimeout(() => resolve(document.title), 50))`, chromedp.EvalAwaitPromise))
		if err != nil {
			t.Fatalf("the page is %q, not %q: %v", title, want, err)
		}
		if title = got; title == want {
			return
		}
	}
}

//go:build e2e && !js

package twiliojs

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/chromium"
	"escalate/server/localtwilio"
	"escalate/server/token"
)

// TestInChromium runs testdata/smoke in Chromium with fake devices, against
// the real SDK and local Twilio.
func TestInChromium(t *testing.T) {
	program := chromium.Path()
	sdk := "../../../static/node_modules/twilio-video/dist/twilio-video.min.js"
	for _, f := range []string{program, sdk} {
		if _, err := os.Stat(f); err != nil {
			t.Fatalf("%v: run make deps chromium", err)
		}
	}
	wasm := filepath.Join(t.TempDir(), "smoke.wasm")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", wasm, "./testdata/smoke")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	twilio, err := localtwilio.Start(t.Context(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = twilio.Close() })

	reports := make(chan string, 100)
	page := httptest.NewServer(pages(t, twilio, wasm, sdk, reports))
	t.Cleanup(page.Close)
	browse(t, program, page.URL)

	want := []string{
		"level of the fake microphone", "flipped",
		"b sees and hears a", "b decodes a's picture", "b hears a's sound", "a muted", "a unmuted",
		"a's camera off", "a's camera on", "b decodes a's picture again", "b decodes a's picture after flips",
		"a left", "b sees a leave", "a's camera still previewed", "a is back",
	}
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case line := <-reports:
			t.Log(line)
			if what, ok := strings.CutPrefix(line, "ok: "); ok {
				want = slices.DeleteFunc(want, func(w string) bool { return w == what })
			}
			if strings.HasPrefix(line, "error: ") {
				t.Error(line)
			}
			if line == "end" {
				if len(want) > 0 {
					t.Errorf("never seen: %q", want)
				}
				return
			}
		case <-deadline:
			t.Fatalf("no end; still missing: %q", want)
		}
	}
}

// pages serves the page that runs the program, and takes its reports.
func pages(t *testing.T, twilio *localtwilio.Server, wasm, sdk string, reports chan<- string) http.Handler {
	t.Helper()
	settings := struct {
		Signaling string
		Tokens    []string
		SDK       string
	}{Signaling: twilio.SignalingURL(), SDK: "/sdk.js"}
	a := twilio.Account()
	for _, who := range []string{"agent:WK1:1", "customer:X:2"} {
		raw, err := token.Mint(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret},
			token.Video{Identity: who, Room: "smoke"}, time.Now(), time.Minute*10)
		if err != nil {
			t.Fatal(err)
		}
		settings.Tokens = append(settings.Tokens, raw)
	}
	data, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><title>smoke</title><style>video { width: 20em }</style><video id="preview"></video><video id="remote-video"></video>
<audio id="remote-audio"></audio><script type="application/json" id="page-data">%s</script><script src="/exec.js"></script>
<script>const go = new Go(); WebAssembly.instantiateStreaming(fetch("/smoke.wasm"), go.importObject).then(r => go.run(r.instance))</script>`, data)
	})
	serve := func(path, file string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) })
	}
	goroot, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	serve("/exec.js", filepath.Join(strings.TrimSpace(string(goroot)), "lib/wasm/wasm_exec.js"))
	serve("/smoke.wasm", wasm)
	serve("/sdk.js", sdk)
	mux.HandleFunc("POST /report", func(_ http.ResponseWriter, r *http.Request) {
		if b, err := io.ReadAll(io.LimitReader(r.Body, 1<<16)); err == nil {
			reports <- string(b)
		}
	})
	return mux
}

// browse opens url in Chromium until the test ends.
func browse(t *testing.T, program, url string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
		"--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream",
		"--user-data-dir="+t.TempDir(), "--enable-logging=stderr", url)
	log := &strings.Builder{}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
		if !t.Failed() {
			return
		}
		for line := range strings.Lines(log.String()) {
			if strings.Contains(line, "CONSOLE") {
				t.Log(strings.TrimSpace(line))
			}
		}
	})
}

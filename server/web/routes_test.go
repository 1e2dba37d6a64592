package web

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"escalate/app/wire"
)

var update = flag.Bool("update", false, "write testdata/routes.golden anew")

const routesGolden = "testdata/routes.golden"

// alwaysSet are the headers of an answer unless its route says otherwise; the
// golden file names only what differs.
var alwaysSet = http.Header{
	"X-Content-Type-Options": {"nosniff"},
	"Referrer-Policy":        {"no-referrer"},
	"X-Robots-Tag":           {"noindex, nofollow"},
	"Cache-Control":          {"no-store"},

	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Strict-Transport-Security":    {"max-age=31536000"},
}

// everyPath has each route of the public listener, and what no route has.
func everyPath() []string {
	paths := []string{
		wire.EscalationsPath, wire.TaskPath(ownTask), wire.TaskPath("x"), wire.CallbackPath,
		"/", "/?code=K7M2P9X", "/?code=nosuchc", "/?code=%21", wire.AgentPage,
		manifestPath, workerPath, framePath, offlinePath, brandStyle, brandLogo, brandIcon,
		"/static/app.css", "/static/app.wasm", "/static/nothing.js", "/static/.hidden", "/favicon.ico", "/robots.txt",
		"/features/x/anything", "/nothing", "/api/nothing", "/chat%20join%2Fk7m2p9x", "/x/join/k7m2p9x",
	}
	for _, action := range []string{wire.ActionProgress, wire.ActionLeave, wire.ActionRating, wire.ActionAgentToken, wire.ActionEnd} {
		paths = append(paths, wire.CodePath(liveCode, action))
	}
	for _, code := range []string{liveCode, expiredCode, endedCode, "nosuchc"} {
		paths = append(paths, wire.CodePath(code, ""), wire.CodePath(code, wire.ActionEvents), wire.CodePath(code, wire.ActionToken),
			wire.JoinPath(code), wire.JoinPath(code)+"/"+wire.ActionRating)
	}
	return paths
}

// TestEveryRoute holds status and headers of every route for anonymous people,
// other websites, and agents, to what they were when the file was last read by
// somebody: go test ./server/web -run TestEveryRoute -update, and look at the diff.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	long := map[string]string{} // values by the short name that stands for them
	for _, who := range []struct {
		name    string
		methods []string
		header  map[string]string
	}{
		{"anonymous", []string{"GET", "HEAD", "POST", "OPTIONS"}, nil},
		{"a browser", []string{"GET"}, headers("Accept", "text/html", "Accept-Language", "de")},
		{"with JSON", []string{"POST"}, asJSON()},
		{"with a form", []string{"POST"}, headers("Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")},
		{"our own page", []string{"GET", "POST"}, asJSON("Origin", publicURL)},
		{"the agent desktop", []string{"GET", "POST"}, asAgent("Origin", flexOrigin)},
		{"a preflight of the agent desktop", []string{"OPTIONS"}, headers("Origin", flexOrigin, "Access-Control-Request-Method", "POST")},
		{"another website", []string{"GET", "POST", "OPTIONS"}, asAgent("Origin", "https://evil.example")},
	} {
		fmt.Fprintf(&got, "# %s\n", who.name)
		for _, path := range everyPath() {
			for _, method := range who.methods {
				got.WriteString(routeLine(t, call{method, path, "", who.header}, long))
			}
		}
	}
	got.WriteString("# long values\n")
	for _, name := range slices.Sorted(maps.Keys(long)) {
		fmt.Fprintf(&got, "%s = %s\n", name, long[name])
	}
	if *update {
		if err := os.WriteFile(routesGolden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(routesGolden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		var g, w string
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s:%d:\n got %s\nwant %s", routesGolden, i+1, g, w)
		}
	}
}

// routeLine is one request with its answer. Long headers go to long.
func routeLine(t *testing.T, c call, long map[string]string) string {
	g := newRig() // one each: no request sees the limits of another
	done := make(chan struct{})
	close(done) // event streams end after their first beat
	g.config.Done = done
	var err error
	if g.config.Look.Accent, err = ParseAccent("#0f766e"); err != nil {
		t.Fatal(err)
	}
	if g.config.Look.Logo, err = ReadPicture([]byte("<svg/>"), false); err != nil {
		t.Fatal(err)
	}
	g.deps.Mounts = map[string]http.Handler{"/features/x/": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "mounted")
	})}
	w := do(t, g.handler(), c)
	h := w.Header()
	if h.Get("X-Request-Id") == "" {
		t.Errorf("%s %s has no request id", c.method, c.path)
	}
	h.Del("X-Request-Id")
	h.Del("Content-Length") // changes with every word
	var line strings.Builder
	fmt.Fprintf(&line, "%s %s %d", c.method, c.path, w.Code)
	if os.Getenv("ROUTES_BODIES") != "" && !strings.HasPrefix(h.Get("Content-Type"), "text/event-stream") {
		sum := sha256.Sum256(w.Body.Bytes())
		fmt.Fprintf(&line, " | body %x", sum[:6])
	}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if value := strings.Join(h[name], " ++ "); value != alwaysSet.Get(name) {
			if len(value) > 80 {
				sum := sha256.Sum256([]byte(value))
				short := fmt.Sprintf("@%x", sum[:3])
				long[short], value = value, short
			}
			fmt.Fprintf(&line, " | %s: %s", name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(alwaysSet)) {
		if h.Get(name) == "" {
			fmt.Fprintf(&line, " | no %s", name)
		}
	}
	return line.String() + "\n"
}

// TestPlainHTTP: browsers are only told to keep to https where the public URL has it.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://127.0.0.1:8080", ""} {
		g := newRig()
		g.config.PublicURL = url
		for _, path := range everyPath() {
			if got := do(t, g.handler(), call{"HEAD", path, "", nil}).Header().Get("Strict-Transport-Security"); got != "" {
				t.Errorf("%q: %s has Strict-Transport-Security: %s", url, path, got)
			}
		}
	}
}

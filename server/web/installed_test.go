package web

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"
)

func withWorker(g *rig) *rig {
	g.config.Languages = []string{"en", "de"}
	files := g.config.Static.(fstest.MapFS)
	files["sw.js"] = &fstest.MapFile{Data: []byte("// worker")}
	files["offline.js"] = &fstest.MapFile{Data: []byte("// offline")}
	return g
}

func TestManifest(t *testing.T) {
	t.Parallel()
	g := withWorker(newRig())
	res := do(t, g.handler(), call{"GET", manifestPath + "?lang=de", "", nil})
	var m manifest
	if err := json.Unmarshal(res.Body.Bytes(), &m); err != nil {
		t.Fatal(err)
	}
	if m.Name != "Acme & Sons" || m.Lang != "de" || m.Display != "standalone" || len(m.Icons) != 1 || !strings.HasPrefix(m.Icons[0].Src, "/static/icon.svg?v=") {
		t.Errorf("%+v", m)
	}
	if got := res.Header().Get("Content-Type"); got != "application/manifest+json" {
		t.Errorf("Content-Type %q", got)
	}
	var err error
	if g.config.Look.Icon, err = ReadPicture(pngOf(512, 512), true); err != nil {
		t.Fatal(err)
	}
	res = do(t, g.handler(), call{"GET", manifestPath, "", nil})
	if body := res.Body.String(); !strings.Contains(body, `"sizes":"512x512"`) || !strings.Contains(body, brandIcon) {
		t.Errorf("the brand's icon is not in %s", body)
	}
}

func TestWorker(t *testing.T) {
	t.Parallel()
	g := withWorker(newRig())
	res := do(t, g.handler(), call{"GET", workerPath + "?lang=de", "", nil})
	h, body := res.Header(), res.Body.String()
	if h.Get("Service-Worker-Allowed") != "/" || h.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") ||
		h.Get("Content-Security-Policy") != workerPolicy {
		t.Errorf("headers %v", h)
	}
	line, rest, _ := strings.Cut(strings.TrimPrefix(body, "const SHELL = "), ";\n")
	var shell struct {
		Version, Frame, Offline string
		Files                   []string
	}
	if err := json.Unmarshal([]byte(line), &shell); err != nil || rest != "// worker" {
		t.Fatalf("%v in %s", err, body)
	}
	if shell.Frame != "/frame?lang=de" || shell.Offline != "/offline?lang=de" || shell.Version == "" {
		t.Errorf("%+v", shell)
	}
	for _, u := range append(shell.Files, shell.Frame, shell.Offline) {
		if got := do(t, g.handler(), call{"GET", u, "", nil}); got.Code != 200 {
			t.Errorf("%s answers %d: the worker could not be installed", u, got.Code)
		}
		if strings.HasPrefix(u, "/api") || strings.HasPrefix(u, "/join") {
			t.Errorf("%s would be kept", u)
		}
	}
	// Another file, another worker.
	g2 := withWorker(newRig())
	g2.config.Static.(fstest.MapFS)["start.js"] = &fstest.MapFile{Data: []byte("// newer")}
	if other := do(t, g2.handler(), call{"GET", workerPath + "?lang=de", "", nil}).Body.String(); other == body {
		t.Error("a new file does not make a new worker")
	}
}

func TestFrameAndOfflinePageHoldNobodysState(t *testing.T) {
	t.Parallel()
	g := withWorker(newRig())
	frame := do(t, g.handler(), call{"GET", framePath, "", nil}).Body.String()
	if strings.Contains(frame, `"state"`) || !strings.Contains(frame, `id="page-data"`) {
		t.Errorf("frame:\n%s", frame)
	}
	res := do(t, g.handler(), call{"GET", offlinePath + "?lang=de", "", nil})
	if !strings.Contains(res.Body.String(), german.Page.Offline.Heading) || !strings.Contains(res.Body.String(), "/static/offline.js") {
		t.Errorf("offline page:\n%s", res.Body)
	}
	if got := res.Header().Get("Content-Security-Policy"); !strings.Contains(got, "script-src 'self'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy %s", got)
	}
}

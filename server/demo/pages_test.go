package demo_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

var inline = regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<style|\sstyle=|\son[a-z]+=`)

func TestPagesRunNothingInline(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/demo", "/demo/agent", "/demo/chat"} {
		res, body := get(t, b.url+path)
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %s, %s", path, res.Status, res.Header.Get("Content-Type"))
		}
		for _, want := range []string{"default-src 'none'", "frame-src 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(res.Header.Get("Content-Security-Policy"), want) {
				t.Errorf("%s: the policy lacks %s", path, want)
			}
		}
		for name, want := range map[string]string{
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		permissions := strings.Split(res.Header.Get("Permissions-Policy"), ", ")
		for _, feature := range allowedInFrame(t) {
			if !slices.Contains(permissions, feature+"=(self)") {
				t.Errorf("%s: the desk's frame may not have %s: %s", path, feature, permissions)
			}
		}
		if !slices.Contains(permissions, "geolocation=()") || !slices.Contains(permissions, "usb=()") {
			t.Errorf("%s: too much is permitted: %s", path, permissions)
		}
		if bad := inline.FindString(body); bad != "" {
			t.Errorf("%s has %q, which the policy blocks", path, bad)
		}
	}
}

// allowedInFrame is what the plugin lets its frame have.
func allowedInFrame(t *testing.T) (features []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "static", "web", "flex-plugin.js"))
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?s)const allow = \[(.*?)\]`).FindStringSubmatch(string(raw))
	if list == nil {
		t.Fatal("the plugin allows its frame nothing")
	}
	for _, m := range regexp.MustCompile(`'([a-z-]+)'`).FindAllStringSubmatch(list[1], -1) {
		features = append(features, m[1])
	}
	return features
}

var reference = regexp.MustCompile(`(?:src|href)="(/demo/static/[^"]+)"`)

func TestPagesFindTheirFiles(t *testing.T) {
	b := newBench(t)
	kinds := map[string]string{".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
	for _, page := range []string{"/demo", "/demo/agent", "/demo/chat"} {
		_, body := get(t, b.url+page)
		found := reference.FindAllStringSubmatch(body, -1)
		if len(found) == 0 {
			t.Errorf("%s loads nothing", page)
		}
		for _, f := range found {
			res, _ := get(t, b.url+f[1])
			if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), kinds[filepath.Ext(f[1])]) {
				t.Errorf("%s: %s is %s, %s", page, f[1], res.Status, res.Header.Get("Content-Type"))
			}
		}
	}
	if res, _ := get(t, b.url+"/demo/static/../demo.go"); res.StatusCode != 404 {
		t.Errorf("a file outside: %s", res.Status)
	}
}

var (
	idPattern   = regexp.MustCompile(`(?m)^  \w+: '([\w-]+)'`)
	domPattern  = regexp.MustCompile(`id="([\w-]+)"`)
	madeByDesk  = map[string]bool{"notice-text": true, "leave-and-close": true, "room-frame": true}
	pagesWithID = []string{"web/agent.html", "web/chat.html"}
)

// The ids that browser tests rely on are on the pages, or made by a script.
func TestElementIDs(t *testing.T) {
	onPage := map[string]bool{}
	for _, name := range pagesWithID {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range domPattern.FindAllStringSubmatch(string(raw), -1) {
			onPage[m[1]] = true
		}
	}
	raw, err := os.ReadFile("web/js/ids.js")
	if err != nil {
		t.Fatal(err)
	}
	ids := idPattern.FindAllStringSubmatch(string(raw), -1)
	if len(ids) < 30 {
		t.Fatalf("%d ids found in ids.js; has its form changed?", len(ids))
	}
	for _, m := range ids {
		if !onPage[m[1]] && !madeByDesk[m[1]] {
			t.Errorf("no page has #%s", m[1])
		}
	}
}

func TestScriptsParse(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node here")
	}
	files, err := filepath.Glob("web/js/*.js")
	if err != nil || len(files) == 0 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		// Through stdin, because a .js file without a package.json is not taken for a module.
		cmd := exec.CommandContext(t.Context(), node, "--check", "--input-type=module")
		cmd.Stdin = strings.NewReader(string(src))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", f, err, out)
		}
	}
}

package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"escalate/app/wire"
)

// What makes the pages installable, and quick to come back to on a bad line.
const (
	manifestPath = "/manifest.webmanifest"
	workerPath   = "/sw.js"
	workerName   = "sw.js"
	framePath    = "/frame"   // a join page without anybody's state
	offlinePath  = "/offline" // what is shown without a connection
)

// workerPolicy is what the service worker may do: fetch from here.
var workerPolicy = policy("default-src 'none'", "connect-src 'self'")

// inAppPolicy lets the page look where it runs.
var inAppPolicy = "script-src 'self'; " + plainPolicy

// offlinePolicy lets the page look for the connection.
var offlinePolicy = plainPolicy + "; script-src 'self'; connect-src 'self'"

type manifest struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	ShortName  string         `json:"short_name"`
	Lang       string         `json:"lang"`
	Dir        string         `json:"dir"`
	StartURL   string         `json:"start_url"`
	Scope      string         `json:"scope"`
	Display    string         `json:"display"`
	Background string         `json:"background_color"`
	Theme      string         `json:"theme_color"`
	Icons      []manifestIcon `json:"icons"`
}

type manifestIcon struct {
	Src   string `json:"src"`
	Type  string `json:"type"`
	Sizes string `json:"sizes"`
}

// installed serves what browsers need to keep the pages as an app, and to show
// something without a connection.
type installed struct{ renderer *renderer }

// getManifest describes the installed pages. It begins at the page to type a
// code into: a join link is used once, an installed app for years.
func (in *installed) getManifest(w http.ResponseWriter, r *http.Request) error {
	t := in.renderer.speech(r)
	m := manifest{
		ID: wire.HomePage, Name: in.renderer.brand.name, ShortName: in.renderer.brand.name, Lang: t.Lang, Dir: t.Dir,
		StartURL: wire.HomePage, Scope: wire.HomePage, Display: "standalone",
		Background: "#f5f6f4", Theme: "#0f1514",
	}
	if in.renderer.brand.name == "" {
		m.Name, m.ShortName = t.Title.Join, t.Title.Join
	}
	if i := in.renderer.brand.look.Icon; i != nil {
		icon := manifestIcon{i.url(brandIcon), i.kind, "any"}
		if i.size > 0 {
			icon.Sizes = fmt.Sprintf("%dx%d", i.size, i.size)
		}
		m.Icons = append(m.Icons, icon)
	} else if in.renderer.files.Has("icon.svg") {
		m.Icons = append(m.Icons, manifestIcon{in.renderer.files.URL("icon.svg"), types[".svg"], "any"})
	}
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode manifest: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", types[".webmanifest"])
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept-Language")
	_, _ = w.Write(body) // an error here means that the client has gone
	return nil
}

// shellFiles are what the program consists of in the browser, by address.
func (in *installed) shellFiles() []string {
	var files []string
	for _, name := range []string{"app.css", "start.js", "wasm_exec.js", wasmName, "vendor/twilio-video.min.js", "icon.svg", "offline.js"} {
		if in.renderer.files.Has(name) {
			files = append(files, in.renderer.files.URL(name))
		}
	}
	for _, u := range []string{in.renderer.brand.styleURL(), in.renderer.brand.look.logoURL()} {
		if u != "" {
			files = append(files, u)
		}
	}
	return files
}

// getWorker serves the service worker with the names of what it keeps. A new
// version of any of them makes another worker, which is how browsers notice.
func (in *installed) getWorker(w http.ResponseWriter, r *http.Request) error {
	f := in.renderer.files.files[workerName]
	if f == nil {
		return errNotFound
	}
	files := in.shellFiles()
	lang := "?" + url.Values{langParam: {in.renderer.languages.of(r)}}.Encode()
	shell, err := json.Marshal(map[string]any{
		"version": in.renderer.files.version(slices.Sorted(maps.Keys(in.renderer.files.files))...) + in.renderer.brand.version(),
		"files":   files, "frame": framePath + lang, "offline": offlinePath + lang,
	})
	if err != nil {
		return fmt.Errorf("encode shell: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", types[".js"])
	h.Set("Content-Security-Policy", workerPolicy)
	h.Set("Service-Worker-Allowed", "/")
	h.Set("Cache-Control", "no-cache")
	h.Add("Vary", "Accept-Language")
	_, _ = w.Write(bytes.Join([][]byte{[]byte("const SHELL = "), shell, []byte(";\n"), f.body[""]}, nil)) // as above
	return nil
}

// getFrame is a join page for whichever code is in the browser's address: the
// program fetches its state.
func (in *installed) getFrame(w http.ResponseWriter, r *http.Request) error {
	return in.renderer.app(w, r, shell{Name: "join", Title: in.renderer.speech(r).Title.Join}, wire.JoinPath(""), wire.Page{})
}

// getOffline is what the service worker shows where no page can be loaded: its
// script knows whether this device has no connection, or only we are away.
func (in *installed) getOffline(w http.ResponseWriter, r *http.Request) error {
	return in.renderer.plain(w, r, http.StatusOK, in.renderer.speech(r).Page.Away, plainData{
		Policy: offlinePolicy, Script: "offline.js", Retry: true, Offline: &in.renderer.speech(r).Page.Offline,
	})
}

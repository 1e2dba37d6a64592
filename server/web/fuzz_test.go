package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"escalate/app/wire"
)

// FuzzServeHTTP sends the product anything. None of it is our fault, every error of the
// API has a code of ours, and nothing that was sent comes back as markup.
func FuzzServeHTTP(f *testing.F) {
	g := newRig()
	g.config.Limits = Limits{}
	h := g.handler()
	for _, path := range []string{
		wire.EscalationsPath, wire.CodePath(liveCode, ""), wire.CodePath(liveCode, wire.ActionToken), wire.CodePath(liveCode, wire.ActionEvents),
		wire.CodePath(liveCode, wire.ActionProgress), wire.CodePath(liveCode, wire.ActionRating), wire.CodePath(liveCode, wire.ActionLeave),
		wire.CodePath(liveCode, wire.ActionAgentToken), wire.CodePath(liveCode, wire.ActionEnd), wire.TaskPath(ownTask),
		"/join/" + liveCode, "/join/<script>", "/agent", "/", "/static/app.css", "/static/../x", "/callbacks/video", "/%2e%2e/%00",
	} {
		f.Add("GET", path, "", "", "", "")
		f.Add("POST", path, `{"taskSid":"`+ownTask+`","score":5,"comment":"<b>","phase":"opened","identity":"customer:C:1","key":"k"}`, "application/json", "Bearer "+flexToken, "de-AT, *;q=0.1")
		f.Add("POST", path, "score=5&comment=%3Cb%3E", "application/x-www-form-urlencoded", "Bearer x", "")
	}
	gone, leave := context.WithCancel(context.Background())
	leave() // so that streams end at once
	f.Fuzz(func(t *testing.T, method, path, body, contentType, authorization, languages string) {
		u, err := url.ParseRequestURI(path)
		if err != nil || !strings.HasPrefix(u.Path, "/") {
			return
		}
		r := httptest.NewRequestWithContext(gone, http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL, r.RequestURI = method, u, u.RequestURI()
		for name, v := range map[string]string{"Content-Type": contentType, "Authorization": authorization, "Accept-Language": languages, "Last-Event-ID": body} {
			r.Header.Set(name, v)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %s: %d %s", method, u, w.Code, w.Body)
		}
		if w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: %d without nosniff", method, u, w.Code)
		}
		if strings.HasPrefix(u.Path, "/api/") && w.Code >= 400 && method != http.MethodHead {
			var e wire.Error
			if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code == "" || e.Message == "" {
				t.Errorf("%s %s: %d with %q", method, u, w.Code, w.Body)
			}
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && strings.Contains(path, "<script>") && strings.Contains(w.Body.String(), "<script>"+path) {
			t.Errorf("%s %s: markup comes back", method, u)
		}
	})
}

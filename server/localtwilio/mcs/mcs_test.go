package mcs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/store"
)

// patience is how long anything may take on a busy machine.
const patience = 20 * time.Second

// bench is a service that a test asks by HTTP.
type bench struct {
	t     *testing.T
	store *store.Store
	mcs   *mcs.Server
	dir   string
	url   string
	now   time.Time
}

// newBench starts a service that takes files of 1,000 bytes. Its tokens are the
// identities of their holders, with @ and a Service that is not the account's own.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)}
	var err error
	if b.store, err = store.Open("", store.Options{Now: func() time.Time { return b.now }}); err != nil {
		t.Fatal(err)
	}
	b.mcs = b.start(1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.StripPrefix("/mcs", b.mcs).ServeHTTP(w, r)
	}))
	b.url = server.URL + "/mcs"
	t.Cleanup(func() {
		server.Close()
		if err := errors.Join(b.mcs.Close(), b.store.Close()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) start(maxSize int64) *mcs.Server {
	b.t.Helper()
	s, err := mcs.Start(mcs.Config{
		Store: b.store, Dir: b.dir, MaxSize: maxSize,
		Authenticate: func(raw string) (mcs.Who, error) {
			identity, service, of := strings.Cut(raw, "@")
			if !of && raw != "sync only" {
				service = b.store.Account().ChatServiceSID
			}
			return mcs.Who{Identity: identity, Chat: service != "" && b.has(service), Service: service, All: raw == "supervisor"}, nil
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// has reports whether there is a Service.
func (b *bench) has(service string) bool {
	_, err := b.store.ChatServices.Get(service)
	return err == nil
}

func (b *bench) service() string { return b.url + "/v1/Services/" + b.store.Account().ChatServiceSID }

// record is what answers say of Media, or of what went wrong.
type record struct {
	SID, Filename, Author, Category string
	Message                         string
	Service                         string `json:"service_sid"`
	ContentType                     string `json:"content_type"`
	Size                            int64
	Code                            int
	Links                           struct {
		Content   string
		Temporary string `json:"content_direct_temporary"`
	}
}

// ask sends a request as somebody, or with the account's credentials, and wants
// a status.
func (b *bench) ask(method, url, as, contentType string, body io.Reader, status int) (v record) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, url, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if as == "rest" {
		a := b.store.Account()
		r.SetBasicAuth(a.SID, a.AuthToken)
	} else if sid, secret, key := strings.Cut(as, "="); key {
		r.SetBasicAuth(sid, secret)
	} else if as != "" {
		r.Header.Set("X-Twilio-Token", as)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.t.Fatalf("%s %s: %d %s, want %d", method, url, res.StatusCode, raw, status)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &v); err != nil {
			b.t.Fatal(err)
		}
	}
	return v
}

func (b *bench) upload(as, filename, contentType, content string) record {
	b.t.Helper()
	return b.ask("POST", b.service()+"/Media?"+url.Values{"Filename": {filename}}.Encode(), as, contentType, strings.NewReader(content), http.StatusCreated)
}

// get answers what a location has.
func (b *bench) get(location string, status int) (*http.Response, string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), "GET", location, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.t.Fatalf("GET %s: %d %s, want %d", location, res.StatusCode, raw, status)
	}
	return res, string(raw)
}

// files are the names in the directory.
func (b *bench) files() (names []string) {
	b.t.Helper()
	all, err := os.ReadDir(b.dir)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, f.Name())
	}
	return names
}

// untilFiles waits until the directory has these.
func (b *bench) untilFiles(want ...string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		got := b.files()
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("files are %q, want %q", got, want)
		}
		runtime.Gosched()
	}
}

// TestHowFilesAreShown is about files that would run a script in the reader's
// browser, were they shown in place.
func TestHowFilesAreShown(t *testing.T) {
	b := newBench(t)
	png := "\x89PNG\r\n\x1a\n and so on"
	for _, c := range []struct{ name, filename, contentType, content, disposition string }{
		{"a picture", "a.png", "image/png", png, "inline; filename=a.png"},
		{"no name", "", "image/png", png, "inline"},
		{"a name with folders", `C:\secret\a.png`, "image/png", png, "inline; filename=a.png"},
		{"a name that would end the header", "a\"\r\nX: y.png", "image/png", png, `inline; filename="a\"X: y.png"`},
		{"a name in another script", "größer.png", "image/png", png, "inline; filename*=utf-8''gr%C3%B6%C3%9Fer.png"},
		{"a film", "a.mp4", "video/mp4", "film", "inline; filename=a.mp4"},
		{"words", "a.txt", "text/plain; charset=utf-8", "words", "inline; filename=a.txt"},
		{"a page", "a.html", "text/html", "<p>hello", "attachment; filename=a.html"},
		{"a drawing", "a.svg", "image/svg+xml", "<svg/>", "attachment; filename=a.svg"},
		{"a drawing said to be a picture", "a.png", "image/png", "  <SVG onload=alert(1)>", "attachment; filename=a.png"},
		{"a page said to be a picture", "a.png", "image/png", "<!DOCTYPE html><script>alert(1)</script>", "attachment; filename=a.png"},
		{"a page said to be words", "a.txt", "text/plain", "<html><script>alert(1)</script>", "attachment; filename=a.txt"},
		{"XML", "a.xml", "application/xhtml+xml", "<a/>", "attachment; filename=a.xml"},
		{"something else", "a.zip", "application/zip", "zip", "attachment; filename=a.zip"},
		{"no type", "a", "", "bytes", "attachment; filename=a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{t: t, store: b.store, url: b.url, dir: b.dir}
			res, content := b.get(b.upload("ada", c.filename, c.contentType, c.content).Links.Temporary, http.StatusOK)
			if content != c.content {
				t.Errorf("content %q", content)
			}
			if got := res.Header.Get("Content-Disposition"); got != c.disposition {
				t.Errorf("disposition %s, want %s", got, c.disposition)
			}
			if want := c.contentType; want != "" && res.Header.Get("Content-Type") != want {
				t.Errorf("type %s, want %s", res.Header.Get("Content-Type"), want)
			}
			if res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
				t.Errorf("header %v", res.Header)
			}
		})
	}
}

func TestLocations(t *testing.T) {
	b := newBench(t)
	one, other := b.upload("ada", "a.txt", "text/plain", "one"), b.upload("ada", "b.txt", "text/plain", "other")
	b.get(one.Links.Temporary, http.StatusOK)
	b.get(strings.Replace(one.Links.Temporary, one.SID, other.SID, 1), http.StatusForbidden)
	b.get(b.url+"/content/"+one.SID, http.StatusForbidden)
	b.get(b.url+"/content/..%2Ftwilio.db", http.StatusForbidden)
	res, _ := b.get(strings.Replace(one.Links.Temporary, "Expires=17", "Expires=18", 1), http.StatusForbidden)
	if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("refused as %s", got)
	}
	// Content redirects to a location.
	r, err := http.NewRequestWithContext(t.Context(), "GET", b.url+one.Links.Content, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Twilio-Token", "ada")
	redirect, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	redirect.Body.Close()
	if _, content := b.get(redirect.Header.Get("Location"), http.StatusOK); redirect.StatusCode != http.StatusTemporaryRedirect || content != "one" {
		t.Errorf("%d to %q", redirect.StatusCode, content)
	}
	// A part of a file.
	r, err = http.NewRequestWithContext(t.Context(), "GET", other.Links.Temporary, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Range", "bytes=1-2")
	part, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer part.Body.Close()
	if got, err := io.ReadAll(part.Body); err != nil || part.StatusCode != http.StatusPartialContent || string(got) != "th" {
		t.Errorf("part %d %q, %v", part.StatusCode, got, err)
	}
	b.now = b.now.Add(6 * time.Minute)
	b.get(one.Links.Temporary, http.StatusForbidden)
}

func TestWhoSeesMedia(t *testing.T) {
	b := newBench(t)
	m := b.upload("ada", "a.txt", "text/plain", "for bob")
	if m.Author != "ada" || m.Size != 7 || m.Category != "media" {
		t.Errorf("media %+v", m)
	}
	one := b.service() + "/Media/" + m.SID
	for as, status := range map[string]int{"ada": 200, "rest": 200, "supervisor": 200, "bob": 403, "sync only": 403, "": 401} {
		b.ask("GET", one, as, "", nil, status)
	}
	c, err := b.store.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "bob"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Conversations.AddMessage(c.SID, store.Message{Media: store.Attach(m.SID)}); err != nil {
		t.Fatal(err)
	}
	b.ask("GET", one, "bob", "", nil, 200)
	b.ask("GET", one, "cleo", "", nil, 403)
	b.ask("GET", b.url+"/v1/Services/IS"+strings.Repeat("0", 32)+"/Media/"+m.SID, "ada", "", nil, 404)
	b.ask("GET", b.service()+"/Media/ME"+strings.Repeat("0", 32), "ada", "", nil, 404)
	b.ask("GET", b.service()+"/Media/..%2f..%2ftwilio.db", "ada", "", nil, 404)
	b.ask("DELETE", one, "ada", "", nil, 404)
}

func TestFormsAreTaken(t *testing.T) {
	b := newBench(t)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := form.WriteField("note", "not the file"); err != nil {
		t.Fatal(err)
	}
	part, err := form.CreateFormFile("anything", "a.bin")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(part, "the file")
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	m := b.ask("POST", b.service()+"/Media?Category=history", "ada", form.FormDataContentType(), &body, http.StatusCreated)
	if m.Filename != "a.bin" || m.ContentType != "application/octet-stream" || m.Size != 8 || m.Category != "history" {
		t.Errorf("media %+v", m)
	}
}

// TestRefusedUploadsLeaveNothing is about what is wrong with an upload; the
// directory stays as it was.
func TestRefusedUploadsLeaveNothing(t *testing.T) {
	b := newBench(t)
	form := "multipart/form-data; boundary=x"
	file := "--x\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n\r\n"
	long := strings.Repeat("x", 1001)
	for _, c := range []struct {
		name, query, contentType string
		body                     io.Reader
		status, code             int
	}{
		{"too large, and says so", "", "text/plain", strings.NewReader(long), 413, 50512},
		{"too large, as it turns out", "", "text/plain", io.MultiReader(strings.NewReader(long)), 413, 50512},
		{"too large, in a form", "", form, strings.NewReader(file + long + "\r\n--x--"), 413, 50512},
		{"empty", "", "text/plain", strings.NewReader(""), 400, 20001},
		{"a form without a file", "", form, strings.NewReader("--x\r\nContent-Disposition: form-data; name=f\r\n\r\na\r\n--x--"), 400, 20001},
		{"half a form", "", form, strings.NewReader(file + "half"), 400, 20001},
		{"a form without a boundary", "", "multipart/form-data", strings.NewReader(file), 400, 20001},
		{"no type", "", "nonsense", strings.NewReader("a"), 400, 20001},
		{"a category that is none", "?Category=avatar", "text/plain", strings.NewReader("a"), 400, 20001},
		{"a name that is a book", "?Filename=" + strings.Repeat("n", 256), "text/plain", strings.NewReader("a"), 400, 20001},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &bench{t: t, store: b.store, url: b.url, dir: b.dir}
			if got := b.ask("POST", b.service()+"/Media"+c.query, "ada", c.contentType, c.body, c.status); got.Code != c.code {
				t.Errorf("code %d, want %d", got.Code, c.code)
			}
			if got := b.files(); len(got) != 0 {
				t.Errorf("left behind: %q", got)
			}
		})
	}
}

// TestHalfUploadLeavesNothing breaks the connection in the middle.
func TestHalfUploadLeavesNothing(t *testing.T) {
	b := newBench(t)
	u, err := url.Parse(b.service())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "POST %s/Media HTTP/1.1\r\nHost: x\r\nX-Twilio-Token: ada\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\nhalf of it", u.Path)
	for deadline := time.Now().Add(patience); len(b.files()) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the upload did not begin")
		}
		runtime.Gosched()
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	b.untilFiles()
}

func TestFilesGoWithTheirMedia(t *testing.T) {
	b := newBench(t)
	gone, stays := b.upload("ada", "a.txt", "text/plain", "gone"), b.upload("ada", "b.txt", "text/plain", "stays")
	c, err := b.store.Conversations.Create(store.Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.store.Conversations.AddMessage(c.SID, store.Message{Media: store.Attach(stays.SID)}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(store.MediaUnused + time.Minute)
	if err := b.store.Sweep(); err != nil {
		t.Fatal(err)
	}
	b.untilFiles(stays.SID)
	b.ask("GET", b.service()+"/Media/"+gone.SID, "ada", "", nil, 404)
}

// TestStartTidies is about what a run leaves that was killed.
func TestStartTidies(t *testing.T) {
	b := newBench(t)
	m := b.upload("ada", "a.txt", "text/plain", "kept")
	for _, name := range []string{"upload-123", "ME" + strings.Repeat("0", 32), "notes.txt"} {
		if err := os.WriteFile(filepath.Join(b.dir, name), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.mcs.Close(); err != nil {
		t.Fatal(err)
	}
	b.mcs = b.start(1000)
	got := b.files()
	if want := []string{m.SID, "notes.txt"}; !slices.Equal(got, want) {
		t.Errorf("files %q, want %q", got, want)
	}
}

// zeros is a body without end.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

// TestLargeFilesStayOnDisk is about memory: a file is never whole in it.
func TestLargeFilesStayOnDisk(t *testing.T) {
	b := newBench(t)
	if err := b.mcs.Close(); err != nil {
		t.Fatal(err)
	}
	b.mcs = b.start(0)
	const size = 64 << 20
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/", io.LimitReader(zeros{}, size))
	r.Header.Set("Content-Type", "video/mp4")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := b.mcs.Receive(httptest.NewRecorder(), r, "ada")
	runtime.ReadMemStats(&after)
	if err != nil || m.Size != size {
		t.Fatalf("%+v, %v", m, err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("%d bytes of memory for a file of %d", got, size)
	}
}

// TestServicesKeepTheirFiles has a file of another Service than the account's own.
func TestServicesKeepTheirFiles(t *testing.T) {
	b := newBench(t)
	other, err := b.store.ChatServices.Create("other")
	if err != nil {
		t.Fatal(err)
	}
	there := b.url + "/v1/Services/" + other.SID
	ada := "ada@" + other.SID
	m := b.ask("POST", there+"/Media", ada, "text/plain", strings.NewReader("hello"), 201)
	if m.Service != other.SID {
		t.Errorf("service_sid %q", m.Service)
	}
	b.ask("GET", there+"/Media/"+m.SID, ada, "", nil, 200)
	b.ask("GET", there+"/Media/"+m.SID, "rest", "", nil, 200)
	b.ask("GET", b.service()+"/Media/"+m.SID, "rest", "", nil, 404)
	// A token for one Service opens no other, and is told so.
	own := b.store.Account().ChatServiceSID
	for _, x := range []struct{ as, path, is, wanted string }{{"ada", there, own, other.SID}, {ada, b.service(), other.SID, own}} {
		v := b.ask("GET", x.path+"/Media/"+m.SID, x.as, "", nil, 403)
		if want := "The token's chat grant is for Service " + x.is + ", not for " + x.wanted; v.Message != want {
			t.Errorf("message %q, want %q", v.Message, want)
		}
	}
	if v := b.ask("GET", b.service()+"/Media/"+m.SID, "sync only", "", nil, 403); v.Message != "The token has no chat grant" {
		t.Errorf("message %q", v.Message)
	}
	gone := store.NewSID("IS")
	if v := b.ask("GET", b.service()+"/Media/"+m.SID, "ada@"+gone, "", nil, 403); v.Message != "The token's chat grant is for Service "+gone+", which there is not" {
		t.Errorf("message %q", v.Message)
	}
	for service, want := range map[string]error{own: store.ErrMedia, other.SID: nil} {
		chats := b.store.Conversations.In(service)
		c, err := chats.Create(store.Conversation{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chats.AddMessage(c.SID, store.Message{Media: store.Attach(m.SID)}); !errors.Is(err, want) {
			t.Errorf("attach in Service %s: %v, want %v", service, err, want)
		}
	}
}

// TestKeysOpenMedia uses an API key that was made over REST.
func TestKeysOpenMedia(t *testing.T) {
	b := newBench(t)
	k, err := b.store.APIKeys.Create("functions")
	if err != nil {
		t.Fatal(err)
	}
	m := b.ask("POST", b.service()+"/Media", k.SID+"="+k.Secret, "text/plain", strings.NewReader("hello"), 201)
	b.ask("GET", b.service()+"/Media/"+m.SID, k.SID+"=wrong", "", nil, 401)
	if err := b.store.APIKeys.Delete(k.SID); err != nil {
		t.Fatal(err)
	}
	b.ask("GET", b.service()+"/Media/"+m.SID, k.SID+"="+k.Secret, "", nil, 401)
}

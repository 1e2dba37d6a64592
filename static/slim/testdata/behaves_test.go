// These tests are put into the copy of go-app and run there, under node: what
// was taken out must not be missed by what is left.

package app

import (
	"errors"
	"regexp"
	"syscall/js"
	"testing"
	"time"
)

// TestRoutes has the browser's RegExp decide as Go's would.
func TestRoutes(t *testing.T) {
	r := makeRouter()
	const pattern = "^/join/[^/]+/?$"
	wanted := 0
	r.route("/", func() Composer { wanted = 1; return nil })
	r.routeWithRegexp(pattern, func() Composer { wanted = 2; return nil })
	for _, path := range []string{"/", "/join/abc2345", "/join/abc2345/", "/join/%C3%BC", "/join/ü", "/join/a\nb", "/join/", "/join", "/join/a/b", "/join/a//", "/x/join/a", ""} {
		want := 0
		switch {
		case path == "/":
			want = 1
		case regexp.MustCompile(pattern).MatchString(path):
			want = 2
		}
		wanted = 0
		if _, ok := r.createComponent(path); ok != (want > 0) || wanted != want {
			t.Errorf("%q leads to %d, want %d", path, wanted, want)
		}
	}
}

func TestPatternThatIsNone(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("( was taken for a pattern")
		}
	}()
	r := makeRouter()
	r.routeWithRegexp("(", nil)
}

func TestIDs(t *testing.T) {
	seen := map[string]bool{}
	for i := 0; i < 1000; i++ { // go-app is go 1.18
		id := newID()
		if !regexp.MustCompile("^[0-9a-f]{32}$").MatchString(id) || seen[id] {
			t.Fatalf("%q is no new id", id)
		}
		seen[id] = true
	}
}

type part struct {
	Name string
	At   time.Time
}

// withStorage gives node a localStorage.
func withStorage(t *testing.T) BrowserStorage {
	t.Helper()
	js.Global().Set("localStorage", js.Global().Call("eval", `(() => {
		const kept = new Map();
		const own = (name, value) => ({value, enumerable: false});
		return Object.defineProperties({}, {
			getItem: own("", (k) => kept.get(k) ?? null), setItem: own("", (k, v) => kept.set(k, v)),
			removeItem: own("", (k) => kept.delete(k)), clear: own("", () => kept.clear()),
			key: own("", (i) => [...kept.keys()][i] ?? null), length: {get: () => kept.size},
		});
	})()`))
	t.Cleanup(func() { js.Global().Delete("localStorage") })
	return newJSStorage("localStorage")
}

func TestStorage(t *testing.T) {
	s := withStorage(t)
	want := part{"Ada", time.Unix(1700000000, 0).UTC()}
	if err := s.Set("a", want); err != nil {
		t.Fatal(err)
	}
	var got part
	if err := s.Get("a", &got); err != nil || got != want || s.Len() != 1 {
		t.Errorf("got %+v of %d, %v; want %+v of 1", got, s.Len(), err, want)
	}
	s.Del("a")
	if s.Len() != 0 {
		t.Errorf("%d kept after the only one was deleted", s.Len())
	}
}

// storing is a dispatcher with a storage and nothing else.
type storing struct {
	Dispatcher
	storage BrowserStorage
}

func (s storing) getLocalStorage() BrowserStorage { return s.storage }

// TestState keeps a state over the end of a store, as over a reload.
func TestState(t *testing.T) {
	d := storing{storage: withStorage(t)}
	first, second := newStore(d), newStore(d)
	defer first.Close()
	defer second.Close()
	if first.id == second.id {
		t.Error("two stores have one id: neither would hear the other")
	}
	want := part{Name: "Ada"}
	first.Set("kept", want, Persist)
	first.Set("lost", want)
	var kept, lost, own part
	second.Get("kept", &kept)
	second.Get("lost", &lost)
	first.Get("lost", &own)
	if kept != want || lost != (part{}) || own != want {
		t.Errorf("kept %+v, lost %+v, own %+v", kept, lost, own)
	}
	first.Set("kept", want, Persist, ExpiresAt(time.Now().Add(-time.Second)))
	kept = part{}
	second.Get("kept", &kept)
	if kept != (part{}) {
		t.Errorf("a state that has expired is %+v", kept)
	}
}

// TestNoEncryption: what is to be secret must not be stored as it is.
func TestNoEncryption(t *testing.T) {
	key := newID()
	if b, err := encrypt(key, []byte("secret")); !errors.Is(err, errNoEncryption) || b != nil {
		t.Errorf("encrypt answers %q, %v", b, err)
	}
	if b, err := decrypt(key, []byte("secret")); !errors.Is(err, errNoEncryption) || b != nil {
		t.Errorf("decrypt answers %q, %v", b, err)
	}
}

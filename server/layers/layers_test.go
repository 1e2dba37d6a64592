// Package layers holds the project's rules as tests: who may import whom, what
// stays out of the browser, how large the WASM may be, and what the top level
// of the repository consists of.
package layers

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "escalate/"

// may lists, for each package, which packages of ours it may import; a package
// that is not listed fails the test, so that a new one gets its place on
// purpose. The order is the layers, lowest first: a package may only import
// what stands above it.
var may = []struct {
	pkg     string
	imports []string
}{
	// The browser half.
	{"app/wire", nil},
	{"app/inapp", nil},
	{"app/name", nil},
	{"app/video", nil},
	{"app/client", []string{"app/wire"}},
	{"app/eventsource", []string{"app/wire"}}, // for tests and benchmarks: the page has the browser's
	{"app/browser", nil},
	{"app/video/videotest", []string{"app/video"}},
	{"app/video/twiliojs", []string{"app/video", "app/browser", "app/inapp"}},
	{"app/call", []string{"app/video"}},
	{"app/words", []string{"app/wire", "app/video", "app/call"}}, // what errors, progress and quality are in words
	{"app/ui", []string{"app/wire", "app/words"}},                // the brand's part of wire.Page
	{"app/device", []string{"app/video", "app/words", "app/ui"}}, // knows no Room but as somebody who switches
	{"app/stage", []string{"app/wire", "app/video", "app/call", "app/words", "app/ui", "app/device"}},
	{"app/page", []string{"app/wire", "app/video", "app/call", "app/name", "app/words", "app/ui", "app/device", "app/stage"}},
	{"wasm", []string{"app/wire", "app/browser", "app/client", "app/video/twiliojs", "app/page"}},
	// The server half.
	{"static", nil},
	{"static/pack", nil},
	{"static/slim", nil},
	{"server/token", nil},
	{"server/joincode", nil},
	{"server/headroom", nil},               // of commands that serve
	{"server/certs", nil},                  // knows addresses, and nothing of what is served
	{"server/news", nil},                   // knows codes and versions, and nothing of escalations
	{"server/metric", nil},                 // three parts of the product share a registry
	{"server/logs", nil},                   // what is the same in the lines of all parts
	{"server/version", []string{"static"}}, // what the binary was built from, the SDK too
	{"server/sids", nil},                   // one form of SIDs for the product and local Twilio
	{"server/cors", nil},                   // three servers of ours are called by other origins' pages
	{"server/ratelimit", nil},              // the product's and local Twilio's: neither knows who asks
	{"server/clientaddr", nil},             // what limits count by, and what proxies may say of it
	// wire: identities, the customer's phases and the invite's attributes are written once.
	{"server/escalation", []string{"server/metric", "server/sids", "server/joincode", "server/ratelimit", "app/name", "app/wire"}},
	{"server/escalation/escalationtest", []string{"server/escalation"}},
	{"server/twiliospec", []string{"server/sids"}}, // for tests only
	{"server/twilioapi", []string{"server/metric", "server/sids", "server/escalation", "server/token"}},
	{"server/web", []string{"server/logs", "server/metric", "server/sids", "server/escalation", "server/joincode", "server/ratelimit", "server/clientaddr", "server/cors", "app/wire", "app/inapp"}},
	// Around the use cases, as web asks for them: they know nothing of spans.
	{"server/traces", []string{"server/escalation", "server/web", "server/twilioapi"}},
	{"server/dropin", []string{"server/sids", "server/escalation", "server/ratelimit", "server/cors", "app/wire"}},
	// Local Twilio, which knows nothing of the product.
	{"server/localtwilio/reached", nil},
	{"server/localtwilio/store", []string{"server/sids"}},
	{"server/localtwilio/sfu/allocator", nil},
	{"server/localtwilio/sfu/codec", nil},
	{"server/localtwilio/sfu/nack", nil},
	{"server/localtwilio/sfu/rtpseq", nil},
	{"server/localtwilio/sfu/sdp", nil},
	{"server/localtwilio/sfu/bwe", []string{"server/localtwilio/sfu/rtpseq"}},
	// Forwards packets; each mechanism that can be read without the others is a package above.
	{"server/localtwilio/sfu", []string{"server/localtwilio/sfu/allocator", "server/localtwilio/sfu/bwe", "server/localtwilio/sfu/codec", "server/localtwilio/sfu/nack", "server/localtwilio/sfu/rtpseq",
		"server/localtwilio/sfu/sdp"}},
	{"server/localtwilio/turnserver", nil},
	{"server/localtwilio/taskrouter/expression", nil},
	{"server/localtwilio/taskrouter", []string{"server/localtwilio/store", "server/localtwilio/taskrouter/expression"}},
	{"server/localtwilio/interaction", []string{"server/sids", "server/localtwilio/store", "server/localtwilio/taskrouter"}},
	{"server/localtwilio/rest", []string{"server/localtwilio/reached", "server/localtwilio/interaction", "server/sids", "server/localtwilio/store", "server/localtwilio/taskrouter", "server/localtwilio/taskrouter/expression", "server/ratelimit", "server/token"}},
	{"server/localtwilio/callback", []string{"server/localtwilio/reached", "server/localtwilio/store"}},
	{"server/localtwilio/recording", []string{"server/localtwilio/store", "server/localtwilio/sfu"}},
	{"server/localtwilio/transcription", []string{"server/localtwilio/store", "server/localtwilio/sfu"}},
	{"server/localtwilio/composition", []string{"server/localtwilio/store"}},
	{"server/localtwilio/socket", []string{"server/clientaddr"}}, // below the three that keep WebSockets
	{"server/localtwilio/rsp", []string{"server/sids", "server/localtwilio/socket", "server/localtwilio/store", "server/localtwilio/sfu", "server/localtwilio/sfu/sdp", "server/localtwilio/recording", "server/localtwilio/transcription", "server/token"}},
	{"server/localtwilio/twilsock", []string{"server/localtwilio/reached", "server/sids", "server/localtwilio/socket", "server/localtwilio/store", "server/token"}},
	{"server/localtwilio/mcs", []string{"server/localtwilio/reached", "server/sids", "server/localtwilio/store", "server/token"}},
	{"server/localtwilio/flexapi", []string{"server/localtwilio/interaction", "server/localtwilio/reached", "server/localtwilio/socket", "server/localtwilio/store", "server/sids", "server/token"}},
	{"server/localtwilio", []string{"server/metric", "server/clientaddr", "server/cors", "server/localtwilio/flexapi", "server/localtwilio/mcs", "server/localtwilio/taskrouter", "server/localtwilio/twilsock", "server/localtwilio/store", "server/localtwilio/rest", "server/localtwilio/callback",
		"server/localtwilio/rsp", "server/localtwilio/socket", "server/localtwilio/sfu", "server/localtwilio/recording", "server/localtwilio/transcription", "server/localtwilio/composition", "server/localtwilio/turnserver", "server/token"}},
	{"server/demo", []string{"server/localtwilio", "server/localtwilio/mcs", "server/localtwilio/store"}},
	{"server/flexdev", []string{"server/demo", "server/localtwilio/store", "server/token"}},
	// What wires it all.
	{"server/core", []string{"server/traces", "server/certs", "server/logs", "server/ratelimit", "server/metric", "server/version", "server/news", "server/flexdev", "server/localtwilio/flexapi", "server/joincode", "server/clientaddr", "server/web", "server/escalation", "server/twilioapi", "server/localtwilio", "server/localtwilio/rest", "server/demo", "server/dropin",
		"server/token", "app/page", "app/wire", "static"}},
	// The commands beside serving.
	{"server/doctor", []string{"server/core", "server/clientaddr", "server/escalation", "server/twilioapi", "app/wire"}},
	{"server/standalone", []string{"server/logs", "server/sids", "server/localtwilio", "server/localtwilio/store", "server/demo"}},
	{"server/sbom", nil},
	{"server/release", []string{"server/sids", "server/core", "server/web", "static"}},
	{"server", []string{"server/version", "server/logs", "server/core", "server/headroom", "server/release", "server/doctor", "server/standalone"}},
	{"server/layers", nil},
	{"server/chromium", nil}, // for tests and benchmarks
	{"server/bench/measure", nil},
	{"server/bench/plot", nil},
	{"server/bench", []string{"server/chromium", "server/bench/measure", "server/bench/plot", "server/core", "server/headroom", "server/web", "server/ratelimit", "server/token", "server/localtwilio/store", "app/wire"}},
	// The clients are the page's own; local Twilio is filled before it starts.
	{"server/bench/load", []string{"server/bench/measure", "server/localtwilio", "server/localtwilio/store", "app/client", "app/eventsource", "app/wire"}},
	{"server/e2e", []string{"server/core"}},
	{"docs", []string{"server/bench/plot"}},
	{"docs/operate/crowd", []string{"app/client", "app/eventsource", "app/wire"}}, // customers, who know no server
	{"docs/examples/room", []string{"app/browser", "app/call", "app/video", "app/video/twiliojs", "server/localtwilio", "server/token", "static"}},
}

// outside says which packages of others are kept to a few of ours.
var outside = []struct {
	prefix string
	only   []string
	why    string
}{
	{"syscall/js", []string{"app/browser", "app/video/twiliojs", "wasm"}, "JavaScript is touched in two packages, so that the rest is tested natively"},
	{"github.com/maxence-charriere/go-app", []string{"app/ui", "app/device", "app/stage", "app/page", "wasm", "docs/examples/room"}, "what is drawn is drawn by the pages and what they are made of; the example has its own"},
	{"text/template", nil, "it calls methods by names it reads, for which the linker keeps every exported method: a tenth of the server"},
	{"html/template", nil, "it is made of text/template"},
	{"golang.org/x/net/html", []string{"server/web"}, "documents are written in one package"},
	{"github.com/twilio/twilio-go/rest", []string{"server/twilioapi", "server/release"},
		"one package speaks to Twilio's REST API for the product; another releases the plugin, once per version and from a terminal"},
	{"github.com/pion/", []string{"server/localtwilio/sfu", "server/localtwilio/sfu/bwe", "server/localtwilio/sfu/nack", "server/localtwilio/sfu/rtpseq", "server/localtwilio/sfu/sdp", "server/localtwilio/turnserver", "server/localtwilio/recording", "server/localtwilio/transcription"},
		"media stays behind sfu and turnserver; recording puts packets in order and together, transcription decodes them, which an SFU never does"},
	{"github.com/at-wat/ebml-go", []string{"server/localtwilio/recording"}, "one package writes media files"},
	{"github.com/coder/websocket", []string{"server/localtwilio/socket"}, "one package accepts WebSockets, ends them and waits for them"},
	{"go.opentelemetry.io/", []string{"server/traces"}, "one package speaks of spans; the others have a function that may be nil"},
	{"google.golang.org/protobuf", []string{"server/traces"}, "one package writes messages of protobuf"},
	{"go.etcd.io/bbolt", []string{"server/localtwilio/store"}, "one package owns the file"},
	{"github.com/gorilla/mux", []string{"server/web", "server/dropin", "server/demo", "server/flexdev", "server/core", "server/standalone", "server/localtwilio", "server/localtwilio/rest", "server/bench"}, "routing belongs to the servers"},
}

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

func list(t *testing.T, goos, goarch string, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps"}, args...)...)
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var ps []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return ps
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		ps = append(ps, p)
	}
}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestImports(t *testing.T) {
	allowed := map[string][]string{}
	for _, m := range may {
		for _, i := range m.imports {
			if _, above := allowed[i]; !above {
				t.Errorf("the table lets %s import %s, which does not stand above it", m.pkg, i)
			}
		}
		allowed[m.pkg] = m.imports
	}
	var all []pkg
	for _, half := range []struct{ goos, goarch string }{{"linux", "amd64"}, {"js", "wasm"}} {
		// -e: each half has packages with no files for the other.
		all = append(all, list(t, half.goos, half.goarch, "-e", "./...")...)
	}
	for _, p := range all {
		name := strings.TrimPrefix(p.ImportPath, module)
		ours, known := allowed[name]
		if !known {
			t.Errorf("%s has no place in the layers: add it to the table", name)
			continue
		}
		for _, imp := range p.Imports {
			if inner, ok := strings.CutPrefix(imp, module); ok && !slices.Contains(ours, inner) {
				t.Errorf("%s may not import %s", name, inner)
			}
			for _, o := range outside {
				if strings.HasPrefix(imp, o.prefix) && !slices.Contains(o.only, name) {
					t.Errorf("%s may not import %s: %s", name, imp, o.why)
				}
			}
		}
	}
}

// TestBrowserHalf looks through everything that ends up in the WASM.
func TestBrowserHalf(t *testing.T) {
	forbidden := map[string]string{
		"github.com/twilio/":  "REST keys belong to the server",
		"github.com/gorilla/": "routing belongs to the server",
		"github.com/pion/":    "the browser has its own WebRTC",
		module + "server/":    "the server half stays on the server",
	}
	for _, p := range list(t, "js", "wasm", "./wasm") {
		for _, dep := range p.Deps {
			for prefix, why := range forbidden {
				if strings.HasPrefix(dep, prefix) {
					t.Errorf("the WASM links %s: %s", dep, why)
				}
			}
		}
	}
}

// TestWASMSize is how a package that crept in is caught: net/http is 2 MB even
// where nobody uses it, and 5 more with a client; regexp is 0.5. The compressed
// size is not tested: it depends on the quality chosen for the build; at
// quality 11 it is a sixth of this. No package crept in when the budget grew from
// 7.25 MB: cancelling, coming back unseen, names, and sentences in five languages did.
func TestWASMSize(t *testing.T) {
	const budget = 7_330_000 // bytes
	info, err := os.Stat(filepath.Join(root(t), "static/web/app.wasm"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the WASM is not built: make wasm")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("app.wasm: %d bytes", info.Size())
	if info.Size() > budget {
		t.Errorf("app.wasm has %d bytes, more than its budget of %d", info.Size(), budget)
	}
}

// TestMap holds docs/architecture.md to its promise: a line for every package.
func TestMap(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(root(t), "docs/architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range may {
		if !bytes.Contains(doc, []byte("\n| `"+m.pkg+"` |")) {
			t.Errorf("the map of docs/architecture.md has no line for %s", m.pkg)
		}
	}
}

func TestTopLevel(t *testing.T) {
	cmd := exec.Command("git", "ls-files")
	cmd.Dir = root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("not a git checkout: %v", err)
	}
	fixed := []string{"app", "server", "wasm", "static", "docs", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "Dockerfile"}
	for _, file := range strings.Fields(string(out)) {
		top, _, _ := strings.Cut(file, "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(fixed, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}

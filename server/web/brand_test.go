package web

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
)

func TestParseAccent(t *testing.T) {
	t.Parallel()
	for _, ca := range []struct {
		name, text string
		fault      string // what the error must say; "" for none
	}{
		{"dark enough", "#0f766e", ""},
		{"black", "#000000", ""},
		{"a strong blue", "#1d4ed8", ""},
		{"orange", "#ff9900", "such as #"},
		{"white", "#ffffff", "such as #"},
		{"a name", "teal", "must be a colour"},
		{"short", "#0f7", "must be a colour"},
		{"not a number", "#0g766e", "must be a colour"},
		{"with a semicolon", "#0f766e;}", "must be a colour"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			a, err := ParseAccent(ca.text)
			if ca.fault != "" {
				if err == nil || !strings.Contains(err.Error(), ca.fault) {
					t.Fatalf("error %v, want %q", err, ca.fault)
				}
				if _, proposed, ok := strings.Cut(err.Error(), "such as "); ok {
					if _, err := ParseAccent(proposed); err != nil {
						t.Errorf("the proposed %s is refused: %v", proposed, err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []struct {
				what string
				a, b color
			}{
				{"button, light", a.light.accent, a.light.on},
				{"hovered, light", a.light.strong, a.light.on},
				{"link, light", a.light.accent, white},
				{"button, dark", a.dark.accent, a.dark.on},
				{"hovered, dark", a.dark.strong, a.dark.on},
				{"link, dark", a.dark.accent, darkSurface},
				{"number on soft, light", a.light.strong, a.light.soft},
				{"number on soft, dark", a.dark.strong, a.dark.soft},
			} {
				if got := contrast(p.a, p.b); got < enough {
					t.Errorf("%s: %s on %s has %.2f", p.what, p.a, p.b, got)
				}
			}
		})
	}
	if got := contrast(color{}, white); got < 20.99 || got > 21.01 {
		t.Errorf("black on white is %v", got)
	}
}

func pngOf(w, h int) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))) // a buffer takes everything
	return b.Bytes()
}

func TestReadPicture(t *testing.T) {
	t.Parallel()
	svg := []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`)
	for _, ca := range []struct {
		name   string
		body   []byte
		square bool
		fault  string
	}{
		{"SVG", svg, false, ""},
		{"SVG as icon", svg, true, ""},
		{"PNG", pngOf(90, 20), false, ""},
		{"PNG as icon", pngOf(192, 192), true, ""},
		{"icon too small", pngOf(64, 64), true, "192"},
		{"icon not square", pngOf(300, 200), true, "square"},
		{"HTML", []byte("<!doctype html><script>alert(1)</script>"), false, "neither"},
		{"half a PNG", pngOf(90, 20)[:12], false, "broken"},
		{"nothing", nil, false, "neither"},
		{"too heavy", bytes.Repeat([]byte("<svg>"), 50_000), false, "smaller"},
	} {
		t.Run(ca.name, func(t *testing.T) {
			_, err := ReadPicture(ca.body, ca.square)
			if ca.fault == "" && err != nil || ca.fault != "" && (err == nil || !strings.Contains(err.Error(), ca.fault)) {
				t.Errorf("error %v, want %q", err, ca.fault)
			}
		})
	}
}

func TestBrandOnThePages(t *testing.T) {
	t.Parallel()
	g := newRig()
	if body := do(t, g.handler(), call{"GET", "/join/nosuchc", "", headers("Accept", "text/html")}).Body.String(); strings.Contains(body, "/brand") {
		t.Error("a brand that is not set is linked")
	}
	for _, path := range []string{brandStyle, brandLogo, brandIcon} {
		if res := do(t, g.handler(), call{"GET", path, "", nil}); res.Code != http.StatusNotFound {
			t.Errorf("%s answers %d without a brand", path, res.Code)
		}
	}
	var err error
	g = newRig()
	if g.config.Look.Accent, err = ParseAccent("#1d4ed8"); err != nil {
		t.Fatal(err)
	}
	if g.config.Look.Logo, err = ReadPicture([]byte("<svg><script/></svg>"), false); err != nil {
		t.Fatal(err)
	}
	h := g.handler()
	for _, page := range []string{"/join/nosuchc", "/join/" + liveCode} {
		body := do(t, h, call{"GET", page, "", headers("Accept", "text/html")}).Body.String()
		if !strings.Contains(body, brandStyle+"?v=") || !strings.Contains(body, brandLogo+"?v=") {
			t.Errorf("%s shows no brand:\n%s", page, body)
		}
	}
	css := do(t, h, call{"GET", brandStyle + "?v=" + g.config.Look.Accent.hash(), "", nil})
	if css.Code != 200 || !strings.Contains(css.Body.String(), "--accent: #1d4ed8;") || !strings.Contains(css.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%d %v %s", css.Code, css.Header(), css.Body)
	}
	logo := do(t, h, call{"GET", brandLogo, "", nil})
	if logo.Header().Get("Content-Type") != "image/svg+xml" || !strings.Contains(logo.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", logo.Header())
	}
}

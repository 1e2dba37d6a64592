//go:build e2e && shots

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestShots takes a picture of every state on four screens, light and dark,
// and with forced colours, into out/shots. It judges nothing; look at them.
func TestShots(t *testing.T) {
	dir := filepath.Join("out", "shots")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	takeTour(t, func(p *tab, state string) {
		n++
		keep := func(how string) {
			png, err := p.picture()
			if err != nil {
				t.Fatalf("%s: %v", state, err)
			}
			name := fmt.Sprintf("%02d-%s-%s.png", n, state, how)
			if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, scheme := range []string{"light", "dark"} {
			p.theme(scheme)
			for _, width := range []int64{320, 390, 768, 1280} {
				p.run(viewport(width))
				p.drawn()
				keep(fmt.Sprintf("%d-%s", width, scheme))
			}
		}
		p.run(usual(p))
		p.prefer("forced-colors", "active", "prefers-color-scheme", "dark")
		keep("forced")
		p.theme("light")
	})
}

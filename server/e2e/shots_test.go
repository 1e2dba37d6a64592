//go:build e2e && shots

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestShots takes a picture of every state on four screens, light and dark,
// into out/shots. It judges nothing; look at them.
func TestShots(t *testing.T) {
	dir := filepath.Join("out", "shots")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := 0
	tour(t, func(p *tab, state string) {
		n++
		for _, scheme := range []string{"light", "dark"} {
			p.theme(scheme)
			for _, width := range []int64{320, 390, 768, 1280} {
				p.run(viewport(width))
				p.drawn()
				png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
				if err != nil {
					t.Fatalf("%s: %v", state, err)
				}
				name := fmt.Sprintf("%02d-%s-%d-%s.png", n, state, width, scheme)
				if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		p.run(viewport(map[bool]int64{true: 1280, false: 390}[p.name == "desk" || p.inner != ""]))
	})
}

// Package chromium starts the browser that tests and benchmarks drive: a
// headless Chromium with a fake camera and microphone, whose permission prompts
// are granted.
package chromium

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// stopWithin is how long the end of the browser is waited for.
const stopWithin = 30 * time.Second

// notFeatures are features of Chromium that cost time and show nothing here.
// Chromium 156 keeps its address bar's list of suggestions as two pages of its
// own, which take half a core while a call is on; a headless browser has no
// address bar.
var notFeatures = []string{
	"CalculateNativeWinOcclusion", "Translate",
	"PreloadTopChromeWebUI", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
}

// Path returns the program: $CHROMIUM, or where Debian and Ubuntu put it.
func Path() string { return cmp.Or(os.Getenv("CHROMIUM"), "/usr/bin/chromium") }

// Start starts the program with its profile in dir, which must be empty. Options
// are added to the usual flags; one with the value false takes a flag away. Tabs
// are opened with chromedp.NewContext on the Context that it returns; stop ends
// the browser and waits, so that dir can be removed.
func Start(ctx context.Context, program, dir string, more ...chromedp.ExecAllocatorOption) (browser context.Context, stop func(), err error) {
	if _, err := os.Stat(program); err != nil {
		return nil, nil, fmt.Errorf("no Chromium: install your system's package (apt-get install chromium), or set CHROMIUM: %w", err)
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(ctx, append(options(program, dir), more...)...)
	browser, cancel := chromedp.NewContext(alloc)
	stop = func() {
		ending, late := context.WithTimeout(browser, stopWithin)
		defer late()
		_ = chromedp.Cancel(ending)
		cancel()
		stopAlloc()
	}
	if err := chromedp.Do(browser); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", program, err)
	}
	return browser, stop, nil
}

func options(program, dir string) []chromedp.ExecAllocatorOption {
	list := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(program), chromedp.UserDataDir(dir), chromedp.WindowSize(1280, 800),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.Flag("disable-features", strings.Join(notFeatures, ",")),
	}
	for _, flag := range []string{
		"disable-background-networking", "disable-component-update", "disable-sync", "disable-quic",
		"use-fake-device-for-media-stream", "use-fake-ui-for-media-stream",
		// Hidden tabs must go on decoding: both ends of a call are in one browser.
		"disable-renderer-backgrounding", "disable-backgrounding-occluded-windows", "disable-background-timer-throttling",
	} {
		list = append(list, chromedp.Flag(flag, true))
	}
	return list
}

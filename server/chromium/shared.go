package chromium

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// openWithin is how long a profile may take to open. On a busy machine it is a second or two.
const openWithin = time.Minute

// Shared is one Chromium for many tests, because its start takes seconds. Each
// test has a profile of its own in it, as a private window is: what one test
// stores, or a tab that it forgets, is nothing to the next. Its methods may be
// called from any goroutine. Close it at the end of TestMain.
type Shared struct {
	options []chromedp.ExecAllocatorOption

	mu      sync.Mutex
	browser context.Context // guarded by mu; nil until a test wants it
	stop    func()
	dir     string
}

// NewShared returns a Chromium that is started by the first test that wants it,
// with options as Start takes them.
func NewShared(options ...chromedp.ExecAllocatorOption) *Shared {
	return &Shared{options: options}
}

// Profile makes a new profile, with one empty tab. Further tabs are opened with
// chromedp.NewContext on the Context that it returns, and share cookies and
// storage with each other; done closes them all.
func (s *Shared) Profile() (profile context.Context, done func(), err error) {
	browser, err := s.running()
	if err != nil {
		return nil, nil, err
	}
	profile, done = chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	// Not a Context with a deadline: a tab lives as long as the one that it is opened with.
	late := time.AfterFunc(openWithin, done)
	defer late.Stop()
	if err := chromedp.Do(profile); err != nil {
		done()
		s.Close() // it does not answer; the next test gets another
		return nil, nil, fmt.Errorf("open a profile: %w", err)
	}
	return profile, done, nil
}

// running returns the browser, which is started anew after one has crashed, so
// that only the test that crashed it fails.
func (s *Shared) running() (context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.browser != nil && s.browser.Err() == nil {
		return s.browser, nil
	}
	s.end()
	dir, err := os.MkdirTemp("", "chromium")
	if err != nil {
		return nil, fmt.Errorf("make a folder for Chromium: %w", err)
	}
	s.dir = dir
	s.browser, s.stop, err = Start(context.Background(), Path(), dir, s.options...)
	return s.browser, err
}

// Close ends the browser and removes what it left.
func (s *Shared) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end()
}

func (s *Shared) end() {
	if s.stop != nil {
		s.stop()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // it is only temporary
	}
	s.browser, s.stop, s.dir = nil, nil, ""
}

package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"escalate/server/chromium"
	"escalate/server/core"
	"escalate/server/standalone"
	"escalate/static"
)

// patience is how long a test waits for anything. Media takes a second or two
// on two busy cores; what takes this long is broken.
const patience = 30 * time.Second

// childVar makes this test binary be one of the server's commands, so that
// tests have processes to kill without building the server first.
const childVar = "ESCALATE_TEST_COMMAND"

// anyScreen is a flag that every Chromium here has: whoever shares a screen is not asked which.
var anyScreen = chromedp.Flag("auto-select-desktop-capture-source", "Entire screen")

// theBrowser is that of all tests which want no flags of their own.
var theBrowser = chromium.NewShared(anyScreen)

func TestMain(m *testing.M) {
	name := os.Getenv(childVar)
	if name == "" {
		status := m.Run()
		theBrowser.Close()
		os.Exit(status)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := child(ctx, name); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child(ctx context.Context, name string) error {
	if name == "local-twilio" {
		return standalone.Main(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	}
	c, err := core.FromEnv(os.Getenv)
	if err != nil {
		return err
	}
	c.LogOutput = os.Stderr
	s, err := core.Start(ctx, c)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Print(s.Welcome())
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.Failed():
		return err
	}
}

// needWASM skips a test where the browser half, without which the server does
// not start, is not built.
func needWASM(t *testing.T) {
	t.Helper()
	files, err := static.Files()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(files, static.WASM); err != nil {
		t.Skip("the browser half is not built: make wasm")
	}
}

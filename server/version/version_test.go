package version

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	t.Parallel()
	built := &debug.BuildInfo{
		GoVersion: "go1.26.8",
		Main:      debug.Module{Path: "escalate", Version: "v1.2.3"},
		Deps:      []*debug.Module{{Path: "github.com/other", Version: "v9"}, {Path: "github.com/twilio/twilio-go", Version: "v1.31.0"}},
		Settings:  []debug.BuildSetting{{Key: "vcs.modified", Value: "true"}, {Key: "vcs.revision", Value: "abc"}},
	}
	if got, want := of(built, ""), (Info{Version: "v1.2.3", Commit: "abc+dirty", Go: "go1.26.8", Helper: "v1.31.0"}); got != want {
		t.Errorf("of a repository: %+v, not %+v", got, want)
	}
	if got := of(built, "v7"); got.Version != "v7" {
		t.Errorf("the version that was given is %q", got.Version)
	}
	image := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}}
	if got, want := of(image, ""), (Info{Version: unknown, Commit: unknown, Go: "go1.26.8", Helper: unknown}); got != want {
		t.Errorf("without a repository: %+v, not %+v", got, want)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	i := Read()
	if !strings.HasPrefix(i.Go, "go1.") {
		t.Errorf("Go is %q", i.Go)
	}
	for _, want := range []string{"escalate ", "commit ", "go ", "twilio-video.js ", "twilio-go "} {
		if !strings.Contains(i.String(), want) {
			t.Errorf("%q has no line %q", i.String(), want)
		}
	}
}

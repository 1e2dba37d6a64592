package eventsource

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"escalate/app/wire"
)

const first = "retry: 1200\n: escalate\n\nevent: beat\ndata: {\"seconds\":5}\n\n"

func state(id, version string) string {
	return "event: " + wire.EventState + "\nid: " + id + "\ndata: {\"version\":" + version + "}\n\n"
}

func TestRead(t *testing.T) {
	t.Parallel()
	errMine := errors.New("enough")
	for name, c := range map[string]struct {
		body     string
		versions []int
		at       Position
		err      error
	}{
		"nothing":         {"", nil, Start(), nil},
		"beats alone":     {first, nil, Position{Pause: 1200 * time.Millisecond}, nil},
		"states":          {first + state("3", "3") + state("4-final", "4"), []int{3, 4}, Position{"4-final", 1200 * time.Millisecond}, nil},
		"cut in an event": {first + state("3", "3") + "event: " + wire.EventState + "\nid: 4\nda", []int{3}, Position{"4", 1200 * time.Millisecond}, nil},
		"no pause":        {"retry: soon\n\n" + state("3", "3"), nil, Start(), ErrEvent},
		"no state":        {state("3", "three"), nil, Position{"3", time.Second}, ErrEvent},
		"f has enough":    {state("7", "7") + state("8", "8"), []int{7}, Position{"7", time.Second}, errMine},
	} {
		t.Run(name, func(t *testing.T) {
			p := Start()
			var versions []int
			err := p.Read(strings.NewReader(c.body), func(s wire.State) error {
				if versions = append(versions, s.Version); s.Version == 7 {
					return errMine
				}
				return nil
			})
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) || p != c.at || !slices.Equal(versions, c.versions) {
				t.Errorf("versions %v, then %+v, %v; want %v, %+v, %v", versions, p, err, c.versions, c.at, c.err)
			}
		})
	}
	broken := errors.New("reset")
	p := Start()
	if err := p.Read(iotest.ErrReader(broken), nil); !errors.Is(err, broken) || errors.Is(err, ErrEvent) {
		t.Errorf("a body that breaks off: %v", err)
	}
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// bench is the two contenders and what was measured.
type bench struct {
	settings
	dir        string // temporary
	contenders [2]*contender

	calls, badCalls rounds[callResult]
	loads           rounds[loadResult]
	alone           []*loadResult
	failed          []error
}

// rounds are what each contender did in every round; nil where it failed.
type rounds[T any] struct{ ours, theirs []*T }

func (r *rounds[T]) add(i int, v *T) {
	if i == 0 {
		r.ours = append(r.ours, v)
	} else {
		r.theirs = append(r.theirs, v)
	}
}

// open makes everything ready that all parts need.
func open(s settings) (_ *bench, err error) {
	b := &bench{settings: s}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	for _, need := range []struct{ file, how string }{{s.server, `"make build"`}, {s.livekit, `"make bench-media" builds it`}, {s.chromium, "install it"}} {
		if _, err := os.Stat(need.file); err != nil {
			return nil, fmt.Errorf("find what is measured (%s): %w", need.how, err)
		}
	}
	if b.dir, err = os.MkdirTemp("", "escalate-bench-media-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	program, more := s.server, []string{"local-twilio"}
	if s.profile != "" {
		if program, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		more = []string{"-role", roleServer, "-profile", s.profile, "--"}
	}
	b.contenders = [2]*contender{ours(program, more...), liveKit(s, b.dir)}
	return b, nil
}

func (b *bench) close() {
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}

func (b *bench) has(part string) bool { return slices.Contains(b.parts, part) }

// measure runs all rounds. What fails in one is kept and reported; it goes on
// unless it was told to stop.
func (b *bench) measure(ctx context.Context) error {
	if b.has(partCalls) || b.has(partBad) {
		if err := b.measureCalls(ctx); err != nil {
			return err
		}
	}
	if b.has(partLoad) {
		for range b.loadRounds {
			for i, c := range b.contenders {
				r, err := runLoad(ctx, c, b.load)
				b.loads.add(i, kept(b, r, err))
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
		}
	}
	if b.has(partAlone) {
		for range b.aloneRounds {
			r, err := runLoad(ctx, b.contenders[0], b.settings.alone)
			b.alone = append(b.alone, kept(b, r, err))
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
	return nil
}

// kept is a result, or nil where it failed, which is noted.
func kept[T any](b *bench, r T, err error) *T {
	if err != nil {
		b.failed = append(b.failed, err)
		return nil
	}
	return &r
}

// measureCalls makes all calls in one browser, on servers that stay. The first
// call of each is not counted: caches of code are cold then.
func (b *bench) measureCalls(ctx context.Context) error {
	site, err := startSite(b.modules, b.contenders[:])
	if err != nil {
		return err
	}
	defer site.close()
	browser, err := startBrowser(ctx, b.chromium, b.dir)
	if err != nil {
		return err
	}
	defer browser.stop()
	var servers [2]*process
	for i, c := range b.contenders {
		if servers[i], err = c.start(ctx); err != nil {
			return err
		}
		defer servers[i].stop()
	}
	calls := &caller{site: site, browser: browser}
	round := func(to *rounds[callResult], line *network, watch time.Duration) error {
		for i, c := range b.contenders {
			r, err := calls.call(ctx, c, servers[i], line, watch)
			if to != nil {
				to.add(i, kept(b, r, err))
			} else if err != nil {
				return fmt.Errorf("call for the first time: %w", err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	}
	if err := round(nil, nil, 0); err != nil {
		return err
	}
	if b.has(partCalls) {
		for range b.rounds {
			if err := round(&b.calls, nil, 0); err != nil {
				return err
			}
		}
	}
	if b.has(partBad) {
		for i := range b.badRounds {
			line := badNetwork
			line.seed += uint64(i) // both lose the same packets of a round
			if err := round(&b.badCalls, &line, b.watch); err != nil {
				return err
			}
		}
	}
	return nil
}

// machine says what it was measured on and with.
func machine(ctx context.Context, s settings) string {
	version := func(program string, args ...string) string {
		out, err := exec.CommandContext(ctx, program, args...).Output()
		if err != nil {
			return filepath.Base(program) + " of a version unknown"
		}
		return strings.TrimSpace(string(out))
	}
	return fmt.Sprintf("%d cores, %s, %s, %s", runtime.NumCPU(), runtime.Version(),
		version(s.chromium, "--version"), version(s.livekit, "--version"))
}

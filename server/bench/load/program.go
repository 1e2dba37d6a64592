package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startWithin is what a program gets until it says that it is ready.
const startWithin = time.Minute

// maxLog is how many of its newest lines are kept of what a program writes.
const maxLog = 200

// program is one process: a replica of the product, or local Twilio.
type program struct {
	name string
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended

	mu     sync.Mutex // guards what follows
	out    []string   // standard output
	log    []string   // standard error, the newest lines
	wanted bool       // it was told to end
	err    error      // how it ended
}

// launch starts cmd and waits for the line of its output that ready matches. The
// program gets what is in cmd.Env and what a program needs of the environment; it is
// ended by kill or stop.
func launch(ctx context.Context, name string, cmd *exec.Cmd, ready *regexp.Regexp) (*program, error) {
	p := &program{name: name, cmd: cmd, gone: make(chan struct{})}
	cmd.Env = append([]string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH")}, cmd.Env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	up := make(chan struct{})
	var once sync.Once
	var readers sync.WaitGroup
	readers.Go(func() { p.read(stderr, &p.log, func(string) {}) })
	readers.Go(func() {
		p.read(stdout, &p.out, func(line string) {
			if ready.MatchString(line) {
				once.Do(func() { close(up) })
			}
		})
	})
	go func() { // until the program ends, for which kill and stop wait
		readers.Wait()
		err := cmd.Wait()
		p.mu.Lock()
		p.err = err
		p.mu.Unlock()
		close(p.gone)
	}()
	late := time.NewTimer(startWithin)
	defer late.Stop()
	select {
	case <-up:
		return p, nil
	case <-p.gone:
		return nil, fmt.Errorf("start %s: it ended: %w", name, p.ended())
	case <-late.C:
		err = fmt.Errorf("start %s: not ready within %v", name, startWithin)
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.kill()
	return nil, err
}

func (p *program) read(r io.Reader, to *[]string, each func(string)) {
	for s := bufio.NewScanner(r); s.Scan(); {
		p.mu.Lock()
		if *to = append(*to, s.Text()); len(*to) > maxLog {
			*to = slices.Delete(*to, 0, len(*to)-maxLog)
		}
		p.mu.Unlock()
		each(s.Text())
	}
	_, _ = io.Copy(io.Discard, r) // a line too long for the scanner must not hold the program up
}

// kill is kill -9.
func (p *program) kill() {
	p.want()
	_ = p.cmd.Process.Kill()
	<-p.gone
}

// stop is SIGTERM. It returns an error unless the program ends within a time with the exit
// code 0.
func (p *program) stop(within time.Duration) error {
	p.want()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case <-p.gone:
		if p.err != nil {
			return fmt.Errorf("%s at SIGTERM: %w", p.name, p.ended())
		}
		return nil
	case <-late.C:
		p.kill()
		return fmt.Errorf("%s has not ended within %v of SIGTERM", p.name, within)
	}
}

func (p *program) want() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wanted = true
}

// crashed returns an error when the program has ended and nobody told it to.
func (p *program) crashed() error {
	select {
	case <-p.gone:
	default:
		return nil
	}
	p.mu.Lock()
	wanted := p.wanted
	p.mu.Unlock()
	if wanted {
		return nil
	}
	return fmt.Errorf("%s has ended by itself: %w", p.name, p.ended())
}

// ended is how it ended, with the end of its log.
func (p *program) ended() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	err := p.err
	if err == nil {
		err = fmt.Errorf("exit code 0")
	}
	return fmt.Errorf("%w; its log ends with:\n%s", err, strings.Join(p.log[max(0, len(p.log)-20):], "\n"))
}

// lines are what it has written to standard output.
func (p *program) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.out)
}

// pid is its process ID.
func (p *program) pid() int { return p.cmd.Process.Pid }

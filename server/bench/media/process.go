package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var loopback = net.IPv4(127, 0, 0, 1)

// Time limits of a server's life.
const (
	startWithin = 30 * time.Second
	stopWithin  = 10 * time.Second
	// knockEvery is how exactly the start-up is measured.
	knockEvery = time.Millisecond
)

// ports are free ones of loopback, chosen before the server starts: LiveKit's has
// to be told, and both are told alike. Nobody else takes them in the meantime
// but by great misfortune, and then the server says so.
type ports struct{ http, tcp, media, turn int }

func (p ports) url(scheme, path string) string {
	return scheme + "://127.0.0.1:" + strconv.Itoa(p.http) + path
}

func freePorts() (p ports, err error) {
	for _, want := range []struct {
		to  *int
		tcp bool
	}{{&p.http, true}, {&p.tcp, true}, {&p.media, false}, {&p.turn, false}} {
		if *want.to, err = freePort(want.tcp); err != nil {
			return p, err
		}
	}
	return p, nil
}

func freePort(tcp bool) (int, error) {
	if tcp {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: loopback})
		if err != nil {
			return 0, fmt.Errorf("find a free TCP port: %w", err)
		}
		defer l.Close()
		return l.Addr().(*net.TCPAddr).Port, nil
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: loopback})
	if err != nil {
		return 0, fmt.Errorf("find a free UDP port: %w", err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port, nil
}

// process is a server that runs.
type process struct {
	ports
	startUp time.Duration // from spawning it until its HTTP port answered
	cmd     *exec.Cmd
	ended   chan struct{} // closed when it has, for whatever reason
	output  *tail
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// startProcess starts a program and waits until its HTTP port answers.
func startProcess(ctx context.Context, at ports, program string, args ...string) (*process, error) {
	name := filepath.Base(program)
	cmd := exec.CommandContext(ctx, program, args...)
	// The environment may be the product's, with an account that is not meant here.
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	p := &process{ports: at, cmd: cmd, ended: make(chan struct{}), output: &tail{}}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.WaitDelay = stopWithin
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	// So that it does not outlive this process if that is killed.
	cmd.SysProcAttr = dieWithParent()
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { // ends with the process
		_ = cmd.Wait() // how it ended is told by what is missing
		close(p.ended)
	}()
	if err := p.answers(ctx, began.Add(startWithin)); err != nil {
		p.stop()
		return nil, fmt.Errorf("start %s: %w\n%s", name, err, p.output)
	}
	p.startUp = time.Since(began)
	return p, nil
}

var errEnded = errors.New("it ended")

// answers waits until a connection to the HTTP port is taken.
func (p *process) answers(ctx context.Context, deadline time.Time) error {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	knock := time.NewTicker(knockEvery)
	defer knock.Stop()
	for {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp4", "127.0.0.1:"+strconv.Itoa(p.http))
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for port %d: %w", p.http, ctx.Err())
		case <-p.ended:
			return errEnded
		case <-knock.C:
		}
	}
}

// stop ends the process and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return
	case <-time.After(stopWithin):
	}
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// tail keeps the end of what a server says, for when it fails.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 4 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if extra := len(t.text) - tailBytes; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

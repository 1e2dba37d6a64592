package e2e

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is one of the server's commands as a program of its own, which can be
// killed.
type process struct {
	cmd *exec.Cmd
	url string // where it is reached

	mu  sync.Mutex
	out []string // what it wrote to standard output
	log []string // what it wrote to standard error
}

// startChild starts a command of the server with the settings and waits for the
// line of its output that ready matches; the first group in it is the URL.
func startChild(t *testing.T, name string, ready *regexp.Regexp, args []string, settings ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{childVar + "=" + name}, settings...)
	return launch(t, cmd, ready)
}

// launch starts cmd with what a program needs of the environment and no more.
func launch(t *testing.T, cmd *exec.Cmd, ready *regexp.Regexp) *process {
	t.Helper()
	p := &process{cmd: cmd}
	cmd.Dir = t.TempDir() // no .env of the developer's
	cmd.Env = append([]string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH")}, cmd.Env...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd, err)
	}
	var readers sync.WaitGroup
	t.Cleanup(func() {
		p.kill()
		readers.Wait()
	})
	up := make(chan string, 1)
	readers.Go(func() { p.read(stderr, &p.log, nil) })
	readers.Go(func() {
		p.read(stdout, &p.out, func(line string) {
			if m := ready.FindStringSubmatch(line); m != nil {
				select {
				case up <- m[1]:
				default: // told already
				}
			}
		})
	})
	select {
	case p.url = <-up:
	case <-time.After(patience):
		t.Fatalf("%s printed no %q within %v; its log:\n%s", cmd, ready, patience, strings.Join(p.lines(), "\n"))
	}
	return p
}

func (p *process) read(r io.Reader, to *[]string, each func(string)) {
	for s := bufio.NewScanner(r); s.Scan(); {
		p.mu.Lock()
		*to = append(*to, s.Text())
		p.mu.Unlock()
		if each != nil {
			each(s.Text())
		}
	}
}

// find is the first group of form in what the process printed.
func (p *process) find(t *testing.T, form string) string {
	t.Helper()
	text := strings.Join(p.printed(), "\n")
	m := regexp.MustCompile("(?m)" + form).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in:\n%s", form, text)
	}
	return m[1]
}

// kill is kill -9.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	}
}

// printed is what it wrote to standard output so far.
func (p *process) printed() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.out...)
}

func (p *process) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.log...)
}

// freeAddrs finds n free loopback addresses, TCP and UDP, for a server that must come back at the same place.
func freeAddrs(t *testing.T, n int) []string {
	t.Helper()
	var addrs []string
	for range n {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		addrs = append(addrs, ln.Addr().String())
	}
	return addrs
}

//go:build e2e

package e2e

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// build makes the server's binary.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server")
	if out, err := exec.Command("go", "build", "-o", path, "escalate/server").CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	return path
}

// process is the server as a program of its own, which can be killed.
type process struct {
	cmd *exec.Cmd
	url string // where it is reached

	mu  sync.Mutex
	log []string // what it wrote to standard error
}

// startProcess starts a binary with the settings and waits for its links.
func startProcess(t *testing.T, path string, settings ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(path)}
	p.cmd.Dir = t.TempDir() // no .env of the developer's
	p.cmd.Env = append([]string{"HOME=" + os.Getenv("HOME"), "PATH=" + os.Getenv("PATH")}, settings...)
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("start the server: %v", err)
	}
	var readers sync.WaitGroup
	t.Cleanup(func() {
		p.kill()
		readers.Wait()
	})
	readers.Go(func() {
		for s := bufio.NewScanner(stderr); s.Scan(); {
			p.mu.Lock()
			p.log = append(p.log, s.Text())
			p.mu.Unlock()
		}
	})
	links := make(chan string, 1)
	readers.Go(func() {
		link := regexp.MustCompile(`(http://\S+)/demo/agent`)
		for s := bufio.NewScanner(stdout); s.Scan(); {
			if m := link.FindStringSubmatch(s.Text()); m != nil {
				links <- m[1]
			}
		}
	})
	select {
	case p.url = <-links:
	case <-time.After(patience):
		t.Fatalf("the server printed no links within %v; its log:\n%s", patience, strings.Join(p.lines(), "\n"))
	}
	return p
}

// kill is kill -9.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
	}
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

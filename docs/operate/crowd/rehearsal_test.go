package main

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"
)

// TestRehearsal has the script of the chapter on operation do what it does, with a few customers.
func TestRehearsal(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the server and starts a dozen processes")
	}
	root, err := filepath.Abs(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "static", "web", "app.wasm")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the browser half is not built: make wasm")
	}
	t.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin") // where Debian has them
	proxy := "nginx"
	if _, err := exec.LookPath(proxy); err != nil {
		proxy = "haproxy"
	}
	for _, name := range []string{proxy, "bash", "openssl", "curl"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed (sudo apt-get install nginx openssl curl)", name)
		}
	}
	server := filepath.Join(t.TempDir(), "server")
	if out, err := exec.Command("go", "build", "-C", root, "-o", server, "./server").CombinedOutput(); err != nil {
		t.Fatalf("build the server: %v\n%s", err, out)
	}
	var out bytes.Buffer
	const waiting = 20
	cmd := exec.Command(filepath.Join(root, "docs", "operate", "rehearse"), strconv.Itoa(waiting))
	cmd.Env = append(os.Environ(), "SERVER="+server, "PROXY="+proxy, "NATS_URL="+startNATS(t), "DRAIN_SECONDS=1", "PORT="+strconv.Itoa(freePorts(t, 6)))
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A script that hangs must not outlive the test with all that it has started.
	stop := time.AfterFunc(5*time.Minute, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) })
	defer stop.Stop()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the rehearsal: %v\n%s", err, out.String())
	}
	t.Logf("%v:\n%s", time.Since(begun).Round(time.Second), out.String())
	for _, want := range []string{
		"20 of 20 joined;",
		"requests that failed on the way and were made again: 0\n", // the balancer knows what it may repeat
		"none is lost",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the rehearsal does not say %q:\n%s", want, out.String())
		}
	}
}

// startNATS spares the script building one.
func startNATS(t *testing.T) (url string) {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("NATS does not come up")
	}
	return s.ClientURL()
}

// freePorts finds the first of n ports in a row that are free, below those that systems
// give to outgoing connections (from 32768 on Linux): the script listens there many seconds
// later, after thousands of connections.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	const low, high = 10000, 30000
	for range 100 {
		if first := low + rand.N(high-low); areFree(first, n) {
			return first
		}
	}
	t.Fatalf("there are no %d free ports in a row", n)
	return 0
}

// areFree says whether the n ports from first on can be listened at.
func areFree(first, n int) bool {
	for port := first; port < first+n; port++ {
		ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			return false
		}
		defer ln.Close()
	}
	return true
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startWithin is what a server gets until it listens.
const startWithin = 30 * time.Second

// child is a server in a process of its own. It ends when its standard input
// does, so also when this process is killed.
type child struct {
	hello
	cmd   *exec.Cmd
	stdin io.Closer
}

// hello is the line with which a server says that it listens.
type hello struct {
	URL   string `json:"url"`
	Seats []seat `json:"seats,omitempty"` // the product's only
}

// seat is an agent with a chat Task.
type seat struct {
	Flex string `json:"flex"` // Flex token
	Task string `json:"task"` // WT…
}

// startChild starts a server and waits for its hello.
func startChild(ctx context.Context, env []string, name string, args ...string) (*child, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = 10 * time.Second
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	c := &child{cmd: cmd, stdin: stdin}
	late := time.AfterFunc(startWithin, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	line, err := bufio.NewReaderSize(stdout, 1<<20).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &c.hello)
	}
	if err != nil {
		c.close()
		return nil, fmt.Errorf("start %s %s: it did not say where it listens: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	return c, nil
}

// close ends the process and waits for it.
func (c *child) close() {
	_ = c.stdin.Close()
	done := time.AfterFunc(10*time.Second, func() { _ = c.cmd.Process.Kill() })
	defer done.Stop()
	_ = c.cmd.Wait() // how it ended is of no interest any more
}

// outcome runs a program to its end and decodes what it prints.
func outcome(ctx context.Context, v any, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("run %s %s: %w", filepath.Base(name), strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, v); err != nil {
		return fmt.Errorf("read what %s printed: %w", filepath.Base(name), err)
	}
	return nil
}

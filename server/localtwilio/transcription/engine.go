package transcription

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

const (
	// maxLine bounds a line of an engine's output, in bytes.
	maxLine = 64 << 10
	// afterKill is how long a killed engine's output is waited for, which children of its
	// own may hold open.
	afterKill = time.Second
	// keptErrors is how much of an engine's last words on standard error the log gets.
	keptErrors = 1000
)

// command is the recognizer of a program that speaks as the package says.
func command(argv []string) recognizer {
	return func(ctx context.Context, c configuration, pcm io.ReadCloser, say func(result)) error {
		return engine(ctx, argv, c, pcm, func(line []byte) error {
			var r result
			if err := json.Unmarshal(line, &r); err != nil {
				return fmt.Errorf("read what the engine says: %w: %.100q", err, line)
			}
			say(r)
			return nil
		})
	}
}

// engine runs a program: sound goes in, lines come out.
func engine(ctx context.Context, argv []string, c configuration, pcm io.ReadCloser, line func([]byte) error) error {
	defer pcm.Close()
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	name := argv[0]
	if nice, err := exec.LookPath("nice"); err == nil {
		// Below what carries the call. nice becomes the program: it is no process more.
		argv = append([]string{nice, "-n", "10"}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = afterKill
	cmd.Env = environment(c)
	errs := &tail{}
	cmd.Stderr = errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("run %s: %w", name, err)
	}
	fed := make(chan error, 1)
	go func() {
		_, err := io.Copy(in, pcm)
		fed <- errors.Join(err, in.Close())
	}()
	scan := bufio.NewScanner(out)
	scan.Buffer(nil, maxLine)
	for err == nil && scan.Scan() {
		if text := bytes.TrimSpace(scan.Bytes()); len(text) > 0 {
			err = line(text)
		}
	}
	if err == nil {
		err = scan.Err()
	}
	if err != nil {
		kill()
	}
	// The program has ended or is about to: it has closed its output.
	defer time.AfterFunc(lastWords, kill).Stop()
	_ = pcm.Close() // it wakes the copying, which goes on where the input has not ended
	waited := cmd.Wait()
	if fault := <-fed; fault != nil && waited == nil && err == nil {
		err = fmt.Errorf("it ended before its input: %w", fault)
	}
	if err = errors.Join(err, waited); err != nil {
		return fmt.Errorf("run %s: %w: %s", name, err, errs.text())
	}
	return nil
}

// environment is what an engine knows of its surroundings: no secret of ours.
func environment(c configuration) []string {
	all, _ := json.Marshal(c) // a map of strings
	env := []string{"TRANSCRIPTION_LANGUAGE=" + c.language(), "TRANSCRIPTION_CONFIGURATION=" + string(all)}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// tail keeps the end of what is written to it. The zero value is empty.
type tail struct{ kept []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-keptErrors):]
	return len(p), nil
}

func (t *tail) text() string { return string(bytes.TrimSpace(t.kept)) }

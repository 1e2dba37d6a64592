package store_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"escalate/server/localtwilio/store"
)

// writerPath tells the test binary to be the process that gets killed.
const writerPath = "STORE_TEST_WRITER_PATH"

// TestKill kills a process with SIGKILL amid writing, several times over on one
// file: whatever it had said was written is there.
func TestKill(t *testing.T) {
	if path := os.Getenv(writerPath); path != "" {
		write(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "twilio.db")
	total := 0
	for round := range 3 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
		cmd.Env = append(os.Environ(), writerPath+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		said := 0
		for said < 20 && lines.Scan() {
			if strings.HasPrefix(lines.Text(), "written ") {
				said++
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // what it said before it died
			if strings.HasPrefix(lines.Text(), "written ") {
				said++
			}
		}
		_ = cmd.Wait() // "signal: killed"
		if said < 20 {
			t.Fatalf("round %d: the writer said %d, want 20 at least", round, said)
		}
		total += said

		s := must(store.Open(path, store.Options{}))(t)
		messages := must(s.Conversations.Messages("chat", 0))(t)
		// One more may have been written and not said.
		if len(messages) < total || len(messages) > total+1 {
			t.Errorf("round %d: %d messages, want %d", round, len(messages), total)
		}
		for i, m := range messages {
			if m.Index != i {
				t.Fatalf("message %d has index %d", i, m.Index)
			}
		}
		if p := must(s.Participants.List("room", store.Connected))(t); len(p) != 0 {
			t.Errorf("round %d: %d participants connected", round, len(p))
		}
		total = len(messages)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// write writes until it is killed, and says after each call that it is done.
func write(t *testing.T, path string) {
	s := must(store.Open(path, store.Options{}))(t)
	if _, err := s.Conversations.Get("chat"); err != nil {
		must(s.Conversations.Create(store.Conversation{UniqueName: "chat"}))(t)
		must(s.Rooms.Create(store.Room{UniqueName: "room"}))(t)
	}
	must(s.Participants.Add("room", "a"))(t)
	for i := 0; ; i++ {
		must(s.Conversations.AddMessage("chat", store.Message{Body: "hello"}))(t)
		fmt.Println("written", i)
	}
}

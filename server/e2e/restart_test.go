//go:build e2e

package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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

// startProcess starts a binary with the settings and waits for its links.
func startProcess(t *testing.T, path string, settings ...string) *process {
	t.Helper()
	cmd := exec.Command(path)
	cmd.Env = settings
	return launch(t, cmd, regexp.MustCompile(`(http://\S+)/demo/agent`))
}

// TestKillDuringCall kills the server as the kernel would in the middle of a
// call and starts it again: nothing that was said is lost, and both people get
// back into the call.
func TestKillDuringCall(t *testing.T) {
	at := freeAddrs(t, 4)
	settings := []string{"ADDR=" + at[0], "LOCAL_TWILIO_ADDR=" + at[1], "LOCAL_MEDIA_ADDR=" + at[2], "LOCAL_TURN_ADDR=" + at[3], "DATA_DIR=" + t.TempDir()}
	binary := build(t)
	first := startProcess(t, binary, settings...)
	if log := first.lines(); len(log) == 0 || !strings.Contains(log[0], "NO TWILIO ACCOUNT") {
		t.Errorf("the first log line does not say that it runs on local Twilio: %q", log)
	}

	b := newBrowser(t)
	desk := b.open(t, "desk", first.url+"/demo/agent", 1400, 900)
	desk.click("#video-button")
	room := desk.in(frame)
	room.click("#join-button")
	room.see("#leave-button")
	var link string
	desk.until("the link in the chat", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	if err := desk.eval(&link, `return d.querySelector('#agent-messages a[href*="/join/"]').href`); err != nil {
		t.Fatal(err)
	}
	customer := b.open(t, "customer", link, 390, 844)
	customer.click("#join-button")
	room.plays("the customer reaches the agent")
	customer.plays("the agent reaches the customer")
	api := first.url + "/api/escalations/" + codeIn(link)
	before := stateOf(t, api)

	first.kill()
	customer.see(".bar-warn:not([hidden]), [data-phase=rejoining]")
	customer.shot("lost")
	desk.shot("lost")
	startProcess(t, binary, settings...)

	after := stateOf(t, api)
	if after.Code != before.Code || after.AgentName != before.AgentName || after.Status == "expired" || after.Status == "ended" {
		t.Errorf("before the kill %+v, after it %+v", before, after)
	}
	desk.until("the messages are still there", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	// Both come back, or say what happened and offer a way back; either way they
	// see each other again.
	for _, p := range []*tab{room, customer} {
		p.until("back in the call, or a way back", `(() => {
			const way = d.querySelector('#rejoin-button, #join-button');
			if (way?.checkVisibility() && !way.disabled) way.click();
			return d.querySelector('[data-phase=in_call]');
		})()`)
	}
	room.plays("the customer reaches the agent again")
	customer.plays("the agent reaches the customer again")
	customer.shot("back")
	desk.shot("back")
}

type state struct {
	Code, Status, AgentName string
	Rated                   bool
}

func stateOf(t *testing.T, url string) (s state) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %s %v", url, res.Status, b, err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

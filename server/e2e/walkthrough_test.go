//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"escalate/server/core"
)

// start runs the product in this process, on local Twilio and free ports.
func start(t *testing.T, settings map[string]string) *core.System {
	t.Helper()
	return startAs(t, settings, func(*core.Config) {})
}

// startAs does it with what no setting says.
func startAs(t *testing.T, settings map[string]string, edit func(*core.Config)) *core.System {
	t.Helper()
	c, err := core.FromEnv(func(name string) string {
		if v, ok := settings[name]; ok {
			return v
		}
		return map[string]string{
			"ADDR": "127.0.0.1:0", "LOCAL_TWILIO_ADDR": "127.0.0.1:0", "LOCAL_MEDIA_ADDR": "127.0.0.1:0",
			"LOCAL_TURN_ADDR": "127.0.0.1:0", "DATA_DIR": t.TempDir(), "LOG_LEVEL": cmp.Or(os.Getenv("LOG_LEVEL"), "warn"),
		}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	c.LogOutput = logWriter{t}
	edit(&c)
	conform(t, &c)
	s, err := core.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// logWriter sends the server's log to the test's.
type logWriter struct{ t *testing.T }

func (w logWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

// local asks local Twilio's REST API, as any program with the account's key could.
func local(t *testing.T, s *core.System, path string, out any) {
	t.Helper()
	a := s.Local().Account()
	r, err := http.NewRequest(http.MethodGet, s.Local().URL()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(a.KeySID, a.KeySecret)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %s %v", path, res.Status, b, err)
	}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, b)
	}
}

// eventually waits for what a server, not a page, is to come to.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if ok() {
			return
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the test ended while waiting: %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}

const (
	frame = "room-frame" // the iframe of the Video Room tab
	other = ".stage .tile:not(.tile-self):not(.tile-screen):not([hidden])"
)

// TestWalkthrough plays the seven steps of the feature, from the icon to the
// completed Task, with real media between two pages.
func TestWalkthrough(t *testing.T) {
	s := start(t, nil)
	b := newBrowser(t)
	desk := b.open(t, "desk", s.URL()+"/demo/agent", 1400, 900)
	desk.see("#video-button")
	var task string
	if err := desk.eval(&task, "return d.getElementById('task-header').dataset.task"); err != nil {
		t.Fatal(err)
	}
	var chatPath string
	if err := desk.eval(&chatPath, "return d.getElementById('customer-side').getAttribute('href')"); err != nil {
		t.Fatal(err)
	}
	chat := b.open(t, "chat", s.URL()+chatPath, 1000, 800)
	chat.see("#chat-input")
	desk.shot("before")

	// 1. The agent clicks the icon; the link appears in both chats.
	desk.click("#video-button")
	chat.see(`#chat-messages a[href*="/join/"]`)
	desk.until("the link in the agent's chat", `d.querySelector('#agent-messages a[href*="/join/"]')`)
	chat.shot("link")
	var link string
	if err := chat.eval(&link, `return d.querySelector('#chat-messages a[href*="/join/"]').href`); err != nil {
		t.Fatal(err)
	}
	code := codeIn(link)

	// 2. The tab Video Room opens; the agent joins.
	desk.until("the tab Video Room is selected", `d.getElementById('tab-video').getAttribute('aria-selected') === 'true'`)
	room := desk.in(frame)
	room.see("#join-button")
	desk.shot("video-room")
	room.click("#join-button")
	room.see("#leave-button")

	// 3. The customer opens the link and joins.
	customer := b.open(t, "customer", link, 390, 844)
	customer.read("Alex")
	customer.shot("invited")
	customer.click("#join-button")
	customer.see("#leave-button")

	// 4. Each sees and hears the other.
	customer.see(other + " video")
	room.see(other + " video")
	room.plays("the customer's picture and sound reach the agent")
	customer.plays("the agent's picture and sound reach the customer")
	desk.shot("call")
	customer.shot("call")

	// 5. Mute, camera off and on, screen share arrive on the other side.
	customer.click("#mute-button")
	room.see(other + `[data-microphone="false"]`)
	customer.click("#mute-button")
	room.see(other + `[data-microphone="true"]`)
	customer.click("#camera-button")
	room.see(other + `[data-camera="false"]`)
	desk.shot("customer-camera-off")
	customer.click("#camera-button")
	room.see(other + `[data-camera="true"]`)
	room.plays("the customer's picture is back")
	room.click("#share-button")
	customer.see(".tile-screen:not([hidden]) video")
	customer.mediaUntil("two videos, camera and screen", func(m media) bool { return m.Videos >= 2 })
	customer.shot("screen")
	desk.shot("sharing")
	room.click("#share-button")
	customer.until("the screen is gone", `!d.querySelector('.tile-screen:not([hidden])')`)

	// 6. Wrapping up is refused during the call.
	desk.click("#wrapup-button")
	desk.see("#notice #leave-and-close")
	desk.shot("wrap-up-refused")

	// 7. The customer leaves and rates; the agent leaves, wraps up, completes.
	customer.click("#leave-button")
	customer.see("#rating-form")
	room.until("the customer's tile is gone", fmt.Sprintf(`!d.querySelector(%q)`, other))
	customer.shot("after")
	customer.click(`label[for="rating-4"]`)
	customer.fill("#rating-comment", "Quick and kind.")
	customer.click("#rating-send")
	customer.see("#rating-thanks")
	customer.shot("rated")

	account := s.Local().Account()
	document := func() (e struct {
		Status string
		Rating *struct {
			Score   int
			Comment string
		}
		Room struct{ SID string }
	}) {
		var doc struct{ Data json.RawMessage }
		local(t, s, "/sync/v1/Services/"+account.SyncServiceSID+"/Documents/"+code, &doc)
		if err := json.Unmarshal(doc.Data, &e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	eventually(t, "the rating is in the Document", func() bool {
		r := document().Rating
		return r != nil && r.Score == 4 && r.Comment == "Quick and kind."
	})
	taskNow := func() (v struct {
		Attributes       string `json:"attributes"`
		AssignmentStatus string `json:"assignment_status"`
	}) {
		local(t, s, "/taskrouter/v1/Workspaces/"+account.WorkspaceSID+"/Tasks/"+task, &v)
		return v
	}
	eventually(t, "the rating is on the Task", func() bool { return strings.Contains(taskNow().Attributes, "Quick and kind.") })

	room.click("#leave-button")
	room.see("#join-button")
	desk.until("the refusal is withdrawn", `!d.getElementById('leave-and-close')`)
	desk.shot("agent-left")
	desk.click("#wrapup-button")
	desk.click("#complete-button")
	eventually(t, "the Task is completed", func() bool { return taskNow().AssignmentStatus == "completed" })
	eventually(t, "the escalation has ended", func() bool { return document().Status == "ended" })
	var ended struct{ Status string }
	local(t, s, "/video/v1/Rooms/"+document().Room.SID, &ended)
	if ended.Status != "completed" {
		t.Errorf("the Room is %s", ended.Status)
	}
	var locks struct {
		Documents []struct {
			UniqueName string `json:"unique_name"`
			Data       struct{ Holder *string }
		}
	}
	local(t, s, "/sync/v1/Services/"+account.SyncServiceSID+"/Documents", &locks)
	for _, d := range locks.Documents {
		if strings.HasPrefix(d.UniqueName, "agentlock.") && d.Data.Holder != nil && *d.Data.Holder != "" {
			t.Errorf("%s is still held by %s", d.UniqueName, *d.Data.Holder)
		}
	}
	desk.shot("completed")
	for _, p := range []*tab{desk, chat, customer} {
		p.quiet()
	}
}

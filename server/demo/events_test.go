package demo_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

type event struct{ name, data string }

// stream follows an event stream until the test ends.
func (b *bench) stream(query string) <-chan event {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "GET", b.url+"/demo/api/events"+query, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		b.t.Fatalf("content type %q", kind)
	}
	out := make(chan event, 64)
	go func() {
		defer close(out)
		lines := bufio.NewScanner(res.Body)
		var e event
		for lines.Scan() {
			switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					out <- e
				}
				e = event{}
			}
		}
	}()
	return out
}

// next waits for an event of the given name and reads its data into v.
func (b *bench) next(events <-chan event, name string, v any) {
	b.t.Helper()
	deadline := time.After(5 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				b.t.Fatalf("the stream ended before %q", name)
			}
			if e.name != name {
				continue
			}
			if err := json.Unmarshal([]byte(e.data), v); err != nil {
				b.t.Fatalf("%s: %v in %s", name, err, e.data)
			}
			return
		case <-deadline:
			b.t.Fatalf("no %q within 5 s", name)
		}
	}
}

func TestEventsReachDeskAndCustomer(t *testing.T) {
	b := newBench(t)
	maya, tom := b.tasks("")[0], b.tasks("")[1]
	desk, customer := b.stream(""), b.stream("?conversation="+maya.ConversationSID)
	var ignored struct{}
	b.next(desk, "hello", &ignored)
	b.next(customer, "hello", &ignored)

	b.say(tom.ConversationSID, "customer", "for the desk only")
	b.say(maya.ConversationSID, "customer", "for both")
	var m message
	if b.next(desk, "message-added", &m); m.Body != "for the desk only" || m.ConversationSID != tom.ConversationSID {
		t.Errorf("desk's first message %+v", m)
	}
	if b.next(desk, "message-added", &m); m.Body != "for both" {
		t.Errorf("desk's second message %+v", m)
	}
	if b.next(customer, "message-added", &m); m.Body != "for both" || m.Role != "customer" || m.Index != 5 {
		t.Errorf("customer's message %+v", m)
	}

	b.ask("POST", "/demo/api/tasks/"+maya.TaskSID+"/status", map[string]string{"status": "wrapping"}, 200, nil)
	for name, events := range map[string]<-chan event{"desk": desk, "customer": customer} {
		var k task
		if b.next(events, "task-updated", &k); k.TaskSID != maya.TaskSID || k.Status != "wrapping" {
			t.Errorf("%s told of %+v", name, k)
		}
	}

	var made, told task
	b.ask("POST", "/demo/api/chats", struct{}{}, 200, &made)
	if b.next(desk, "task-updated", &told); told.TaskSID != made.TaskSID || told.Status != "assigned" {
		t.Errorf("desk told of %+v, want the new Task %+v", told, made)
	}
}

func TestCloseEndsStreams(t *testing.T) {
	b := newBench(t)
	events := b.stream("")
	var ignored struct{}
	b.next(events, "hello", &ignored)
	for range 2 {
		if err := b.demo.Close(); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case _, ok := <-events:
		if ok {
			t.Error("an event after Close")
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the stream did not end within 5 s of Close")
	}
}

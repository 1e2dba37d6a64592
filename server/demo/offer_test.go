package demo_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"

	"escalate/server/demo"
	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter"
)

// TestOfferedChatWaitsForItsWorker is a chat that begins while the Worker sits
// at another desk.
func TestOfferedChatWaitsForItsWorker(t *testing.T) {
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := demo.New(demo.Config{Local: onStore(t, s), Offer: true})
	if err != nil {
		t.Fatal(err)
	}
	r := mux.NewRouter()
	d.Routes(r)
	server := httptest.NewServer(r)
	t.Cleanup(func() {
		_ = d.Close()
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b := &bench{t: t, store: s, demo: d, url: server.URL}
	if n := len(b.tasks("")); n != 2 {
		t.Errorf("%d Tasks, want the 2 that the script begins with", n)
	}
	var made task
	b.ask("POST", "/demo/api/chats", struct{}{}, 200, &made)
	if made.Status != store.TaskPending || !made.Mine {
		t.Errorf("new chat %+v", made)
	}
	// The customer may write before anybody is there, and is a Participant.
	b.say(made.ConversationSID, "customer", "Hello?")
	if _, err := s.ChatParticipants.Get(made.ConversationSID, made.Customer); err != nil {
		t.Errorf("the customer in the Conversation: %v", err)
	}
	engine, err := taskrouter.Start(s, nil) // which offers at once what waits
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	all, err := s.Reservations.OfTask(made.TaskSID)
	if err != nil || len(all) != 1 || all[0].Status != store.ReservationPending {
		t.Fatalf("reservations %+v, %v", all, err)
	}
	if _, err := s.Reservations.SetStatus(all[0].SID, store.ReservationAccepted); err != nil {
		t.Fatal(err)
	}
	if n := len(b.tasks("")); n != 3 {
		t.Errorf("%d Tasks after accepting, want 3", n)
	}
}

package store_test

import (
	"testing"

	"escalate/server/localtwilio/store"
)

func TestChatParticipants(t *testing.T) {
	s := open(t, "", newClock())
	ch := must(s.Conversations.Create(store.Conversation{UniqueName: "c"}))(t)
	p := must(s.ChatParticipants.Add("c", store.ChatParticipant{Identity: "ada"}))(t)
	_, err := s.ChatParticipants.Add("c", store.ChatParticipant{Identity: "ada"})
	wantErr(t, err, store.ErrNameTaken)
	must(s.ChatParticipants.Update(ch.SID, p.SID, func(p *store.ChatParticipant) error { p.LastRead = 3; return nil }))(t)
	if p := must(s.ChatParticipants.Get("c", "ada"))(t); p.LastRead != 3 || p.ReadAt.IsZero() {
		t.Errorf("participant %+v", p)
	}
	if seats := must(s.ChatParticipants.Seats("ada"))(t); len(seats) != 1 || seats[0].ConversationSID != ch.SID {
		t.Errorf("seats %+v", seats)
	}
	if err := s.ChatParticipants.Remove("c", "ada"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.ChatParticipants.Remove("c", "ada"), store.ErrNotFound)
	if seats := must(s.ChatParticipants.Seats("ada"))(t); len(seats) != 1 || !seats[0].Left {
		t.Errorf("seats after leaving %+v", seats)
	}
	again := must(s.ChatParticipants.Add("c", store.ChatParticipant{Identity: "ada"}))(t)
	if again.SID == p.SID || again.Event <= p.Event || again.LastRead != -1 {
		t.Errorf("again %+v", again)
	}
}

func TestMessagesAreUpdatedInPlace(t *testing.T) {
	s := open(t, "", newClock())
	ch := must(s.Conversations.Create(store.Conversation{}))(t)
	must(s.Conversations.AddMessage(ch.SID, store.Message{Body: "one"}))(t)
	m := must(s.Conversations.AddMessage(ch.SID, store.Message{Body: "two"}))(t)
	must(s.Conversations.UpdateMessage(ch.SID, m.SID, func(m *store.Message) error { m.Body, m.Index = "three", 7; return nil }))(t)
	all := must(s.Conversations.Messages(ch.SID, 0))(t)
	if len(all) != 2 || all[1].Body != "three" || all[1].Index != 1 || all[1].Event <= m.Event {
		t.Errorf("messages %+v", all)
	}
	_, err := s.Conversations.UpdateMessage(ch.SID, "IM0", func(*store.Message) error { return nil })
	wantErr(t, err, store.ErrNotFound)
}

func TestChatUserIsMadeOnce(t *testing.T) {
	s := open(t, "", newClock())
	u := must(s.ChatUsers.Get("ada"))(t)
	if again := must(s.ChatUsers.Get("ada"))(t); again.SID != u.SID {
		t.Errorf("user %s, then %s", u.SID, again.SID)
	}
	if by := must(s.ChatUsers.BySID(u.SeatsSID))(t); by.Identity != "ada" {
		t.Errorf("user of map %+v", by)
	}
	_, err := s.ChatUsers.BySID("MP0")
	wantErr(t, err, store.ErrNotFound)
	w := watch(t, s)
	must(s.ChatUsers.Update("ada", func(u *store.ChatUser) error { u.FriendlyName, u.SID = "Ada", ""; return nil }))(t)
	if c, ok := w.wait(t, 1)[0].Change.(*store.ChatUserUpdated); !ok || c.ChatUser.FriendlyName != "Ada" || c.ChatUser.SID != u.SID {
		t.Errorf("event %+v", c)
	}
}

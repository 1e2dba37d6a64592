package store_test

import (
	"slices"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestChatServicesKeepToThemselves(t *testing.T) {
	s := open(t, "", newClock())
	own := s.Account().ChatServiceSID
	other := must(s.ChatServices.Create("Other"))(t)
	if all := must(s.ChatServices.List())(t); len(all) != 2 || all[0].SID != own || all[1].SID != other.SID {
		t.Errorf("services %+v", all)
	}
	here, there := s.Conversations.In(own), s.Conversations.In(other.SID)
	a := must(here.Create(store.Conversation{UniqueName: "one"}))(t)
	b := must(there.Create(store.Conversation{UniqueName: "one"}))(t)
	_, err := there.Create(store.Conversation{UniqueName: "one"})
	wantErr(t, err, store.ErrNameTaken)
	for _, c := range []struct {
		in   store.Conversations
		key  string
		want string
	}{{here, "one", a.SID}, {there, "one", b.SID}, {s.Conversations, "one", a.SID}, {s.Conversations, b.SID, b.SID}} {
		if got := must(c.in.Get(c.key))(t); got.SID != c.want {
			t.Errorf("%s is %s, want %s", c.key, got.SID, c.want)
		}
	}
	_, err = here.Get(b.SID)
	wantErr(t, err, store.ErrNotFound)
	_, err = there.Get(a.SID)
	wantErr(t, err, store.ErrNotFound)
	if all := must(there.List())(t); len(all) != 1 || all[0].SID != b.SID || all[0].Service(s.Account()) != other.SID {
		t.Errorf("conversations of the other service %+v", all)
	}

	p := must(s.ChatParticipants.Add(b.SID, store.ChatParticipant{Identity: "ada"}))(t)
	if p.RoleSID != other.ConversationRoleSID {
		t.Errorf("participant's role %s, want the service's %s", p.RoleSID, other.ConversationRoleSID)
	}
	ada, twin := must(s.ChatUsers.In(other.SID).Find("ada"))(t), must(s.ChatUsers.Get("ada"))(t)
	if ada.SID == twin.SID || ada.RoleSID != other.ServiceRoleSID {
		t.Errorf("users %+v and %+v", ada, twin)
	}
	_, err = s.ChatUsers.In(own).Find(ada.SID)
	wantErr(t, err, store.ErrNotFound)
	if seats := must(s.ChatParticipants.In(other.SID).Seats("ada"))(t); len(seats) != 1 {
		t.Errorf("seats %+v", seats)
	}
	if seats := must(s.ChatParticipants.Seats("ada"))(t); len(seats) != 0 {
		t.Errorf("seats of another service's user %+v", seats)
	}
	wantErr(t, s.ChatServices.Delete(own), store.ErrTransition)
	if err := s.ChatServices.Delete(other.SID); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{second(s.ChatServices.Get(other.SID)), second(s.Conversations.Get(b.SID)), second(s.ChatUsers.BySID(ada.SID))} {
		wantErr(t, err, store.ErrNotFound)
	}
	must(here.Get("one"))(t)
}

func second[T any](_ T, err error) error { return err }

func TestChatRoles(t *testing.T) {
	s := open(t, "", newClock())
	roles := s.ChatServices.Roles(s.Account().ChatServiceSID)
	names := []string{}
	for _, r := range must(roles.List())(t) {
		names = append(names, r.Type+" "+r.FriendlyName)
	}
	if want := []string{"conversation channel admin", "conversation channel user", "service service admin", "service service user"}; !slices.Equal(names, want) {
		t.Errorf("roles %q, want %q", names, want)
	}
	v := must(s.ChatServices.Get(s.Account().ChatServiceSID))(t)
	wantErr(t, roles.Delete(v.ConversationRoleSID), store.ErrRoleInUse)
	guest := must(roles.Create(store.ChatRole{FriendlyName: "guest", Type: store.RoleOfConversation, Permissions: []string{"sendMessage"}}))(t)
	_, err := s.ChatServices.Update(v.SID, func(v *store.ChatService) error { v.ServiceRoleSID = guest.SID; return nil })
	wantErr(t, err, store.ErrRole)
	must(s.ChatServices.Update(v.SID, func(v *store.ChatService) error { v.ConversationRoleSID = guest.SID; return nil }))(t)
	c := must(s.Conversations.Create(store.Conversation{CreatedBy: "ada"}))(t)
	for identity, want := range map[string]string{"ada": v.CreatorRoleSID, "bob": guest.SID} {
		if p := must(s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: identity}))(t); p.RoleSID != want {
			t.Errorf("role of %s %s, want %s", identity, p.RoleSID, want)
		}
	}
	_, err = s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "cleo", RoleSID: v.ServiceRoleSID})
	wantErr(t, err, store.ErrRole)
}

func TestConversationTimers(t *testing.T) {
	clock := newClock()
	s := open(t, "", clock)
	c := must(s.Conversations.Create(store.Conversation{Timers: store.ChatTimers{Inactive: time.Minute, Closed: 10 * time.Minute}}))(t)
	after := func(d time.Duration) store.Conversation {
		t.Helper()
		clock.Add(d)
		if err := s.Sweep(); err != nil {
			t.Fatal(err)
		}
		return must(s.Conversations.Get(c.SID))(t)
	}
	if c := after(59 * time.Second); c.State != store.ChatActive {
		t.Errorf("state %s before its time", c.State)
	}
	must(s.Conversations.AddMessage(c.SID, store.Message{Body: "still there"}))(t)
	if c := after(59 * time.Second); c.State != store.ChatActive {
		t.Errorf("state %s, although somebody wrote", c.State)
	}
	w := watch(t, s)
	if c := after(time.Second); c.State != store.ChatInactive {
		t.Errorf("state %s, want inactive", c.State)
	}
	if u, ok := w.wait(t, 1)[0].Change.(*store.ConversationUpdated); !ok || u.StateFrom != store.ChatActive || u.StateReason != store.StateByTimer {
		t.Errorf("told %+v", u)
	}
	must(s.Conversations.AddMessage(c.SID, store.Message{Body: "back"}))(t)
	if c := must(s.Conversations.Get(c.SID))(t); c.State != store.ChatActive {
		t.Errorf("state %s after a Message, want active", c.State)
	}
	if c := after(10 * time.Minute); c.State != store.ChatClosed {
		t.Errorf("state %s, want closed", c.State)
	}
	for _, err := range []error{
		second(s.Conversations.AddMessage(c.SID, store.Message{Body: "late"})),
		second(s.Conversations.Update(c.SID, func(c *store.Conversation) error { c.State = store.ChatActive; return nil })),
		second(s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "ada"})),
	} {
		wantErr(t, err, store.ErrChatClosed)
	}
	if all := must(s.Conversations.Messages(c.SID, 0))(t); len(all) != 2 {
		t.Errorf("messages %+v", all)
	}
}

func TestConversationsAndMessagesAreRemoved(t *testing.T) {
	s := open(t, "", newClock())
	c := must(s.Conversations.Create(store.Conversation{UniqueName: "c"}))(t)
	must(s.ChatParticipants.Add("c", store.ChatParticipant{Identity: "ada"}))(t)
	must(s.Conversations.Webhooks().Create("c", store.ChatWebhook{URL: "http://127.0.0.1:1/"}))(t)
	var sids []string
	for range 3 {
		sids = append(sids, must(s.Conversations.AddMessage("c", store.Message{Body: "secret"}))(t).SID)
	}
	if err := s.Conversations.RemoveMessage("c", sids[2]); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Conversations.RemoveMessage("c", sids[2]), store.ErrNotFound)
	must(s.Conversations.Message("c", sids[0]))(t) // past the gap
	if n := must(s.Conversations.CountMessages("c", -1))(t); n != 2 {
		t.Errorf("%d messages, want 2", n)
	}
	if m := must(s.Conversations.AddMessage("c", store.Message{}))(t); m.Index != 3 {
		t.Errorf("index %d, want 3: indexes are not used again", m.Index)
	}
	if gone := must(s.Conversations.RemovedMessages("c"))(t); len(gone) != 1 || gone[0].SID != sids[2] || gone[0].Body != "" {
		t.Errorf("left of the removed %+v", gone)
	}
	must(s.Conversations.Update("c", func(c *store.Conversation) error { c.UniqueName = "d"; return nil }))(t)
	must(s.Conversations.Create(store.Conversation{UniqueName: "c"}))(t)
	_, err := s.Conversations.Update("c", func(c *store.Conversation) error { c.UniqueName = "d"; return nil })
	wantErr(t, err, store.ErrNameTaken)

	w := watch(t, s)
	if err := s.Conversations.Delete("d"); err != nil {
		t.Fatal(err)
	}
	events := w.wait(t, 2)
	if _, ok := events[0].Change.(*store.ConversationRemoved); !ok {
		t.Errorf("first %T", events[0].Change)
	}
	if p, ok := events[1].Change.(*store.ChatParticipantRemoved); !ok || !p.ChatParticipant.Left {
		t.Errorf("then %T", events[1].Change)
	}
	_, err = s.Conversations.Get(c.SID)
	wantErr(t, err, store.ErrNotFound)
	must(s.Conversations.Create(store.Conversation{UniqueName: "d"}))(t)
}

func TestChatUserIsRemovedFromConversations(t *testing.T) {
	s := open(t, "", newClock())
	c := must(s.Conversations.Create(store.Conversation{}))(t)
	u := must(s.ChatUsers.Create(store.ChatUser{Identity: "ada"}))(t)
	_, err := s.ChatUsers.Create(store.ChatUser{Identity: "ada"})
	wantErr(t, err, store.ErrNameTaken)
	must(s.ChatParticipants.Add(c.SID, store.ChatParticipant{Identity: "ada"}))(t)
	if err := s.ChatUsers.Delete(u.SID); err != nil {
		t.Fatal(err)
	}
	_, err = s.ChatUsers.Find("ada")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.ChatParticipants.Get(c.SID, "ada")
	wantErr(t, err, store.ErrNotFound)
}

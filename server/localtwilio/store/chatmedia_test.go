package store

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// mediaShelf is a Store with a clock, and what it has told of removed Media.
func mediaShelf(t *testing.T) (s *Store, pass func(time.Duration), removed func() []string) {
	t.Helper()
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	s, err := Open("", Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan string, 16)
	stop := s.Watch(func(e Event) {
		switch c := e.Change.(type) {
		case *MediaRemoved:
			told <- c.Media.SID
		case *ConversationCreated:
			if c.Conversation.FriendlyName == "fence" {
				told <- "" // all before it has been told
			}
		}
	})
	t.Cleanup(func() {
		stop()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, func(d time.Duration) { now = now.Add(d) }, func() (list []string) {
		t.Helper()
		if _, err := s.Conversations.Create(Conversation{FriendlyName: "fence"}); err != nil {
			t.Fatal(err)
		}
		for sid := range told {
			if sid == "" {
				break
			}
			list = append(list, sid)
		}
		return list
	}
}

func newMedia(t *testing.T, s *Store, author string) Media {
	t.Helper()
	m, err := s.Conversations.Media().Create(Media{
		Attachment: Attachment{SID: NewSID("ME"), Filename: "car.jpg", ContentType: "image/jpeg", Size: 5}, Author: author,
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMessageWithMedia(t *testing.T) {
	s, _, _ := mediaShelf(t)
	c, err := s.Conversations.Create(Conversation{CreatedBy: "maker"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.ChatParticipants.Add(c.SID, ChatParticipant{Identity: "bob"}); err != nil {
		t.Fatal(err)
	}
	media := newMedia(t, s, "ada")
	readers := func() (list []string) {
		t.Helper()
		m, err := s.Conversations.Media().Get(media.SID)
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range []string{"ada", "bob", "maker", "stranger", ""} {
			if may, err := s.Conversations.Media().MayRead(m, who); err != nil {
				t.Fatal(err)
			} else if may {
				list = append(list, who)
			}
		}
		return list
	}
	if got := readers(); !slices.Equal(got, []string{"ada"}) {
		t.Errorf("before it is sent, it is seen by %q", got)
	}
	m, err := s.Conversations.AddMessage(c.SID, Message{Author: "ada", Media: Attach(media.SID)})
	if err != nil {
		t.Fatal(err)
	}
	want := Attachment{SID: media.SID, Category: "media", Filename: "car.jpg", ContentType: "image/jpeg", Size: 5}
	if !slices.Equal(m.Media, []Attachment{want}) {
		t.Errorf("media of the message: %+v", m.Media)
	}
	if got := readers(); !slices.Equal(got, []string{"ada", "bob", "maker"}) {
		t.Errorf("once it is sent, it is seen by %q", got)
	}
	if err := s.ChatParticipants.Remove(c.SID, "bob"); err != nil {
		t.Fatal(err)
	}
	if got := readers(); !slices.Equal(got, []string{"ada", "maker"}) {
		t.Errorf("after bob left, it is seen by %q", got)
	}
	// A change of the Message leaves its Media alone.
	if m, err = s.Conversations.UpdateMessage(c.SID, m.SID, func(m *Message) error { m.Body, m.Media = "see", nil; return nil }); err != nil || len(m.Media) != 1 {
		t.Errorf("changed message %+v, %v", m, err)
	}
	if _, err := s.Conversations.AddMessage(c.SID, Message{Media: Attach(NewSID("ME"))}); !errors.Is(err, ErrMedia) || !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown media: %v", err)
	}
	if all, err := s.Conversations.Messages(c.SID, 0); err != nil || len(all) != 1 {
		t.Errorf("%d messages, %v; a refused one must not stay", len(all), err)
	}
}

func TestMediaGoesWithItsLastMessage(t *testing.T) {
	s, _, removed := mediaShelf(t)
	c, err := s.Conversations.Create(Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	media := newMedia(t, s, "")
	var messages [2]Message
	for i := range messages {
		if messages[i], err = s.Conversations.AddMessage(c.SID, Message{Media: Attach(media.SID)}); err != nil {
			t.Fatal(err)
		}
	}
	release := func(m Message) {
		t.Helper()
		if err := s.db.update(doing{what: "release"}, func(t *tx) error { return t.media().release(m) }); err != nil {
			t.Fatal(err)
		}
	}
	release(messages[0])
	if got := removed(); len(got) != 0 {
		t.Errorf("removed %q while a message has it", got)
	}
	release(messages[1])
	if got := removed(); !slices.Equal(got, []string{media.SID}) {
		t.Errorf("removed %q, want %s", got, media.SID)
	}
	if _, err := s.Conversations.Media().Get(media.SID); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed media: %v", err)
	}
	release(messages[1]) // again is no harm
}

func TestUnusedMediaIsForgotten(t *testing.T) {
	s, pass, removed := mediaShelf(t)
	c, err := s.Conversations.Create(Conversation{})
	if err != nil {
		t.Fatal(err)
	}
	used, unused := newMedia(t, s, "ada"), newMedia(t, s, "ada")
	if _, err := s.Conversations.AddMessage(c.SID, Message{Media: Attach(used.SID)}); err != nil {
		t.Fatal(err)
	}
	pass(MediaUnused - time.Second)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if got := removed(); len(got) != 0 {
		t.Errorf("removed %q too early", got)
	}
	pass(2 * time.Second)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if got := removed(); !slices.Equal(got, []string{unused.SID}) {
		t.Errorf("removed %q, want %s", got, unused.SID)
	}
	if sids, err := s.Conversations.Media().SIDs(); err != nil || !slices.Equal(sids, []string{used.SID}) {
		t.Errorf("left: %q, %v", sids, err)
	}
}

package flexapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"

	"escalate/server/localtwilio/store"
)

// seats puts Workers into the Conversations of their chats, as Flex does.
type seats struct {
	store *store.Store
	log   *slog.Logger
}

// all seats every Worker who has a chat already.
func (s *seats) all() error {
	workers, err := s.store.Workers.List()
	if err != nil {
		return fmt.Errorf("seat workers: %w", err)
	}
	for _, w := range workers {
		all, err := s.store.Reservations.OfWorker(w.SID)
		if err != nil {
			return fmt.Errorf("seat worker %s: %w", w.SID, err)
		}
		for _, r := range all {
			if r.Status != store.ReservationAccepted && r.Status != store.ReservationWrapping {
				continue
			}
			k, err := s.store.Tasks.Get(r.TaskSID)
			if err != nil {
				return fmt.Errorf("seat worker %s: %w", w.SID, err)
			}
			s.seat(r, k)
		}
	}
	return nil
}

// seat puts a Worker into the Conversation of a Task that they have, and takes
// them out of that of one which is over. What goes wrong is logged: the Task
// goes on without.
func (s *seats) seat(r store.Reservation, k store.Task) {
	sid := conversationOf(k)
	if sid == "" {
		return
	}
	var err error
	switch {
	case r.Status == store.ReservationAccepted || r.Status == store.ReservationWrapping:
		_, err = s.store.ChatParticipants.Add(sid, store.ChatParticipant{Identity: r.Worker, Attributes: `{"member_type":"agent"}`})
		if errors.Is(err, store.ErrNameTaken) || errors.Is(err, store.ErrChatClosed) { // wrapping up needs no seat
			return
		}
	case slices.Contains([]string{store.ReservationCompleted, store.ReservationCanceled, store.ReservationRescinded}, r.Status):
		err = s.store.ChatParticipants.Remove(sid, r.Worker)
		if errors.Is(err, store.ErrNotFound) {
			return
		}
	}
	if err != nil {
		s.log.Warn("seat worker", "worker", r.Worker, "conversation", sid, "err", err)
	}
}

// conversationOf is the SID of a Task's Conversation; empty for a Task that is no chat.
func conversationOf(k store.Task) string {
	var attributes struct {
		Conversation string `json:"conversationSid"`
		Channel      string `json:"channelSid"`
	}
	// Attributes that are something else are no chat's.
	_ = json.Unmarshal([]byte(k.Attributes), &attributes)
	return cmp.Or(attributes.Conversation, attributes.Channel)
}

// join seats the Worker in a chat that is theirs. Flex asks for it when it
// has accepted a Task and the chat has not reached it yet; it returns
// store.ErrNotFound for any other.
func (s *seats) join(h holder, r *http.Request) (any, error) {
	all, err := s.store.Reservations.OfWorker(h.worker.SID)
	if err != nil {
		return nil, fmt.Errorf("join chat: %w", err)
	}
	for _, v := range all {
		if v.Status != store.ReservationAccepted && v.Status != store.ReservationWrapping {
			continue
		}
		k, err := s.store.Tasks.Get(v.TaskSID)
		if err != nil {
			return nil, fmt.Errorf("join chat: %w", err)
		}
		if conversationOf(k) == r.PathValue("conversation") {
			s.seat(v, k)
			return object{}, nil
		}
	}
	return nil, fmt.Errorf("join chat: %w", store.ErrNotFound)
}

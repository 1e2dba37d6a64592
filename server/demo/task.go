package demo

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/store"
)

// taskView is a Task with its chat, as the pages draw it.
type taskView struct {
	TaskSID         string       `json:"taskSid"`
	ConversationSID string       `json:"conversationSid"`
	Status          string       `json:"status"`
	Customer        string       `json:"customer"`
	Topic           string       `json:"topic"`
	Facts           []fact       `json:"facts"`
	Agent           string       `json:"agent"`
	Mine            bool         `json:"mine"`
	CreatedAt       time.Time    `json:"createdAt"`
	LastMessage     *messageView `json:"lastMessage"`
}

// live reports whether somebody still works on the Task.
func (v taskView) live() bool {
	return v.Status == store.TaskAssigned || v.Status == store.TaskWrapping
}

// session returns a Flex token of the demo Worker, a fresh one each time.
func (d *Demo) session(*http.Request) (any, error) {
	token, expires, err := d.chats.issue()
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"token":   token,
		"expires": expires,
		"worker":  map[string]string{"sid": d.chats.agent.SID, "identity": d.chats.agent.FriendlyName, "name": d.chats.people[d.chats.agent.FriendlyName]},
	}, nil
}

func (cs *chats) issue() (token string, expires time.Time, err error) {
	token, err = cs.store.FlexTokens.Issue(store.FlexToken{WorkerSID: cs.agent.SID})
	if err != nil {
		return "", time.Time{}, err
	}
	issued, err := cs.store.FlexTokens.Validate(token)
	return token, issued.Expires, err
}

func (d *Demo) listTasks(r *http.Request) (any, error) {
	return d.chats.live(r.URL.Query().Get("worker") != "other")
}

// live returns the Tasks that are worked on, by the demo Worker or by the others.
func (cs *chats) live(mine bool) ([]taskView, error) {
	all, err := cs.store.Tasks.List()
	if err != nil {
		return nil, err
	}
	list := []taskView{}
	for _, t := range all {
		v, ok, err := cs.view(t)
		if err != nil {
			return nil, err
		}
		if ok && v.live() && v.Mine == mine {
			list = append(list, v)
		}
	}
	return list, nil
}

// setStatus wraps up or completes a Task of the demo Worker; its Reservation
// follows.
func (d *Demo) setStatus(r *http.Request) (any, error) {
	var ask struct {
		Status string `json:"status"`
	}
	if err := decode(r, &ask); err != nil {
		return nil, err
	}
	if ask.Status != store.TaskWrapping && ask.Status != store.TaskCompleted {
		return nil, errBadRequest
	}
	task, err := d.chats.store.Tasks.Get(mux.Vars(r)["task"])
	if err != nil {
		return nil, err
	}
	if v, ok, err := d.chats.view(task); err != nil || !ok || !v.Mine {
		return nil, orNotFound(err)
	}
	task, err = d.chats.store.Tasks.Update(task.SID, "", func(t *store.Task) error {
		t.AssignmentStatus = ask.Status
		return nil
	})
	if err != nil {
		return nil, err
	}
	v, _, err := d.chats.view(task)
	return v, err
}

// view gathers what the pages show of a Task. It is not ok for a Task without
// one of our Conversations, or that no Worker ever accepted.
func (cs *chats) view(t store.Task) (v taskView, ok bool, err error) {
	sid := conversationOf(t)
	if sid == "" || t.Waiting() && !cs.offer {
		return v, false, nil
	}
	conversation, err := cs.store.Conversations.Get(sid)
	if err != nil {
		return v, false, ignoreNotFound(err)
	}
	reservations, err := cs.store.Reservations.OfTask(t.SID)
	if err != nil {
		return v, false, ignoreNotFound(err)
	}
	held := []string{store.ReservationPending, store.ReservationAccepted, store.ReservationWrapping, store.ReservationCompleted, store.ReservationCanceled}
	for _, r := range reservations {
		if slices.Contains(held, r.Status) {
			v.Agent, v.Mine, ok = cs.people[r.Worker], r.WorkerSID == cs.agent.SID, true
		}
	}
	if cs.offer && t.Waiting() && t.RoutingTarget == cs.agent.SID {
		v.Agent, v.Mine, ok = cs.people[cs.agent.FriendlyName], true, true
	}
	c := customerOf(conversation)
	v.TaskSID, v.ConversationSID, v.Status, v.CreatedAt = t.SID, conversation.SID, t.AssignmentStatus, t.Created
	v.Customer, v.Topic, v.Facts = c.Name, c.Topic, c.Facts
	if conversation.LastIndex >= 0 {
		newest, err := cs.store.Conversations.Messages(conversation.SID, conversation.LastIndex)
		if err != nil {
			return v, false, err
		}
		if len(newest) > 0 {
			m, err := cs.messageView(conversation, newest[len(newest)-1])
			if err != nil {
				return v, false, err
			}
			v.LastMessage = &m
		}
	}
	return v, ok, nil
}

// taskOf finds the newest Task of a Conversation.
func (cs *chats) taskOf(conversationSID string) (store.Task, error) {
	all, err := cs.store.Tasks.List()
	if err != nil {
		return store.Task{}, err
	}
	for _, t := range slices.Backward(all) {
		if conversationOf(t) == conversationSID {
			return t, nil
		}
	}
	return store.Task{}, store.ErrNotFound
}

// conversationOf reads the Conversation from a Task's attributes; empty for a
// Task that is not a chat.
func conversationOf(t store.Task) string {
	var attributes struct {
		ConversationSID string `json:"conversationSid"`
	}
	// Attributes that are something else are no chat's.
	_ = json.Unmarshal([]byte(t.Attributes), &attributes)
	return attributes.ConversationSID
}

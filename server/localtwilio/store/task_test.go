package store_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

// TestTaskAndReservation moves a Task by either end and looks at both.
func TestTaskAndReservation(t *testing.T) {
	type env struct {
		s    *store.Store
		task store.Task
		res  store.Reservation
	}
	reservation := func(status string) func(env) error {
		return func(e env) error { _, err := e.s.Reservations.SetStatus(e.res.SID, status); return err }
	}
	task := func(status string) func(env) error {
		return func(e env) error {
			_, err := e.s.Tasks.Update(e.task.SID, "", func(k *store.Task) error { k.AssignmentStatus = status; return nil })
			return err
		}
	}
	accept := reservation("accepted")
	tests := []struct {
		name              string
		steps             []func(env) error
		task, reservation string
		refused           bool // the last step
	}{
		{"reserved", nil, "reserved", "pending", false},
		{"accepted", []func(env) error{accept}, "assigned", "accepted", false},
		{"rejected", []func(env) error{reservation("rejected")}, "pending", "rejected", false},
		{"wrapped up by the worker", []func(env) error{accept, reservation("wrapping")}, "wrapping", "wrapping", false},
		{"wrapped up by REST", []func(env) error{accept, task("wrapping")}, "wrapping", "wrapping", false},
		{"completed by the worker", []func(env) error{accept, reservation("wrapping"), reservation("completed")}, "completed", "completed", false},
		{"completed by REST", []func(env) error{accept, task("completed")}, "completed", "completed", false},
		{"completed after wrapping by REST", []func(env) error{accept, task("wrapping"), task("completed")}, "completed", "completed", false},
		{"canceled while reserved", []func(env) error{task("canceled")}, "canceled", "canceled", false},
		{"completed before it was accepted", []func(env) error{task("completed")}, "reserved", "pending", true},
		{"wrapped up before it was accepted", []func(env) error{reservation("wrapping")}, "reserved", "pending", true},
		{"accepted after completion", []func(env) error{accept, task("completed"), accept}, "completed", "completed", true},
		{"assigned by REST", []func(env) error{task("assigned")}, "reserved", "pending", true},
		{"no such status", []func(env) error{accept, task("done")}, "assigned", "accepted", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, "", newClock())
			w := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
			k := must(s.Tasks.Create(store.Task{Attributes: `{"a":1}`}))(t)
			e := env{s, k, must(s.Reservations.Create(k.SID, w.SID))(t)}
			for i, step := range tt.steps {
				err := step(e)
				if tt.refused && i == len(tt.steps)-1 {
					wantErr(t, err, store.ErrTransition)
				} else if err != nil {
					t.Fatal(err)
				}
			}
			if got := must(s.Tasks.Get(k.SID))(t); got.AssignmentStatus != tt.task || got.Attributes != `{"a":1}` {
				t.Errorf("task %+v, want %s", got, tt.task)
			}
			if got := must(s.Reservations.OfTask(k.SID))(t); len(got) != 1 || got[0].Status != tt.reservation {
				t.Errorf("reservations of the task %+v, want %s", got, tt.reservation)
			}
			if got := must(s.Reservations.OfWorker(w.SID))(t); len(got) != 1 || got[0].Status != tt.reservation {
				t.Errorf("reservations of the worker %+v, want %s", got, tt.reservation)
			}
		})
	}
}

// An update that changes nothing is none.
func TestTaskUnchanged(t *testing.T) {
	clock := newClock()
	path := filepath.Join(t.TempDir(), "twilio.db")
	s := open(t, path, clock)
	k := must(s.Tasks.Get(must(s.Tasks.Create(store.Task{Attributes: `{"a":1}`}))(t).SID))(t)
	seen := watch(t, s)
	before := must(os.ReadFile(path))(t)
	clock.Add(time.Minute)
	same := func(k *store.Task) error { k.Attributes, k.AssignmentStatus = `{"a":1}`, store.TaskPending; return nil }
	if got := must(s.Tasks.Update(k.SID, "0", same))(t); !reflect.DeepEqual(got, k) {
		t.Errorf("got %+v, want %+v", got, k)
	}
	if !bytes.Equal(must(os.ReadFile(path))(t), before) {
		t.Error("something was written")
	}
	_, err := s.Tasks.Update(k.SID, "1", same)
	wantErr(t, err, store.ErrRevision)
	must(s.Tasks.Update(k.SID, "0", func(k *store.Task) error { k.Priority = 7; return nil }))(t)
	if u, ok := seen.wait(t, 1)[0].Change.(*store.TaskUpdated); !ok || u.Task.Priority != 7 {
		t.Errorf("the first that is heard of is %+v", u)
	}
}

func TestTaskRevision(t *testing.T) {
	s := open(t, "", newClock())
	w := must(s.Workers.Create(store.Worker{FriendlyName: "w"}))(t)
	_, err := s.Workers.Create(store.Worker{FriendlyName: "w"})
	wantErr(t, err, store.ErrNameTaken)
	k := must(s.Tasks.Create(store.Task{}))(t)
	res := must(s.Reservations.Create(k.SID, w.SID))(t)
	_, err = s.Reservations.Create(k.SID, w.SID)
	wantErr(t, err, store.ErrTransition)
	must(s.Reservations.SetStatus(res.SID, "accepted"))(t)
	k = must(s.Tasks.Get(k.SID))(t)
	if k.ETag() != "2" {
		t.Errorf("revision %s, want 2: reserving and accepting are changes of the task", k.ETag())
	}
	set := func(k *store.Task) error { k.Attributes = `{"b":2}`; return nil }
	_, err = s.Tasks.Update(k.SID, "1", set)
	wantErr(t, err, store.ErrRevision)
	if k = must(s.Tasks.Update(k.SID, "2", set))(t); k.ETag() != "3" || k.Attributes != `{"b":2}` {
		t.Errorf("task %+v", k)
	}
	if err := s.Tasks.Delete(k.SID, ""); err != nil {
		t.Fatal(err)
	}
	if got := must(s.Reservations.OfWorker(w.SID))(t); len(got) != 0 {
		t.Errorf("reservations %+v of a deleted task", got)
	}
	wantErr(t, s.Tasks.Delete(k.SID, ""), store.ErrNotFound)
}

func TestConversation(t *testing.T) {
	s := open(t, "", newClock())
	c := must(s.Conversations.Create(store.Conversation{UniqueName: "c"}))(t)
	_, err := s.Conversations.Create(store.Conversation{UniqueName: "c"})
	wantErr(t, err, store.ErrNameTaken)
	must(s.Conversations.AddMessage("c", store.Message{Author: "ana", Body: "one"}))(t)
	if m := must(s.Conversations.AddMessage(c.SID, store.Message{Body: "two"}))(t); m.Index != 1 || m.Author != "system" || m.Attributes != "{}" {
		t.Errorf("message %+v", m)
	}
	if got := must(s.Conversations.Messages("c", 1))(t); len(got) != 1 || got[0].Body != "two" {
		t.Errorf("messages from 1: %+v", got)
	}
	_, err = s.Conversations.AddMessage("CH0", store.Message{})
	wantErr(t, err, store.ErrNotFound)
	must(s.Conversations.Update("c", func(c *store.Conversation) error { c.State = "closed"; c.LastIndex = 99; return nil }))(t)
	if got := must(s.Conversations.Get("c"))(t); got.State != "closed" || got.LastIndex != 1 {
		t.Errorf("conversation %+v", got)
	}
}

// TestAttributesHaveALimit makes and changes Tasks and Workers about as large
// as TaskRouter takes them.
func TestAttributesHaveALimit(t *testing.T) {
	s := open(t, "", newClock())
	sized := func(n int, one string) string {
		return `{"a":"` + strings.Repeat(one, n-len(`{"a":""}`)) + `"}`
	}
	for _, tt := range []struct {
		name, text string
		refused    bool
	}{
		{"none", "", false},
		{"4096", sized(4096, "x"), false},
		{"4097", sized(4097, "x"), true},
		{"4096 of several bytes", sized(4096, "世"), false},
		{"4097 of several bytes", sized(4097, "世"), true},
		{"spaces count", "{" + strings.Repeat(" ", 4095) + "}", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := must(s.Tasks.Create(store.Task{}))(t)
			w := must(s.Workers.Create(store.Worker{FriendlyName: tt.name}))(t)
			_, create := s.Tasks.Create(store.Task{Attributes: tt.text})
			_, hire := s.Workers.Create(store.Worker{FriendlyName: tt.name + " at once", Attributes: tt.text})
			_, change := s.Tasks.Update(k.SID, "", func(k *store.Task) error { k.Attributes = tt.text; return nil })
			_, teach := s.Workers.Update(w.SID, func(w *store.Worker) error { w.Attributes = tt.text; return nil })
			for what, err := range map[string]error{"create Task": create, "create Worker": hire, "update Task": change, "update Worker": teach} {
				if errors.Is(err, store.ErrAttributesTooLong) != tt.refused || !tt.refused && err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			if after := must(s.Tasks.Get(k.SID))(t); tt.refused && (after.Attributes != "{}" || after.Revision != k.Revision) {
				t.Errorf("a refused update left %d characters, revision %d", len(after.Attributes), after.Revision)
			}
		})
	}
}

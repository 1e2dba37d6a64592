package localtwilio_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

func TestTasks(t *testing.T) {
	s := startSDK(t)
	ws := s.Account().WorkspaceSID
	w := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ana", Attributes: `{"full_name":"Ana"}`}))(t)
	made := must(s.taskrouter.CreateTask(ws, &taskrouter.CreateTaskParams{Attributes: ptr(`{"conversationSid":"CH1"}`), TaskChannel: ptr("chat")}))(t)
	res := offered(t, s.Server, *made.Sid, w.SID)
	must(s.Store().Reservations.SetStatus(res.SID, "accepted"))(t)

	fetched := must(s.taskrouter.FetchTaskWithMetadata(ws, *made.Sid))(t)
	k, etag := fetched.GetResource(), strings.Trim(fetched.GetHeader("ETag"), `"`)
	if *k.AssignmentStatus != "assigned" || *k.Attributes != `{"conversationSid":"CH1"}` || etag != "2" || *k.TaskChannelUniqueName != "chat" {
		t.Errorf("ETag %q task %+v", etag, k)
	}
	update := func(p taskrouter.UpdateTaskParams) error {
		_, err := s.taskrouter.UpdateTask(ws, *made.Sid, &p)
		return err
	}
	if err := update(taskrouter.UpdateTaskParams{IfMatch: &etag, Attributes: ptr(`{"videoRoom":"<x>"}`)}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, update(taskrouter.UpdateTaskParams{IfMatch: &etag, Attributes: ptr(`{}`)}), 412, 20412)
	wantCode(t, update(taskrouter.UpdateTaskParams{Attributes: ptr(`[]`)}), 400, 20001)
	wantCode(t, update(taskrouter.UpdateTaskParams{AssignmentStatus: ptr("pending")}), 400, 20001)
	if got := must(s.taskrouter.FetchTask(ws, *made.Sid))(t); *got.Attributes != `{"videoRoom":"<x>"}` {
		t.Errorf("attributes %s", *got.Attributes)
	}

	list := must(s.taskrouter.ListTaskReservation(ws, *made.Sid, &taskrouter.ListTaskReservationParams{}))(t)
	if len(list) != 1 || *list[0].ReservationStatus != "accepted" || *list[0].WorkerSid != w.SID || *list[0].WorkerName != "ana" {
		t.Errorf("reservations of the task %+v", list)
	}
	if err := update(taskrouter.UpdateTaskParams{AssignmentStatus: ptr("wrapping"), Reason: ptr("done")}); err != nil {
		t.Fatal(err)
	}
	mine := must(s.taskrouter.ListWorkerReservation(ws, w.SID, &taskrouter.ListWorkerReservationParams{ReservationStatus: ptr("wrapping")}))(t)
	if len(mine) != 1 || *mine[0].TaskSid != *made.Sid {
		t.Errorf("wrapping reservations of the worker %+v", mine)
	}
	must(s.taskrouter.UpdateWorkerReservation(ws, w.SID, res.SID, &taskrouter.UpdateWorkerReservationParams{ReservationStatus: ptr("completed")}))(t)
	if got := must(s.taskrouter.FetchTask(ws, *made.Sid))(t); *got.AssignmentStatus != "completed" || *got.Reason != "done" {
		t.Errorf("task %+v", *got)
	}
	if got := must(s.taskrouter.ListTask(ws, &taskrouter.ListTaskParams{AssignmentStatus: &[]string{"pending"}}))(t); len(got) != 0 {
		t.Errorf("pending tasks %+v", got)
	}

	if got := must(s.taskrouter.FetchWorker(ws, w.SID))(t); *got.FriendlyName != "ana" || *got.Attributes != `{"full_name":"Ana"}` || !*got.Available {
		t.Errorf("worker %+v", *got)
	}
	if got := must(s.taskrouter.ListWorker(ws, &taskrouter.ListWorkerParams{FriendlyName: ptr("bob")}))(t); len(got) != 0 {
		t.Errorf("workers called bob %+v", got)
	}
	_, err := s.taskrouter.FetchTask(ws, store.NewSID("WT"))
	wantCode(t, err, 404, 20404)
	_, err = s.taskrouter.FetchTask(store.NewSID("WS"), *made.Sid)
	wantCode(t, err, 404, 20404)
	_, err = s.taskrouter.FetchTaskReservation(ws, store.NewSID("WT"), res.SID)
	wantCode(t, err, 404, 20404)
	if err := s.taskrouter.DeleteTask(ws, *made.Sid, &taskrouter.DeleteTaskParams{}); err != nil {
		t.Error(err)
	}
}

// offered waits for a Task to be offered to a Worker, and returns the Reservation.
func offered(t *testing.T, s *localtwilio.Server, task, worker string) store.Reservation {
	t.Helper()
	seen := make(chan struct{}, 1)
	defer s.Store().Watch(func(store.Event) {
		select {
		case seen <- struct{}{}:
		default:
		}
	})()
	late := time.After(10 * time.Second)
	for {
		all := must(s.Store().Reservations.OfTask(task))(t)
		i := slices.IndexFunc(all, func(r store.Reservation) bool { return r.WorkerSID == worker && r.Status == store.ReservationPending })
		if i >= 0 {
			return all[i]
		}
		select {
		case <-seen:
		case <-late:
			t.Fatalf("task %s is not offered to %s: %+v", task, worker, all)
		}
	}
}

func TestConversations(t *testing.T) {
	s := startSDK(t)
	c := must(s.conversations.CreateConversation(&conversations.CreateConversationParams{FriendlyName: ptr("Chat"), UniqueName: ptr("chat")}))(t)
	_, err := s.conversations.CreateConversation(&conversations.CreateConversationParams{UniqueName: ptr("chat")})
	wantCode(t, err, 409, 50353)
	if got := must(s.conversations.FetchConversation("chat"))(t); *got.Sid != *c.Sid || *got.State != "active" {
		t.Errorf("conversation %+v", *got)
	}
	for _, body := range []string{"one", "two"} {
		m := must(s.conversations.CreateConversationMessage(*c.Sid, &conversations.CreateConversationMessageParams{
			Author: ptr("ana"), Body: &body, Attributes: ptr(`{"a":1}`),
		}))(t)
		if *m.Body != body || *m.Author != "ana" || *m.ConversationSid != *c.Sid || *m.Attributes != `{"a":1}` {
			t.Errorf("message %+v", *m)
		}
	}
	list := must(s.conversations.ListConversationMessage("chat", &conversations.ListConversationMessageParams{Order: ptr("desc")}))(t)
	if len(list) != 2 || *list[0].Body != "two" || list[0].Index != 1 {
		t.Errorf("messages %+v", list)
	}
	_, err = s.conversations.CreateConversationMessage(*c.Sid, &conversations.CreateConversationMessageParams{Body: ptr(strings.Repeat("x", 1601))})
	wantCode(t, err, 400, 50504)
	_, err = s.conversations.CreateConversationMessage(store.NewSID("CH"), &conversations.CreateConversationMessageParams{Body: ptr("x")})
	wantCode(t, err, 404, 20404)
	p := must(s.conversations.CreateConversationParticipant(*c.Sid, &conversations.CreateConversationParticipantParams{Identity: ptr("ana"), Attributes: ptr(`{"a":1}`)}))(t)
	_, err = s.conversations.CreateConversationParticipant(*c.Sid, &conversations.CreateConversationParticipantParams{Identity: ptr("ana")})
	wantCode(t, err, 409, 50433)
	if all := must(s.conversations.ListConversationParticipant(*c.Sid, nil))(t); len(all) != 1 || *all[0].Sid != *p.Sid || *all[0].Identity != "ana" {
		t.Errorf("participants %+v", all)
	}
	if err := s.conversations.DeleteConversationParticipant(*c.Sid, *p.Sid, nil); err != nil {
		t.Error(err)
	}
	_, err = s.conversations.FetchConversationParticipant(*c.Sid, *p.Sid)
	wantCode(t, err, 404, 20404)
	must(s.conversations.UpdateConversation(*c.Sid, &conversations.UpdateConversationParams{State: ptr("closed")}))(t)
	_, err = s.conversations.CreateConversationMessage(*c.Sid, &conversations.CreateConversationMessageParams{Body: ptr("x")})
	wantCode(t, err, 400, 50377)
}

func TestValidateFlexToken(t *testing.T) {
	s := start(t, localtwilio.Config{})
	w := must(s.Store().Workers.Create(store.Worker{FriendlyName: "ana"}))(t)
	good := must(s.Store().FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID, Roles: []string{"agent", "supervisor"}}))(t)
	late := must(s.Store().FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID, Expires: s.Store().Now()}))(t)
	path := "/v1/Accounts/" + s.Account().SID + "/Tokens/validate"
	tests := []struct {
		name, host, path, token string
		status                  int
		valid                   bool
		code                    int
	}{
		{"good", "iam.twilio.com", path, good, 200, true, 0},
		{"good in a realm", "iam.us1.twilio.com", path, good, 200, true, 0},
		{"unknown", "iam.twilio.com", path, "x", 200, false, 20101},
		{"expired", "iam.twilio.com", path, late, 200, false, 20104},
		{"empty", "iam.twilio.com", path, "", 400, false, 20001},
		{"other account", "iam.twilio.com", strings.Replace(path, "AC", "AD", 1), good, 404, false, 20404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			body, _ := json.Marshal(map[string]string{"token": tt.token})
			r := must(http.NewRequest(http.MethodPost, "https://"+tt.host+tt.path, bytes.NewReader(body)))(t)
			r.Header.Set("Content-Type", "application/json")
			r.SetBasicAuth(s.Account().SID, s.Account().AuthToken)
			resp := must(s.Transport().RoundTrip(r))(t)
			defer resp.Body.Close()
			var got struct {
				Valid     bool
				Code      int
				Identity  string
				WorkerSID string `json:"worker_sid"`
				Roles     []string
			}
			if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || got.Valid != tt.valid || got.Code != tt.code {
				t.Errorf("status %d %+v, want %d valid %t code %d", resp.StatusCode, got, tt.status, tt.valid, tt.code)
			}
			if tt.valid && (got.Identity != "ana" || got.WorkerSID != w.SID || !slices.Equal(got.Roles, []string{"agent", "supervisor"})) {
				t.Errorf("answer %+v", got)
			}
		})
	}
}

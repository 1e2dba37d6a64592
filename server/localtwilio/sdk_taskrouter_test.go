package localtwilio_test

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/twiliospec"
)

// TestRoutingOverREST makes a queue, a Workflow, Workers and a Task over REST: it is offered
// to the available Worker who matches.
func TestRoutingOverREST(t *testing.T) {
	s := startSDK(t)
	ws := s.Account().WorkspaceSID
	activities := must(s.taskrouter.ListActivity(ws, &taskrouter.ListActivityParams{Available: ptr("true")}))(t)
	worker := func(name, team string, activity *string) string {
		return *must(s.taskrouter.CreateWorker(ws, &taskrouter.CreateWorkerParams{
			FriendlyName: &name, Attributes: ptr(`{"team":"` + team + `"}`), ActivitySid: activity,
		}))(t).Sid
	}
	worker("away", "red", nil) // the Workspace's default Activity is Offline
	worker("blue", "blue", activities[0].Sid)
	red := worker("red", "red", activities[0].Sid)
	queue := must(s.taskrouter.CreateTaskQueue(ws, &taskrouter.CreateTaskQueueParams{FriendlyName: ptr("Reds"), TargetWorkers: ptr(`team == "red"`)}))(t)
	flow := must(s.taskrouter.CreateWorkflow(ws, &taskrouter.CreateWorkflowParams{
		FriendlyName: ptr("To reds"), Configuration: ptr(`{"task_routing":{"default_filter":{"queue":"` + *queue.Sid + `"}}}`),
	}))(t)
	k := must(s.taskrouter.CreateTask(ws, &taskrouter.CreateTaskParams{WorkflowSid: flow.Sid, Attributes: ptr(`{"n":1}`), Priority: ptr(2)}))(t)
	if *k.TaskQueueFriendlyName != "Reds" || *k.WorkflowFriendlyName != "To reds" || *k.TaskChannelUniqueName != "default" {
		t.Errorf("task %+v", *k)
	}
	offer := offered(t, s.Server, *k.Sid, red)
	if all := must(s.taskrouter.ListTaskReservation(ws, *k.Sid, &taskrouter.ListTaskReservationParams{}))(t); len(all) != 1 {
		t.Errorf("offered to %+v", all)
	}

	// What is in use stays; what is named is taken.
	wantCode(t, s.taskrouter.DeleteTaskQueue(ws, *queue.Sid), 400, 20001)
	wantCode(t, s.taskrouter.DeleteWorker(ws, red, &taskrouter.DeleteWorkerParams{}), 400, 20001)
	_, err := s.taskrouter.CreateWorker(ws, &taskrouter.CreateWorkerParams{FriendlyName: ptr("Red")})
	wantCode(t, err, 400, 20001)
	if want := "Worker named Red already exists for workspace " + ws; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}

	// Who goes may reject what is offered.
	must(s.taskrouter.UpdateWorker(ws, red, &taskrouter.UpdateWorkerParams{
		ActivitySid: ptr(must(s.Store().TaskRouter.Workspace())(t).DefaultActivitySID), RejectPendingReservations: ptr(true),
	}))(t)
	if r := must(s.Store().Reservations.Get(offer.SID))(t); r.Status != store.ReservationRejected {
		t.Errorf("the reservation is %s, want rejected", r.Status)
	}

	other := must(s.taskrouter.CreateTask(ws, &taskrouter.CreateTaskParams{
		TaskQueueSid: queue.Sid, Attributes: ptr(`{"n":2}`), Priority: ptr(7), VirtualStartTime: ptr(time.Now().Add(-time.Hour).UTC().Truncate(time.Second)),
	}))(t)
	for what, tt := range map[string]struct {
		p    taskrouter.ListTaskParams
		want []string
	}{
		"priority":      {taskrouter.ListTaskParams{Priority: ptr(7)}, []string{*other.Sid}},
		"attributes":    {taskrouter.ListTaskParams{EvaluateTaskAttributes: ptr("n < 2")}, []string{*k.Sid}},
		"queue":         {taskrouter.ListTaskParams{TaskQueueName: ptr("Everyone")}, nil},
		"Workflow":      {taskrouter.ListTaskParams{WorkflowSid: flow.Sid}, []string{*k.Sid}},
		"add-ons":       {taskrouter.ListTaskParams{HasAddons: ptr(true)}, nil},
		"order":         {taskrouter.ListTaskParams{Ordering: ptr("Priority:desc,DateCreated:asc")}, []string{*other.Sid, *k.Sid}},
		"virtual start": {taskrouter.ListTaskParams{Ordering: ptr("VirtualStartTime:asc")}, []string{*other.Sid, *k.Sid}},
	} {
		var got []string
		for _, k := range must(s.taskrouter.ListTask(ws, &tt.p))(t) {
			got = append(got, *k.Sid)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("by %s: %q, want %q", what, got, tt.want)
		}
	}
	if got := must(s.taskrouter.ListWorker(ws, &taskrouter.ListWorkerParams{TaskQueueSid: queue.Sid}))(t); len(got) != 2 {
		t.Errorf("workers of the queue %+v", got)
	}
	for what, p := range map[string]taskrouter.CreateTaskParams{
		"no such queue":    {TaskQueueSid: ptr(store.NewSID("WQ"))},
		"no such target":   {RoutingTarget: ptr(store.NewSID("WK"))},
		"no such channel":  {TaskChannel: ptr("telex")},
		"from the future":  {WorkflowSid: flow.Sid, VirtualStartTime: ptr(time.Now().Add(time.Hour))},
		"ignoring for all": {WorkflowSid: flow.Sid, IgnoreCapacity: ptr("true")},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := s.taskrouter.CreateTask(ws, &p)
			wantCode(t, err, 400, 20001)
		})
	}
}

// TestTaskRouterOperations makes every request that Twilio's document of TaskRouter
// describes, of things that exist: each is answered but Events and statistics.
func TestTaskRouterOperations(t *testing.T) {
	documents, err := spec()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: run npm ci in static")
	}
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, localtwilio.Config{})
	checked := &twiliospec.Transport{Spec: documents, Next: s.Transport()}
	k, ws := newSDK(s, checked, s.Account().KeySID, s.Account().KeySecret), s.Account().WorkspaceSID
	busy := must(s.Store().Workers.Create(store.Worker{FriendlyName: "busy"}))(t)
	task := must(k.taskrouter.CreateTask(ws, &taskrouter.CreateTaskParams{}))(t)
	reservation := offered(t, s, *task.Sid, busy.SID)
	idle := must(k.taskrouter.CreateWorker(ws, &taskrouter.CreateWorkerParams{FriendlyName: ptr("idle")}))(t)
	activity := must(k.taskrouter.CreateActivity(ws, &taskrouter.CreateActivityParams{FriendlyName: ptr("Lunch")}))(t)
	queue := must(k.taskrouter.CreateTaskQueue(ws, &taskrouter.CreateTaskQueueParams{FriendlyName: ptr("Reds")}))(t)
	channel := must(k.taskrouter.CreateTaskChannel(ws, &taskrouter.CreateTaskChannelParams{FriendlyName: ptr("Fax"), UniqueName: ptr("fax")}))(t)
	configuration := `{"task_routing":{"default_filter":{"queue":"` + s.Account().TaskQueueSID + `"}}}`
	flow := must(k.taskrouter.CreateWorkflow(ws, &taskrouter.CreateWorkflowParams{FriendlyName: ptr("W"), Configuration: &configuration}))(t)
	ids := strings.NewReplacer(
		"/Workspaces/{Sid}", "/Workspaces/"+ws, "{WorkspaceSid}", ws, "{TaskSid}", *task.Sid, "{WorkerSid}", busy.SID,
		"/Reservations/{Sid}", "/Reservations/"+reservation.SID, "/Tasks/{Sid}", "/Tasks/"+*task.Sid, "/Workers/{Sid}", "/Workers/"+*idle.Sid,
		"Channels/{Sid}", "Channels/"+*channel.Sid, "/Activities/{Sid}", "/Activities/"+*activity.Sid, "/TaskQueues/{Sid}", "/TaskQueues/"+*queue.Sid,
		"/Workflows/{Sid}", "/Workflows/"+*flow.Sid, "{TaskQueueSid}", *queue.Sid, "{WorkflowSid}", *flow.Sid, "{Sid}", "EV0",
	)
	all := must(documents.Operations("taskrouter.twilio.com"))(t)
	if len(all) < 55 {
		t.Fatalf("the document has %d operations: %q", len(all), all)
	}
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Compare(strings.Index("GET POST DELETE", a[:3]), strings.Index("GET POST DELETE", b[:3]))
	})
	for i, op := range all {
		method, path, _ := strings.Cut(op, " ")
		form := url.Values{}
		if method == http.MethodPost && !strings.HasSuffix(path, "}") {
			form = url.Values{
				"FriendlyName": {fmt.Sprint("made ", i)}, "UniqueName": {fmt.Sprint("made", i)}, "Configuration": {configuration}, "WorkflowSid": {*flow.Sid},
			}
		}
		r := must(http.NewRequest(method, "https://taskrouter.twilio.com"+ids.Replace(path), strings.NewReader(form.Encode())))(t)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
		res := must(checked.RoundTrip(r))(t)
		_ = res.Body.Close()
		want := map[string]int{"GET": 200, "POST": 200, "DELETE": 204}[method]
		switch {
		case op == "POST /v1/Workspaces" || op == "DELETE /v1/Workspaces/{Sid}":
			want = 400
		case strings.Contains(path, "Statistics") || strings.Contains(path, "/Events"):
			want = 404
		case method == http.MethodPost && !strings.HasSuffix(path, "}"):
			want = 201
		case op == "DELETE /v1/Workspaces/{WorkspaceSid}/Workflows/{Sid}":
			want = 400 // the Task that was made above is in it
		}
		if res.StatusCode != want {
			t.Errorf("%s: %s, want %d", op, res.Status, want)
		}
	}
	for _, v := range checked.Violations() {
		if strings.Contains(v, ": answer") {
			t.Error(v)
		}
	}
}

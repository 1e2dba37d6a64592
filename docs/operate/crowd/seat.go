package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/joho/godotenv"

	"escalate/app/client"
	"escalate/app/wire"
)

// seat is an agent's place on a local Twilio: whose Tasks the customers are.
type seat struct {
	api, key, secret  string // REST
	workspace, worker string
	flexToken         string
}

// readSeat reads what local-twilio -demo has printed.
func readSeat(file string) (s seat, err error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return s, fmt.Errorf("read settings: %w", err)
	}
	settings, err := godotenv.UnmarshalBytes(raw)
	if err != nil {
		return s, fmt.Errorf("read settings from %s: %w", file, err)
	}
	s = seat{
		api: settings["TWILIO_API_URL"], key: settings["TWILIO_API_KEY"], secret: settings["TWILIO_API_SECRET"],
		workspace: settings["TWILIO_WORKSPACE_SID"],
	}
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) > 2 && f[0] == "#" && f[1] == "Worker" {
			s.worker = f[2]
		}
		if strings.HasPrefix(line, "# Flex token, ") {
			s.flexToken = f[len(f)-1]
		}
	}
	if s.api == "" || s.secret == "" || s.worker == "" || s.flexToken == "" {
		return s, fmt.Errorf("%s is not what local-twilio -demo prints: it has no account, Worker or Flex token", file)
	}
	return s, nil
}

// invite makes n Tasks of the seat's Worker and has the agent make a join code for each.
func invite(ctx context.Context, s seat, agent *client.Client, n int) (all []*customer, err error) {
	var conversation struct{ SID string }
	if err := s.post(ctx, "/conversations/v1/Conversations", url.Values{"FriendlyName": {"Rehearsal"}}, &conversation); err != nil {
		return nil, fmt.Errorf("make a Conversation: %w", err)
	}
	for range n {
		task, err := s.task(ctx, conversation.SID)
		if err != nil {
			return nil, err
		}
		e, err := agent.Escalate(ctx, wire.Escalate{TaskSID: task})
		if err != nil {
			return nil, fmt.Errorf("make a join code: %w", err)
		}
		all = append(all, newCustomer(e.Link))
	}
	return all, nil
}

// task makes a Task that the Worker has accepted and returns its SID.
func (s seat) task(ctx context.Context, conversation string) (sid string, err error) {
	attributes, err := json.Marshal(map[string]string{"conversationSid": conversation})
	if err != nil {
		return "", fmt.Errorf("write attributes: %w", err)
	}
	tasks := "/taskrouter/v1/Workspaces/" + s.workspace + "/Tasks"
	var task struct{ SID string }
	// Routed to a Worker by name, Tasks may be more than the Worker has room for.
	if err := s.post(ctx, tasks, url.Values{"Attributes": {string(attributes)}, "TaskChannel": {"chat"}, "RoutingTarget": {s.worker}}, &task); err != nil {
		return "", fmt.Errorf("make a Task: %w", err)
	}
	reservation, err := s.offered(ctx, tasks+"/"+task.SID+"/Reservations")
	if err != nil {
		return "", fmt.Errorf("task %s for Worker %s: %w", task.SID, s.worker, err)
	}
	var accepted struct{}
	if err := s.post(ctx, tasks+"/"+task.SID+"/Reservations/"+reservation, url.Values{"ReservationStatus": {"accepted"}}, &accepted); err != nil {
		return "", fmt.Errorf("accept a Reservation: %w", err)
	}
	return task.SID, nil
}

// offered waits until TaskRouter has offered a Task, and returns the Reservation's SID.
func (s seat) offered(ctx context.Context, reservations string) (sid string, err error) {
	const patience, pause = 30 * time.Second, 5 * time.Millisecond
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		var offered struct{ Reservations []struct{ SID string } }
		if err := s.ask(ctx, http.MethodGet, reservations, nil, &offered); err != nil {
			return "", fmt.Errorf("list Reservations: %w", err)
		}
		if len(offered.Reservations) > 0 {
			return offered.Reservations[0].SID, nil
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("it is offered to nobody; is the Worker available? %w", ctx.Err())
		case <-time.After(pause):
		}
	}
}

func (s seat) post(ctx context.Context, path string, form url.Values, out any) error {
	return s.ask(ctx, http.MethodPost, path, form, out)
}

var errRefused = errors.New("refused")

func (s seat) ask(ctx context.Context, method, path string, form url.Values, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, s.api+path, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(s.key, s.secret)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%w: %s %s", errRefused, resp.Status, body)
	}
	return json.Unmarshal(body, out)
}

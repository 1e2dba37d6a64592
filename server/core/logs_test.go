package core

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/server/demo"
)

// journey is what agent and customer say to a running System.
type journey struct {
	t    *testing.T
	s    *System
	seat demo.Seat
	// parent is the traceparent of what an agent does first; empty for none.
	parent string
}

func newJourney(t *testing.T, s *System) *journey {
	t.Helper()
	seat, err := s.demo.Seat()
	if err != nil || len(seat.Tasks) == 0 {
		t.Fatalf("%d Tasks, %v", len(seat.Tasks), err)
	}
	return &journey{t: t, s: s, seat: seat}
}

// post sends in as JSON, in the agent's name or without one, and reads the answer into
// out unless that is nil. It returns the id of the request.
func (j *journey) post(agent bool, path string, in, out any) (id string) {
	j.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		j.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(j.t.Context(), http.MethodPost, "http://"+j.s.Addr()+path, bytes.NewReader(body))
	if err != nil {
		j.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if agent {
		r.Header.Set("Authorization", "Bearer "+j.seat.Token)
	}
	if j.parent != "" {
		r.Header.Set("Traceparent", j.parent)
		j.parent = ""
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		j.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		j.t.Fatalf("POST %s: %s %s, %v", path, res.Status, answer, err)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			j.t.Fatal(err)
		}
	}
	return res.Header.Get("X-Request-Id")
}

// whole escalates the first Task and goes through the call. It returns what nobody but
// the two may read: code, tokens, keys, names.
func (j *journey) whole() (secrets []string) {
	j.t.Helper()
	var e wire.Escalation
	j.post(true, wire.EscalationsPath, wire.Escalate{TaskSID: j.seat.Tasks[0].SID, SendInvite: true}, &e)
	link := e.JoinURL[strings.LastIndex(e.JoinURL, "/")+1:]
	j.post(false, wire.CodePath(link, wire.ActionProgress), wire.Progress{Phase: wire.PhaseOpened}, nil)
	var agent, customer wire.Join
	j.post(true, wire.CodePath(e.Code, wire.ActionAgentToken), struct{}{}, &agent)
	j.post(false, wire.CodePath(link, wire.ActionToken), wire.JoinRequest{}, &customer)
	const comment = "Quite-a-comment"
	j.post(false, wire.CodePath(link, wire.ActionProgress), wire.Progress{Phase: wire.PhaseInCall}, nil)
	j.post(false, wire.CodePath(link, wire.ActionRating), wire.Rating{Score: 5, Comment: comment, Identity: customer.Identity, Key: customer.LeaveKey}, nil)
	j.post(false, wire.CodePath(link, wire.ActionLeave), wire.Leave{Identity: customer.Identity, Key: customer.LeaveKey}, nil)
	j.post(true, wire.CodePath(e.Code, wire.ActionEnd), struct{}{}, nil)
	return []string{
		e.Code, link, j.seat.Token, j.seat.Name, j.seat.Identity, j.seat.Tasks[0].Customer, agent.Token, customer.Token, agent.Identity, customer.Identity,
		customer.LeaveKey, comment,
	}
}

// TestLogHoldsNoSecrets goes through a call with everything logged, as JSON: each line
// has the replica's name, and none a code, a token, a key or a name.
func TestLogHoldsNoSecrets(t *testing.T) {
	needWASM(t)
	log := &lines{}
	c := config(t, map[string]string{"LOG_FORMAT": "json", "LOG_LEVEL": "debug", "REPLICA_NAME": "blue-1", "LIMIT_CODES": "1/m 1"})
	c.LogOutput = log
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j := newJourney(t, s)
	secrets := j.whole()
	for _, guess := range []string{"zzzzzzz", "zzzzzzy"} {
		res, err := http.Get("http://" + s.Addr() + wire.CodePath(guess, ""))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
	}
	if err := s.svc.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	n, refused := 0, 0
	for line := range strings.Lines(log.text()) {
		n++
		var m struct{ Replica, Msg, Part, Code string }
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.Replica != "blue-1" || m.Msg == "" {
			t.Errorf("a line without the replica's name: %v, %s", err, line)
		}
		if m.Code == string(wire.CodeRateLimited) {
			if refused++; strings.Contains(line, "127.0.0.1") {
				t.Errorf("where a guess came from is in the log: %s", line)
			}
		}
		for _, secret := range secrets {
			if secret == "" {
				t.Fatalf("a secret is missing among %q", secrets)
			}
			if strings.Contains(line, secret) {
				t.Errorf("%q is in the log: %s", secret, line)
			}
		}
	}
	if n < 10 || refused == 0 {
		t.Errorf("the log has %d lines, %d of them of guesses too many: %s", n, refused, log.text())
	}
}

// TestLogSettings reads them, and blames each that is wrong.
func TestLogSettings(t *testing.T) {
	t.Parallel()
	_, err := FromEnv(func(name string) string {
		return map[string]string{"LOG_FORMAT": "xml", "REPLICA_NAME": "two words", "LOG_LEVEL": "loud"}[name]
	})
	for _, want := range []string{"LOG_FORMAT must be text or json", "REPLICA_NAME must be 1 to 63", "LOG_LEVEL must be"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

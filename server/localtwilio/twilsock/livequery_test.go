package twilsock

import (
	"errors"
	"strings"
	"testing"

	"escalate/server/localtwilio/store"
)

func TestQueriesOfFlex(t *testing.T) {
	t.Parallel()
	accepted := object{"worker_sid": "WK1", "status": "accepted", "reservation_sid": "WR1", "attributes": map[string]any{"full_name": "Alex"}}
	for _, c := range []struct {
		text string
		want bool
	}{
		{``, true},
		{`data.worker_sid == "WK1"`, true},
		{`data.worker_sid == "WK2"`, false},
		{`data.worker_sid == "WK1" && (data.status not_in ["completed", "canceled"])`, true},
		{`data.worker_sid == "WK1" && (data.status not_in ["accepted"])`, false},
		{`data.worker_sid == "WK1" && (data.status not_in ["accepted"] OR data.reservation_sid=="WR1")`, true},
		{`data.status IN ["accepted"] AND data.worker_sid != "WK2"`, true},
		{`data.attributes.full_name == "Alex"`, true},
		{`data.attributes.full_name == "Robin"`, false},
		{`data.nothing == "x"`, false},
	} {
		q, err := parseQuery(indexReservations, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got := q.matches(accepted); got != c.want {
			t.Errorf("%s: %v, want %v", c.text, got, c.want)
		}
	}
	var f *fault
	for _, text := range []string{`data.worker_sid contains "W"`, `worker == "x"`, `data.a == `} {
		if _, err := parseQuery(indexWorkers, text); !errors.As(err, &f) || f.Code != codeSyncQuery {
			t.Errorf("%s: error %v", text, err)
		}
	}
	if _, err := parseQuery("tr-else", ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown index: error %v", err)
	}
}

// supervisor is a socket of one who may see other agents' work.
func (b *bench) supervisor() *client {
	b.t.Helper()
	w, err := b.store.Workers.Create(store.Worker{FriendlyName: store.NewSID("robin")})
	if err != nil {
		b.t.Fatal(err)
	}
	raw, err := b.store.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID, Roles: []string{"supervisor"}})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.client(raw)
}

const workersPath = "/v3/Insights/" + indexWorkers + "/Items"

func TestLiveQueriesOfAConnectionHaveALimit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.supervisor()
	ask := func(want int, v any) {
		t.Helper()
		c.ask("POST", workersPath, object{"query_string": `data.worker_sid == "WK0"`, "type": liveQuery}, want, v)
	}
	var first struct {
		ID string `json:"query_id"`
	}
	ask(200, &first)
	for range maxQueries - 1 {
		ask(200, nil)
	}
	var refused fault
	ask(400, &refused)
	if refused.Code != codeSyncFull {
		t.Errorf("one too many is refused with %+v", refused)
	}
	establish := func(sid string) {
		t.Helper()
		c.ask("POST", "/v4/Subscriptions", object{"action": "establish", "correlation_id": 1, "requests": []object{
			{"object_sid": sid, "object_type": liveQuery, "index_name": indexWorkers, "query_string": ""}}}, 200, nil)
	}
	establish("QRofbefore")
	if e := c.event("subscription_failed"); e.Event["error"].(map[string]any)["code"] != float64(codeSyncFull) {
		t.Errorf("one of a connection before is refused with %+v", e)
	}
	establish(first.ID) // which it has
	c.event("subscription_established")
	// Items alone are nothing to keep.
	c.ask("POST", workersPath, object{"query_string": ""}, 200, nil)
	// One that is not wanted any more makes room.
	c.ask("POST", "/v4/Subscriptions", object{"action": "cancel", "correlation_id": 2, "requests": []object{{"object_sid": first.ID, "object_type": liveQuery}}}, 200, nil)
	ask(200, nil)
}

func TestLiveQueryMissesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	w, err := b.store.Workers.Create(store.Worker{FriendlyName: "alex"})
	if err != nil {
		t.Fatal(err)
	}
	change := func() {
		t.Helper()
		if _, err := b.store.Workers.Update(w.SID, func(*store.Worker) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	text := `data.worker_sid == "` + w.SID + `"`
	ask := func(c *client) (id string) {
		t.Helper()
		var q struct {
			ID string `json:"query_id"`
		}
		c.ask("POST", workersPath, object{"query_string": text, "type": liveQuery}, 200, &q)
		return q.ID
	}
	follow := func(c *client, id string) {
		t.Helper()
		c.ask("POST", "/v4/Subscriptions", object{"action": "establish", "correlation_id": 1, "requests": []object{
			{"object_sid": id, "object_type": liveQuery, "index_name": indexWorkers, "query_string": text}}}, 200, nil)
		c.event("subscription_established")
	}

	// A change between answer and subscription is told with it, no change is not.
	c := b.supervisor()
	witness := ask(c)
	follow(c, witness)
	early := ask(c)
	change()
	// The store tells of a change some time after it: one that is asked for before
	// that is told once more.
	c.event("live_query_item_updated")
	late := ask(c)
	for _, id := range []string{early, late} {
		follow(c, id)
	}
	if e := c.event("live_query_updated"); e.Event["query_id"] != early || len(e.Event["items"].([]any)) != 1 {
		t.Errorf("told %+v, want the one item of %s", e, early)
	}
	for _, f := range c.kept {
		if strings.Contains(string(f.payload), "live_query_updated") {
			t.Errorf("told of a query that missed nothing: %s", f.payload)
		}
	}

	// So is what may have changed before another connection came back for it.
	again := b.supervisor()
	follow(again, early)
	again.event("live_query_updated")
	change()
	if e := again.event("live_query_item_updated"); e.Event["item_key"] != w.SID || e.Event["query_id"] != early {
		t.Errorf("event %+v", e)
	}
}

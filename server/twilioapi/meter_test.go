package twilioapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"
)

func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewRegistry()
		c := config(&answers{list: []answer{
			twilioError(429, 54009), {err: errors.New("reset")}, {status: 200, body: `{"data":{}}`}, {status: 200, body: `{"valid":false}`},
		}})
		c.Metrics = registry
		var api *Client
		for range 2 { // as of two replicas in one process, which share the registry
			var err error
			if api, err = New(c); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := api.Documents().Fetch(t.Context(), "abc2345"); err != nil {
			t.Fatal(err)
		}
		_, _ = api.Authenticate(t.Context(), "x")

		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		calls, timed := map[string]float64{}, uint64(0)
		for _, f := range families {
			for _, m := range f.GetMetric() {
				key := ""
				for _, l := range m.GetLabel() {
					key += l.GetName() + "=" + l.GetValue() + " "
				}
				switch f.GetName() {
				case "escalate_twilio_requests_total":
					calls[key] = m.GetCounter().GetValue()
				case "escalate_twilio_request_duration_seconds":
					timed += m.GetHistogram().GetSampleCount()
				}
			}
		}
		for _, want := range []string{
			"operation=FetchDocument product=sync status=429 ",
			"operation=FetchDocument product=sync status=0 ",
			"operation=FetchDocument product=sync status=200 ",
			"operation=ValidateToken product=iam status=200 ",
		} {
			if calls[want] != 1 {
				t.Errorf("%s counted %v times, in %v", want, calls[want], calls)
			}
		}
		if len(calls) != 4 || timed != 4 {
			t.Errorf("%d series and %d times, want 4 of each: %v", len(calls), timed, calls)
		}
	})
}

// TestTwiliosRequestID: an error says by which id Twilio's support finds the request, as
// long as it is one.
func TestTwiliosRequestID(t *testing.T) {
	t.Parallel()
	const id = "RQ00000000000000000000000000000001"
	for given, want := range map[string]string{id: ", request " + id + ": ", "": "status 404, code 20404: ", "a\nb": "status 404, code 20404: "} {
		a := twilioError(404, 20404)
		a.header = http.Header{"Twilio-Request-Id": {given}}
		api, err := New(config(&answers{list: []answer{a}}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := api.Documents().Fetch(t.Context(), "abc2345"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

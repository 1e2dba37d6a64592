package localtwilio_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"escalate/server/localtwilio"
)

// Insights are taken under our own path, and under Twilio's with its host or the product before it.
func TestInsightsAtTwiliosPath(t *testing.T) {
	s := start(t, localtwilio.Config{})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	at := "ws" + strings.TrimPrefix(s.URL(), "http")
	for _, c := range []struct{ url, host string }{
		{s.InsightsURL(), ""}, {at + "/sdkgw/v1/VideoEvents", ""}, {at + "/v1/VideoEvents", "sdkgw.us1.twilio.com"},
	} {
		ws, answer, err := websocket.Dial(ctx, c.url, &websocket.DialOptions{Host: c.host})
		if err != nil {
			t.Fatalf("%s: %v", c.url, err)
		}
		if answer.StatusCode != http.StatusSwitchingProtocols {
			t.Errorf("%s: %s", c.url, answer.Status)
		}
		if err := ws.Write(ctx, websocket.MessageText, []byte(`{"type":"connect","version":1,"token":"none"}`)); err != nil {
			t.Fatal(err)
		}
		if _, b, err := ws.Read(ctx); err != nil || !strings.Contains(string(b), `"error"`) {
			t.Errorf("%s: %s, %v", c.url, b, err)
		}
		_ = ws.CloseNow()
	}
}

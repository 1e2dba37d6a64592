package core

import (
	"strings"
	"testing"
)

func TestFromEnv(t *testing.T) {
	whole := map[string]string{
		"TWILIO_ACCOUNT_SID":   "AC" + strings.Repeat("0", 32),
		"TWILIO_API_KEY":       "SK" + strings.Repeat("0", 32),
		"TWILIO_API_SECRET":    "secret",
		"TWILIO_AUTH_TOKEN":    "token",
		"TWILIO_FLEX_SYNC_SID": "IS" + strings.Repeat("0", 32),
		"TWILIO_WORKSPACE_SID": "WS" + strings.Repeat("0", 32),
		"PUBLIC_URL":           "https://video.example.com/",
	}
	with := func(base map[string]string, kv ...string) map[string]string {
		m := map[string]string{}
		for k, v := range base {
			m[k] = v
		}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	for _, ca := range []struct {
		name  string
		env   map[string]string
		local bool
		wrong []string // each must be named in the error
	}{
		{"nothing set is local Twilio", nil, true, nil},
		{"a whole account", whole, false, nil},
		{"only the account SID", map[string]string{"TWILIO_ACCOUNT_SID": whole["TWILIO_ACCOUNT_SID"]}, false, []string{
			"TWILIO_API_KEY", "TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "TWILIO_FLEX_SYNC_SID", "TWILIO_WORKSPACE_SID", "PUBLIC_URL"}},
		{"everything but the account SID", with(whole, "TWILIO_ACCOUNT_SID", ""), false, []string{"TWILIO_ACCOUNT_SID"}},
		{"a SID of the wrong kind", with(whole, "TWILIO_API_KEY", whole["TWILIO_ACCOUNT_SID"]), false, []string{"TWILIO_API_KEY"}},
		{"http for the public", with(whole, "PUBLIC_URL", "http://video.example.com"), false, []string{"PUBLIC_URL"}},
		{"http on loopback", map[string]string{"PUBLIC_URL": "http://localhost:8080"}, true, nil},
		{"IPv6 loopback", map[string]string{"PUBLIC_URL": "http://[::1]:8080", "ADDR": "[::1]:8080", "LOCAL_TWILIO_ADDR": "[::1]:9100",
			"LOCAL_MEDIA_ADDR": "[::1]:9101", "LOCAL_TURN_ADDR": "[::1]:9102"}, true, nil},
		{"http on IPv6 that is not loopback", map[string]string{"PUBLIC_URL": "http://[2001:db8::1]:8080"}, true, []string{"PUBLIC_URL"}},
		{"a Twilio on this machine's IPv6", with(whole, "TWILIO_API_URL", "http://[::1]:9100", "TWILIO_SIGNALING_URL", "ws://[::1]:9100/signaling"), false, nil},
		{"several faults at once", map[string]string{"VIDEO_CODE_LENGTH": "5", "VIDEO_CODE_TTL": "soon", "VIDEO_RECORD_BY_DEFAULT": "maybe",
			"ALLOWED_ORIGINS": "flex.twilio.com", "LOG_LEVEL": "loud", "ADDR": "8080", "LOCAL_TWILIO_RATE": "-1",
			"SYNC_READS_PER_SECOND": "-1", "TWILIO_CONNECTIONS": "99999"}, true, []string{
			"VIDEO_CODE_LENGTH", "VIDEO_CODE_TTL", "VIDEO_RECORD_BY_DEFAULT", "ALLOWED_ORIGINS", "LOG_LEVEL", "ADDR", "LOCAL_TWILIO_RATE",
			"SYNC_READS_PER_SECOND", "TWILIO_CONNECTIONS"}},
		{"too few connections", map[string]string{"TWILIO_CONNECTIONS": "3"}, true, []string{"TWILIO_CONNECTIONS must be 4"}},
		{"the fewest connections", map[string]string{"TWILIO_CONNECTIONS": "4"}, true, nil},
		{"a cluster of NATS", map[string]string{"NATS_URL": "nats://a.example:4222, tls://u:p@b.example", "NATS_CREDENTIALS": "user.creds"}, true, nil},
		{"a NATS that is none", map[string]string{"NATS_URL": "https://a.example"}, true, []string{"NATS_URL"}},
		{"credentials for no NATS", map[string]string{"NATS_CREDENTIALS": "user.creds"}, true, []string{"NATS_CREDENTIALS"}},
		{"an open demo by accident", map[string]string{"ADDR": ":8080", "OPERATOR_ADDR": "0.0.0.0:9090", "PUBLIC_URL": "https://video.example.com"}, true,
			[]string{"ADDR is", "OPERATOR_ADDR is", "PUBLIC_URL is", "LOCAL_TWILIO_ALLOW_REMOTE=true"}},
		{"an open demo that is meant", map[string]string{"ADDR": ":8080", "OPERATOR_ADDR": "0.0.0.0:9090", "PUBLIC_URL": "https://video.example.com",
			"LOCAL_TWILIO_ALLOW_REMOTE": "true"}, true, nil},
		{"an account is open to all", with(whole, "ADDR", ":8080", "OPERATOR_ADDR", ":9090"), false, nil},
		{"origins with a wildcard", map[string]string{"ALLOWED_ORIGINS": "https://*.example.com"}, true, []string{"ALLOWED_ORIGINS", "wildcards"}},
		{"any origin", map[string]string{"ALLOWED_ORIGINS": "*"}, true, []string{"ALLOWED_ORIGINS", "wildcards"}},
		{"too long a drain", map[string]string{"DRAIN_SECONDS": "3600"}, true, []string{"DRAIN_SECONDS"}},
		{"a realm", with(whole, "TWILIO_REALM", "stage-us1"), false, nil},
		{"a realm that would be another host", with(whole, "TWILIO_REALM", "evil.example/"), false, []string{"TWILIO_REALM"}},
		{"Insights off", map[string]string{"CSAT_ATTRIBUTE": "none", "CALL_SECONDS_ATTRIBUTE": "none", "RECONNECTS_ATTRIBUTE": "none"}, true, nil},
		{"Insights fields of another form", map[string]string{"CSAT_ATTRIBUTE": "Measure 1", "RECONNECTS_ATTRIBUTE": "1"}, true, []string{"CSAT_ATTRIBUTE", "RECONNECTS_ATTRIBUTE"}},
		{"two values in one Insights field", map[string]string{"CSAT_ATTRIBUTE": "conversation_measure_2"}, true, []string{"CALL_SECONDS_ATTRIBUTE"}},
		{"a Twilio on this machine", with(whole, "TWILIO_API_URL", "http://127.0.0.1:9100", "TWILIO_SIGNALING_URL", "ws://127.0.0.1:9100/signaling"), false, nil},
		{"a Twilio elsewhere", with(whole, "TWILIO_API_URL", "https://twilio.example.com/api/", "TWILIO_SIGNALING_URL", "wss://twilio.example.com/signaling"), false, nil},
		{"the API alone elsewhere", with(whole, "TWILIO_API_URL", "https://gateway.example.com"), false, nil},
		{"the keys in the open", with(whole, "TWILIO_API_URL", "http://twilio.example.com"), false, []string{"TWILIO_API_URL"}},
		{"calls in the open", with(whole, "TWILIO_SIGNALING_URL", "ws://twilio.example.com/signaling"), false, []string{"TWILIO_SIGNALING_URL"}},
		{"a name that only begins like loopback", with(whole, "TWILIO_API_URL", "http://127.0.0.1.example.com"), false, []string{"TWILIO_API_URL"}},
		{"schemes mixed up", with(whole, "TWILIO_API_URL", "wss://a.example.com", "TWILIO_SIGNALING_URL", "https://a.example.com"), false,
			[]string{"TWILIO_API_URL", "TWILIO_SIGNALING_URL"}},
		{"a key in the URL", with(whole, "TWILIO_API_URL", "https://SK1:secret@a.example.com"), false, []string{"TWILIO_API_URL"}},
		{"a Twilio on this machine without its signalling", with(whole, "TWILIO_API_URL", "http://localhost:9100"), false, []string{"TWILIO_SIGNALING_URL"}},
		{"a Twilio elsewhere without an account", map[string]string{"TWILIO_API_URL": "http://localhost:9100", "TWILIO_SIGNALING_URL": "ws://localhost:9100/signaling"},
			false, []string{"TWILIO_ACCOUNT_SID", "TWILIO_API_KEY"}},
		{"a brand that cannot be shown", map[string]string{"BRAND_LOGO": "/nowhere/logo.svg", "BRAND_ICON": "config_test.go", "BRAND_ACCENT": "#ffee00"}, true, []string{
			"BRAND_LOGO", "BRAND_ICON", "BRAND_ACCENT", "darker"}},
		{"a brand's colour", map[string]string{"BRAND_ACCENT": "#1d4ed8"}, true, nil},
		{"a Sync Service for the template's pages", map[string]string{"TEMPLATE_SYNC_SID": whole["TWILIO_FLEX_SYNC_SID"]}, true, nil},
		{"a Sync Service that is none", map[string]string{"TEMPLATE_SYNC_SID": "default"}, true, []string{"TEMPLATE_SYNC_SID"}},
		{"Rooms without a media server on local Twilio", map[string]string{"VIDEO_ROOM_TYPE": "peer-to-peer"}, true, nil},
		{"Rooms for two on local Twilio", map[string]string{"VIDEO_ROOM_TYPE": "go"}, true, nil},
		{"a Room type nobody knows", map[string]string{"VIDEO_ROOM_TYPE": "party"}, true, []string{"VIDEO_ROOM_TYPE"}},
	} {
		t.Run(ca.name, func(t *testing.T) {
			c, err := FromEnv(func(k string) string { return ca.env[k] })
			if len(ca.wrong) == 0 && err != nil {
				t.Fatalf("refused: %v", err)
			}
			for _, name := range ca.wrong {
				if err == nil || !strings.Contains(err.Error(), name) {
					t.Errorf("the error does not name %s: %v", name, err)
				}
			}
			if c.IsLocal() != ca.local {
				t.Errorf("IsLocal is %v", c.IsLocal())
			}
		})
	}
}

func TestFromEnvDefaults(t *testing.T) {
	c, err := FromEnv(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if c.Calls.CodeLength != 7 || c.Calls.CodeTTL.Seconds() != 3600 || c.Calls.RoomType != "group" || c.Calls.Record {
		t.Errorf("defaults are %+v", c)
	}
	if len(c.AllowedOrigins) != 1 || c.AllowedOrigins[0] != "https://flex.twilio.com" {
		t.Errorf("allowed origins are %q", c.AllowedOrigins)
	}
}

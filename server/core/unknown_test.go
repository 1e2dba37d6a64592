package core

import (
	"fmt"
	"testing"
)

func TestFindMisspelt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names, beside []string
		want          string
	}{
		{[]string{"TWILIO_ACOUNT_SID"}, nil, "TWILIO_ACOUNT_SID:TWILIO_ACCOUNT_SID"},
		{[]string{"TWILIO_API_KEY_SID", "TWILIO_SYNC_SID"}, nil, "TWILIO_API_KEY_SID:TWILIO_API_KEY TWILIO_SYNC_SID:TWILIO_FLEX_SYNC_SID"},
		{[]string{"PUBLIC_ULR", "ALLOWED_ORIGIN", "LIMIT_CODE"}, nil, "ALLOWED_ORIGIN:ALLOWED_ORIGINS LIMIT_CODE:LIMIT_CODES PUBLIC_ULR:PUBLIC_URL"},
		{[]string{"public_url"}, nil, ""}, // no letter is the same
		{[]string{"TWILIO_WORKSPACE_SID", "TWILIO_WORKFLOW_SID"}, nil, ""},
		{[]string{"TWILIO_PHONE_NUMBER", "COMPOSE_PROJECT_NAME", "PATH", "HOME", "USER", "LANG", "PWD", "TZ", "GOGC", "GOMEMLIMIT", "HOSTNAME",
			"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME", "DATABASE_URL", "HTTPS_PROXY", "NO_PROXY", "KUBERNETES_SERVICE_HOST", "KUBERNETES_PORT",
			"INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDS", "CREDENTIALS_DIRECTORY", "TERM", "SHLVL", "_", ""}, nil, ""},
		{[]string{"TWILIO_WORKFLOW_SID"}, []string{"TWILIO_WORKSPACE_SID"}, ""},
		{[]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TIMEOUT"}, nil, ""},
		{SettingNames(), nil, ""},
	} {
		got := ""
		for i, m := range FindMisspelt(c.names, c.beside) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s:%s", m.Name, m.Meant)
		}
		if got != c.want {
			t.Errorf("%v: got %q, want %q", c.names, got, c.want)
		}
	}
}

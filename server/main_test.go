package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// TestHalfSetAccount starts the program with a part of an account: it must
// refuse, name everything that is missing, and not fall back to local Twilio.
func TestHalfSetAccount(t *testing.T) {
	env := map[string]string{"TWILIO_ACCOUNT_SID": "AC" + strings.Repeat("0", 32), "TWILIO_API_KEY": "SK" + strings.Repeat("0", 32)}
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-env", filepath.Join(t.TempDir(), "none")}, func(k string) string { return env[k] }, &out, &log)
	if err == nil {
		t.Fatal("it started")
	}
	for _, name := range []string{"TWILIO_API_SECRET", "TWILIO_AUTH_TOKEN", "TWILIO_FLEX_SYNC_SID", "TWILIO_WORKSPACE_SID", "PUBLIC_URL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "TWILIO_API_KEY ") {
		t.Errorf("a setting that is right is blamed: %v", err)
	}
	if out.Len()+log.Len() > 0 {
		t.Errorf("it began to serve: %s%s", out.String(), log.String())
	}
}

func TestUnknownCommand(t *testing.T) {
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-env", filepath.Join(t.TempDir(), "none"), "dance"}, func(string) string { return "" }, &out, &log)
	if err == nil || !strings.Contains(err.Error(), "dance") || !strings.Contains(log.String(), "commands:") {
		t.Errorf("got %v and usage %q", err, log.String())
	}
}

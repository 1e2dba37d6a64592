package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// noSettings is a file without settings.
func noSettings(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "settings")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A file of settings that is named has to be there: without it the server would run as
// something else than was meant.
func TestNamedSettingsFile(t *testing.T) {
	var out, log bytes.Buffer
	file := filepath.Join(t.TempDir(), "none")
	err := run(t.Context(), []string{"-env", file, "doctor"}, func(string) string { return "" }, &out, &log)
	if err == nil || !strings.Contains(err.Error(), file) || out.Len() > 0 {
		t.Errorf("got %v and %q", err, out.String())
	}
}

// TestHalfSetAccount starts the program with a part of an account: it must
// refuse, name everything that is missing, and not fall back to local Twilio.
func TestHalfSetAccount(t *testing.T) {
	env := map[string]string{"TWILIO_ACCOUNT_SID": "AC" + strings.Repeat("0", 32), "TWILIO_API_KEY": "SK" + strings.Repeat("0", 32)}
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-env", noSettings(t)}, func(k string) string { return env[k] }, &out, &log)
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
	err := run(t.Context(), []string{"-env", noSettings(t), "dance"}, func(string) string { return "" }, &out, &log)
	if err == nil || !strings.Contains(err.Error(), "dance") || !strings.Contains(log.String(), "commands:") {
		t.Errorf("got %v and usage %q", err, log.String())
	}
}

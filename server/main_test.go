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
	err := run(t.Context(), []string{"-env", file, "doctor"}, nil, &out, &log)
	if err == nil || !strings.Contains(err.Error(), file) || out.Len() > 0 {
		t.Errorf("got %v and %q", err, out.String())
	}
}

// TestHalfSetAccount starts the program with a part of an account: it must
// refuse, name everything that is missing, and not fall back to local Twilio.
func TestHalfSetAccount(t *testing.T) {
	env := []string{"TWILIO_ACCOUNT_SID=AC" + strings.Repeat("0", 32), "TWILIO_API_KEY=SK" + strings.Repeat("0", 32)}
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-env", noSettings(t)}, env, &out, &log)
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
	err := run(t.Context(), []string{"-env", noSettings(t), "dance"}, nil, &out, &log)
	if err == nil || !strings.Contains(err.Error(), "dance") || !strings.Contains(log.String(), "commands:") {
		t.Errorf("got %v and usage %q", err, log.String())
	}
}

// What looks like a setting in the file and is none stops the program; in the
// environment, which is others' too, it is told.
func TestMisspeltSettings(t *testing.T) {
	file := noSettings(t)
	if err := os.WriteFile(file, []byte("TWILIO_ACOUNT_SID=AC0\nPUBLIC_ULR=https://video.example.com\nPOSTGRES_PASSWORD=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	err := run(t.Context(), []string{"-env", file, "dance"}, nil, &out, &log)
	for _, want := range []string{file, "TWILIO_ACOUNT_SID is no setting: is TWILIO_ACCOUNT_SID meant?", "PUBLIC_ULR is no setting: is PUBLIC_URL meant?"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
	if err != nil && strings.Contains(err.Error(), "POSTGRES") {
		t.Errorf("another program's setting is blamed: %v", err)
	}
	err = run(t.Context(), []string{"-env", noSettings(t), "dance"}, []string{"TRUST_PROXYS=true", "POSTGRES_PASSWORD=x"}, &out, &log)
	if err == nil || !strings.Contains(err.Error(), "dance") {
		t.Errorf("the environment stops it: %v", err)
	}
	if got := log.String(); !strings.Contains(got, "name=TRUST_PROXYS meant=TRUST_PROXY") || strings.Contains(got, "POSTGRES") {
		t.Errorf("the log says %q", got)
	}
	log.Reset()
	_ = run(t.Context(), []string{"-env", noSettings(t), "dance"}, []string{"TRUST_PROXYS=true", "LOG_FORMAT=json", "REPLICA_NAME=blue-1"}, &out, &log)
	if got := log.String(); !strings.Contains(got, `"replica":"blue-1","name":"TRUST_PROXYS","meant":"TRUST_PROXY"`) {
		t.Errorf("with LOG_FORMAT=json the log says %q", got)
	}
}

// TestVersion asks in both ways, also where the settings would not do.
func TestVersion(t *testing.T) {
	env := []string{"TWILIO_ACCOUNT_SID=half an account"}
	var said []string
	for _, args := range [][]string{{"-env", noSettings(t), "version"}, {"--version"}} {
		var out, log bytes.Buffer
		if err := run(t.Context(), args, env, &out, &log); err != nil || log.Len() > 0 {
			t.Fatalf("%v: %v %s", args, err, log.String())
		}
		said = append(said, out.String())
	}
	if said[0] != said[1] {
		t.Errorf("two versions: %q", said)
	}
	for _, want := range []string{"escalate ", "commit ", "go ", "twilio-video.js ", "twilio-go "} {
		if !strings.Contains(said[0], want) {
			t.Errorf("%q is not in %q", want, said[0])
		}
	}
}

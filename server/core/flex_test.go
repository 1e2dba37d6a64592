package core

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"escalate/server/flexdev"
)

func TestFlexPageIsServedFromItsFolder(t *testing.T) {
	needWASM(t)
	c := config(t, nil)
	c.Local.FlexDir = t.TempDir()
	if s, err := Start(t.Context(), c); !errors.Is(err, flexdev.ErrFolder) {
		if err == nil {
			s.Close()
		}
		t.Fatalf("an empty folder: %v", err)
	}
	for _, name := range []string{flexdev.Bundle, "index.html"} {
		if err := os.WriteFile(filepath.Join(c.Local.FlexDir, name), []byte("here"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(s.Welcome(), s.URL()+"/flex") {
		t.Errorf("the welcome has no link to the page: %s", s.Welcome())
	}
	res, err := http.Get(s.URL() + "/flex")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("GET /flex: %s", res.Status)
	}
}

func TestFlexPageNeedsLocalTwilio(t *testing.T) {
	c := config(t, map[string]string{
		"TWILIO_ACCOUNT_SID": "AC" + strings.Repeat("0", 32), "TWILIO_API_KEY": "SK" + strings.Repeat("0", 32), "TWILIO_API_SECRET": "s",
		"TWILIO_AUTH_TOKEN": "t", "TWILIO_FLEX_SYNC_SID": "IS" + strings.Repeat("0", 32), "TWILIO_WORKSPACE_SID": "WS" + strings.Repeat("0", 32),
		"PUBLIC_URL": "https://video.example.com", "ADDR": "127.0.0.1:0",
	})
	c.Local.FlexDir = t.TempDir()
	if s, err := Start(t.Context(), c); err == nil {
		s.Close()
		t.Fatal("it started with an account")
	} else if !strings.Contains(err.Error(), "local Twilio only") {
		t.Errorf("error %v", err)
	}
}

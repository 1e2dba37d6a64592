//go:build js

package twiliojs

import (
	"strings"
	"testing"
)

func TestInAppIsNotTheHomeScreen(t *testing.T) {
	const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
	for _, tt := range []struct {
		name, agent, standalone string
		want                    bool
	}{
		{"an app's web view", iPhone, "false", true},
		{"the home screen", iPhone, "true", false},
		{"Safari", iPhone + " Safari/604.1", "false", false},
		{"Instagram", iPhone + " Instagram 300", "undefined", true},
		{"a bank", iPhone + " Safari/604.1 BankOnline/3.2", "undefined", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			setUp(t)
			eval(strings.NewReplacer("AGENT", tt.agent, "ALONE", tt.standalone).Replace(`navigator.userAgent = "AGENT"; navigator.standalone = ALONE`))
			if got := (Devices{}).Supported().InApp; got != tt.want {
				t.Errorf("in an app: %t", got)
			}
		})
	}
}

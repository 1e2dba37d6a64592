package words

import (
	"strings"
	"testing"
	"time"

	"escalate/app/video"
	"escalate/app/wire"
)

func TestLasts(t *testing.T) {
	for _, ca := range []struct {
		left time.Duration
		want string
	}{
		{time.Second, "one more minute"},
		{time.Minute, "one more minute"},
		{time.Minute + time.Second, "2 more minutes"},
		{59*time.Minute + time.Second, "one more hour"},
		{time.Hour, "one more hour"},
		{time.Hour + time.Minute, "61 more minutes"},
		{2 * time.Hour, "2 more hours"},
		{2*time.Hour + time.Second, "3 more hours"},
	} {
		if got := Lasts(English, ca.left); !strings.Contains(got, ca.want) {
			t.Errorf("%v: %s, want %s", ca.left, got, ca.want)
		}
	}
}

func TestStepsAreThoseOfTheBrowser(t *testing.T) {
	for b, want := range map[video.Browser][3]Text{
		video.Chrome: StepsChrome, video.ChromeAndroid: StepsAndroid, video.Safari: StepsSafari,
		video.SafariIOS: StepsIOS, video.Firefox: StepsFirefox, "": StepsChrome,
	} {
		if got := PermissionSteps(b); *got != want {
			t.Errorf("%s: %q", b, got)
		}
	}
}

func TestAgentIsToldEachTrouble(t *testing.T) {
	seen := map[string]string{}
	for _, detail := range []string{wire.TroubleDenied, wire.TroubleSystem, wire.TroubleInUse, wire.TroubleNoDevice, wire.TroubleInAppBrowser,
		wire.TroubleUnsupported, wire.TroubleInsecure, wire.TroubleSDKBlocked, wire.TroubleSDKSlow, wire.TroubleNetwork, ""} {
		says := trouble(detail).Unnamed.In(English)
		if other, ok := seen[says]; ok {
			t.Errorf("%q and %q read the same: %s", detail, other, says)
		}
		seen[says] = detail
	}
}

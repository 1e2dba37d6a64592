package wire_test

import (
	"testing"

	"escalate/app/wire"
)

func TestReportable(t *testing.T) {
	t.Parallel()
	for phase, want := range map[wire.Phase]bool{
		wire.PhaseInvited: false, wire.PhaseOpened: true, wire.PhasePermission: true, wire.PhaseReady: true, wire.PhaseWaiting: true,
		wire.PhaseJoining: true, wire.PhaseInCall: true, wire.PhaseLeft: true, wire.PhaseTrouble: true, "": false, "Opened": false, "dancing": false,
	} {
		for detail, known := range map[string]bool{
			"": true, wire.TroubleDenied: true, wire.TroubleSystem: true, wire.TroubleInUse: true, wire.TroubleNoDevice: true,
			wire.TroubleInAppBrowser: true, wire.TroubleUnsupported: true, wire.TroubleInsecure: true, wire.TroubleSDKBlocked: true,
			wire.TroubleSDKSlow: true, wire.TroubleNetwork: true, "Denied": false, "<b>": false, "other": false,
		} {
			if got := (wire.Progress{Phase: phase, Detail: detail}).Reportable(); got != (want && known) {
				t.Errorf("%q with %q may be reported: %t", phase, detail, got)
			}
		}
	}
}

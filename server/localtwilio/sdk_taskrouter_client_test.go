package localtwilio_test

import (
	"strings"
	"testing"
	"time"

	twiliojwt "github.com/twilio/twilio-go/client/jwt"

	"escalate/server/localtwilio/store"
)

// TestClientTaskRouter calls every public method of the npm package twilio-taskrouter.
func TestClientTaskRouter(t *testing.T) {
	modules := clientModules(t)
	s, workers, stage := newStage(t)
	a := s.Account()
	token := func(workspace, worker, role string, ttl time.Duration) string {
		g := &twiliojwt.TaskRouterGrant{WorkspaceSid: workspace, WorkerSid: worker, Role: role}
		return accessToken(t, s, a.KeySecret, "ada", ttl, g)
	}
	ws, one, two := a.WorkspaceSID, workers[0].SID, workers[1].SID
	for name, raw := range map[string]string{
		"eventBridge": strings.Replace(s.URL(), "http", "ws", 1) + "/event-bridge/v1/wschannels",
		"queue":       a.TaskQueueSID, "workflow": a.WorkflowSID,
		"trWorker":     token(ws, one, "worker", time.Hour),
		"trWorker2":    token(ws, one, "worker", 2*time.Hour),
		"trSupervisor": token(ws, two, "supervisor", time.Hour),
		"trAdmin":      token(ws, "", "admin", time.Hour),
		"trShort":      token(ws, two, "worker", 12*time.Second),
		"trExpired":    token(ws, two, "worker", -time.Minute),
		"trElsewhere":  token(store.NewSID("WS"), one, "worker", time.Hour),
		"trNobody":     token(ws, store.NewSID("WK"), "worker", time.Hour),
		"trRole":       token(ws, one, "king", time.Hour),
		"trUnnamed":    token(ws, "", "worker", time.Hour),
	} {
		stage[name] = raw
	}
	runScript(t, modules, "taskrouter_methods.js", stage)
}

// TestClientFlexSDK calls every action of the npm package @twilio/flex-sdk.
func TestClientFlexSDK(t *testing.T) {
	modules := clientModules(t)
	s, workers, stage := newStage(t)
	for _, name := range []string{"flexToken", "flexToken2"} {
		stage[name] = must(s.Store().FlexTokens.Issue(store.FlexToken{WorkerSID: workers[0].SID, Roles: []string{"supervisor", "admin"}}))(t)
	}
	runScript(t, modules, "flexsdk_methods.js", stage)
}

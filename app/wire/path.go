package wire

import "net/url"

// Pages.
const (
	HomePage  = "/"      // type a code
	AgentPage = "/agent" // the Video Room tab
	joinPage  = "/join/"
)

// API paths without a parameter.
const (
	EscalationsPath = "/api/escalations"
	tasksPath       = "/api/tasks/"
	CallbackPath    = "/callbacks/video"
)

// Actions on one escalation; see CodePath.
const (
	ActionEvents     = "events"
	ActionToken      = "token"
	ActionProgress   = "progress"
	ActionLeave      = "leave"
	ActionRating     = "rating"
	ActionAgentToken = "agent-token"
	ActionEnd        = "end"
)

// JoinPath is the path of the customer's page for code.
func JoinPath(code string) string { return joinPage + url.PathEscape(code) }

// JoinURL is the absolute join link; base is the public URL of the server.
func JoinURL(base, code string) string { return trimSlash(base) + JoinPath(code) }

// CodePath is the path of an action on an escalation; an empty action is the
// escalation itself.
func CodePath(code, action string) string {
	p := EscalationsPath + "/" + url.PathEscape(code)
	if action != "" {
		p += "/" + action
	}
	return p
}

// TaskPath is the path that tells whether a Task may be wrapped up.
func TaskPath(taskSID string) string { return tasksPath + url.PathEscape(taskSID) }

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

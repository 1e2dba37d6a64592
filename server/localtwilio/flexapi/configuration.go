package flexapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// configuration is the account's Flex configuration.
func (s *Server) configuration(w http.ResponseWriter, _ *http.Request) {
	a := s.store.Account()
	respond(w, http.StatusOK, object{
		"account_sid": a.SID, "status": "ok", "attributes": object{}, "public_attributes": object{},
		"ui_language": "en-US", "ui_attributes": object{"version_compatibility": "yes", "version_message": ""}, "ui_version": "~2", "ui_dependencies": object{},
		"taskrouter_workspace_sid": a.WorkspaceSID, "taskrouter_target_workflow_sid": a.WorkflowSID, "taskrouter_target_taskqueue_sid": a.TaskQueueSID,
		"taskrouter_taskqueues": []any{}, "taskrouter_skills": []any{}, "taskrouter_worker_attributes": object{},
		"taskrouter_worker_channels": object{}, "taskrouter_offline_activity_sid": activitySID(a, "Offline"),
		"chat_service_instance_sid": a.ChatServiceSID, "flex_service_instance_sid": a.ChatServiceSID, "flex_instance_sid": store.NewSID("GO"),
		"messaging_service_instance_sid": a.MessagingServiceSID, "crm_enabled": false, "plugin_service_enabled": true, "plugin_service_attributes": object{},
		"runtime_domain": "http://localhost", "service_version": "2.17.1", "integrations": []any{}, "outbound_call_flows": object{}, "wfm_integrations": []any{},
		"queue_stats_configuration": object{"default": false}, "agent_conv_end_methods": nil,
		"debugger_integration": object{"enabled": false}, "flex_ui_status_report": object{"enabled": false}, "call_recording_enabled": false,
		"notifications": object{}, "markdown": object{"enabled": false}, "channel_configs": []any{}, "date_created": s.store.Now().Format(time.RFC3339), "date_updated": s.store.Now().Format(time.RFC3339),
	})
}

func (s *Server) publicConfiguration(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, object{"account_sid": s.store.Account().SID, "public_attributes": object{}, "runtime_domain": "http://localhost"})
}

// session says which features an account has; none.
func (s *Server) session(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, object{"features": []any{}})
}

// listPlugins tells a desktop what to load once it has started.
func (s *Server) listPlugins(holder, *http.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []any{}
	for _, p := range s.plugins {
		list = append(list, object{"name": p.Name, "version": p.Version, "src": p.Src, "phase": 3})
	}
	return list, nil
}

func (s *Server) tokenInfo(h holder, _ *http.Request) (any, error) { return s.tokenView(h), nil }

// refresh makes a new token in exchange for one that is good.
func (s *Server) refresh(h holder, _ *http.Request) (any, error) {
	token, err := s.store.FlexTokens.Issue(store.FlexToken{WorkerSID: h.WorkerSID, Identity: h.Identity, Roles: h.Roles, RealmUser: h.RealmUser})
	if err != nil {
		return nil, err
	}
	if h, err = s.holderOf(token); err != nil {
		return nil, err
	}
	return s.tokenView(h), nil
}

func (s *Server) tokenView(h holder) object {
	return object{
		"token": h.token, "identity": h.Identity, "roles": h.Roles, "expiration": h.Expires.Format(time.RFC3339), "realm_user_id": h.RealmUser,
		"worker_sid": h.WorkerSID, "account_sid": s.store.Account().SID, "flex_user_sid": "FU" + strings.TrimPrefix(h.RealmUser, "US"), "permissions": []any{},
		"valid": true, "code": 0, "message": nil,
	}
}

// text reads a parameter that may have come as any JSON.
func text(params map[string]json.RawMessage, name string) (v string, given bool) {
	raw, given := params[name]
	if !given {
		return "", false
	}
	if json.Unmarshal(raw, &v) != nil {
		v = string(raw)
	}
	return v, true
}

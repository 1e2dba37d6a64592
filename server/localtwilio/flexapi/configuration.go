package flexapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
)

// configuration is the account's Flex configuration.
func (s *Server) configuration(w http.ResponseWriter, r *http.Request) {
	v, err := s.configured()
	if err != nil {
		s.fail(w, r, err)
		return
	}
	respond(w, http.StatusOK, v)
}

// configured is the configuration, with what was set of it.
func (s *Server) configured() (object, error) {
	set, err := s.store.Flex.Configuration.Get()
	if err != nil {
		return nil, err
	}
	workspace, err := s.store.TaskRouter.Workspace()
	if err != nil {
		return nil, err
	}
	a := s.store.Account()
	v := object{
		"account_sid": a.SID, "status": "ok", "attributes": object{}, "public_attributes": object{},
		"ui_language": "en-US", "ui_attributes": object{"version_compatibility": "yes", "version_message": ""}, "ui_version": "~2", "ui_dependencies": object{},
		"taskrouter_workspace_sid": a.WorkspaceSID, "taskrouter_target_workflow_sid": a.WorkflowSID, "taskrouter_target_taskqueue_sid": a.TaskQueueSID,
		"taskrouter_taskqueues": []any{}, "taskrouter_skills": []any{}, "taskrouter_worker_attributes": object{},
		"taskrouter_worker_channels": object{}, "taskrouter_offline_activity_sid": workspace.TimeoutActivitySID,
		"chat_service_instance_sid": a.ChatServiceSID, "flex_service_instance_sid": a.ChatServiceSID, "flex_instance_sid": a.FlexInstanceSID,
		"messaging_service_instance_sid": a.MessagingServiceSID, "crm_enabled": false, "plugin_service_enabled": true, "plugin_service_attributes": object{},
		"runtime_domain": "http://localhost", "service_version": "2.17.1", "integrations": []any{}, "outbound_call_flows": object{},
		"queue_stats_configuration": object{"default": false}, "agent_conv_end_methods": nil,
		"debugger_integration": object{"enabled": false}, "flex_ui_status_report": object{"enabled": false}, "call_recording_enabled": false,
		"notifications": object{}, "markdown": object{"enabled": false}, "channel_configs": []any{}, "date_created": s.store.Now().Format(time.RFC3339), "date_updated": s.store.Now().Format(time.RFC3339),
	}
	for name, raw := range set {
		v[name] = raw
	}
	return v, nil
}

// settable are the fields of the configuration that may be set.
var settable = []string{
	"attributes", "public_attributes", "ui_language", "ui_attributes", "ui_version", "ui_dependencies", "crm_enabled", "crm_type", "crm_attributes",
	"crm_callback_url", "crm_fallback_url", "plugin_service_attributes", "debugger_integration", "flex_ui_status_report", "agent_conv_end_methods",
	"queue_stats_configuration", "call_recording_enabled", "notifications", "markdown", "outbound_call_flows", "channel_configs",
}

// configure sets fields of the configuration, for the account's own servers and
// for administrators' desktops. What Flex does not let anybody set is refused.
func (s *Server) configure(w http.ResponseWriter, r *http.Request) {
	if err := s.authorize(r, "admin"); err != nil {
		s.fail(w, r, err)
		return
	}
	fields := map[string]json.RawMessage{}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&fields); err != nil {
		s.fail(w, r, fmt.Errorf("%w: %w", errRequest, err))
		return
	}
	if sid, _ := text(fields, "account_sid"); sid != s.store.Account().SID {
		s.fail(w, r, fmt.Errorf("%w: account_sid is required, and the account's", errRequest))
		return
	}
	delete(fields, "account_sid")
	for name := range fields {
		if !slices.Contains(settable, name) {
			s.fail(w, r, fmt.Errorf("%w: %s cannot be set", errRequest, name))
			return
		}
	}
	if err := s.store.Flex.Configuration.Set(fields); err != nil {
		s.fail(w, r, err)
		return
	}
	s.configuration(w, r)
}

// authorize lets the account's own servers pass, and desktops, of which one role may be
// wanted; empty for any.
func (s *Server) authorize(r *http.Request, role string) error {
	user, password, _ := credentials(r)
	main, err := s.store.Authenticate(user, password)
	if main || err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	h, err := s.holderOf(cmp.Or(password, r.Header.Get("X-Flex-JWE")))
	if err == nil && role != "" && !slices.Contains(h.Roles, role) {
		err = errAdmin
	}
	return err
}

// provisioningStatus is that of e-mail, which is not there.
func (s *Server) provisioningStatus(w http.ResponseWriter, r *http.Request) {
	if err := s.authorize(r, ""); err != nil {
		s.fail(w, r, err)
		return
	}
	base := reached.URL(r) + "/flex-api"
	if host, ok := reached.Twilio(r); ok {
		base = "https://" + host
	}
	respond(w, http.StatusOK, object{"status": "not-configured", "url": base + "/v1/account/provision/status"})
}

func (s *Server) publicConfiguration(w http.ResponseWriter, _ *http.Request) {
	v := object{"account_sid": s.store.Account().SID, "public_attributes": object{}, "runtime_domain": "http://localhost"}
	respond(w, http.StatusOK, object{"configurations": []any{v}, "account_sid": v["account_sid"], "public_attributes": v["public_attributes"], "runtime_domain": v["runtime_domain"]})
}

// session says which features an account has: files in web chats.
func (s *Server) session(w http.ResponseWriter, _ *http.Request) {
	respond(w, http.StatusOK, object{"features": []any{object{
		"id": "file-attachments-in-chat", "name": "file-attachments-in-chat", "description": "Files in web chats", "stage": "ga", "enabled": true, "doc_url": "",
	}}})
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

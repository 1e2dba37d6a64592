package web

import (
	"net/http"
	"regexp"
	"sync"

	"github.com/gorilla/mux"

	"escalate/app/wire"
	"escalate/server/escalation"
	"escalate/server/sids"
)

// agentAPI is what the agent desktop asks for.
type agentAPI struct {
	escalations Escalations
	views       *views
	limiters    *Limiters
}

// language is the form of the BCP 47 tags that are passed on.
var language = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`) })

// inviteKey is the form of wire.Escalate's.
var inviteKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) })

func (api *agentAPI) postEscalation(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	var in wire.Escalate
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	switch {
	case in.TaskSID == "":
		return badRequest("no taskSid")
	case in.Lang != "" && !language().MatchString(in.Lang):
		return badRequest("lang is not a language tag")
	case in.InviteKey != "" && !inviteKey().MatchString(in.InviteKey):
		return badRequest("inviteKey is not 1 to 64 letters, digits, - and _")
	case !sids.Is("WT", in.TaskSID):
		return escalation.ErrTaskNotFound
	}
	e, resumed, err := api.escalations.Escalate(r.Context(), a, in.TaskSID, escalation.Invite{Send: in.SendInvite, Lang: in.Lang, Key: in.InviteKey})
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if resumed {
		status = http.StatusOK
	}
	writeJSON(w, status, api.views.escalation(e, resumed, in.Lang))
	return nil
}

func (api *agentAPI) postToken(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	if _, err := readBody(w, r); err != nil {
		return err
	}
	return api.limiters.AgentCode(r, a, pathCode(r), func(code string) error {
		j, err := api.escalations.JoinAsAgent(r.Context(), a, code)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, api.views.join(j))
		return nil
	})
}

func (api *agentAPI) postEnd(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	if _, err := readBody(w, r); err != nil {
		return err
	}
	return api.limiters.AgentCode(r, a, pathCode(r), func(code string) error {
		e, err := api.escalations.End(r.Context(), a, code)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, api.views.state(e))
		return nil
	})
}

func (api *agentAPI) getTask(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	sid := mux.Vars(r)["task"]
	if !sids.Is("WT", sid) {
		return escalation.ErrTaskNotFound
	}
	lang := r.URL.Query().Get("lang")
	if !language().MatchString(lang) {
		lang = ""
	}
	v, err := api.escalations.Task(r.Context(), a, sid)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, api.views.task(sid, v, lang))
	return nil
}

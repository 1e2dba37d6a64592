package web

import (
	"net/http"
	"regexp"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// agentHandler serves a request of a Flex user.
type agentHandler func(w http.ResponseWriter, r *http.Request, a escalation.Agent) error

// maxToken is far longer than any Flex token, in bytes.
const maxToken = 8 << 10

// agent finds out who asks from the Authorization header. What they may do is
// escalation's to judge.
func (s *server) agent(h agentHandler) handler {
	return s.bounded(func(w http.ResponseWriter, r *http.Request) error {
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		token = strings.TrimSpace(token)
		if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
			return errNoToken
		}
		var a escalation.Agent
		err := s.limiters.Token(r, token, func() (err error) {
			a, err = s.Agents.Authenticate(r.Context(), token)
			return err
		})
		if err != nil {
			return err
		}
		return h(w, r, a)
	})
}

// taskSID is the form of a Task's SID. Nothing else may reach the path of a
// request to Twilio.
var taskSID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^WT[0-9a-fA-F]{32}$`) })

// language is the form of the BCP 47 tags that are passed on.
var language = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$`) })

func (s *server) postEscalation(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	var in wire.Escalate
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	switch {
	case in.TaskSID == "":
		return badRequest("no taskSid")
	case in.Lang != "" && !language().MatchString(in.Lang):
		return badRequest("lang is not a language tag")
	case !taskSID().MatchString(in.TaskSID):
		return escalation.ErrTaskNotFound
	}
	e, resumed, err := s.Escalations.Escalate(r.Context(), a, in.TaskSID, in.SendInvite, in.Lang)
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if resumed {
		status = http.StatusOK
	}
	writeJSON(w, status, s.escalation(e, resumed, in.Lang))
	return nil
}

func (s *server) postAgentToken(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	if _, err := readBody(w, r); err != nil {
		return err
	}
	return s.limiters.AgentCode(r, a, pathCode(r), func(code string) error {
		j, err := s.Escalations.JoinAsAgent(r.Context(), a, code)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, s.join(j))
		return nil
	})
}

func (s *server) postEnd(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	if _, err := readBody(w, r); err != nil {
		return err
	}
	return s.limiters.AgentCode(r, a, pathCode(r), func(code string) error {
		e, err := s.Escalations.End(r.Context(), a, code)
		if err != nil {
			return err
		}
		writeJSON(w, http.StatusOK, s.state(e))
		return nil
	})
}

func (s *server) getTask(w http.ResponseWriter, r *http.Request, a escalation.Agent) error {
	sid := mux.Vars(r)["task"]
	if !taskSID().MatchString(sid) {
		return escalation.ErrTaskNotFound
	}
	lang := r.URL.Query().Get("lang")
	if !language().MatchString(lang) {
		lang = ""
	}
	v, err := s.Escalations.Task(r.Context(), a, sid)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.task(sid, v, lang))
	return nil
}

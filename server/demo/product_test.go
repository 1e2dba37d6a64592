//go:build e2e

package demo_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/store"
)

// product plays the part of the product: join codes, and an agent page that
// speaks the bridge without any media.
type product struct {
	s *store.Store

	mu     sync.Mutex
	codes  map[string]string // by Task
	inCall map[string]bool   // by code
	broken bool
}

func (p *product) routes(r *mux.Router) {
	r.HandleFunc("/agent", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(agentPage))
	})
	r.HandleFunc("/api/escalations", p.escalate).Methods("POST")
	r.HandleFunc("/api/escalations/{code}/end", p.end).Methods("POST")
	r.HandleFunc("/api/tasks/{task}", p.task).Methods("GET")
	// Called by the agent page below, as the product's server learns it from the Room.
	r.HandleFunc("/fake/{code}/{state}", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.inCall[mux.Vars(r)["code"]] = mux.Vars(r)["state"] == "in"
	}).Methods("POST")
}

// agentPage joins and leaves at the press of a button; #born tells whether it
// was ever loaded again.
const agentPage = `<!doctype html><meta name=viewport content="width=device-width"><meta name=color-scheme content="light dark"><title>fake</title>
<body style="font:16px system-ui;margin:0;height:100vh;display:grid;place-content:center;gap:10px;justify-items:center;background:#20263a;color:#fff">
<p id=what>waiting</p><p id=token></p><button id=join>Join</button><button id=leave>Leave</button><p id=born></p>
<script>
let code = '';
const born = String(Math.random());
document.getElementById('born').textContent = born;
const post = (m) => parent.postMessage({escalate: 1, ...m}, location.origin);
const state = (phase) => { document.getElementById('what').textContent = code + ' ' + phase; post({type: 'state', phase, code}); };
const leave = async () => { await fetch('/fake/' + code + '/out', {method: 'POST'}); state('left'); post({type: 'left', code}); };
addEventListener('message', (e) => {
  if (e.origin !== location.origin || e.data.escalate !== 1) return;
  if (e.data.type === 'token') document.getElementById('token').textContent = e.data.token ? 'token' : '';
  if (e.data.type === 'open') { code = e.data.code; state('idle'); }
  if (e.data.type === 'leave' && !location.search) leave();
});
document.getElementById('join').onclick = async () => { await fetch('/fake/' + code + '/in', {method: 'POST'}); state('in_call'); };
document.getElementById('leave').onclick = leave;
post({type: 'ready'});
</script>`

func (p *product) view(task string, resumed bool) map[string]any {
	return map[string]any{"code": p.codes[task], "status": "open", "taskSid": task, "joinUrl": "http://" + "127.0.0.1/join/" + p.codes[task], "resumed": resumed}
}

func (p *product) allowed(w http.ResponseWriter, r *http.Request) bool {
	if _, err := p.s.FlexTokens.Validate(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")); err != nil {
		answer(w, 401, map[string]string{"code": "unauthorized", "message": "Sign in to Flex again."})
		return false
	}
	if p.broken {
		answer(w, 503, map[string]string{"code": "unavailable", "message": "Twilio does not answer. Try again in a moment."})
		return false
	}
	return true
}

func (p *product) escalate(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var ask struct {
		TaskSID    string
		SendInvite bool
	}
	if !p.allowed(w, r) || json.NewDecoder(r.Body).Decode(&ask) != nil {
		return
	}
	_, resumed := p.codes[ask.TaskSID]
	if !resumed {
		p.codes[ask.TaskSID] = "CODE" + ask.TaskSID[2:5]
	}
	task, _ := p.s.Tasks.Get(ask.TaskSID)
	var attributes struct{ ConversationSid string }
	_ = json.Unmarshal([]byte(task.Attributes), &attributes)
	if ask.SendInvite {
		_, _ = p.s.Conversations.AddMessage(attributes.ConversationSid, store.Message{
			Author: "alex.morgan",
			Body:   "Let’s continue on video. Open this link: http://" + r.Host + "/join/" + p.codes[ask.TaskSID] + ". It works once <b>I</b> am there.",
		})
	}
	answer(w, 200, p.view(ask.TaskSID, resumed))
}

func (p *product) end(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.allowed(w, r) {
		return
	}
	for task, code := range p.codes {
		if code == mux.Vars(r)["code"] {
			delete(p.codes, task)
			delete(p.inCall, code)
		}
	}
	answer(w, 200, map[string]string{"status": "ended"})
}

func (p *product) task(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.allowed(w, r) {
		return
	}
	sid := mux.Vars(r)["task"]
	v := map[string]any{"taskSid": sid, "mayWrapUp": true}
	if code, ok := p.codes[sid]; ok {
		v["escalation"] = p.view(sid, true)
		if p.inCall[code] {
			v["mayWrapUp"], v["reason"] = false, "You are still in the video call. Leave it first."
		}
	}
	answer(w, 200, v)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// set tells the product's server who is in a call.
func (p *product) set(code string, in bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inCall[code] = in
}

// setBroken makes every answer "unavailable".
func (p *product) setBroken(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = on
}

// forget drops all join codes.
func (p *product) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.codes)
}

// sessions is how many Tasks have a join code.
func (p *product) sessions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.codes)
}

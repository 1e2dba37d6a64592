package escalation_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"escalate/server/escalation"
)

// watchman sees every Document that is written and every answer that a person
// got, and knows what must never happen.
type watchman struct {
	s    *stage
	docs map[string]escalation.Escalation // as last written, by code
	told map[string]bool                  // codes that an agent was given
	// sessions are the codes that each Worker's established sessions are of:
	// the lock was confirmed, and the presence is open.
	sessions  map[string]map[string]bool
	roomEnded map[string]int  // Room SID -> how many calls had been made
	consents  map[string]bool // identities whose consent was ever written
	ratings   map[string]bool // comments that were ever written
	notices   map[string]string
}

func newWatchman(s *stage) *watchman {
	return &watchman{
		s: s, docs: map[string]escalation.Escalation{}, told: map[string]bool{}, sessions: map[string]map[string]bool{},
		roomEnded: map[string]int{}, consents: map[string]bool{}, ratings: map[string]bool{}, notices: map[string]string{},
	}
}

// written is told of every Document.
func (w *watchman) written(name string, data json.RawMessage) {
	if worker, ok := strings.CutPrefix(name, "agentlock."); ok {
		w.lockWritten(worker, data)
		return
	}
	e, err := w.s.decoder.Decode(escalation.Document{Name: name, Data: data})
	if err != nil {
		w.s.fail("Document %s: %v", name, err)
		return
	}
	was, old := w.docs[name]
	w.docs[name] = e
	w.s.tell("  %s version %d is %s %v", name, e.Version, e.Status, w.open(e))
	if len(data) > 16<<10 {
		w.s.fail("Document %s has %d bytes", name, len(data))
	}
	if e.Version != was.Version+1 {
		w.s.fail("Document %s: version %d after %d", name, e.Version, was.Version)
	}
	if old {
		w.follows(was, e)
	}
	for _, c := range e.Consent {
		w.consents[c.Who] = true
	}
	if e.Rating != nil {
		w.ratings[e.Rating.Comment] = true
	}
	for worker, codes := range w.sessions {
		if codes[name] && !slices.Contains(w.open(e), worker) {
			delete(codes, name)
		}
	}
	w.oneLive(e.Task)
}

// noticeWritten checks that a notice changes once, when there is a Room.
func (w *watchman) noticeWritten(name string, data json.RawMessage) {
	w.s.tell("  notice %s is %s", name, data)
	was, old := w.notices[name]
	w.notices[name] = string(data)
	if old && (strings.Contains(was, "RM") || !strings.Contains(string(data), "RM")) {
		w.s.fail("notice %s is %s after %s", name, data, was)
	}
}

// final says whether nothing may change the Status any more.
func final(s escalation.Status) bool { return s == escalation.Ended || s == escalation.Expired }

// follows checks a state against the one before.
func (w *watchman) follows(was, is escalation.Escalation) {
	bad := func(what string) { w.s.fail("%s: %s: %+v after %+v", is.Code, what, is, was) }
	switch {
	case final(was.Status) && is.Status != was.Status:
		bad("the end is not final")
	case final(was.Status) && (!is.EndedAt.Equal(was.EndedAt) || was.Receipt != nil && *is.Receipt != *was.Receipt):
		bad("the end was changed")
	case is.Status == escalation.Invited && was.Status != escalation.Invited:
		bad("invited again")
	case was.Rating != nil && (is.Rating == nil || *is.Rating != *was.Rating):
		bad("the first rating does not stand")
	case is.Rating != nil && !is.CustomerWasIn():
		bad("rated, and no customer was in the call")
	case was.CustomerWasIn() && !is.CustomerWasIn():
		bad("that a customer was in the call is forgotten")
	case !was.OpenedAt.IsZero() && !is.OpenedAt.Equal(was.OpenedAt):
		bad("opened again")
	case is.Room.SID == "" && (is.Status == escalation.Open || is.Status == escalation.InCall):
		bad("open without a Room")
	case final(is.Status) && len(w.open(is)) > 0:
		bad("somebody is present after the end")
	}
	lost := slices.DeleteFunc(slices.Clone(was.Consent), func(c escalation.Consent) bool { return slices.Contains(is.Consent, c) })
	if len(lost) > 0 && len(is.Consent) < 2 {
		bad("a consent is lost")
	}
	seen := map[string]bool{}
	for _, p := range is.Participants {
		if seen[p.Identity] {
			bad("somebody is there twice")
		}
		seen[p.Identity] = true
	}
	for sid, n := range was.LastSequence {
		if m, ok := is.LastSequence[sid]; ok && m < n {
			bad("the sequence goes back")
		}
	}
}

// open returns the Workers who count as present in a live escalation.
func (w *watchman) open(e escalation.Escalation) []string {
	var all []string
	for _, p := range e.Participants {
		if parts := strings.Split(p.Identity, ":"); p.Left.IsZero() && parts[0] == "agent" && !slices.Contains(all, parts[1]) {
			all = append(all, parts[1])
		}
	}
	return all
}

// lockWritten checks that an agent gets into no session while in another.
func (w *watchman) lockWritten(worker string, data json.RawMessage) {
	l := readLock(data)
	w.s.tell("  lock is %q, confirmed %v", l.Holder, l.Confirmed)
	if l.Confirmed && slices.Contains(w.open(w.docs[l.Holder]), worker) {
		w.session(worker, l.Holder)
	}
}

// session notes that a Worker is in a call from now on, until their presence in
// its Document ends.
func (w *watchman) session(worker, code string) {
	if w.sessions[worker] == nil {
		w.sessions[worker] = map[string]bool{}
	}
	w.sessions[worker][code] = true
	if len(w.sessions[worker]) > 1 {
		w.s.fail("two sessions of one agent: %v", w.sessions[worker])
	}
}

// oneLive checks that agents know of at most one live escalation of a Task.
// Replicas' clocks differ: a code may work a little longer on one of them.
func (w *watchman) oneLive(task string) {
	var live []string
	for code, e := range w.docs {
		if e.Task != task || !w.told[code] || final(e.Status) {
			continue
		}
		if e.Status != escalation.Invited || w.s.now.Add(-30*time.Second).Before(e.ValidUntil) {
			live = append(live, code)
		}
	}
	if len(live) > 1 {
		w.s.fail("%s has several live escalations: %v", task, live)
	}
}

// gaveCode notes what Escalate answered.
func (w *watchman) gaveCode(e escalation.Escalation) {
	w.told[e.Code] = true
	w.oneLive(e.Task)
}

// gaveToken checks a token that was answered to a call which began when so many
// calls had been made.
func (w *watchman) gaveToken(j escalation.Join, began int) {
	if at, over := w.roomEnded[j.Room]; over && at <= began {
		w.s.fail("%s got a token for a Room that was over", j.Identity)
	}
	if parts := strings.Split(j.Identity, ":"); parts[0] == "agent" {
		for _, p := range w.docs[j.Escalation.Code].Participants {
			if p.Identity == j.Identity && p.Left.IsZero() {
				w.session(parts[1], j.Escalation.Code)
			}
		}
	}
	if strings.HasPrefix(j.Identity, "customer:") && j.Escalation.Recording && !w.consents[j.Identity] {
		w.s.fail("the consent of %s is lost", j.Identity)
	}
}

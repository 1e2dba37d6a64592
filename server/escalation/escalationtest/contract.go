package escalationtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
)

// Account is an implementation of the ports, and what only others than the
// server do in a Twilio account.
type Account struct {
	escalation.Deps
	// NewTask makes a Task with the attributes, a JSON text, that worker has
	// accepted.
	NewTask func(attributes string) (sid, worker string)
	// Stranger is a Worker who has no Task.
	Stranger string
	// NewConversation makes a Conversation.
	NewConversation func(escalation.Conversation) (sid string)
	// Messages returns what was posted into a Conversation, oldest first.
	Messages func(conversation string) []escalation.Message
	// Enter connects somebody to a Room, and returns the SID of the
	// Participant; it is empty when the Room lets nobody in.
	Enter func(roomSID, identity string) (sid string)
	// Pass moves the account's clock.
	Pass func(time.Duration)
}

// Contract tests what package escalation relies on in its ports, each time in a
// new account. Whatever implements them has to pass it: the double, so that the
// tests over it mean something, and package twilioapi over local Twilio.
func Contract(t *testing.T, open func(*testing.T) Account) {
	for name, test := range map[string]func(*contract){
		"documents: there is none":           (*contract).noDocument,
		"documents: a name is taken once":    (*contract).documentName,
		"documents: the newest revision":     (*contract).documentRevision,
		"documents: time to live":            (*contract).documentTTL,
		"documents: time to live is kept":    (*contract).documentTTLKept,
		"documents: limit":                   (*contract).documentLimit,
		"documents: all are listed":          (*contract).documentList,
		"rooms: there is none":               (*contract).noRoom,
		"rooms: a name is taken in progress": (*contract).roomName,
		"rooms: who is in":                   (*contract).participants,
		"rooms: recording":                   (*contract).recording,
		"tasks: there is none":               (*contract).noTask,
		"tasks: the newest revision":         (*contract).taskRevision,
		"tasks: limit":                       (*contract).taskLimit,
		"tasks: whose it is":                 (*contract).taskAssigned,
		"chat: there is none":                (*contract).noConversation,
		"chat: what it says of itself":       (*contract).conversation,
		"chat: messages":                     (*contract).messages,
		"a caller who has given up":          (*contract).givenUp,
	} {
		t.Run(name, func(t *testing.T) { test(&contract{T: t, Account: open(t), ctx: t.Context()}) })
	}
}

type contract struct {
	*testing.T
	Account
	ctx context.Context
}

// want checks the error of a call.
func (c *contract) want(doing string, err, want error) {
	c.Helper()
	if !errors.Is(err, want) {
		c.Errorf("%s: %v, want %v", doing, err, want)
	}
}

// nobody is a SID that nothing has.
func nobody(prefix string) string { return prefix + strings.Repeat("f", 32) }

func same(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && x.String() == y.String()
}

// create makes a Document that has to be made.
func (c *contract) create(name, data string, ttl time.Duration) escalation.Document {
	c.Helper()
	d, err := c.Documents.Create(c.ctx, name, json.RawMessage(data), ttl)
	if err != nil {
		c.Fatalf("create %s: %v", name, err)
	}
	return d
}

// reads checks what a Document holds by now.
func (c *contract) reads(name, data, revision string) {
	c.Helper()
	d, err := c.Documents.Fetch(c.ctx, name)
	if err != nil || d.Name != name || d.Revision != revision || !same(d.Data, json.RawMessage(data)) {
		c.Errorf("%s: %+v with %s, %v; want %s of revision %s", name, d, d.Data, err, data, revision)
	}
}

// list returns all Documents, page after page.
func (c *contract) list() (all []escalation.Document, err error) {
	for begin := ""; ; {
		docs, next, err := c.Documents.Page(c.ctx, begin)
		if err != nil || len(docs) > 100 {
			return nil, fmt.Errorf("a page of %d: %w", len(docs), err)
		}
		if all = append(all, docs...); next == "" {
			return all, nil
		}
		begin = next
	}
}

func (c *contract) noDocument() {
	_, err := c.Documents.Fetch(c.ctx, "abc2345")
	c.want("fetch", err, escalation.ErrNotFound)
	_, err = c.Documents.Update(c.ctx, "abc2345", "0", json.RawMessage(`{}`), 0)
	c.want("update", err, escalation.ErrNotFound)
	if all, err := c.list(); err != nil || len(all) > 0 {
		c.Errorf("list: %+v, %v", all, err)
	}
}

func (c *contract) documentName() {
	d := c.create("abc2345", `{"who":"first"}`, time.Hour)
	if d.Name != "abc2345" || d.Revision == "" || !same(d.Data, json.RawMessage(`{"who":"first"}`)) {
		c.Errorf("made %+v", d)
	}
	_, err := c.Documents.Create(c.ctx, "abc2345", json.RawMessage(`{"who":"second"}`), time.Hour)
	c.want("create again", err, escalation.ErrNameTaken)
	c.reads("abc2345", `{"who":"first"}`, d.Revision)
	c.create("abc2346", `{}`, time.Hour)
}

func (c *contract) documentRevision() {
	first := c.create("abc2345", `{"n":1}`, time.Hour)
	second, err := c.Documents.Update(c.ctx, "abc2345", first.Revision, json.RawMessage(`{"n":2}`), 0)
	if err != nil || second.Revision == first.Revision || second.Revision == "" || !same(second.Data, json.RawMessage(`{"n":2}`)) {
		c.Fatalf("update: %+v, %v", second, err)
	}
	_, err = c.Documents.Update(c.ctx, "abc2345", first.Revision, json.RawMessage(`{"n":3}`), time.Minute)
	c.want("update of the revision before", err, escalation.ErrConflict)
	c.reads("abc2345", `{"n":2}`, second.Revision)
	// A write is a write, also of what is there: the lock relies on it.
	third, err := c.Documents.Update(c.ctx, "abc2345", second.Revision, json.RawMessage(`{"n":2}`), 0)
	if err != nil || third.Revision == second.Revision {
		c.Errorf("update with the same data: %+v, %v", third, err)
	}
	_, err = c.Documents.Update(c.ctx, "abc2345", second.Revision, json.RawMessage(`{"n":4}`), 0)
	c.want("update of the revision before the same data", err, escalation.ErrConflict)
}

func (c *contract) documentTTL() {
	c.create("abc2345", `{"n":1}`, time.Minute)
	c.create("abc2346", `{"n":1}`, 2*time.Minute)
	c.Pass(50 * time.Second)
	if _, err := c.Documents.Fetch(c.ctx, "abc2345"); err != nil {
		c.Errorf("before its time: %v", err)
	}
	c.Pass(20 * time.Second)
	_, err := c.Documents.Fetch(c.ctx, "abc2345")
	c.want("fetch after its time", err, escalation.ErrNotFound)
	if all, err := c.list(); err != nil || len(all) != 1 || all[0].Name != "abc2346" {
		c.Errorf("list after the time of one: %+v, %v", all, err)
	}
	c.create("abc2345", `{"n":2}`, time.Minute)
}

func (c *contract) documentTTLKept() {
	prolonged, kept := c.create("abc2345", `{"n":1}`, time.Minute), c.create("abc2346", `{"n":1}`, time.Minute)
	c.Pass(30 * time.Second)
	for d, ttl := range map[*escalation.Document]time.Duration{&prolonged: time.Minute, &kept: 0} {
		if _, err := c.Documents.Update(c.ctx, d.Name, d.Revision, json.RawMessage(`{"n":2}`), ttl); err != nil {
			c.Fatal(err)
		}
	}
	c.Pass(20 * time.Second)
	if _, err := c.Documents.Fetch(c.ctx, kept.Name); err != nil {
		c.Errorf("before the time to live that it had: %v", err)
	}
	c.Pass(20 * time.Second)
	if _, err := c.Documents.Fetch(c.ctx, prolonged.Name); err != nil {
		c.Errorf("with a new time to live: %v", err)
	}
	_, err := c.Documents.Fetch(c.ctx, kept.Name)
	c.want("with the time to live that it had", err, escalation.ErrNotFound)
}

func (c *contract) documentLimit() {
	most := `{"t":"` + strings.Repeat("x", 16<<10-len(`{"t":""}`)) + `"}`
	d := c.create("abc2345", most, time.Hour)
	more := json.RawMessage(strings.Replace(most, "x", "xx", 1))
	if _, err := c.Documents.Update(c.ctx, "abc2345", d.Revision, more, 0); err == nil || errors.Is(err, escalation.ErrUnavailable) || errors.Is(err, escalation.ErrConflict) {
		c.Errorf("update over the limit: %v", err)
	}
	c.reads("abc2345", most, d.Revision)
	if _, err := c.Documents.Create(c.ctx, "abc2346", more, time.Hour); err == nil || errors.Is(err, escalation.ErrUnavailable) || errors.Is(err, escalation.ErrNameTaken) {
		c.Errorf("create over the limit: %v", err)
	}
	_, err := c.Documents.Fetch(c.ctx, "abc2346")
	c.want("fetch what was over the limit", err, escalation.ErrNotFound)
}

func (c *contract) documentList() {
	var names []string
	for i := range 103 { // more than a page
		names = append(names, fmt.Sprintf("list%03d", (i*37)%103))
		c.create(names[i], fmt.Sprintf(`{"n":%d}`, i), time.Hour)
	}
	all, err := c.list()
	if err != nil {
		c.Fatal(err)
	}
	// In any order: nothing says in which Sync lists.
	slices.SortFunc(all, func(a, b escalation.Document) int { return strings.Compare(a.Name, b.Name) })
	n := map[string]int{}
	for i, name := range names {
		n[name] = i
	}
	if len(all) != len(names) {
		c.Fatalf("%d Documents listed of %d", len(all), len(names))
	}
	for i, d := range all {
		if want := fmt.Sprintf("list%03d", i); d.Name != want || d.Revision == "" || !same(d.Data, json.RawMessage(fmt.Sprintf(`{"n":%d}`, n[want]))) {
			c.Errorf("%d: %+v, want %s", i, d, want)
		}
	}
}

// room makes a Room that has to be made.
func (c *contract) room(name string) escalation.Room {
	c.Helper()
	r, err := c.Rooms.Create(c.ctx, escalation.RoomOptions{
		UniqueName: name, Type: "group", EmptyTimeout: 5 * time.Minute, UnusedTimeout: 5 * time.Minute, MaxParticipants: 8, MaxParticipantDuration: time.Hour,
	})
	if err != nil {
		c.Fatalf("create Room %s: %v", name, err)
	}
	return r
}

func (c *contract) noRoom() {
	for _, key := range []string{"abc2345", nobody("RM")} {
		_, err := c.Rooms.Fetch(c.ctx, key)
		c.want("fetch "+key, err, escalation.ErrNotFound)
	}
	_, err := c.Rooms.Participants(c.ctx, nobody("RM"))
	c.want("who is in", err, escalation.ErrNotFound)
	c.want("record", c.Rooms.Record(c.ctx, nobody("RM"), true), escalation.ErrNotFound)
	c.want("complete", c.Rooms.Complete(c.ctx, nobody("RM")), nil)
	c.want("remove", c.Rooms.Remove(c.ctx, nobody("RM"), nobody("PA")), nil)
}

func (c *contract) roomName() {
	first := c.room("abc2345")
	if !strings.HasPrefix(first.SID, "RM") || first.UniqueName != "abc2345" || !first.InProgress {
		c.Errorf("made %+v", first)
	}
	_, err := c.Rooms.Create(c.ctx, escalation.RoomOptions{
		UniqueName: "abc2345", Type: "group", EmptyTimeout: time.Minute, UnusedTimeout: time.Minute, MaxParticipants: 2, MaxParticipantDuration: time.Hour,
	})
	c.want("create again", err, escalation.ErrNameTaken)
	for _, key := range []string{first.SID, "abc2345"} {
		if r, err := c.Rooms.Fetch(c.ctx, key); err != nil || r != first {
			c.Errorf("fetch by %s: %+v, %v; want %+v", key, r, err, first)
		}
	}
	for range 2 { // the second time it is over already
		c.want("complete", c.Rooms.Complete(c.ctx, first.SID), nil)
	}
	if r, err := c.Rooms.Fetch(c.ctx, first.SID); err != nil || r.InProgress || r.SID != first.SID {
		c.Errorf("fetch what is over by its SID: %+v, %v", r, err)
	}
	_, err = c.Rooms.Fetch(c.ctx, "abc2345")
	c.want("fetch what is over by its name", err, escalation.ErrNotFound)
	second := c.room("abc2345")
	if r, err := c.Rooms.Fetch(c.ctx, "abc2345"); err != nil || r != second || second.SID == first.SID {
		c.Errorf("fetch by the name anew: %+v, %v; want %+v", r, err, second)
	}
}

// in checks who is in a Room; want is in the order of identities.
func (c *contract) in(room string, want ...escalation.Participant) {
	c.Helper()
	got, err := c.Rooms.Participants(c.ctx, room)
	for i := range got {
		got[i].Started = time.Time{}
	}
	slices.SortFunc(got, func(a, b escalation.Participant) int { return strings.Compare(a.Identity, b.Identity) })
	if err != nil || !slices.Equal(got, want) {
		c.Errorf("in the Room: %+v, %v; want %+v", got, err, want)
	}
}

func (c *contract) participants() {
	r := c.room("abc2345")
	c.in(r.SID)
	ana := escalation.Participant{Identity: "agent:WK1:a", SID: c.Enter(r.SID, "agent:WK1:a")}
	kim := escalation.Participant{Identity: "customer:abc2345:b", SID: c.Enter(r.SID, "customer:abc2345:b")}
	if !strings.HasPrefix(ana.SID, "PA") || !strings.HasPrefix(kim.SID, "PA") || ana.SID == kim.SID {
		c.Fatalf("entered as %q and %q", ana.SID, kim.SID)
	}
	c.in(r.SID, ana, kim)
	for range 2 { // the second time it is gone already
		c.want("remove", c.Rooms.Remove(c.ctx, r.SID, ana.SID), nil)
	}
	c.want("remove somebody who never was", c.Rooms.Remove(c.ctx, r.SID, nobody("PA")), nil)
	c.in(r.SID, kim)
	c.want("complete", c.Rooms.Complete(c.ctx, r.SID), nil)
	c.in(r.SID)
	c.want("remove after the end", c.Rooms.Remove(c.ctx, r.SID, kim.SID), nil)
	if sid := c.Enter(r.SID, "customer:abc2345:c"); sid != "" {
		c.Errorf("somebody came into a Room that is over: %s", sid)
	}
}

func (c *contract) recording() {
	r := c.room("abc2345")
	for _, on := range []bool{true, true, false, true} {
		c.want(fmt.Sprintf("record: %t", on), c.Rooms.Record(c.ctx, r.SID, on), nil)
	}
}

func (c *contract) noTask() {
	_, err := c.Tasks.Fetch(c.ctx, nobody("WT"))
	c.want("fetch", err, escalation.ErrNotFound)
	c.want("update", c.Tasks.UpdateAttributes(c.ctx, nobody("WT"), "0", json.RawMessage(`{}`)), escalation.ErrNotFound)
	_, err = c.Tasks.AssignedTo(c.ctx, nobody("WT"), c.Stranger)
	c.want("whose it is", err, escalation.ErrNotFound)
}

// attributes checks a Task's attributes, and returns its revision.
func (c *contract) attributes(sid, want string) string {
	c.Helper()
	k, err := c.Tasks.Fetch(c.ctx, sid)
	if err != nil || k.SID != sid || k.Status != "assigned" || k.Revision == "" || string(k.Attributes) != want {
		c.Errorf("fetch: %+v with %.80s, %v; want %.80s", k, k.Attributes, err, want)
	}
	return k.Revision
}

func (c *contract) taskRevision() {
	const was, is = `{"big":12345678901234567890,"name":"Kim"}`, `{"big":12345678901234567890,"name":"<Kim>"}`
	sid, _ := c.NewTask(was)
	first := c.attributes(sid, was)
	c.want("update", c.Tasks.UpdateAttributes(c.ctx, sid, first, json.RawMessage(is)), nil)
	second := c.attributes(sid, is) // to the letter: they belong to others as well
	if second == first {
		c.Errorf("both revisions are %s", first)
	}
	for _, stale := range []string{first, ""} {
		c.want("update of revision "+stale, c.Tasks.UpdateAttributes(c.ctx, sid, stale, json.RawMessage(was)), escalation.ErrConflict)
	}
	if now := c.attributes(sid, is); now != second {
		c.Errorf("revision %s after refusals, was %s", now, second)
	}
}

func (c *contract) taskLimit() {
	sid, _ := c.NewTask(`{}`)
	most := `{"t":"` + strings.Repeat("x", maxAttributes-len(`{"t":""}`)) + `"}`
	c.want("update with all that it takes", c.Tasks.UpdateAttributes(c.ctx, sid, c.attributes(sid, `{}`), json.RawMessage(most)), nil)
	revision := c.attributes(sid, most)
	c.want("update with one more", c.Tasks.UpdateAttributes(c.ctx, sid, revision, json.RawMessage(strings.Replace(most, "x", "xx", 1))), escalation.ErrTooLarge)
	if now := c.attributes(sid, most); now != revision {
		c.Errorf("revision %s after a refusal, was %s", now, revision)
	}
}

func (c *contract) taskAssigned() {
	sid, worker := c.NewTask(`{}`)
	for w, want := range map[string]bool{worker: true, c.Stranger: false} {
		if mine, err := c.Tasks.AssignedTo(c.ctx, sid, w); err != nil || mine != want {
			c.Errorf("assigned to %s: %t, %v; want %t", w, mine, err, want)
		}
	}
}

func (c *contract) noConversation() {
	_, err := c.Chat.Fetch(c.ctx, nobody("CH"))
	c.want("fetch", err, escalation.ErrNotFound)
	c.want("send", c.Chat.Send(c.ctx, nobody("CH"), escalation.Message{Author: "ana", Body: "hello"}), escalation.ErrNotFound)
}

func (c *contract) conversation() {
	want := escalation.Conversation{FriendlyName: "Kim", Attributes: json.RawMessage(`{"customerName":"Kim"}`)}
	got, err := c.Chat.Fetch(c.ctx, c.NewConversation(want))
	if err != nil || got.FriendlyName != want.FriendlyName || !same(got.Attributes, want.Attributes) {
		c.Errorf("fetch: %+v with %s, %v", got, got.Attributes, err)
	}
}

func (c *contract) messages() {
	sid := c.NewConversation(escalation.Conversation{})
	sent := []escalation.Message{
		{Author: "ana", Body: "Ana le invita: https://video.example/join/abc2345", Attributes: json.RawMessage(`{"hasVideo":true}`)},
		{Author: "ana", Body: "¿Sí?"},
	}
	for _, m := range sent {
		c.want("send", c.Chat.Send(c.ctx, sid, m), nil)
	}
	got := c.Messages(sid)
	if len(got) != len(sent) {
		c.Fatalf("%d messages posted, %d there", len(sent), len(got))
	}
	for i, m := range got {
		if m.Author != sent[i].Author || m.Body != sent[i].Body || sent[i].Attributes != nil && !same(m.Attributes, sent[i].Attributes) {
			c.Errorf("%d: %+v with %s, want %+v", i, m, m.Attributes, sent[i])
		}
	}
	newest, err := c.Chat.Newest(c.ctx, sid)
	c.want("newest", err, nil)
	if len(newest) != 2 || newest[0].Body != sent[1].Body || newest[1].Author != "ana" || !same(newest[1].Attributes, sent[0].Attributes) {
		c.Errorf("the newest are %+v", newest)
	}
	for range 100 {
		c.want("send", c.Chat.Send(c.ctx, sid, escalation.Message{Author: "ana", Body: "later"}), nil)
	}
	if newest, err = c.Chat.Newest(c.ctx, sid); err != nil || len(newest) != 100 || newest[99].Body != "later" {
		c.Errorf("of 102 there are %d, the oldest %+v, %v", len(newest), newest[len(newest)-1], err)
	}
	_, err = c.Chat.Newest(c.ctx, nobody("CH"))
	c.want("newest of none", err, escalation.ErrNotFound)
}

func (c *contract) givenUp() {
	ctx, cancel := context.WithCancel(c.ctx)
	cancel()
	_, fetch := c.Documents.Fetch(ctx, "abc2345")
	_, room := c.Rooms.Fetch(ctx, "abc2345")
	_, task := c.Tasks.Fetch(ctx, nobody("WT"))
	_, chat := c.Chat.Fetch(ctx, nobody("CH"))
	for name, err := range map[string]error{"documents": fetch, "rooms": room, "tasks": task, "chat": chat} {
		c.want(name, err, context.Canceled)
	}
}

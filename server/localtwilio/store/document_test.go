package store_test

import (
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestDocument(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	d := must(s.Documents.Create(store.Document{UniqueName: "d", Expires: c.Now().Add(time.Minute)}))(t)
	if d.ETag() != "0" || string(d.Data) != "{}" {
		t.Errorf("new document %+v", d)
	}
	_, err := s.Documents.Create(store.Document{UniqueName: "d"})
	wantErr(t, err, store.ErrNameTaken)
	set := func(data string) func(*store.Document) error {
		return func(d *store.Document) error { d.Data = []byte(data); return nil }
	}
	_, err = s.Documents.Update("d", "1", set(`{}`))
	wantErr(t, err, store.ErrRevision)
	if d = must(s.Documents.Update("d", "0", set(`{"a":1}`)))(t); d.ETag() != "1" {
		t.Errorf("revision %s, want 1", d.ETag())
	}
	_, err = s.Documents.Update("d", "0", set(`{}`))
	wantErr(t, err, store.ErrRevision)
	wantErr(t, s.Permissions.Set(store.Permission{ObjectSID: d.SID, Identity: "alice", Read: true}), nil)
	if p := must(s.Permissions.Get(d.SID, "alice"))(t); !p.Read || p.Write {
		t.Errorf("permission %+v", p)
	}

	// Past its time a Document is gone at once, and its name is free.
	w := watch(t, s)
	c.Add(time.Minute)
	_, err = s.Documents.Get("d")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Documents.Update(d.SID, "", set(`{}`))
	wantErr(t, err, store.ErrNotFound)
	if list := must(s.Documents.List())(t); len(list) != 0 {
		t.Errorf("documents %+v", list)
	}
	again := must(s.Documents.Create(store.Document{UniqueName: "d"}))(t)
	if again.SID == d.SID {
		t.Error("the expired document came back")
	}
	_, err = s.Permissions.Get(d.SID, "alice")
	wantErr(t, err, store.ErrNotFound)
	w.wait(t, 2)
	if err := s.Documents.Delete("d"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Documents.Delete("d"), store.ErrNotFound)
}

func TestSweepDocuments(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	d := must(s.Documents.Create(store.Document{UniqueName: "d", Expires: c.Now().Add(time.Minute)}))(t)
	kept := must(s.Documents.Create(store.Document{Expires: c.Now().Add(time.Minute)}))(t)
	must(s.Documents.Update(kept.SID, "", func(d *store.Document) error { d.Expires = c.Now().Add(time.Hour); return nil }))(t)
	for _, identity := range []string{"a", "b"} {
		wantErr(t, s.Permissions.Set(store.Permission{ObjectSID: d.SID, Identity: identity}), nil)
	}
	w := watch(t, s)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	c.Add(time.Minute)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if c, ok := w.wait(t, 1)[0].Change.(*store.DocumentRemoved); !ok || c.Document.SID != d.SID {
		t.Errorf("events %v", kinds(w.wait(t, 1)))
	}
	if left := must(s.Permissions.List(d.SID))(t); len(left) != 0 {
		t.Errorf("permissions left behind: %+v", left)
	}
	if list := must(s.Documents.List())(t); len(list) != 1 || list[0].SID != kept.SID {
		t.Errorf("documents %+v, want the extended one", list)
	}
}

func TestFlexToken(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	_, err := s.FlexTokens.Issue(store.FlexToken{WorkerSID: "WK0"})
	wantErr(t, err, store.ErrNotFound)
	w := must(s.Workers.Create(store.Worker{FriendlyName: "ana"}))(t)
	token := must(s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID}))(t)
	v := must(s.FlexTokens.Validate(token))(t)
	if v.Identity != "ana" || v.WorkerSID != w.SID || len(v.Roles) != 1 || v.Roles[0] != "agent" {
		t.Errorf("token stands for %+v", v)
	}
	_, err = s.FlexTokens.Validate(token + "x")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.FlexTokens.Validate("")
	wantErr(t, err, store.ErrNotFound)
	c.Add(store.FlexTokenTTL)
	_, err = s.FlexTokens.Validate(token)
	wantErr(t, err, store.ErrTokenExpired)
	c.Add(25 * time.Hour)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	_, err = s.FlexTokens.Validate(token)
	wantErr(t, err, store.ErrNotFound)
	token = must(s.FlexTokens.Issue(store.FlexToken{WorkerSID: w.SID, Roles: []string{"admin"}}))(t)
	if err := s.FlexTokens.Revoke(token); err != nil {
		t.Fatal(err)
	}
	_, err = s.FlexTokens.Validate(token)
	wantErr(t, err, store.ErrNotFound)
}

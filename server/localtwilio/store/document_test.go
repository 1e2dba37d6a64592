package store_test

import (
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestDocument(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	d := must(s.CreateDocument(store.Document{UniqueName: "d", Expires: c.Now().Add(time.Minute)}))(t)
	if d.ETag() != "0" || string(d.Data) != "{}" {
		t.Errorf("new document %+v", d)
	}
	_, err := s.CreateDocument(store.Document{UniqueName: "d"})
	wantErr(t, err, store.ErrNameTaken)
	set := func(data string) func(*store.Document) error {
		return func(d *store.Document) error { d.Data = []byte(data); return nil }
	}
	_, err = s.UpdateDocument("d", "1", set(`{}`))
	wantErr(t, err, store.ErrRevision)
	if d = must(s.UpdateDocument("d", "0", set(`{"a":1}`)))(t); d.ETag() != "1" {
		t.Errorf("revision %s, want 1", d.ETag())
	}
	_, err = s.UpdateDocument("d", "0", set(`{}`))
	wantErr(t, err, store.ErrRevision)
	must(s.SetPermission("d", store.Permission{Identity: "alice", Read: true}))(t)
	if p := must(s.Permission(d.SID, "alice"))(t); !p.Read || p.Write {
		t.Errorf("permission %+v", p)
	}

	// Past its time a Document is gone at once, and its name is free.
	w := watch(t, s)
	c.Add(time.Minute)
	_, err = s.Document("d")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.UpdateDocument(d.SID, "", set(`{}`))
	wantErr(t, err, store.ErrNotFound)
	if list := must(s.Documents())(t); len(list) != 0 {
		t.Errorf("documents %+v", list)
	}
	again := must(s.CreateDocument(store.Document{UniqueName: "d"}))(t)
	if again.SID == d.SID {
		t.Error("the expired document came back")
	}
	_, err = s.Permission("d", "alice")
	wantErr(t, err, store.ErrNotFound)
	w.wait(t, 2)
	if err := s.DeleteDocument("d"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.DeleteDocument("d"), store.ErrNotFound)
}

func TestSweepDocuments(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	d := must(s.CreateDocument(store.Document{UniqueName: "d", Expires: c.Now().Add(time.Minute)}))(t)
	kept := must(s.CreateDocument(store.Document{Expires: c.Now().Add(time.Minute)}))(t)
	must(s.UpdateDocument(kept.SID, "", func(d *store.Document) error { d.Expires = c.Now().Add(time.Hour); return nil }))(t)
	must(s.SetPermission(d.SID, store.Permission{Identity: "a"}))(t)
	must(s.SetPermission(d.SID, store.Permission{Identity: "b"}))(t)
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
	if list := must(s.Documents())(t); len(list) != 1 || list[0].SID != kept.SID {
		t.Errorf("documents %+v, want the extended one", list)
	}
}

func TestFlexToken(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	_, err := s.IssueFlexToken(store.FlexToken{WorkerSID: "WK0"})
	wantErr(t, err, store.ErrNotFound)
	w := must(s.CreateWorker(store.Worker{FriendlyName: "ana"}))(t)
	token := must(s.IssueFlexToken(store.FlexToken{WorkerSID: w.SID}))(t)
	v := must(s.ValidateFlexToken(token))(t)
	if v.Identity != "ana" || v.WorkerSID != w.SID || len(v.Roles) != 1 || v.Roles[0] != "agent" {
		t.Errorf("token stands for %+v", v)
	}
	_, err = s.ValidateFlexToken(token + "x")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.ValidateFlexToken("")
	wantErr(t, err, store.ErrNotFound)
	c.Add(store.FlexTokenTTL)
	_, err = s.ValidateFlexToken(token)
	wantErr(t, err, store.ErrTokenExpired)
	c.Add(25 * time.Hour)
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	_, err = s.ValidateFlexToken(token)
	wantErr(t, err, store.ErrNotFound)
	token = must(s.IssueFlexToken(store.FlexToken{WorkerSID: w.SID, Roles: []string{"admin"}}))(t)
	if err := s.RevokeFlexToken(token); err != nil {
		t.Fatal(err)
	}
	_, err = s.ValidateFlexToken(token)
	wantErr(t, err, store.ErrNotFound)
}

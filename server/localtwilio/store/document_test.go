package store_test

import (
	"slices"
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

// A page is what List has from there on: of one Service, in the order of their making,
// without those whose time has passed, and whatever is added or removed meanwhile.
func TestPageOfDocuments(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	other := must(s.SyncServices.Create(store.SyncService{}))(t)
	var sids []string
	for i := range 7 {
		d := must(s.Documents.Create(store.Document{}))(t)
		sids = append(sids, d.SID)
		must(s.Documents.In(other.SID).Create(store.Document{}))(t)
		if i%3 == 0 {
			must(s.Documents.Create(store.Document{Expires: c.Now().Add(time.Second)}))(t)
		}
	}
	c.Add(time.Second)
	for _, tt := range []struct {
		after string
		size  int
		want  []string
		more  bool
	}{
		{"", 3, sids[:3], true},
		{sids[2], 3, sids[3:6], true},
		{sids[3], 3, sids[4:], false},
		{sids[6], 3, nil, false},
		{"", 100, sids, false},
	} {
		list, more, err := s.Documents.Page(tt.after, tt.size)
		var got []string
		for _, d := range list {
			got = append(got, d.SID)
		}
		if err != nil || more != tt.more || !slices.Equal(got, tt.want) {
			t.Errorf("%d after %q: %v, more %v, error %v; want %v, more %v", tt.size, tt.after, got, more, err, tt.want, tt.more)
		}
	}
	wantErr(t, s.Documents.Delete(sids[2]), nil)
	_, _, err := s.Documents.Page(sids[2], 3)
	wantErr(t, err, store.ErrNotFound)
}

package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"escalate/server/localtwilio/store"
)

func TestMapItems(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	m := must(s.Collections.Create(store.Collection{Kind: store.SyncMap, UniqueName: "m"}))(t)
	_, err := s.Collections.Create(store.Collection{Kind: store.SyncMap, UniqueName: "m"})
	wantErr(t, err, store.ErrNameTaken)
	// Lists have names of their own.
	must(s.Collections.Create(store.Collection{Kind: store.SyncList, UniqueName: "m"}))(t)

	put := func(data, ifMatch string, added bool) store.Item {
		t.Helper()
		i, isNew, err := s.Collections.PutItem(store.SyncMap, "m", store.Item{Key: "k", Data: []byte(data)}, false, ifMatch)
		if err != nil {
			t.Fatal(err)
		}
		if isNew != added {
			t.Errorf("added %v, want %v", isNew, added)
		}
		return i
	}
	first := put(`{"n":1}`, store.NoItem, true)
	_, _, err = s.Collections.PutItem(store.SyncMap, "m", store.Item{Key: "k"}, false, store.NoItem)
	wantErr(t, err, store.ErrRevision)
	second := put(`{"n":2}`, "0", false)
	if second.Event <= first.Event || second.ETag() != "1" {
		t.Errorf("second %+v after %+v", second, first)
	}
	removed := must(s.Collections.RemoveItem(store.SyncMap, m.SID, store.Item{Key: "k"}, "1"))(t)
	if string(removed.Data) != `{"n":2}` || removed.Event <= second.Event {
		t.Errorf("removed %+v", removed)
	}
	_, err = s.Collections.RemoveItem(store.SyncMap, m.SID, store.Item{Key: "k"}, "")
	wantErr(t, err, store.ErrNotFound)
	if n := len(must(s.Collections.Items(store.SyncMap, "m", false))(t)); n != 0 {
		t.Errorf("%d items, want none", n)
	}
	// Who was away can be told.
	if all := must(s.Collections.Items(store.SyncMap, "m", true))(t); len(all) != 1 || !all[0].Removed || all[0].Data != nil {
		t.Errorf("items with removed ones %+v", all)
	}
	if again := put(`{"n":3}`, "", true); again.ETag() != "0" {
		t.Errorf("after removal revision %s, want 0", again.ETag())
	}
	if n := must(s.LastEvent())(t); n < removed.Event+1 {
		t.Errorf("last event %d after removal %d", n, removed.Event)
	}
}

func TestListIndexesAreNotUsedAgain(t *testing.T) {
	s := open(t, "", newClock())
	l := must(s.Collections.Create(store.Collection{Kind: store.SyncList}))(t)
	for want := range 3 {
		if i := must(s.Collections.PushItem(l.SID, store.Item{Data: []byte(`{}`)}))(t); i.Index != want {
			t.Errorf("index %d, want %d", i.Index, want)
		}
	}
	must(s.Collections.RemoveItem(store.SyncList, l.SID, store.Item{Index: 2}, ""))(t)
	if i := must(s.Collections.PushItem(l.SID, store.Item{}))(t); i.Index != 3 {
		t.Errorf("index %d, want 3", i.Index)
	}
	_, _, err := s.Collections.PutItem(store.SyncList, l.SID, store.Item{Index: 2}, false, "")
	wantErr(t, err, store.ErrNotFound)
	_, err = s.Collections.Get(store.SyncMap, l.SID)
	wantErr(t, err, store.ErrNotFound)
}

func TestCollectionsAndItemsExpire(t *testing.T) {
	c := newClock()
	s := open(t, "", c)
	must(s.Collections.Create(store.Collection{Kind: store.SyncMap, UniqueName: "m"}))(t)
	if _, _, err := s.Collections.PutItem(store.SyncMap, "m", store.Item{Key: "k", Expires: c.Now().Add(time.Minute)}, true, ""); err != nil {
		t.Fatal(err)
	}
	// An update without a Ttl leaves the end where it is.
	if _, _, err := s.Collections.PutItem(store.SyncMap, "m", store.Item{Key: "k"}, false, ""); err != nil {
		t.Fatal(err)
	}
	w := watch(t, s)
	c.Add(time.Minute)
	if n := len(must(s.Collections.Items(store.SyncMap, "m", false))(t)); n != 0 {
		t.Errorf("%d items past their time", n)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if c, ok := w.wait(t, 1)[0].Change.(*store.ItemRemoved); !ok || c.Item.Key != "k" {
		t.Errorf("events %v", kinds(w.wait(t, 1)))
	}
	must(s.Collections.Expire(store.SyncMap, "m", c.Now().Add(time.Minute)))(t)
	c.Add(time.Minute)
	_, err := s.Collections.Get(store.SyncMap, "m")
	wantErr(t, err, store.ErrNotFound)
	must(s.Collections.Create(store.Collection{Kind: store.SyncMap, UniqueName: "m"}))(t)
	if _, ok := w.wait(t, 2)[1].Change.(*store.CollectionRemoved); !ok {
		t.Errorf("events %v", kinds(w.wait(t, 2)))
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	must(s.Collections.Get(store.SyncMap, "m"))(t)
}

func TestEventNumbersGoOnAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "twilio.db")
	s, err := store.Open(path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := must(s.Documents.Create(store.Document{UniqueName: "d"}))(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, path, newClock())
	after := must(s.Documents.Update("d", "", func(*store.Document) error { return nil }))(t)
	if after.Event <= before.Event {
		t.Errorf("event %d after %d", after.Event, before.Event)
	}
}

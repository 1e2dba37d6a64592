package rest_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"testing"

	"escalate/server/localtwilio/store"
)

// Pages of Documents hang together: each is found by the address in the one before,
// also when something was added or removed in between.
func TestPagesOfDocuments(t *testing.T) {
	api, s := newAPI(t)
	a := s.Account()
	var made []string
	for range 7 {
		d, err := s.Documents.Create(store.Document{})
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, d.SID)
	}
	var seen []string
	address := "https://sync.twilio.com/v1/Services/" + a.SyncServiceSID + "/Documents?PageSize=3"
	for n := 0; address != ""; n++ {
		r := httptest.NewRequest("GET", address, nil)
		r.SetBasicAuth(a.KeySID, a.KeySecret)
		w := httptest.NewRecorder()
		api.ServeHTTP(w, r)
		var page struct {
			Documents []struct{ SID string }
			Meta      struct {
				Page     int
				Previous *string `json:"previous_page_url"`
				Next     *string `json:"next_page_url"`
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil || w.Code != 200 {
			t.Fatalf("page %d: %d %s", n, w.Code, w.Body)
		}
		if page.Meta.Page != n || (page.Meta.Previous == nil) != (n == 0) {
			t.Errorf("page %d: meta %+v", n, page.Meta)
		}
		for _, d := range page.Documents {
			seen = append(seen, d.SID)
		}
		address = ""
		if page.Meta.Next != nil {
			address = *page.Meta.Next
		}
		if n == 0 {
			if err := s.Documents.Delete(made[0]); err != nil {
				t.Fatal(err)
			}
			d, err := s.Documents.Create(store.Document{})
			if err != nil {
				t.Fatal(err)
			}
			made = append(made, d.SID)
		}
	}
	if !slices.Equal(seen, made) {
		t.Errorf("the pages have %v, want %v", seen, made)
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "https://sync.twilio.com/v1/Services/"+a.SyncServiceSID+"/Documents?PageSize=3&Page=1", nil)
	r.SetBasicAuth(a.KeySID, a.KeySecret)
	api.ServeHTTP(w, r)
	var second struct{ Documents []struct{ SID string } }
	if err := json.Unmarshal(w.Body.Bytes(), &second); err != nil || len(second.Documents) != 3 || second.Documents[0].SID != made[4] {
		t.Errorf("page 1 by its number alone: %s, want it to begin with %s", w.Body, made[4])
	}
}

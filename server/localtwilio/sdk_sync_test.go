package localtwilio_test

import (
	"strings"
	"testing"

	sync "github.com/twilio/twilio-go/rest/sync/v1"

	"escalate/server/localtwilio/store"
)

func TestDocuments(t *testing.T) {
	s := startSDK(t)
	is := s.Account().SyncServiceSID
	if v := must(s.sync.FetchService(is))(t); *v.Sid != is {
		t.Errorf("service %+v", *v)
	}
	made := must(s.sync.CreateDocumentWithMetadata(is, &sync.CreateDocumentParams{
		UniqueName: ptr("code-1"), Data: ptr[any](map[string]any{"a": 1, "text": "<&>"}), Ttl: ptr(60),
	}))(t)
	d := made.GetResource()
	if made.GetStatusCode() != 201 || made.GetHeader("ETag") != `"0"` || *d.Revision != "0" || *d.UniqueName != "code-1" ||
		*d.CreatedBy != "system" || d.DateExpires == nil || d.DateExpires.Sub(*d.DateCreated).Seconds() != 60 {
		t.Errorf("status %d ETag %s document %+v", made.GetStatusCode(), made.GetHeader("ETag"), d)
	}
	if m, ok := (*d.Data).(map[string]any); !ok || m["a"] != 1.0 || m["text"] != "<&>" {
		t.Errorf("data %v", *d.Data)
	}
	_, err := s.sync.CreateDocument(is, &sync.CreateDocumentParams{UniqueName: ptr("code-1")})
	wantCode(t, err, 409, 54301)

	updated := must(s.sync.UpdateDocumentWithMetadata(is, "code-1", &sync.UpdateDocumentParams{
		IfMatch: ptr("0"), Data: ptr[any](map[string]any{"a": 2}),
	}))(t)
	u := updated.GetResource()
	if updated.GetHeader("ETag") != `"1"` || *u.Revision != "1" || !u.DateExpires.Equal(*d.DateExpires) {
		t.Errorf("ETag %s document %+v, want revision 1 and the old deadline", updated.GetHeader("ETag"), u)
	}
	_, err = s.sync.UpdateDocument(is, "code-1", &sync.UpdateDocumentParams{IfMatch: ptr("0"), Data: ptr[any](map[string]any{})})
	wantCode(t, err, 412, 54103)
	_, err = s.sync.UpdateDocument(is, "code-1", &sync.UpdateDocumentParams{IfMatch: ptr("x"), Data: ptr[any](map[string]any{})})
	wantCode(t, err, 400, 54003)
	got := must(s.sync.FetchDocument(is, *d.Sid))(t)
	if m := (*got.Data).(map[string]any); m["a"] != 2.0 || len(m) != 1 {
		t.Errorf("data %v, want it replaced as a whole", m)
	}
	if got := must(s.sync.UpdateDocument(is, *d.Sid, &sync.UpdateDocumentParams{Ttl: ptr(0)}))(t); got.DateExpires != nil || *got.Revision != "2" {
		t.Errorf("document %+v, want it without a deadline", *got)
	}
	if list := must(s.sync.ListDocument(is, &sync.ListDocumentParams{}))(t); len(list) != 1 {
		t.Errorf("%d documents, want 1", len(list))
	}

	p := must(s.sync.UpdateDocumentPermission(is, "code-1", "alice", &sync.UpdateDocumentPermissionParams{
		Read: ptr(true), Write: ptr(false), Manage: ptr(false),
	}))(t)
	if !*p.Read || *p.Write || *p.DocumentSid != *d.Sid {
		t.Errorf("permission %+v", *p)
	}
	_, err = s.sync.UpdateDocumentPermission(is, "code-1", "alice", &sync.UpdateDocumentPermissionParams{Read: ptr(true)})
	wantCode(t, err, 400, 20001)
	if err := s.sync.DeleteDocumentPermission(is, "code-1", "alice"); err != nil {
		t.Error(err)
	}
	wantCode(t, s.sync.DeleteDocumentPermission(is, "code-1", "alice"), 404, 20404)

	if err := s.sync.DeleteDocument(is, "code-1"); err != nil {
		t.Error(err)
	}
	_, err = s.sync.FetchDocument(is, "code-1")
	wantCode(t, err, 404, 20404)
}

func TestDocumentParameters(t *testing.T) {
	s := startSDK(t)
	is := s.Account().SyncServiceSID
	tests := []struct {
		name         string
		p            sync.CreateDocumentParams
		status, code int
	}{
		{"name too long", sync.CreateDocumentParams{UniqueName: ptr(strings.Repeat("x", 257))}, 400, 54302},
		{"name empty", sync.CreateDocumentParams{UniqueName: ptr("")}, 400, 54302},
		{"name like a SID", sync.CreateDocumentParams{UniqueName: ptr(store.NewSID("ET"))}, 400, 54302},
		{"ttl negative", sync.CreateDocumentParams{Ttl: ptr(-1)}, 400, 54011},
		{"ttl over a year", sync.CreateDocumentParams{Ttl: ptr(31536001)}, 400, 54011},
		{"too large", sync.CreateDocumentParams{Data: ptr[any](map[string]any{"a": strings.Repeat("x", 16<<10)})}, 413, 54006},
		{"not an object", sync.CreateDocumentParams{Data: ptr[any]([]int{1})}, 400, 20001},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.sync.CreateDocument(is, &tt.p)
			wantCode(t, err, tt.status, tt.code)
		})
	}
	if list := must(s.Store().Documents.List())(t); len(list) != 0 {
		t.Errorf("%d documents made by bad requests", len(list))
	}
	_, err := s.sync.FetchDocument(store.NewSID("IS"), "x")
	wantCode(t, err, 404, 20404)
}

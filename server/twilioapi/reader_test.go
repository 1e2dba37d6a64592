package twilioapi

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
)

// readToken makes a token that reads one Document.
func readToken(ctx context.Context, d *Documents, name string) (string, error) {
	tokenOf, err := d.ReadTokens(ctx)
	if err != nil {
		return "", err
	}
	return tokenOf(ctx, name, time.Hour)
}

func TestReadToken(t *testing.T) {
	service := func(acl string) answer { return answer{status: 200, body: `{"sid":"` + sid("IS") + `"` + acl + `}`} }
	permitted := answer{status: 200, body: `{"read":true}`}
	for _, c := range []struct {
		name, document string
		list           []answer
		want           error
		calls          int
	}{
		{"access control", "abc2345", []answer{service(`,"acl_enabled":true`), permitted}, nil, 2},
		{"no access control", "abc2345", []answer{service(`,"acl_enabled":false`)}, escalation.ErrForbidden, 1},
		{"not said", "abc2345", []answer{service("")}, escalation.ErrForbidden, 1},
		{"no such Document", "abc2345", []answer{service(`,"acl_enabled":true`), twilioError(404, 54100)}, escalation.ErrNotFound, 2},
		{"Sync is down", "abc2345", []answer{{status: 500, body: "oops"}}, escalation.ErrUnavailable, 0},
		{"another path", "a/Permissions/b", []answer{service(`,"acl_enabled":true`), permitted}, errPath, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rt := &answers{list: c.list}
			raw, err := readToken(t.Context(), newClient(t, rt).Documents(), c.document)
			if !errors.Is(err, c.want) || (raw != "") != (c.want == nil) {
				t.Fatalf("got %q, %v; want %v", raw, err, c.want)
			}
			if c.calls > 0 && rt.count() != c.calls {
				t.Errorf("%d calls, want %d", rt.count(), c.calls)
			}
			if c.want == nil {
				if u := rt.got[1].URL.Path; !strings.HasSuffix(u, "/Documents/abc2345/Permissions/reader-abc2345") || rt.bodies[1] != "Manage=false&Read=true&Write=false" {
					t.Errorf("permitted by %s with %s", u, rt.bodies[1])
				}
			}
		})
	}
}

// Notices may be in a Sync Service of their own.
func TestDocumentsInAnotherService(t *testing.T) {
	other := "IS" + strings.Repeat("b", 32)
	rt := &answers{list: []answer{{status: 201, body: `{"data":{},"revision":"0"}`}, {status: 200, body: `{"sid":"` + other + `","acl_enabled":true}`}, {status: 200, body: `{"read":true}`}}}
	docs := newClient(t, rt).DocumentsIn(other)
	if _, err := docs.Create(t.Context(), "abc2345-tagged", []byte(`{}`), time.Hour); err != nil {
		t.Fatal(err)
	}
	if raw, err := readToken(t.Context(), docs, "abc2345-tagged"); err != nil || raw == "" {
		t.Fatal(raw, err)
	}
	if len(rt.got) != 3 {
		t.Fatalf("%d calls, want 3", len(rt.got))
	}
	for _, r := range rt.got {
		if !strings.HasPrefix(r.URL.Path, "/v1/Services/"+other) {
			t.Errorf("%s is in another Service", r.URL.Path)
		}
	}
}

func TestNameOf(t *testing.T) {
	for _, c := range []struct {
		name, sid string
		answer    answer
		want      string
		err       error
	}{
		{"named", sid("ET"), answer{status: 200, body: `{"unique_name":"abc2345","data":{}}`}, "abc2345", nil},
		{"without a name", sid("ET"), answer{status: 200, body: `{"unique_name":null,"data":{}}`}, "", escalation.ErrNotFound},
		{"gone", sid("ET"), twilioError(404, 54100), "", escalation.ErrNotFound},
		{"a name", "abc2345", answer{status: 200, body: `{"unique_name":"abc2345"}`}, "", escalation.ErrNotFound},
		{"a path", "ET/../x", answer{status: 200, body: `{"unique_name":"abc2345"}`}, "", escalation.ErrNotFound},
		{"Sync is down", sid("ET"), answer{status: 500, body: "oops"}, "", escalation.ErrUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := newClient(t, &answers{list: []answer{c.answer}}).Documents().NameOf(t.Context(), c.sid)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", got, err, c.want, c.err)
			}
		})
	}
}

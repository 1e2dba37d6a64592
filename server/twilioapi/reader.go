package twilioapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	sync "github.com/twilio/twilio-go/rest/sync/v1"

	"escalate/server/escalation"
	"escalate/server/sids"
	"escalate/server/token"
)

// NameOf returns the unique name of the Document with a SID (ET…); ErrNotFound
// when there is none, or it has no name.
func (d *Documents) NameOf(ctx context.Context, sid string) (string, error) {
	if !sids.Is("ET", sid) {
		return "", escalation.ErrNotFound
	}
	k := d.t.begin(ctx, opFetchDocument)
	doc, err := d.t.sync(k).FetchDocument(d.service, sid)
	if err != nil {
		return "", fmt.Errorf("fetch Document %s: %w", sid, k.fail(err))
	}
	if name := deref(doc.UniqueName); name != "" {
		return name, nil
	}
	return "", escalation.ErrNotFound
}

// ReadTokens returns what makes Access Tokens with which their bearer may follow one
// Document through Sync's own client libraries, and do nothing else. It returns
// escalation.ErrForbidden when the Sync Service has no access control: such a
// token would open every Document there, for writing too.
func (d *Documents) ReadTokens(ctx context.Context) (func(ctx context.Context, name string, ttl time.Duration) (string, error), error) {
	k := d.t.begin(ctx, opFetchService)
	service, err := d.t.sync(k).FetchService(d.service)
	if err != nil {
		return nil, fmt.Errorf("fetch Sync Service: %w", k.fail(err))
	}
	if !deref(service.AclEnabled) {
		return nil, fmt.Errorf("the Sync Service has no access control: %w", escalation.ErrForbidden)
	}
	return d.readToken, nil
}

// readToken makes a token that reads one Document, in a Service with access control.
func (d *Documents) readToken(ctx context.Context, name string, ttl time.Duration) (string, error) {
	// One identity for all readers of a Document: its permissions do not grow
	// with every call.
	identity := "reader-" + name
	if err := errors.Join(checkName(name), checkName(identity)); err != nil {
		return "", err
	}
	k := d.t.begin(ctx, opUpdateDocumentPermission)
	p := new(sync.UpdateDocumentPermissionParams).SetRead(true).SetWrite(false).SetManage(false)
	if _, err := d.t.sync(k).UpdateDocumentPermission(d.service, name, identity, p); err != nil {
		return "", fmt.Errorf("permit reading the Document: %w", k.fail(err))
	}
	key := token.Key{AccountSID: d.t.c.AccountSID, KeySID: d.t.c.KeySID, Secret: d.t.c.KeySecret}
	return token.MintSync(key, identity, d.service, d.t.c.Now(), ttl)
}

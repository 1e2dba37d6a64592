package twilioapi

import (
	"context"
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

// ReadToken makes an Access Token with which its bearer may follow one Document
// through Sync's own client libraries, and do nothing else. It returns
// escalation.ErrForbidden when the Sync Service has no access control: such a
// token would open every Document there, for writing too.
func (d *Documents) ReadToken(ctx context.Context, name string, ttl time.Duration) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	k := d.t.begin(ctx, opFetchService)
	service, err := d.t.sync(k).FetchService(d.service)
	if err != nil {
		return "", fmt.Errorf("fetch Sync Service: %w", k.fail(err))
	}
	if !deref(service.AclEnabled) {
		return "", fmt.Errorf("the Sync Service has no access control: %w", escalation.ErrForbidden)
	}
	// One identity for all readers of a Document: its permissions do not grow
	// with every call.
	identity := "reader-" + name
	if err := checkName(identity); err != nil {
		return "", err
	}
	k = d.t.begin(ctx, opUpdateDocumentPermission)
	p := new(sync.UpdateDocumentPermissionParams).SetRead(true).SetWrite(false).SetManage(false)
	if _, err := d.t.sync(k).UpdateDocumentPermission(d.service, name, identity, p); err != nil {
		return "", fmt.Errorf("permit reading the Document: %w", k.fail(err))
	}
	key := token.Key{AccountSID: d.t.c.AccountSID, KeySID: d.t.c.KeySID, Secret: d.t.c.KeySecret}
	return token.MintSync(key, identity, d.service, d.t.c.Now(), ttl)
}

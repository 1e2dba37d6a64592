package twilsock

import (
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
)

// codeSyncAccess is the answer where an identity lacks a Permission.
const codeSyncAccess = 54007

var errAccess = &fault{Status: http.StatusForbidden, Code: codeSyncAccess, Message: "Access forbidden for identity"}

// What a Permission allows: to follow an object and read it, to write to it and its items,
// to remove it.
func canRead(p store.Permission) bool   { return p.Read }
func canWrite(p store.Permission) bool  { return p.Write }
func canManage(p store.Permission) bool { return p.Manage }

// may returns errAccess if the object's Service has access control lists, and the holder
// no Permission for it that allows what is asked. It is nil for what is not the store's own.
func (o objects) may(h holder, e entity, allows func(store.Permission) bool) error {
	if e.service == "" {
		return nil
	}
	s, err := o.store.SyncServices.Get(e.service)
	if err != nil || !s.ACL {
		return err
	}
	p, err := o.store.Permissions.Get(e.sid, h.identity)
	if errors.Is(err, store.ErrNotFound) || err == nil && !allows(p) {
		return errAccess
	}
	return err
}

// own gives the maker of an object every Permission for it.
func (o objects) own(h holder, e entity) error {
	return o.store.Permissions.Set(store.Permission{ObjectSID: e.sid, Identity: h.identity, Read: true, Write: true, Manage: true})
}

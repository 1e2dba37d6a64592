package store

// Permission is what one identity may do with a Sync object.
type Permission struct {
	ObjectSID           string `json:"DocumentSID"` // ET…, MP…, ES… or TO…
	Identity            string
	Read, Write, Manage bool
}

// Permissions say who may do what with Sync's objects, which are named by SID; that there
// is such an object is for the caller to know. They end with it.
type Permissions struct{ db *db }

// Set sets what an identity may do with an object.
func (s Permissions) Set(p Permission) error {
	return s.db.update(doing{what: "set permission of", key: p.Identity, of: "on", owner: p.ObjectSID}, func(t *tx) error {
		return t.put(bPermissions, p.ObjectSID+p.Identity, p)
	})
}

// Get is what an identity may do with an object, or ErrNotFound.
func (s Permissions) Get(object, identity string) (p Permission, err error) {
	err = s.db.view(doing{what: "find permission of", key: identity, of: "on", owner: object}, func(t *tx) error {
		p, err = get[Permission](t, bPermissions, object+identity)
		return err
	})
	return p, err
}

// List lists an object's Permissions by identity.
func (s Permissions) List(object string) (list []Permission, err error) {
	err = s.db.view(doing{what: "list permissions on", key: object}, func(t *tx) error {
		list, err = under[Permission](t, bPermissions, object)
		return err
	})
	return list, err
}

// Delete takes an identity's Permission away, or returns ErrNotFound.
func (s Permissions) Delete(object, identity string) error {
	return s.db.update(doing{what: "delete permission of", key: identity, of: "on", owner: object}, func(t *tx) error {
		if _, err := get[Permission](t, bPermissions, object+identity); err != nil {
			return err
		}
		return t.bucket(bPermissions).Delete([]byte(object + identity))
	})
}

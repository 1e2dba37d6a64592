package store

import (
	"crypto/subtle"
	"errors"
	"time"
)

// APIKey authenticates REST and signs Access Tokens.
type APIKey struct {
	SID          string // SK…
	Secret       string
	FriendlyName string
	// Main says that it is the account's own, which may manage the account and its keys.
	Main             bool
	Created, Updated time.Time
}

// ErrMainKey is returned for the wish to delete the account's own API key.
var ErrMainKey = errors.New("the account's own API key stays")

// APIKeys are the account's API keys. One there always is: the account's own.
type APIKeys struct {
	db  *db
	own APIKey
}

// Create makes a key of that name.
func (a APIKeys) Create(friendlyName string) (APIKey, error) {
	k := APIKey{SID: NewSID("SK"), Secret: randomHex(16), FriendlyName: friendlyName}
	err := a.db.update(doing{what: "create API key", key: friendlyName}, func(t *tx) error {
		k.Created, k.Updated = t.now, t.now
		return errors.Join(t.link(bAPIKeyOrder, "", k.SID), t.put(bAPIKeys, k.SID, k))
	})
	if err != nil {
		return APIKey{}, err
	}
	return k, nil
}

// Get finds a key by SID.
func (a APIKeys) Get(sid string) (k APIKey, err error) {
	if sid == a.own.SID {
		return a.main()
	}
	err = a.db.view(doing{what: "find API key", key: sid}, func(t *tx) error {
		k, err = get[APIKey](t, bAPIKeys, sid)
		return err
	})
	return k, err
}

// main returns the account's own key, of which only what was changed is kept.
func (a APIKeys) main() (k APIKey, err error) {
	err = a.db.view(doing{what: "find API key", key: a.own.SID}, func(t *tx) error {
		k, err = get[APIKey](t, bAPIKeys, a.own.SID)
		if errors.Is(err, ErrNotFound) {
			k, err = APIKey{FriendlyName: "local Twilio"}, nil
		}
		return err
	})
	k.SID, k.Secret, k.Main = a.own.SID, a.own.Secret, true
	return k, err
}

// List lists all keys, the account's own first.
func (a APIKeys) List() (list []APIKey, err error) {
	own, err := a.main()
	if err != nil {
		return nil, err
	}
	err = a.db.view(doing{what: "list API keys"}, func(t *tx) error {
		others, err := linked[APIKey](t, bAPIKeyOrder, "", bAPIKeys)
		list = append([]APIKey{own}, others...)
		return err
	})
	return list, err
}

// Rename changes what a key is called.
func (a APIKeys) Rename(sid, friendlyName string) (k APIKey, err error) {
	if k, err = a.Get(sid); err != nil {
		return k, err
	}
	err = a.db.update(doing{what: "rename API key", key: sid}, func(t *tx) error {
		if _, err := get[APIKey](t, bAPIKeys, sid); err != nil && !(k.Main && errors.Is(err, ErrNotFound)) {
			return err // it was deleted meanwhile
		}
		k.FriendlyName, k.Updated = friendlyName, t.now
		return t.put(bAPIKeys, sid, k)
	})
	return k, err
}

// Delete ends a key. It returns ErrMainKey for the account's own.
func (a APIKeys) Delete(sid string) error {
	if sid == a.own.SID {
		return ErrMainKey
	}
	return a.db.update(doing{what: "delete API key", key: sid}, func(t *tx) error {
		if _, err := get[APIKey](t, bAPIKeys, sid); err != nil {
			return err
		}
		return errors.Join(t.unlink(bAPIKeyOrder, "", sid), t.bucket(bAPIKeys).Delete([]byte(sid)))
	})
}

// Authenticate reports what a user and password open: main for the account's SID with its
// auth token and for its own API key, which may manage the account and its keys; else the
// password is the secret of another API key. It returns ErrNotFound for what opens nothing.
func (s *Store) Authenticate(user, password string) (main bool, err error) {
	if same(user, s.account.SID)&same(password, s.account.AuthToken) == 1 {
		return true, nil
	}
	k, err := s.APIKeys.Get(user)
	if err == nil && same(password, k.Secret) == 0 {
		err = ErrNotFound
	}
	return err == nil && k.Main, err
}

func same(a, b string) int { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) }

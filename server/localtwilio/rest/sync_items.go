package rest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

// addItem appends to a List, or adds to a Map an Item of a key that it has not.
func (k syncKind) addItem(c *call) error {
	o, i, ttl, err := k.item(c)
	if err != nil {
		return err
	}
	if !c.has("Data") {
		return invalid("Missing required parameter Data in the post body")
	}
	if k.kind == store.SyncList {
		i, err = collectionsOf(c).PushItem(o.SID, i)
	} else {
		i.Key = c.form("Key")
		if i.Key == "" || utf8.RuneCountInString(i.Key) > maxSyncMapKey {
			return invalid("Key must have 1 to 320 characters")
		}
		i, _, err = collectionsOf(c).PutItem(k.kind, o.SID, i, true, store.NoItem)
		if errors.Is(err, store.ErrRevision) {
			return &Error{Status: http.StatusConflict, Code: codeSyncItemExists, Message: "An Item with given key already exists in the Map"}
		}
	}
	if err == nil {
		err = k.expireWithItem(c, o, ttl)
	}
	if err != nil {
		return err
	}
	return c.tagged(http.StatusCreated, i.ETag(), syncOf(c).item(k)(i))
}

func (k syncKind) listItems(c *call) error {
	all, err := collectionsOf(c).Items(k.kind, c.path("object"), false)
	if err != nil {
		return err
	}
	if all, err = k.chosen(c, all); err != nil {
		return err
	}
	return list(c, "items", maxSyncPage, all, k.id, syncOf(c).item(k))
}

// chosen are the Items that Order, From and Bounds ask for.
func (k syncKind) chosen(c *call, all []store.Item) ([]store.Item, error) {
	descending := false
	switch c.form("Order") {
	case "", "asc":
	case "desc":
		descending = true
		slices.Reverse(all)
	default:
		return nil, invalid("Invalid parameter Order")
	}
	inclusive := true
	switch c.form("Bounds") {
	case "", "inclusive":
	case "exclusive":
		inclusive = false
	default:
		return nil, invalid("Invalid parameter Bounds")
	}
	from := c.form("From")
	if from == "" {
		return all, nil
	}
	index, err := strconv.Atoi(from)
	if k.kind == store.SyncList && err != nil {
		return nil, invalid("Invalid parameter From")
	}
	return slices.DeleteFunc(all, func(i store.Item) bool {
		n := cmp.Compare(i.Key, from)
		if k.kind == store.SyncList {
			n = cmp.Compare(i.Index, index)
		}
		if descending {
			n = -n
		}
		return n < 0 || n == 0 && !inclusive
	}), nil
}

// id is what an Item has in its List's or Map's URL.
func (k syncKind) id(i store.Item) string {
	if k.kind == store.SyncList {
		return strconv.Itoa(i.Index)
	}
	return i.Key
}

// findItem finds the path's List or Map and its Item.
func (k syncKind) findItem(c *call) (o store.Collection, i store.Item, err error) {
	if o, err = collectionsOf(c).Get(k.kind, c.path("object")); err != nil {
		return o, i, err
	}
	all, err := collectionsOf(c).Items(k.kind, o.SID, false)
	if err != nil {
		return o, i, err
	}
	at := slices.IndexFunc(all, func(i store.Item) bool { return k.id(i) == c.path("item") })
	if at < 0 {
		return o, i, k.noItem(store.ErrNotFound)
	}
	return o, all[at], nil
}

func (k syncKind) fetchItem(c *call) error {
	_, i, err := k.findItem(c)
	if err != nil {
		return err
	}
	return c.tagged(http.StatusOK, i.ETag(), syncOf(c).item(k)(i))
}

func (k syncKind) updateItem(c *call) error {
	match, err := syncMatch(c)
	if err != nil {
		return err
	}
	o, old, err := k.findItem(c)
	if err != nil {
		return err
	}
	_, i, ttl, err := k.item(c)
	if err != nil {
		return err
	}
	i.Key, i.Index = old.Key, old.Index
	i, _, err = collectionsOf(c).PutItem(k.kind, o.SID, i, ttl.item, match)
	if err == nil {
		err = k.expireWithItem(c, o, ttl)
	}
	if err != nil {
		return k.noItem(k.itemRevision(err))
	}
	return c.tagged(http.StatusOK, i.ETag(), syncOf(c).item(k)(i))
}

func (k syncKind) deleteItem(c *call) error {
	match, err := syncMatch(c)
	if err != nil {
		return err
	}
	o, i, err := k.findItem(c)
	if err != nil {
		return err
	}
	if _, err := collectionsOf(c).RemoveItem(k.kind, o.SID, i, match); err != nil {
		return k.noItem(k.itemRevision(err))
	}
	return c.noContent()
}

// ttlGiven says which ends a request sets.
type ttlGiven struct {
	item, collection bool
	expires          time.Time // of the collection
}

// item reads what a request says of an Item, and finds its List or Map.
func (k syncKind) item(c *call) (o store.Collection, i store.Item, ttl ttlGiven, err error) {
	if o, err = collectionsOf(c).Get(k.kind, c.path("object")); err != nil {
		return o, i, ttl, err
	}
	if i.Data, err = syncData(c, maxSyncData); err != nil {
		return o, i, ttl, err
	}
	if i.Expires, ttl.item, err = syncTTL(c, "ItemTtl", "Ttl"); err != nil {
		return o, i, ttl, err
	}
	ttl.expires, ttl.collection, err = syncTTL(c, "CollectionTtl")
	return o, i, ttl, err
}

// expireWithItem sets the end of the List or Map where a request about an Item says so.
func (k syncKind) expireWithItem(c *call, o store.Collection, ttl ttlGiven) error {
	if !ttl.collection {
		return nil
	}
	_, err := collectionsOf(c).Expire(k.kind, o.SID, ttl.expires)
	return err
}

// itemRevision is err, or that an Item has another revision.
func (k syncKind) itemRevision(err error) error {
	if errors.Is(err, store.ErrRevision) {
		code := codeSyncMapItemRevision
		if k.kind == store.SyncList {
			code = codeSyncListItemRevision
		}
		return &Error{Status: http.StatusPreconditionFailed, Code: code, Message: "The revision of the Item does not match the expected revision"}
	}
	return err
}

// item shows the Items of Lists or Maps.
func (v syncView) item(k syncKind) func(store.Item) any {
	return func(i store.Item) any {
		shown := object{
			"account_sid": v.account.SID, "service_sid": v.service, k.field: i.CollectionSID, "revision": i.ETag(), "data": i.Data,
			"date_expires": date(i.Expires), "date_created": date(i.Created), "date_updated": date(i.Updated), "created_by": i.CreatedBy,
			"url": v.url() + "/" + k.plural + "/" + i.CollectionSID + "/Items/" + url.PathEscape(k.id(i)),
		}
		if k.kind == store.SyncList {
			shown["index"] = i.Index
		} else {
			shown["key"] = i.Key
		}
		return shown
	}
}

package twilsock

import (
	"errors"
	"net/http"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Codes of Sync in Twilio's error dictionary that depend on what was asked for.
const (
	codeSyncNoDocument = 54100
	codeSyncNoList     = 54150
	codeSyncNoMap      = 54200
	codeSyncNoStream   = 54250
	codeSyncNoName     = 54300
	codeSyncBadName    = 54302

	codeSyncNoListItem       = 54151
	codeSyncListItemRevision = 54155
	codeSyncNoMapItem        = 54201
	codeSyncMapItemRevision  = 54205
)

// maxSyncName is the longest unique name, in bytes.
const maxSyncName = 256

// checkSyncName returns why an object cannot have a unique name.
func checkSyncName(name string) error {
	if len(name) > maxSyncName || sids.Looks(name) {
		return &fault{Status: http.StatusBadRequest, Code: codeSyncBadName, Message: "Invalid unique name"}
	}
	return nil
}

// syncFault gives what the store says of an object of a kind, or of an item of it, the code
// of that kind.
func syncFault(k kind, key string, item bool, err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound) && item && k == syncList:
		return absent(codeSyncNoListItem, "List Item not found")
	case errors.Is(err, store.ErrNotFound) && item:
		return absent(codeSyncNoMapItem, "Map Item not found")
	case errors.Is(err, store.ErrNotFound) && !sids.Looks(key):
		return absent(codeSyncNoName, "Unique name not found")
	case errors.Is(err, store.ErrNotFound):
		switch k {
		case document:
			return absent(codeSyncNoDocument, "Document not found")
		case syncList:
			return absent(codeSyncNoList, "List not found")
		case syncMap:
			return absent(codeSyncNoMap, "Map not found")
		default:
			return absent(codeSyncNoStream, "Message Stream not found")
		}
	case errors.Is(err, store.ErrRevision) && item:
		code := codeSyncMapItemRevision
		if k == syncList {
			code = codeSyncListItemRevision
		}
		return &fault{Status: http.StatusPreconditionFailed, Code: code, Message: "The revision does not match the expected revision"}
	}
	return err
}

func absent(code int, message string) error {
	return &fault{Status: http.StatusNotFound, Code: code, Message: message}
}

package rest

import (
	"errors"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// Codes of a Message's Media.
const (
	codeMediaNotFound = 50507
	codeMediaSID      = 50510
)

// mediaOf reads the parameter MediaSid of a Message.
func mediaOf(c *chatCall) ([]store.Attachment, error) {
	sid := c.form("MediaSid")
	if sid == "" {
		return nil, nil
	}
	if !sids.Is("ME", sid) {
		return nil, bad(codeMediaSID, "Invalid message media SID")
	}
	return store.Attach(sid), nil
}

// mediaError is what err, of a Message with Media, is answered with.
func mediaError(err error) error {
	if errors.Is(err, store.ErrMedia) {
		return bad(codeMediaNotFound, "Media not found")
	}
	return err
}

// media are the files of a Message; null for none.
func shownMedia(list []store.Attachment) any {
	if len(list) == 0 {
		return nil
	}
	all := []any{}
	for _, a := range list {
		all = append(all, object{
			"sid": a.SID, "size": a.Size, "content_type": a.ContentType, "filename": orNull(a.Filename), "category": a.Category,
		})
	}
	return all
}

package twilsock

import (
	"errors"
	"net/http"
	"slices"

	"escalate/server/localtwilio/reached"
	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

var (
	errMediaSID   = &fault{Status: http.StatusBadRequest, Code: codeMediaSID, Message: "Invalid message media SID"}
	errNoMedia    = &fault{Status: http.StatusBadRequest, Code: codeNoMedia, Message: "Media not found"}
	errMediaSize  = &fault{Status: http.StatusBadRequest, Code: codeMediaTooLarge, Message: "Message media size is too large"}
	errMediaFiles = invalid("A Message has at most 10 files")
	errMediaFixed = invalid("The Media of a Message cannot be changed")
)

// mediaService is where a client finds the Services of the Media Content Service: beside the
// socket that it has found, or at Twilio's host for those who came by one.
func (s *Server) mediaService(r *http.Request) string {
	base := reached.URL(r) + "/mcs"
	if _, ok := reached.Twilio(r); ok {
		base = "https://mcs.us1.twilio.com"
	}
	return base + "/v1/Services/"
}

// attach wants files that the holder may see, so that nobody gets at others'
// by sending them on.
func (r rights) attach(h holder, list []string) error {
	if len(list) > store.MaxMediaFiles {
		return errMediaFiles
	}
	total := int64(0)
	for i, sid := range list {
		if !sids.Is("ME", sid) || slices.Contains(list[:i], sid) {
			return errMediaSID
		}
		m, err := r.store.Conversations.In(h.chatService).Media().Get(sid)
		if errors.Is(err, store.ErrNotFound) {
			return errNoMedia
		}
		if err != nil {
			return err
		}
		may, err := r.store.Conversations.Media().MayRead(m, h.identity)
		if err != nil {
			return err
		}
		if !may && !h.all {
			return errNoMedia
		}
		total += m.Size
	}
	if total > store.MaxMediaMB<<20 {
		return errMediaSize
	}
	return nil
}

// addMedia says in a Message's item which files it has. Clients before the one
// with many files look for a single one.
func addMedia(o object, list []store.Attachment) {
	if len(list) == 0 {
		return
	}
	medias := []any{}
	for _, a := range list {
		x := object{"sid": a.SID, "category": a.Category, "filename": orNull(a.Filename), "contentType": a.ContentType, "size": a.Size}
		if medias = append(medias, x); a.Category == store.MediaAttached && o["media"] == nil {
			o["media"], o["type"] = x, "media"
		}
	}
	o["medias"] = medias
}

// mediaViews are the files of a Message as REST writes them.
func mediaViews(list []store.Attachment) any {
	if len(list) == 0 {
		return nil
	}
	views := []any{}
	for _, a := range list {
		views = append(views, object{
			"sid": a.SID, "category": a.Category, "filename": orNull(a.Filename), "content_type": a.ContentType, "size": a.Size,
		})
	}
	return views
}

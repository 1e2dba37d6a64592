package demo

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"escalate/server/localtwilio/mcs"
	"escalate/server/localtwilio/store"
)

// fileView is a file of a Message as the pages draw it.
type fileView struct {
	Name    string `json:"name"`
	Size    int64  `json:"size"` // bytes
	Picture bool   `json:"picture"`
	URL     string `json:"url"`
}

// pictures are the types that browsers show by themselves and that cannot run a script.
var pictures = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}

func fileViews(m store.Message) []fileView {
	list := []fileView{}
	for _, a := range m.Media {
		v := fileView{
			Name: a.Filename, Size: a.Size, Picture: slices.Contains(pictures, a.ContentType),
			URL: "/demo/api/conversations/" + m.ConversationSID + "/files/" + a.SID,
		}
		if v.Name == "" {
			v.Name = "File"
		}
		list = append(list, v)
	}
	return list
}

// postFile adds a Message with the file that is the request's body; its name is
// the query's Filename.
func (d *Demo) postFile(w http.ResponseWriter, r *http.Request) {
	v, err := d.addFile(w, r)
	if refused := (*mcs.Error)(nil); errors.As(err, &refused) {
		err = errFile
		if refused.Status == http.StatusRequestEntityTooLarge {
			err = errFileTooLarge
		}
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	writeJSON(w, http.StatusOK, v)
}

func (d *Demo) addFile(w http.ResponseWriter, r *http.Request) (messageView, error) {
	// A form is what another site could send.
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return messageView{}, errBadRequest
	}
	conversation, author, err := d.chats.writer(mux.Vars(r)["conversation"], r.URL.Query().Get("as"))
	if err != nil {
		return messageView{}, err
	}
	file, err := d.files.Receive(w, r, author)
	if err != nil {
		return messageView{}, fmt.Errorf("receive a file: %w", err)
	}
	m, err := d.chats.store.Conversations.AddMessage(conversation.SID, store.Message{Author: author, Media: store.Attach(file.SID)})
	if err != nil {
		return messageView{}, err
	}
	return d.chats.messageView(conversation, m)
}

// file sends a file of one of the demo's chats.
func (d *Demo) file(w http.ResponseWriter, r *http.Request) {
	at := mux.Vars(r)["conversation"]
	m, err := d.chats.store.Conversations.Media().Get(mux.Vars(r)["file"])
	if err == nil && !slices.ContainsFunc(m.Uses, func(u store.MediaUse) bool { return u.ConversationSID == at }) {
		err = store.ErrNotFound
	}
	if err == nil {
		_, err = d.chats.chatOf(at)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.files.Serve(w, r, m)
}

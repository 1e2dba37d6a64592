package store

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Categories of Media, as Twilio names them: an attachment, and the parts of an
// e-mail.
const (
	MediaAttached = "media"
	MediaBody     = "body"
	MediaHistory  = "history"
)

// Limits of what a Message may have attached: Twilio tells them to its client
// library, as media_attachment_size_limit_in_mb and so on.
const (
	MaxMediaMB    = 150 // of one file, and of all that a Message has
	MaxMediaFiles = 10
)

// MediaUnused is how long Media is kept that no Message has: somebody picked a
// file and did not send it, or what was to send it failed. It is an assumption;
// Twilio does not say when it forgets such files.
const MediaUnused = 24 * time.Hour

// Media is what is known of a file that a Message has attached, or is to have.
// Its bytes are not here.
type Media struct {
	Attachment
	ServiceSID string // IS…; empty for the account's own Service
	Author     string // the identity that sent the file; empty for REST
	// Uses are the Messages that it is attached to.
	Uses             []MediaUse
	Created, Updated time.Time
}

// MediaUse is a Message that has the Media attached.
type MediaUse struct{ ConversationSID, MessageSID string }

// Attachment is what a Message says of Media that it has.
type Attachment struct {
	SID         string // ME…
	Category    string // media, body, history
	Filename    string // may be empty
	ContentType string
	Size        int64 // bytes
}

// Attach returns what a Message to be added has to say of its Media; AddMessage
// fills in what else is known of them.
func Attach(sids ...string) (list []Attachment) {
	for _, sid := range sids {
		list = append(list, Attachment{SID: sid})
	}
	return list
}

// ErrMedia is returned for a Message with Media that there is not in its Service.
var ErrMedia = fmt.Errorf("media: %w", ErrNotFound)

// ChatMedia is the Media of Conversations: of all of them, or of one Service's.
type ChatMedia struct{ chatScope }

// Media returns the Media of the same Conversations.
func (s Conversations) Media() ChatMedia { return ChatMedia(s) }

// Create enters Media whose bytes have been kept under m's SID.
func (s ChatMedia) Create(m Media) (Media, error) {
	err := s.db.update(doing{what: "create media", key: m.SID}, func(t *tx) error {
		m.ServiceSID, m.Uses, m.Created, m.Updated = s.key(), nil, t.now, t.now
		if m.Category == "" {
			m.Category = MediaAttached
		}
		return errors.Join(t.put(bMedia, m.SID, m), t.schedule(m.unused(), m.SID))
	})
	if err != nil {
		return Media{}, err
	}
	return m, nil
}

// unused is when m is forgotten if no Message has it then.
func (m Media) unused() time.Time { return m.Created.Add(MediaUnused) }

// Get finds Media by its SID.
func (s ChatMedia) Get(sid string) (m Media, err error) {
	err = s.db.view(doing{what: "find media", key: sid}, func(t *tx) error {
		if m, err = get[Media](t, bMedia, sid); err == nil && !s.has(m.ServiceSID) {
			err = ErrNotFound
		}
		return err
	})
	return m, err
}

// SIDs returns those of all Media.
func (s ChatMedia) SIDs() (list []string, err error) {
	err = s.db.view(doing{what: "list media"}, func(t *tx) error {
		return t.bucket(bMedia).ForEach(func(sid, _ []byte) error {
			list = append(list, string(sid))
			return nil
		})
	})
	return list, err
}

// MayRead reports whether somebody may see Media: who sent the file, and who
// takes part in, or made, a Conversation with a Message that has it.
func (s ChatMedia) MayRead(m Media, identity string) (may bool, err error) {
	if identity != "" && m.Author == identity {
		return true, nil
	}
	err = s.db.view(doing{what: "look who sees media", key: m.SID}, func(t *tx) error {
		for _, u := range m.Uses {
			c, err := t.chat().conversation(u.ConversationSID)
			if err != nil {
				return err
			}
			if may = c.CreatedBy == identity; may {
				return nil
			}
			p, err := get[ChatParticipant](t, bChatParticipants, c.SID+identity)
			if may = err == nil && !p.Left; may {
				return nil
			}
			if err != nil && !errors.Is(err, ErrNotFound) {
				return err
			}
		}
		return nil
	})
	return may, err
}

// mediaTx is what a transaction does with the Media of Messages.
type mediaTx struct{ *tx }

func (t *tx) media() mediaTx { return mediaTx{t} }

// attach fills in what is known of the Media of a Message that is being added to c,
// and says of each that the Message has it.
func (t mediaTx) attach(c Conversation, m *Message) error {
	m.Media = slices.Clone(m.Media) // the caller's stays as it is
	for i := range m.Media {
		x, err := get[Media](t.tx, bMedia, m.Media[i].SID)
		if err == nil && x.ServiceSID != c.ServiceSID {
			err = ErrNotFound
		}
		if errors.Is(err, ErrNotFound) {
			return fmt.Errorf("%w: %s", ErrMedia, m.Media[i].SID)
		}
		if err != nil {
			return err
		}
		m.Media[i] = x.Attachment
		x.Uses, x.Updated = append(x.Uses, MediaUse{m.ConversationSID, m.SID}), t.now
		if err := t.put(bMedia, x.SID, x); err != nil {
			return err
		}
	}
	return nil
}

// release is for a Message that is being removed, alone or with its
// Conversation: Media that no other Message has goes with it, which is told in a
// MediaRemoved.
func (t mediaTx) release(m Message) error {
	for _, a := range m.Media {
		x, err := get[Media](t.tx, bMedia, a.SID)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		x.Uses = slices.DeleteFunc(x.Uses, func(u MediaUse) bool { return u.MessageSID == m.SID })
		x.Updated = t.now
		if err := t.keepOrForget(x); err != nil {
			return err
		}
	}
	return nil
}

// forget removes Media that no Message has, if it is time.
func (t mediaTx) forget(sid string) error {
	m, err := get[Media](t.tx, bMedia, sid)
	if err != nil || len(m.Uses) > 0 || t.now.Before(m.unused()) {
		return err
	}
	return t.keepOrForget(m)
}

func (t mediaTx) keepOrForget(m Media) error {
	if len(m.Uses) > 0 {
		return t.put(bMedia, m.SID, m)
	}
	t.emit(&MediaRemoved{Media: m})
	return t.bucket(bMedia).Delete([]byte(m.SID))
}

package rest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

func createMessage(c *chatCall) error {
	var m store.Message
	if err := readMessage(c, &m); err != nil {
		return err
	}
	var err error
	if m.Media, err = mediaOf(c); err != nil {
		return err
	}
	revised, err := before(c, store.OnMessageAdd, func(a *store.ChatAction) error {
		a.Message = &m
		return nil
	})
	if err != nil {
		return err
	}
	revised.OfMessage(&m)
	if m, err = c.conversations().AddMessage(c.path("conversation"), m); err != nil {
		return mediaError(err)
	}
	return showMessage(c, http.StatusCreated, m)
}

// readMessage reads the parameters of a Message into m.
func readMessage(c *chatCall, m *store.Message) error {
	err := errors.Join(
		c.text("Author", &m.Author, codeAuthorTooLong), c.attributes(&m.Attributes), c.times(&m.Created, &m.Updated),
		c.text("Subject", &m.Subject, codeInvalidParameter),
	)
	if err != nil {
		return err
	}
	if c.has("Body") {
		m.Body = c.form("Body")
	}
	if utf8.RuneCountInString(m.Body) > store.MaxMessageBody {
		return bad(codeMessageBodyTooLong, "Message body is longer than 1600 characters")
	}
	return nil
}

func listMessages(c *chatCall) error {
	all, err := c.conversations().Messages(c.path("conversation"), 0)
	if err != nil {
		return err
	}
	switch strings.ToLower(c.form("Order")) {
	case "", "asc":
	case "desc":
		slices.Reverse(all)
	default:
		return invalid("Invalid parameter Order")
	}
	authors, err := authorsIn(c)
	if err != nil {
		return err
	}
	return list(c.call, "messages", maxConversationsPage, all, func(m store.Message) string { return m.SID },
		func(m store.Message) any { return c.message(m, authors) })
}

// authorsIn are the SIDs of those who are in the Conversation of the path, by identity.
func authorsIn(c *chatCall) (map[string]string, error) {
	people, err := c.participants().List(c.path("conversation"))
	authors := map[string]string{}
	for _, p := range people {
		if !p.Left {
			authors[p.Identity] = p.SID
		}
	}
	return authors, err
}

func fetchMessage(c *chatCall) error {
	m, err := c.conversations().Message(c.path("conversation"), c.path("message"))
	if err != nil {
		return err
	}
	return showMessage(c, http.StatusOK, m)
}

func updateMessage(c *chatCall) error {
	change := func(m *store.Message) error {
		m.UpdatedBy = "system"
		return readMessage(c, m)
	}
	revised, err := beforeMessage(c, store.OnMessageUpdate, change)
	if err != nil {
		return err
	}
	m, err := c.conversations().UpdateMessage(c.path("conversation"), c.path("message"), func(m *store.Message) error {
		err := change(m)
		revised.OfMessage(m)
		return err
	})
	if err != nil {
		return err
	}
	return showMessage(c, http.StatusOK, m)
}

func deleteMessage(c *chatCall) error {
	if _, err := beforeMessage(c, store.OnMessageRemove, asIs); err != nil {
		return err
	}
	if err := c.conversations().RemoveMessage(c.path("conversation"), c.path("message")); err != nil {
		return err
	}
	return c.noContent()
}

// listReceipts has none: Messages here go to no other channel.
func listReceipts(c *chatCall) error {
	if _, err := c.conversations().Message(c.path("conversation"), c.path("message")); err != nil {
		return err
	}
	return list(c.call, "delivery_receipts", maxConversationsPage, nil, func(string) string { return "" }, func(string) any { return nil })
}

func showMessage(c *chatCall, status int, m store.Message) error {
	authors, err := authorsIn(c)
	if err != nil {
		return err
	}
	return c.json(status, c.message(m, authors))
}

func (c *chatCall) message(m store.Message, authors map[string]string) any {
	u := c.root + "/Conversations/" + m.ConversationSID + "/Messages/" + m.SID
	return c.show(object{
		"conversation_sid": m.ConversationSID, "sid": m.SID, "index": m.Index, "author": m.Author,
		"body": orNull(m.Body), "media": shownMedia(m.Media), "attributes": m.Attributes, "participant_sid": orNull(authors[m.Author]),
		"date_created": date(m.Created), "date_updated": date(m.Updated), "delivery": nil, "content_sid": nil,
		"url": u, "links": object{"delivery_receipts": u + "/Receipts", "channel_metadata": u + "/ChannelMetadata"},
	})
}

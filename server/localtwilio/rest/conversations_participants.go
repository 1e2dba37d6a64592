package rest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// errProxyAddress refuses whoever is to be reached by telephone: the account has no
// numbers.
var errProxyAddress = bad(codeProxyAddress, "Account is not authorized to use proxy address: local Twilio has no telephone numbers")

// checkIdentity wants one that Twilio takes.
func checkIdentity(identity string) error {
	switch {
	case identity == "":
		return bad(codeIdentityMissing, "Identity not provided")
	case utf8.RuneCountInString(identity) > store.MaxChatName:
		return bad(codeIdentityTooLong, "Identity too long")
	case sids.Is("US", identity):
		return bad(codeIdentitySID, "Identity should not match user SID pattern")
	case !utf8.ValidString(identity) || strings.ContainsFunc(identity, unicode.IsControl):
		return invalid("Identity must be text without control characters")
	}
	return nil
}

// binding refuses those who are to be reached by telephone, for the reason that Twilio
// would give an account without numbers.
func binding(c *chatCall) error {
	address, proxy := c.form("MessagingBinding.Address"), c.form("MessagingBinding.ProxyAddress")
	switch {
	case c.has("Identity") && (address != "" || proxy != ""):
		return bad(codeIdentityAndAddress, "Identity parameter not acceptable for this Participant")
	case c.has("MessagingBinding.Address") && address == "":
		return bad(codeAddressEmpty, "Participant address is empty")
	case c.has("MessagingBinding.ProxyAddress") && proxy == "":
		return bad(codeProxyEmpty, "Participant proxy address is empty")
	case address != "" && address == proxy:
		return bad(codeAddressEqual, "Participant address equals proxy address")
	case address != "" || proxy != "":
		return errProxyAddress
	case c.form("MessagingBinding.ProjectedAddress") != "":
		return bad(codeProjectedAddress, "Account is not authorized to use the projected address: local Twilio has no telephone numbers")
	}
	return nil
}

func addChatParticipant(c *chatCall) error {
	p := store.ChatParticipant{Identity: c.form("Identity"), RoleSID: c.form("RoleSid")}
	if err := binding(c); err != nil {
		return err
	}
	if err := errors.Join(checkIdentity(p.Identity), c.attributes(&p.Attributes), c.times(&p.Created, &p.Updated)); err != nil {
		return err
	}
	revised, err := before(c, store.OnParticipantAdd, func(a *store.ChatAction) error {
		a.Participant = &p
		return nil
	})
	if err != nil {
		return err
	}
	revised.OfParticipant(&p)
	p, err = c.participants().Add(c.path("conversation"), p)
	if err != nil {
		return chatFault(err, codeChatParticipantExists, "Participant already exists")
	}
	return c.json(http.StatusCreated, c.participant(p))
}

func listChatParticipants(c *chatCall) error {
	all, err := c.participants().List(c.path("conversation"))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(p store.ChatParticipant) bool { return p.Left })
	return list(c.call, "participants", maxConversationsPage, all, func(p store.ChatParticipant) string { return p.SID }, c.participant)
}

func fetchChatParticipant(c *chatCall) error {
	p, err := c.participants().Get(c.path("conversation"), c.path("participant"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, c.participant(p))
}

func updateChatParticipant(c *chatCall) error {
	if c.has("MessagingBinding.ProxyAddress") {
		return bad(codeProxyWithoutAddress, "Failed to add a proxy address to a participant: it should have an address")
	}
	if c.form("MessagingBinding.ProjectedAddress") != "" {
		return bad(codeProjectedAddress, "Account is not authorized to use the projected address: local Twilio has no telephone numbers")
	}
	if c.has("Identity") {
		return bad(codeIdentityGiven, "Failed to add an identity to a participant: it has one")
	}
	change := func(p *store.ChatParticipant) error {
		if c.form("RoleSid") != "" {
			p.RoleSID = c.form("RoleSid")
		}
		return errors.Join(
			c.attributes(&p.Attributes), c.times(&p.Created, &p.Updated),
			c.readHorizon(&p.LastRead), c.time("LastReadTimestamp", &p.ReadAt, codeLastReadTime),
		)
	}
	revised, err := beforeParticipant(c, store.OnParticipantUpdate, change)
	if err != nil {
		return err
	}
	p, err := c.participants().Update(c.path("conversation"), c.path("participant"), func(p *store.ChatParticipant) error {
		err := change(p)
		revised.OfParticipant(p)
		return err
	})
	if err != nil {
		return chatFault(err, 0, "")
	}
	return c.json(http.StatusOK, c.participant(p))
}

// readHorizon reads how far somebody has read; empty and null are nothing.
func (c *chatCall) readHorizon(v *int) error {
	if !c.has("LastReadMessageIndex") {
		return nil
	}
	if text := c.form("LastReadMessageIndex"); text == "" || text == "null" {
		*v = -1
		return nil
	}
	return c.integer("LastReadMessageIndex", v, 0, 1<<30, bad(codeLastRead, "Invalid last read message index format"))
}

func removeChatParticipant(c *chatCall) error {
	if _, err := beforeParticipant(c, store.OnParticipantRemove, asIs); err != nil {
		return err
	}
	if err := c.participants().Remove(c.path("conversation"), c.path("participant")); err != nil {
		return err
	}
	return c.noContent()
}

func (c *chatCall) participant(p store.ChatParticipant) any {
	return c.show(object{
		"conversation_sid": p.ConversationSID, "sid": p.SID, "identity": p.Identity, "attributes": p.Attributes,
		"messaging_binding": nil, "role_sid": orNull(p.RoleSID), "date_created": date(p.Created), "date_updated": date(p.Updated),
		"last_read_message_index": horizon(p), "last_read_timestamp": date(p.ReadAt),
		"url": c.root + "/Conversations/" + p.ConversationSID + "/Participants/" + p.SID,
	})
}

// horizon is how far somebody has read; null for nothing.
func horizon(p store.ChatParticipant) any {
	if p.LastRead < 0 {
		return nil
	}
	return p.LastRead
}

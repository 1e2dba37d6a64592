package twilsock

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
)

// holder is who a token says that the client is, and what it may open.
type holder struct {
	identity string
	chat     bool   // Conversations
	sync     bool   // a Sync Service
	service  string // SID of that
	all      bool   // every Conversation, as supervisors may
	expires  time.Time
}

// holderOf checks a token: a Flex token, or an Access Token with a ChatGrant or
// a SyncGrant.
func (s *Server) holderOf(raw string) (holder, error) {
	f, err := s.cfg.Store.FlexTokens.Validate(raw)
	if err == nil {
		return holder{
			identity: f.Identity, chat: true, sync: true, expires: f.Expires, service: s.cfg.Store.Account().SyncServiceSID,
			all: slices.Contains(f.Roles, "supervisor") || slices.Contains(f.Roles, "admin"),
		}, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return holder{}, err
	}
	c, err := s.cfg.Verify(raw)
	if err != nil {
		return holder{}, err
	}
	a := s.cfg.Store.Account()
	h := holder{
		identity: c.Identity, expires: c.Expires,
		chat: c.ChatService != "" && c.ChatService == a.ChatServiceSID,
	}
	if c.SyncService != "" {
		service, err := s.cfg.Store.SyncServices.Get(c.SyncService)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return holder{}, err
		}
		h.service, h.sync = service.SID, err == nil
	}
	if !h.chat && !h.sync {
		return holder{}, fmt.Errorf("for services %q and %q: %w", c.ChatService, c.SyncService, errGrant)
	}
	return h, nil
}

// Visitor is who a token lets in, for what clients ask beside the socket.
type Visitor struct {
	Identity string
	Chat     bool // Conversations
	All      bool // every Conversation, as supervisors may
}

// Visitor checks a token as the socket does.
func (s *Server) Visitor(raw string) (Visitor, error) {
	h, err := s.holderOf(raw)
	return Visitor{Identity: h.identity, Chat: h.chat, All: h.all}, err
}

// mayAlways reports whether the holder may see a Conversation without being in it.
func (h holder) mayAlways(c store.Conversation) bool {
	return h.chat && (h.all || c.CreatedBy == h.identity)
}

package twilsock

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/token"
)

// holder is who a token says that the client is, and what it may open.
type holder struct {
	identity    string
	chat        bool   // Conversations
	chatService string // SID of the Service of that
	flex        bool   // it is a Flex token: what its holder may do is Flex's affair
	sync        bool   // a Sync Service
	service     string // SID of that
	all         bool   // every Conversation, as supervisors may
	expires     time.Time
}

// holderOf checks a token: a Flex token, or an Access Token with a ChatGrant or
// a SyncGrant.
func (s *Server) holderOf(raw string) (holder, error) {
	f, err := s.cfg.Store.FlexTokens.Validate(raw)
	if err == nil {
		return holder{
			identity: f.Identity, chat: true, sync: true, expires: f.Expires, flex: true,
			chatService: s.cfg.Store.Account().ChatServiceSID, service: s.cfg.Store.Account().SyncServiceSID,
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
		identity: c.Identity, expires: c.Expires, chatService: c.ChatService,
	}
	if c.SyncService != "" {
		service, err := s.cfg.Store.SyncServices.Get(c.SyncService)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return holder{}, err
		}
		h.service, h.sync = service.SID, err == nil
	}
	if c.ChatService != "" {
		_, err := s.cfg.Store.ChatServices.Get(c.ChatService)
		if h.chat = err == nil; err != nil && !errors.Is(err, store.ErrNotFound) {
			return holder{}, err
		}
	}
	if h.chat || h.sync {
		return h, nil
	}
	return holder{}, refusedGrants(c, a)
}

// refusedGrants says what is wrong with the grants of a token that opens nothing: a
// client shows it to whoever has to mend their settings.
func refusedGrants(c token.Claims, a store.Account) error {
	var why []string
	if c.ChatService != "" {
		why = append(why, fmt.Sprintf("its chat grant is for Service %s, which there is not (the account's own is %s)", c.ChatService, a.ChatServiceSID))
	}
	if c.SyncService != "" {
		why = append(why, fmt.Sprintf("its Sync grant is for Service %s, which there is not (the account's own is %s)", c.SyncService, a.SyncServiceSID))
	}
	if len(why) == 0 {
		return errGrant
	}
	return fmt.Errorf("%w: %s", errService, strings.Join(why, ", and "))
}

// Visitor is who a token lets in, for what clients ask beside the socket.
type Visitor struct {
	Identity string
	Chat     bool   // Conversations
	Service  string // SID of the Service of those
	All      bool   // every Conversation, as supervisors may
}

// Visitor checks a token as the socket does.
func (s *Server) Visitor(raw string) (Visitor, error) {
	h, err := s.holderOf(raw)
	return Visitor{Identity: h.identity, Chat: h.chat, Service: h.chatService, All: h.all}, err
}

// mayAlways reports whether the holder may see a Conversation without being in it.
func (h holder) mayAlways(c store.Conversation) bool {
	return h.chat && (h.all || c.CreatedBy == h.identity)
}

package store

import (
	"errors"
	"time"
)

// ChatService is a Service of Conversations: Conversations, users and Roles that know
// nothing of those of other Services.
type ChatService struct {
	SID          string // IS…
	FriendlyName string
	// CreatorRoleSID is the Role of who makes a Conversation, ConversationRoleSID of who
	// is put into one, ServiceRoleSID of a new user.
	CreatorRoleSID, ConversationRoleSID, ServiceRoleSID string
	Webhook                                             ChatTarget
	Created                                             time.Time
	Updated                                             time.Time
}

// ChatTarget is who is told of what happens in a Service, or in all of an account's.
type ChatTarget struct {
	PreURL  string `json:",omitempty"` // asked before; empty for nobody
	PostURL string // told afterwards; empty for nobody
	Method  string // GET or POST
	Filters []string
}

// ChatConfiguration is what holds for all Services of Conversations.
type ChatConfiguration struct {
	// DefaultServiceSID is the Service of requests that name none.
	DefaultServiceSID   string
	MessagingServiceSID string
	Timers              ChatTimers // of new Conversations
	Webhook             ChatTarget
}

// ChatServices are the Services of Conversations. There is always the account's own.
type ChatServices struct{ chatScope }

// ownChatService is the key of the account's own Service, whatever its SID is.
const ownChatService = "own"

// Create makes a Service with Roles of its own.
func (s ChatServices) Create(friendlyName string) (v ChatService, err error) {
	err = s.update(doing{what: "create chat service"}, func(t chatTx) error {
		v = ChatService{SID: NewSID("IS"), FriendlyName: friendlyName}
		t.service = v.SID
		return t.makeService(v.SID, &v)
	})
	return v, err
}

// Get finds a Service by its SID.
func (s ChatServices) Get(sid string) (v ChatService, err error) {
	s.service = sid
	err = s.view(doing{what: "find chat service", key: sid}, func(t chatTx) error {
		v, err = t.ownService()
		return err
	})
	return v, err
}

// List lists all Services in the order they were made.
func (s ChatServices) List() (list []ChatService, err error) {
	err = s.view(doing{what: "list chat services"}, func(t chatTx) error {
		list, err = linked[ChatService](t.tx, bChatServiceOrder, "", bChatServices)
		for i, v := range list {
			if v.SID == "" {
				list[i].SID = s.own
			}
		}
		return err
	})
	return list, err
}

// Update changes a Service by f, which may set FriendlyName, the Roles and Webhook. It
// returns ErrRole.
func (s ChatServices) Update(sid string, f func(*ChatService) error) (v ChatService, err error) {
	s.service = sid
	err = s.update(doing{what: "update chat service", key: sid}, func(t chatTx) error {
		if v, err = t.ownService(); err != nil {
			return err
		}
		old := v
		if err := f(&v); err != nil {
			return err
		}
		for _, r := range []struct{ sid, kind string }{
			{v.CreatorRoleSID, RoleOfConversation}, {v.ConversationRoleSID, RoleOfConversation}, {v.ServiceRoleSID, RoleOfService},
		} {
			if _, err := t.roles().find(r.sid, r.kind); err != nil {
				return err
			}
		}
		v.SID, v.Created, v.Updated = old.SID, old.Created, t.now
		return t.saveService(v)
	})
	return v, err
}

// Delete removes a Service and all that is in it. The default one cannot be removed
// (ErrTransition), nor the account's own.
func (s ChatServices) Delete(sid string) error {
	s.service = sid
	return s.update(doing{what: "delete chat service", key: sid}, func(t chatTx) error {
		if _, err := t.ownService(); err != nil {
			return err
		}
		g, err := t.chatConfiguration()
		if err != nil {
			return err
		}
		if sid == s.own || sid == g.DefaultServiceSID {
			return ErrTransition
		}
		chats, err := linked[Conversation](t.tx, bConversationOrder, "", bConversations)
		if err != nil {
			return err
		}
		for _, c := range chats {
			if c.ServiceSID != sid {
				continue
			}
			if err := t.removeConversation(c); err != nil {
				return err
			}
		}
		users, err := under[ChatUser](t.tx, bChatUsers, sid+"\x00")
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := t.removeUser(u); err != nil {
				return err
			}
		}
		roles, err := t.roles().list()
		if err != nil {
			return err
		}
		for _, r := range roles {
			if err := t.roles().remove(r); err != nil {
				return err
			}
		}
		return errors.Join(t.unlink(bChatServiceOrder, "", sid), t.bucket(bChatServices).Delete([]byte(sid)))
	})
}

// Configuration returns what holds for all Services.
func (s ChatServices) Configuration() (g ChatConfiguration, err error) {
	err = s.view(doing{what: "read the configuration of chats"}, func(t chatTx) error {
		g, err = t.chatConfiguration()
		return err
	})
	return g, err
}

// Configure changes what holds for all Services by f. It returns ErrNotFound for a
// DefaultServiceSID that there is not.
func (s ChatServices) Configure(f func(*ChatConfiguration) error) (g ChatConfiguration, err error) {
	err = s.update(doing{what: "configure chats"}, func(t chatTx) error {
		if g, err = t.chatConfiguration(); err != nil {
			return err
		}
		if err := f(&g); err != nil {
			return err
		}
		t.service = g.DefaultServiceSID
		if _, err := t.ownService(); err != nil {
			return err
		}
		return t.put(bMeta, "chat", g)
	})
	return g, err
}

func (t chatTx) chatConfiguration() (ChatConfiguration, error) {
	g, err := get[ChatConfiguration](t.tx, bMeta, "chat")
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	if g.DefaultServiceSID == "" {
		g.DefaultServiceSID = t.own
	}
	return g, err
}

// serviceKey is that of the scope's Service; the account's own for the zero scope.
func (s chatScope) serviceKey() string {
	if k := s.key(); k != "" {
		return k
	}
	return ownChatService
}

// ownService is the Service of the scope.
func (t chatTx) ownService() (ChatService, error) {
	v, err := get[ChatService](t.tx, bChatServices, t.serviceKey())
	if err == nil && v.SID == "" {
		v.SID = t.own
	}
	return v, err
}

func (t chatTx) saveService(v ChatService) error {
	key := t.serviceKey()
	if key == ownChatService {
		v.SID = "" // the account's, which may be given another
	}
	return t.put(bChatServices, key, v)
}

// makeService makes the Service of the scope.
func (t chatTx) makeService(key string, v *ChatService) error {
	v.Created, v.Updated = t.now, t.now
	for _, r := range defaultRoles {
		role := ChatRole{FriendlyName: r.name, Type: r.kind, Permissions: r.permissions}
		if err := t.roles().make(&role); err != nil {
			return err
		}
		switch r.name {
		case channelAdmin:
			v.CreatorRoleSID = role.SID
		case channelUser:
			v.ConversationRoleSID = role.SID
		case serviceUser:
			v.ServiceRoleSID = role.SID
		}
	}
	return errors.Join(t.link(bChatServiceOrder, "", key), t.saveService(*v))
}

// seedChat makes the account's own Service where the data file has none yet.
func (t *tx) seedChat() error {
	c := t.chat()
	if _, err := c.ownService(); !errors.Is(err, ErrNotFound) {
		return err
	}
	return c.makeService(ownChatService, &ChatService{FriendlyName: "Default Conversations Service"})
}

package store

import (
	"errors"
	"slices"
	"time"
)

// Types of Roles.
const (
	RoleOfConversation = "conversation" // what a Participant may do
	RoleOfService      = "service"      // what a user may do
)

// ChatRole is what a Participant may do in a Conversation, or a user in a Service.
type ChatRole struct {
	SID          string // RL…
	ServiceSID   string // IS…; empty for the account's own Service
	FriendlyName string
	Type         string // conversation or service
	Permissions  []string
	Created      time.Time
	Updated      time.Time
}

// May reports whether the Role has a permission.
func (r ChatRole) May(permission string) bool { return slices.Contains(r.Permissions, permission) }

// Names of the Roles that every Service begins with: Twilio's, which are older than its
// word "conversation".
const (
	channelAdmin = "channel admin"
	channelUser  = "channel user"
	serviceAdmin = "service admin"
	serviceUser  = "service user"
)

// ConversationPermissions and ServicePermissions are what Roles of the two types can have,
// from Twilio's page of the Role resource.
var (
	ConversationPermissions = []string{
		"addParticipant", "addNonChatParticipant", "removeParticipant", "deleteConversation", "editConversationName",
		"editConversationAttributes", "sendMessage", "sendMediaMessage", "leaveConversation", "editAnyMessage", "editAnyMessageAttributes",
		"editAnyParticipantAttributes", "deleteAnyMessage", "editNotificationLevel", "editOwnMessage", "editOwnMessageAttributes",
		"editOwnParticipantAttributes", "deleteOwnMessage",
	}
	ServicePermissions = []string{
		"addParticipant", "addNonChatParticipant", "removeParticipant", "createConversation", "joinConversation", "deleteConversation",
		"editConversationName", "editConversationAttributes", "editAnyMessage", "editAnyMessageAttributes", "editAnyParticipantAttributes",
		"deleteAnyMessage", "editAnyUserInfo", "editOwnUserInfo", "editOwnMessage", "editOwnMessageAttributes",
		"editOwnParticipantAttributes", "deleteOwnMessage", "editNotificationLevel", "sendMessage", "sendMediaMessage", "leaveConversation",
	}
)

// defaultRoles are those of a new Service. What the two users may do is Twilio's default as
// far as it is known: to talk, to change what is their own, and to begin Conversations.
var defaultRoles = []struct {
	name, kind  string
	permissions []string
}{
	{channelAdmin, RoleOfConversation, ConversationPermissions},
	{channelUser, RoleOfConversation, []string{
		"sendMessage", "sendMediaMessage", "leaveConversation", "editOwnMessage", "editOwnMessageAttributes", "deleteOwnMessage",
		"editOwnParticipantAttributes", "editNotificationLevel",
	}},
	{serviceAdmin, RoleOfService, ServicePermissions},
	{serviceUser, RoleOfService, []string{"createConversation", "joinConversation", "editOwnUserInfo"}},
}

// ChatRoles are the Roles of a Service of Conversations.
type ChatRoles struct{ chatScope }

// Roles returns those of one Service, by its SID.
func (s ChatServices) Roles(service string) ChatRoles { s.service = service; return ChatRoles(s) }

// Create makes a Role of r's FriendlyName, Type and Permissions.
func (s ChatRoles) Create(r ChatRole) (ChatRole, error) {
	err := s.update(doing{what: "create role", key: r.FriendlyName}, func(t chatTx) error { return t.roles().make(&r) })
	return r, err
}

// Get finds a Role by its SID.
func (s ChatRoles) Get(sid string) (r ChatRole, err error) {
	err = s.view(doing{what: "find role", key: sid}, func(t chatTx) error {
		r, err = t.roles().find(sid, "")
		return err
	})
	return r, err
}

// List lists the Roles in the order they were made.
func (s ChatRoles) List() (list []ChatRole, err error) {
	err = s.view(doing{what: "list roles"}, func(t chatTx) error {
		list, err = t.roles().list()
		return err
	})
	return list, err
}

// Permit sets what a Role may do.
func (s ChatRoles) Permit(sid string, permissions []string) (r ChatRole, err error) {
	err = s.update(doing{what: "update role", key: sid}, func(t chatTx) error {
		if r, err = t.roles().find(sid, ""); err != nil {
			return err
		}
		r.Permissions, r.Updated = permissions, t.now
		return t.put(bChatRoles, r.SID, r)
	})
	return r, err
}

// Delete removes a Role. Those who had it may do nothing that it allowed. It returns
// ErrRoleInUse for one that newcomers get.
func (s ChatRoles) Delete(sid string) error {
	return s.update(doing{what: "delete role", key: sid}, func(t chatTx) error {
		r, err := t.roles().find(sid, "")
		if err != nil {
			return err
		}
		v, err := t.ownService()
		if err != nil {
			return err
		}
		if slices.Contains([]string{v.CreatorRoleSID, v.ConversationRoleSID, v.ServiceRoleSID}, sid) {
			return ErrRoleInUse
		}
		return t.roles().remove(r)
	})
}

// chatRolesTx is what a transaction does with the Roles of one Service.
type chatRolesTx struct {
	*tx
	scope chatScope
}

func (t chatTx) roles() chatRolesTx { return chatRolesTx{t.tx, t.chatScope} }

func (t chatRolesTx) make(r *ChatRole) error {
	r.SID, r.ServiceSID, r.Created, r.Updated = NewSID("RL"), t.scope.key(), t.now, t.now
	return errors.Join(t.link(bChatRoleOrder, t.scope.serviceKey(), r.SID), t.put(bChatRoles, r.SID, *r))
}

func (t chatRolesTx) list() ([]ChatRole, error) {
	return linked[ChatRole](t.tx, bChatRoleOrder, t.scope.serviceKey(), bChatRoles)
}

// find finds one of the scope, of a type; of any where that is empty.
func (t chatRolesTx) find(sid, kind string) (ChatRole, error) {
	r, err := get[ChatRole](t.tx, bChatRoles, sid)
	if err == nil && !t.scope.has(r.ServiceSID) {
		err = ErrNotFound
	}
	if kind != "" && (errors.Is(err, ErrNotFound) || err == nil && r.Type != kind) {
		err = ErrRole
	}
	return r, err
}

func (t chatRolesTx) remove(r ChatRole) error {
	return errors.Join(t.unlink(bChatRoleOrder, t.scope.serviceKey(), r.SID), t.bucket(bChatRoles).Delete([]byte(r.SID)))
}

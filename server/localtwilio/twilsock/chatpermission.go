package twilsock

import (
	"errors"
	"slices"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// conversations are those of the holder's Service, changed by the holder.
func (v *chatAPI) conversations(h holder) store.Conversations {
	return v.store.Conversations.In(h.chatService).By(h.origin())
}

func (v *chatAPI) participants(h holder) store.ChatParticipants {
	return v.store.ChatParticipants.In(h.chatService).By(h.origin())
}

func (v *chatAPI) users(h holder) store.ChatUsers {
	return v.store.ChatUsers.In(h.chatService).By(h.origin())
}

// origin says that a client changes something: webhooks always tell of that.
func (h holder) origin() store.Origin {
	return store.Origin{Source: "SDK", Identity: h.identity, Webhooks: true}
}

// mayInService reports, as an error, whether the holder's Role in the Service has one of
// the permissions.
func (v *chatAPI) mayInService(h holder, permissions ...string) error {
	if h.flex {
		return nil
	}
	u, err := v.users(h).Get(h.identity)
	if err != nil {
		return err
	}
	return v.has(h, u.RoleSID, permissions)
}

// mayIn reports, as an error, whether the holder's Role in a Conversation, or in the
// Service, has one of the permissions. Who made a Conversation may in it what the
// Service's Role of creators says, whether or not they take part.
func (v *chatAPI) mayIn(h holder, c store.Conversation, permissions ...string) error {
	err := v.mayInService(h, permissions...)
	if !errors.Is(err, errMayNot) {
		return err
	}
	p, err := v.store.ChatParticipants.Get(c.SID, h.identity)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	roles := []string{p.RoleSID}
	service, err := v.store.ChatServices.Get(h.chatService)
	if err != nil {
		return err
	}
	if c.CreatedBy == h.identity {
		roles = append(roles, service.CreatorRoleSID)
	} else if p.SID != "" && p.RoleSID == "" { // older than Roles
		roles = append(roles, service.ConversationRoleSID)
	}
	for _, sid := range roles {
		if err := v.has(h, sid, permissions); !errors.Is(err, errMayNot) {
			return err
		}
	}
	return errMayNot
}

// has reports, as an error, whether a Role has one of the permissions; one that was
// removed has none.
func (v *chatAPI) has(h holder, role string, permissions []string) error {
	if role == "" {
		return errMayNot
	}
	r, err := v.store.ChatServices.Roles(h.chatService).Get(role)
	if errors.Is(err, store.ErrNotFound) {
		return errMayNot
	}
	if err == nil && !slices.ContainsFunc(permissions, r.May) {
		err = errMayNot
	}
	return err
}

// mayWithMessage reports, as an error, whether the holder may edit or delete the Message of
// the path, or what of it is named.
func (v *chatAPI) mayWithMessage(a *call, c store.Conversation, verb, what string) error {
	m, err := v.store.Conversations.Message(c.SID, a.path("message"))
	if err != nil {
		return err
	}
	permissions := []string{verb + "AnyMessage" + what}
	if m.Author == a.holder.identity {
		permissions = append(permissions, verb+"OwnMessage"+what)
	}
	return v.mayIn(a.holder, c, permissions...)
}

// mayWithParticipant reports, as an error, whether the holder has the permission of the two
// that goes with the Participant of the path: themselves or anybody.
func (v *chatAPI) mayWithParticipant(a *call, c store.Conversation, own, others string) error {
	p, err := v.store.ChatParticipants.Get(c.SID, a.path("participant"))
	if err != nil {
		return err
	}
	if p.Identity == a.holder.identity {
		return v.mayIn(a.holder, c, own, others)
	}
	return v.mayIn(a.holder, c, others)
}

// checkUniqueName refuses what could not be told from a Conversation's SID.
func checkUniqueName(name string) error {
	if sids.Is("CH", name) {
		return errNameSID
	}
	return nil
}

// nameTaken says whose unique name it is that is taken.
func nameTaken(err error) error {
	if errors.Is(err, store.ErrNameTaken) {
		return errNameTaken
	}
	return err
}

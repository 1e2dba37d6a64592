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

// rights say who may do what, by the Roles that people have.
type rights struct{ store *store.Store }

// inService reports, as an error, whether the holder's Role in the Service has one of
// the permissions.
func (r rights) inService(h holder, permissions ...string) error {
	if h.flex {
		return nil
	}
	u, err := r.store.ChatUsers.In(h.chatService).Get(h.identity)
	if err != nil {
		return err
	}
	role := u.RoleSID
	if role == "" { // older than Roles
		service, err := r.store.ChatServices.Get(h.chatService)
		if err != nil {
			return err
		}
		role = service.ServiceRoleSID
	}
	return r.has(h, role, permissions)
}

// in reports, as an error, whether the holder's Role in a Conversation, or in the
// Service, has one of the permissions. Who made a Conversation may in it what the
// Service's Role of creators says, whether or not they take part.
func (r rights) in(h holder, c store.Conversation, permissions ...string) error {
	err := r.inService(h, permissions...)
	if !errors.Is(err, errMayNot) {
		return err
	}
	p, err := r.store.ChatParticipants.Get(c.SID, h.identity)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	roles := []string{p.RoleSID}
	service, err := r.store.ChatServices.Get(h.chatService)
	if err != nil {
		return err
	}
	if c.CreatedBy == h.identity {
		roles = append(roles, service.CreatorRoleSID)
	} else if p.SID != "" && p.RoleSID == "" { // older than Roles
		roles = append(roles, service.ConversationRoleSID)
	}
	for _, sid := range roles {
		if err := r.has(h, sid, permissions); !errors.Is(err, errMayNot) {
			return err
		}
	}
	return errMayNot
}

// has reports, as an error, whether a Role has one of the permissions; one that was
// removed has none.
func (r rights) has(h holder, role string, permissions []string) error {
	if role == "" {
		return errMayNot
	}
	found, err := r.store.ChatServices.Roles(h.chatService).Get(role)
	if errors.Is(err, store.ErrNotFound) {
		return errMayNot
	}
	if err == nil && !slices.ContainsFunc(permissions, found.May) {
		err = errMayNot
	}
	return err
}

// withMessage reports, as an error, whether the holder may edit or delete the Message of
// the path, or what of it is named.
func (r rights) withMessage(a *call, c store.Conversation, verb, what string) error {
	m, err := r.store.Conversations.Message(c.SID, a.path("message"))
	if err != nil {
		return err
	}
	permissions := []string{verb + "AnyMessage" + what}
	if m.Author == a.holder.identity {
		permissions = append(permissions, verb+"OwnMessage"+what)
	}
	return r.in(a.holder, c, permissions...)
}

// withParticipant reports, as an error, whether the holder has the permission of the two
// that goes with the Participant of the path: themselves or anybody.
func (r rights) withParticipant(a *call, c store.Conversation, own, others string) error {
	p, err := r.store.ChatParticipants.Get(c.SID, a.path("participant"))
	if err != nil {
		return err
	}
	if p.Identity == a.holder.identity {
		return r.in(a.holder, c, own, others)
	}
	return r.in(a.holder, c, others)
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

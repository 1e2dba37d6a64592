package twilsock

import (
	"cmp"
	"errors"
	"strconv"

	"escalate/server/localtwilio/store"
)

// openUser finds one of a user's Maps by the SID of the user.
func (o objects) openUser(h holder, sid, part string) (e entity, ok bool, err error) {
	u, err := o.store.ChatUsers.In(h.chatService).BySID(sid)
	if errors.Is(err, store.ErrNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, true, err
	}
	switch part {
	case "info":
		return o.openUserMap(h, u.InfoSID)
	case "channels":
		return o.openUserMap(h, u.SeatsSID)
	}
	return e, false, nil
}

// openUserMap finds one of a user's Maps by the SID of the Map. Where somebody
// takes part is told to themselves only.
func (o objects) openUserMap(h holder, sid string) (e entity, ok bool, err error) {
	u, err := o.store.ChatUsers.In(h.chatService).BySID(sid)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return e, false, nil
	case err != nil:
		return e, true, err
	case !h.chat, sid == u.SeatsSID && u.Identity != h.identity:
		return e, true, errForbidden
	case sid == u.InfoSID:
		return infoEntity(u), true, nil
	}
	e, err = o.seatsEntity(u)
	return e, true, err
}

// chatServiceOf is the SID of a user's Service.
func (o objects) chatServiceOf(u store.ChatUser) string {
	return cmp.Or(u.ServiceSID, o.store.Account().ChatServiceSID)
}

// infoEntity is the Map of what is known of a user.
func infoEntity(u store.ChatUser) entity {
	e := userEntity(u, u.InfoSID, infoName(u), u.Event)
	e.items = func(bool) ([]item, error) { return infoItems(u) }
	return e
}

func infoItems(u store.ChatUser) (list []item, err error) {
	for _, f := range []struct{ key, value string }{{"attributes", u.Attributes}, {"friendlyName", u.FriendlyName}} {
		data, err := marshal(object{"value": f.value})
		if err != nil {
			return nil, err
		}
		list = append(list, item{
			key: f.key, data: data, revision: strconv.Itoa(u.Event), event: u.Event, createdBy: "system", created: u.Created, updated: u.Updated,
		})
	}
	return list, nil
}

// seatsEntity is the Map of a user's Conversations.
func (o objects) seatsEntity(u store.ChatUser) (entity, error) {
	seats, err := o.store.ChatParticipants.In(o.chatServiceOf(u)).Seats(u.Identity)
	if err != nil {
		return entity{}, err
	}
	newest := u.Event
	for _, p := range seats {
		newest = max(newest, p.Event)
	}
	e := userEntity(u, u.SeatsSID, seatsName(u), newest)
	e.items = func(removed bool) (list []item, err error) {
		for _, p := range seats {
			if p.Left && !removed {
				continue
			}
			i, err := seatItem(p)
			if err != nil {
				return nil, err
			}
			list = append(list, i)
		}
		return list, nil
	}
	return e, nil
}

func userEntity(u store.ChatUser, sid, name string, event int) entity {
	return entity{
		kind: syncMap, sid: sid, name: name, revision: "0", event: event, createdBy: "system", created: u.Created, updated: u.Updated,
	}
}

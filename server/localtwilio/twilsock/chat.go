package twilsock

import (
	"net/http"
	"net/url"

	"escalate/server/localtwilio/socket"
	"escalate/server/localtwilio/store"
)

// chatPath begins the paths of the Conversations client API.
const chatPath = "/Client/v2"

// typingTimeout is for how many seconds somebody counts as typing.
const typingTimeout = 5

// typingIndicator is the notification of it.
const typingIndicator = "twilio.ipmsg.typing_indicator"

// chatAPI is the Conversations client API.
type chatAPI struct {
	objects
	may     rights
	sockets *socket.Group[*conn]
	asker   asker
}

func (v *chatAPI) routes(m *http.ServeMux) {
	handle := func(pattern string, e endpoint) {
		m.Handle(pattern, endpoint(func(a *call) error {
			if !a.holder.chat {
				return errForbidden
			}
			return e(a)
		}))
	}
	const conversation, mine = chatPath + "/Conversations/{conversation}", chatPath + "/Users/{user}/Conversations"
	handle("GET "+chatPath+"/Configuration", v.configuration)
	handle("GET "+chatPath+"/Users/{user}", v.fetchUser)
	handle("POST "+chatPath+"/Users/{user}", v.updateUser)
	handle("GET "+mine, v.listSeats)
	handle("GET "+mine+"/{conversation}", v.fetchSeat)
	handle("POST "+mine+"/{conversation}", v.updateSeat)
	handle("POST "+chatPath+"/Conversations", v.createConversation)
	handle("GET "+conversation, v.in(v.fetchConversation))
	handle("POST "+conversation, v.in(v.updateConversation))
	handle("DELETE "+conversation, v.in(v.deleteConversation))
	handle("DELETE "+conversation+"/Messages/{message}", v.in(v.removeMessage))
	handle("POST "+conversation+"/Messages", v.in(v.createMessage))
	handle("POST "+conversation+"/Messages/{message}", v.in(v.updateMessage))
	handle("POST "+conversation+"/Participants", v.in(v.addParticipant))
	handle("POST "+conversation+"/Participants/{participant}", v.in(v.updateParticipant))
	handle("DELETE "+conversation+"/Participants/{participant}", v.in(v.removeParticipant))
	handle("POST "+chatPath+"/Typing", v.typing)
	// Messages here came from no other channel and went to none.
	handle("GET "+conversation+"/MessageRecipients", v.in(func(a *call, _ store.Conversation) error {
		return a.respond(http.StatusOK, object{"message_recipients": []any{}, "meta": object{"previous_token": nil, "next_token": nil}})
	}))
	handle("GET "+conversation+"/Messages/{message}/Receipts", v.in(func(a *call, _ store.Conversation) error {
		return a.respond(http.StatusOK, object{"delivery_receipts": []any{}, "meta": object{"previous_token": nil, "next_token": nil}})
	}))
	// There is no library of content.
	handle("GET "+chatPath+"/ContentTemplates", func(a *call) error {
		return a.respond(http.StatusOK, object{"templates": []any{}, "meta": object{"previous_token": nil, "next_token": nil}})
	})
	handle("GET "+conversation+"/Messages/{message}/ChannelMetadata", v.in(func(*call, store.Conversation) error { return errMetadata }))
}

// in is an endpoint about a Conversation that the holder may see.
func (v *chatAPI) in(f func(*call, store.Conversation) error) endpoint {
	return func(a *call) error {
		c, err := v.conversations(a.holder).Get(a.path("conversation"))
		if err != nil {
			return err
		}
		if err := v.mayRead(a.holder, c); err != nil {
			return err
		}
		return f(a, c)
	}
}

// configuration is what a client starts from.
func (v *chatAPI) configuration(a *call) error {
	u, err := v.users(a.holder).Get(a.holder.identity)
	if err != nil {
		return err
	}
	root := a.base + chatPath
	me := root + "/Users/" + url.PathEscape(u.Identity)
	return a.respond(http.StatusOK, object{
		"identity": u.Identity, "user_sid": u.SID, "service_sid": a.holder.chatService,
		"sync_objects": object{"my_user_info": infoName(u), "my_conversations": seatsName(u)},
		"links": object{
			"my_conversations": me + "/Conversations", "conversations": root + "/Conversations", "users": root + "/Users", "current_user": me,
			"typing": root + "/Typing", "messages_receipts": root + "/Conversations/%s/Messages/%s/Receipts",
			"media_service": a.conn.media + a.holder.chatService + "/Media", "media_set_service": a.conn.media + a.holder.chatService + "/MediaSet",
		},
		"options": object{
			"reachability_enabled": false, "user_infos_to_subscribe": 100, "http_cache_interval": "PT1S", "consumption_report_interval": "PT5S",
			"media_attachments_count_limit": store.MaxMediaFiles, "media_attachment_size_limit_in_mb": store.MaxMediaMB,
			"media_attachments_total_size_limit_in_mb": store.MaxMediaMB,
			"email_histories_allowed_mime_types":       []string{}, "email_bodies_allowed_mime_types": []string{},
		},
	})
}

func (v *chatAPI) fetchUser(a *call) error {
	u, err := v.users(a.holder).Get(a.path("user"))
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, userView(a, u))
}

// updateUser lets people change what is known of themselves.
func (v *chatAPI) updateUser(a *call) error {
	if a.path("user") != a.holder.identity {
		return errForbidden
	}
	var in struct {
		FriendlyName *string `json:"friendly_name"`
		Attributes   *string `json:"attributes"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	if err := checkAttributes(in.Attributes); err != nil {
		return err
	}
	if err := v.may.inService(a.holder, "editOwnUserInfo"); err != nil {
		return err
	}
	change := func(u *store.ChatUser) {
		set(&u.FriendlyName, in.FriendlyName)
		set(&u.Attributes, in.Attributes)
	}
	revised, err := v.asker.ask(a.holder, store.OnUserUpdate, func(b *store.ChatAction) error {
		u, err := v.users(a.holder).Get(a.holder.identity)
		b.User = &u
		change(&u)
		return err
	})
	if err != nil {
		return err
	}
	u, err := v.users(a.holder).Update(a.holder.identity, func(u *store.ChatUser) error {
		change(u)
		revised.OfUser(u)
		return nil
	})
	if err != nil {
		return err
	}
	return a.respond(http.StatusOK, userView(a, u))
}

func userView(a *call, u store.ChatUser) object {
	return object{
		"sid": u.SID, "identity": u.Identity, "friendly_name": u.FriendlyName, "attributes": u.Attributes,
		"date_created": stamp(u.Created), "date_updated": stamp(u.Updated), "url": a.base + chatPath + "/Users/" + url.PathEscape(u.Identity),
		"sync_objects": object{"user_info_map": infoName(u)},
	}
}

// typing tells the others in a Conversation that somebody types. Nothing of it
// is kept.
func (v *chatAPI) typing(a *call) error {
	var in struct {
		Channel string `json:"ChannelSid"`
	}
	if err := a.read(&in); err != nil {
		return err
	}
	c, err := v.conversations(a.holder).Get(in.Channel)
	if err != nil {
		return err
	}
	if err := v.mayRead(a.holder, c); err != nil {
		return err
	}
	for _, other := range v.sockets.All() {
		h := other.who()
		if h != nil && h.identity != a.holder.identity && v.mayRead(*h, c) == nil {
			other.notify(typingIndicator, object{
				"channel_sid": c.SID, "conversation_sid": c.SID, "identity": a.holder.identity, "typing_timeout": typingTimeout,
			})
		}
	}
	return a.respond(http.StatusOK, object{"typing_timeout": typingTimeout})
}

// set sets v to what was given, if it was.
func set(v, given *string) {
	if given != nil {
		*v = *given
	}
}

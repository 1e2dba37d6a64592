package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// More limits of Conversations, from its documents.
const (
	maxConversationsPage = 100
	minInactive          = time.Minute
	minClosed            = 10 * time.Minute
)

// chatCall is a request to Conversations: below the path of a Service, or without one, of
// the default Service.
type chatCall struct {
	*call
	service store.ChatService
	named   bool   // the path has the Service
	root    string // what URLs begin with
}

// inChat finds the Service that a request is about.
func inChat(f func(*chatCall) error) handler {
	return func(c *call) error {
		v := &chatCall{call: c, root: c.target.base + "/v1"}
		sid := c.path("service")
		if v.named = sid != ""; v.named {
			v.root += "/Services/" + sid
			if !sids.Is("IS", sid) {
				return store.ErrNotFound
			}
		} else {
			g, err := c.store.ChatServices.Configuration()
			if err != nil {
				return err
			}
			sid = g.DefaultServiceSID
		}
		var err error
		if v.service, err = c.store.ChatServices.Get(sid); err != nil {
			return err
		}
		return f(v)
	}
}

// origin says that REST changes something, and whether webhooks tell of it: Twilio asks
// for a header, since it is mostly the receivers of webhooks that call REST.
func (c *chatCall) origin() store.Origin {
	return store.Origin{Source: "API", Webhooks: strings.EqualFold(c.r.Header.Get("X-Twilio-Webhook-Enabled"), "true")}
}

func (c *chatCall) conversations() store.Conversations {
	return c.store.Conversations.In(c.service.SID).By(c.origin())
}

func (c *chatCall) participants() store.ChatParticipants {
	return c.store.ChatParticipants.In(c.service.SID).By(c.origin())
}

func (c *chatCall) users() store.ChatUsers {
	return c.store.ChatUsers.In(c.service.SID).By(c.origin())
}

func (c *chatCall) roles() store.ChatRoles { return c.store.ChatServices.Roles(c.service.SID) }

// show adds to what belongs to a Conversation the Service, where the path has it.
func (c *chatCall) show(o object) any {
	o["account_sid"] = c.account.SID
	if c.named {
		o["chat_service_sid"] = c.service.SID
	}
	return o
}

// text reads a parameter of so many characters at most into v; an absent one leaves v alone.
func (c *chatCall) text(name string, v *string, tooLong int) error {
	if !c.has(name) {
		return nil
	}
	if utf8.RuneCountInString(c.form(name)) > store.MaxChatName {
		return bad(tooLong, name+" is too long")
	}
	*v = c.form(name)
	return nil
}

// attributes reads the parameter of that name into v: any JSON.
func (c *chatCall) attributes(v *string) error {
	if !c.has("Attributes") {
		return nil
	}
	text := c.form("Attributes")
	switch {
	case text == "":
		text = "{}"
	case len(text) > store.MaxChatAttributes:
		return bad(codeChatAttributesTooLong, "Attributes too long")
	case !json.Valid([]byte(text)):
		return bad(codeChatAttributes, "Attributes not valid JSON")
	}
	*v = text
	return nil
}

// times reads the parameters that say when something was made and changed.
func (c *chatCall) times(created, updated *time.Time) error {
	return errors.Join(c.time("DateCreated", created, codeChatCreated), c.time("DateUpdated", updated, codeChatUpdated))
}

func (c *chatCall) time(name string, v *time.Time, code int) error {
	if c.form(name) == "" {
		return nil
	}
	at, err := time.Parse(time.RFC3339, c.form(name))
	if err != nil {
		return bad(code, "Invalid "+name+" parameter")
	}
	*v = at.UTC()
	return nil
}

// duration is an ISO 8601 one of days and less.
var duration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// timer reads an ISO 8601 duration of at least least into v; zero is never.
func (c *chatCall) timer(name string, v *time.Duration, least time.Duration, format, tooShort int) error {
	if !c.has(name) {
		return nil
	}
	text := c.form(name)
	parts := duration.FindStringSubmatch(text)
	if parts == nil || strings.Join(parts[1:], "") == "" || strings.HasSuffix(text, "T") {
		return bad(format, name+" is not an ISO 8601 duration")
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + parts[i+1]) // digits, or nothing
		if n > int(time.Duration(1<<62)/unit/4) {
			return bad(format, name+" is too long")
		}
		d += time.Duration(n) * unit
	}
	if d != 0 && d < least {
		return bad(tooShort, name+" should be at least "+isoDuration(least))
	}
	*v = d
	return nil
}

// timers reads the two that a Conversation has.
func (c *chatCall) timers(v *store.ChatTimers) error {
	return errors.Join(
		c.timer("Timers.Inactive", &v.Inactive, minInactive, codeInactiveFormat, codeInactiveShort),
		c.timer("Timers.Closed", &v.Closed, minClosed, codeClosedFormat, codeClosedShort),
	)
}

// isoDuration is d in ISO 8601.
func isoDuration(d time.Duration) string {
	if d%(24*time.Hour) == 0 && d > 0 {
		return "P" + strconv.Itoa(int(d/(24*time.Hour))) + "D"
	}
	text := "PT"
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Hour, "H"}, {time.Minute, "M"}, {time.Second, "S"}} {
		if n := d / u.unit; n > 0 || u.name == "S" && text == "PT" {
			text += strconv.Itoa(int(n)) + u.name
			d -= n * u.unit
		}
	}
	return text
}

// messagingService reads the SID of one; there is one in the account.
func (c *chatCall) messagingService(name string, v *string) error {
	sid := c.form(name)
	switch {
	case sid == "":
		return nil
	case !sids.Is("MG", sid):
		return bad(codeMessagingService, "Invalid messaging service SID")
	case sid != c.account.MessagingServiceSID:
		return bad(codeMessagingForeign, "Messaging service does not belong to account")
	}
	*v = sid
	return nil
}

// chatFault is err with Twilio's code, where it is one that Conversations has of its own.
func chatFault(err error, taken int, message string) error {
	switch {
	case errors.Is(err, store.ErrNameTaken):
		return &Error{Status: http.StatusConflict, Code: taken, Message: message}
	case errors.Is(err, store.ErrRole):
		return bad(codeChatRole, "Role not found")
	}
	return err
}

package store

import (
	"context"
	"errors"
)

// What pre-action webhooks of Conversations are asked before it is done.
const (
	OnConversationAdd    = "onConversationAdd"
	OnConversationUpdate = "onConversationUpdate"
	OnConversationRemove = "onConversationRemove"
	OnMessageAdd         = "onMessageAdd"
	OnMessageUpdate      = "onMessageUpdate"
	OnMessageRemove      = "onMessageRemove"
	OnParticipantAdd     = "onParticipantAdd"
	OnParticipantUpdate  = "onParticipantUpdate"
	OnParticipantRemove  = "onParticipantRemove"
	OnUserUpdate         = "onUserUpdate"
)

// ErrRejected is returned for what a pre-action webhook does not allow.
var ErrRejected = errors.New("rejected by the pre-action webhook")

// ChatAction is what is about to be done: things as they will be, or as they are where they
// are to be removed.
type ChatAction struct {
	Event        string // onMessageAdd and so on
	By           Origin
	Service      string       // SID of the Service that it happens in
	Conversation Conversation // without SID where it is to be made; zero for what is of a user
	Message      *Message
	Participant  *ChatParticipant
	User         *ChatUser
}

// ChatRevision is what a pre-action webhook wants to be done instead; nil is as it was.
type ChatRevision struct {
	FriendlyName, Attributes, Body, Author *string
}

// AskChat asks whoever wants to be asked before an event happens in a Service, which may take
// seconds: it must not be called in a transaction. What is about to happen is worked out only
// where somebody is asked. It returns ErrRejected, or what describe returned.
type AskChat func(ctx context.Context, by Origin, service, event string, describe func(*ChatAction) error) (ChatRevision, error)

// OfConversation makes of c what is wanted instead.
func (r ChatRevision) OfConversation(c *Conversation) {
	revise(&c.FriendlyName, r.FriendlyName)
	revise(&c.Attributes, r.Attributes)
}

// OfMessage makes of m what is wanted instead.
func (r ChatRevision) OfMessage(m *Message) {
	revise(&m.Body, r.Body)
	revise(&m.Author, r.Author)
	revise(&m.Attributes, r.Attributes)
}

// OfParticipant makes of p what is wanted instead.
func (r ChatRevision) OfParticipant(p *ChatParticipant) { revise(&p.Attributes, r.Attributes) }

// OfUser makes of u what is wanted instead.
func (r ChatRevision) OfUser(u *ChatUser) {
	revise(&u.FriendlyName, r.FriendlyName)
	revise(&u.Attributes, r.Attributes)
}

func revise(v, wanted *string) {
	if wanted != nil {
		*v = *wanted
	}
}

// PreTarget returns who is asked before something is done in a Service: as for what is told
// afterwards, the account's webhook if the Service has none. Its PreURL is empty for nobody.
func (s ChatServices) PreTarget(service string) (ChatTarget, error) {
	v, err := s.Get(service)
	if err != nil || v.Webhook.PreURL != "" {
		return v.Webhook, err
	}
	g, err := s.Configuration()
	return g.Webhook, err
}

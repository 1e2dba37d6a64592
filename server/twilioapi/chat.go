package twilioapi

import (
	"context"
	"encoding/json"

	conversations "github.com/twilio/twilio-go/rest/conversations/v1"

	"escalate/server/escalation"
)

// Chat is escalation.Chat over Twilio Conversations.
type Chat struct{ t *Client }

var _ escalation.Chat = (*Chat)(nil)

// Fetch reads a Conversation; ErrNotFound when there is none.
func (c *Chat) Fetch(ctx context.Context, conversationSID string) (escalation.Conversation, error) {
	if err := checkSID("CH", conversationSID); err != nil {
		return escalation.Conversation{}, err
	}
	k := c.t.begin(ctx, opFetchConversation)
	v, err := c.t.conversations(k).FetchConversation(conversationSID)
	if err != nil {
		return escalation.Conversation{}, k.fail(err)
	}
	return escalation.Conversation{FriendlyName: deref(v.FriendlyName), Attributes: json.RawMessage(deref(v.Attributes))}, nil
}

// Send posts a message. It asks for the Conversation's webhooks, so that Flex
// and whatever else listens hears of it as of any other message.
func (c *Chat) Send(ctx context.Context, conversationSID string, m escalation.Message) error {
	if err := checkSID("CH", conversationSID); err != nil {
		return err
	}
	p := new(conversations.CreateConversationMessageParams).SetBody(m.Body).SetXTwilioWebhookEnabled("true")
	if m.Author != "" {
		p.SetAuthor(m.Author)
	}
	if len(m.Attributes) > 0 {
		p.SetAttributes(string(m.Attributes))
	}
	k := c.t.begin(ctx, opCreateMessage)
	_, err := c.t.conversations(k).CreateConversationMessage(conversationSID, p)
	return k.fail(err)
}

// newestMessages is how many Newest returns at most, a page of Twilio's.
const newestMessages = 100

// Newest returns up to a hundred Messages, the newest first; ErrNotFound when there is
// no such Conversation.
func (c *Chat) Newest(ctx context.Context, conversationSID string) ([]escalation.Message, error) {
	if err := checkSID("CH", conversationSID); err != nil {
		return nil, err
	}
	k := c.t.begin(ctx, opListMessage)
	p := new(conversations.ListConversationMessageParams).SetOrder("desc").SetPageSize(newestMessages)
	page, err := c.t.conversations(k).PageConversationMessage(conversationSID, p, "", "")
	if err != nil {
		return nil, k.fail(err)
	}
	list := make([]escalation.Message, 0, len(page.Messages))
	for _, m := range page.Messages {
		list = append(list, escalation.Message{Author: deref(m.Author), Body: deref(m.Body), Attributes: json.RawMessage(deref(m.Attributes))})
	}
	return list, nil
}

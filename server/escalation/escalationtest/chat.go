package escalationtest

import (
	"context"
	"slices"
	"sync"

	"escalate/server/escalation"
)

// Chat is Twilio Conversations.
type Chat struct {
	faults *Faults

	mu            sync.Mutex // guards all below
	conversations map[string]escalation.Conversation
	messages      map[string][]escalation.Message
}

var _ escalation.Chat = (*Chat)(nil)

// Fetch is escalation.Chat.
func (p *Chat) Fetch(ctx context.Context, conversation string) (escalation.Conversation, error) {
	if err := p.faults.enter(ctx, "chat.fetch", conversation); err != nil {
		return escalation.Conversation{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	c, there := p.conversations[conversation]
	if !there {
		return c, escalation.ErrNotFound
	}
	return c, nil
}

// Send is escalation.Chat.
func (p *Chat) Send(ctx context.Context, conversation string, m escalation.Message) error {
	if err := p.faults.enter(ctx, "chat.send", conversation); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.conversations[conversation]; !there {
		return escalation.ErrNotFound
	}
	p.messages[conversation] = append(p.messages[conversation], m)
	return p.faults.leave("chat.send", conversation)
}

// Newest is escalation.Chat.
func (p *Chat) Newest(ctx context.Context, conversation string) ([]escalation.Message, error) {
	if err := p.faults.enter(ctx, "chat.newest", conversation); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, there := p.conversations[conversation]; !there {
		return nil, escalation.ErrNotFound
	}
	list := slices.Clone(p.messages[conversation])
	slices.Reverse(list)
	return list[:min(100, len(list))], nil
}

// Set makes a Conversation, or changes what it says of itself.
func (p *Chat) Set(sid string, c escalation.Conversation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conversations[sid] = c
}

// Messages returns what was posted into a Conversation.
func (p *Chat) Messages(conversation string) []escalation.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages[conversation])
}

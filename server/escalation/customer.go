package escalation

import (
	"context"
	"encoding/json"

	"escalate/app/name"
)

// Where Flex and whoever makes Tasks keep the customer's name, best first.
const (
	attrCustomerName = "customerName"
	attrName         = "name"
	attrCustomers    = "customers" // an object with a name, for Flex Insights
	attrFrom         = "from"      // the address that wrote, which may be a name
)

// customerName is what to call the customer of a Task, for its agent alone: the
// Task's name for them, else the Conversation's, else "". It is personal data
// and is therefore never stored, nor told to who only has the code.
func (b *taskbook) customerName(ctx context.Context, task attributes, conversationSID string) string {
	if n := task.person(attrCustomerName, attrName); n != "" {
		return n
	}
	if inner, err := parseAttributes(task[attrCustomers]); err == nil {
		if n := inner.person(attrName); n != "" {
			return n
		}
	}
	if conversationSID != "" {
		c, err := b.chat.Fetch(ctx, conversationSID)
		if err != nil {
			// A call without a name is better than none.
			b.log.WarnContext(ctx, "customer has no name", "err", err)
		}
		attrs, err := parseAttributes(c.Attributes)
		if err != nil {
			attrs = attributes{}
		}
		if n := attrs.person(attrCustomerName, attrName); n != "" {
			return n
		}
		if n := person(c.FriendlyName); n != "" {
			return n
		}
	}
	return task.person(attrFrom)
}

// person is the first of the attributes that reads as a person's name.
func (a attributes) person(keys ...string) string {
	for _, key := range keys {
		if n := person(a.text(key)); n != "" {
			return n
		}
	}
	return ""
}

// person is s as the name of a person, "" when it is none.
func person(s string) string {
	if s = name.Clean(s, maxName); !name.Person(s) {
		return ""
	}
	return s
}

// Conversation is what a Conversation says of itself. Attributes is a JSON
// object or nil.
type Conversation struct {
	FriendlyName string
	Attributes   json.RawMessage
}

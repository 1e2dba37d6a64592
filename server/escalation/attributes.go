package escalation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"escalate/server/sids"
)

// maxAttributes is TaskRouter's limit for a Task's attributes: "the maximum
// size of the JSON string" is 4096 characters, spaces included, and nobody can
// have it raised.
const maxAttributes = 4096

// length measures attributes as they are sent.
type length func(json.RawMessage) int

// lengths are what TaskRouter may mean by a character, the widest reading
// first: its documents do not say, and each reading is at least as long as the
// one before.
var lengths = []length{
	func(raw json.RawMessage) int { return utf8.RuneCount(raw) },
	func(raw json.RawMessage) int { return len(utf16.Encode([]rune(string(raw)))) },
	func(raw json.RawMessage) int { return len(raw) },
}

// attributes is a Task's attributes with every value left as it came.
type attributes map[string]json.RawMessage

// parseAttributes reads a JSON object; no text at all is an empty one.
func parseAttributes(raw json.RawMessage) (attributes, error) {
	a := attributes{}
	if len(raw) == 0 {
		return a, nil
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return nil, fmt.Errorf("read attributes: %w", err)
	}
	if a == nil { // "null"
		a = attributes{}
	}
	return a, nil
}

// encode writes the attributes without spaces and without escapes that JSON
// does not ask for. Only when they are too long like that are values of others
// spelled anew too: <, > and & are six characters each where a program wrote
// them for HTML.
func (a attributes) encode(l length) (json.RawMessage, error) {
	raw, err := marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode attributes: %w", err)
	}
	if l(raw) > maxAttributes {
		raw = unescape(raw)
	}
	return raw, nil
}

// fit says whether the attributes are short enough.
func (a attributes) fit(l length) bool {
	raw, err := a.encode(l)
	return err == nil && l(raw) <= maxAttributes
}

// text returns a string attribute, or empty.
func (a attributes) text(key string) string {
	var s string
	if json.Unmarshal(a[key], &s) != nil {
		return ""
	}
	return s
}

// set sets one value and leaves the others alone.
func (a attributes) set(key string, v any) error {
	raw, err := marshal(v)
	if err != nil {
		return fmt.Errorf("encode attribute %q: %w", key, err)
	}
	if _, inner := v.(attributes); !inner {
		raw = unescape(raw)
	}
	a[key] = raw
	return nil
}

// merge sets a field of an object and leaves its other fields alone. Whatever
// is there instead of an object is replaced.
func (a attributes) merge(key, field string, v any) error {
	inner, err := parseAttributes(a[key])
	if err != nil {
		inner = attributes{}
	}
	if err := inner.set(field, v); err != nil {
		return err
	}
	return a.set(key, inner)
}

// forget removes fields of an object, and the object when it had no others.
func (a attributes) forget(key string, fields []string) error {
	inner, err := parseAttributes(a[key])
	if err != nil {
		inner = attributes{} // not an object: it has no fields
	}
	had := len(inner)
	for _, f := range fields {
		delete(inner, f)
	}
	switch len(inner) {
	case had:
		return nil
	case 0:
		delete(a, key)
		return nil
	}
	return a.set(key, inner)
}

// conversation is the SID of the Task's Conversation, or empty. channelSid is
// what Flex called it before Conversations.
func (a attributes) conversation() string {
	for _, key := range []string{"conversationSid", "channelSid"} {
		if sid := a.text(key); sids.Is("CH", sid) {
			return sid
		}
	}
	return ""
}

// marshal is json.Marshal without what it does for HTML.
func marshal(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err // every caller says what it was
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// unescape spells every character of a JSON text's strings as shortly as JSON
// allows. The text means the same after it.
func unescape(raw json.RawMessage) json.RawMessage {
	out := make(json.RawMessage, 0, len(raw))
	for i := 0; i < len(raw); {
		// A valid text has backslashes in strings only, and never a last one.
		if raw[i] != '\\' {
			out = append(out, raw[i])
			i++
			continue
		}
		r, n := escaped(raw[i:])
		switch short, ok := shortest[r]; {
		case ok:
			out = append(out, short...)
		case r < ' ' || utf16.IsSurrogate(r):
			out = append(out, raw[i:i+n]...)
		default:
			out = utf8.AppendRune(out, r)
		}
		i += n
	}
	return out
}

// shortest are the characters that JSON has a short escape for.
var shortest = map[rune]string{'"': `\"`, '\\': `\\`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`}

// escaped reads the escape that a JSON text begins with, and says how long it
// is. Half a surrogate pair is returned as such.
func escaped(raw []byte) (r rune, n int) {
	if raw[1] != 'u' {
		for r, short := range shortest {
			if raw[1] == short[1] {
				return r, 2
			}
		}
		return rune(raw[1]), 2 // the slash
	}
	r = unit(raw)
	if utf16.IsSurrogate(r) && len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		if both := utf16.DecodeRune(r, unit(raw[6:])); both != utf8.RuneError {
			return both, 12
		}
	}
	return r, 6
}

// unit reads a \u escape.
func unit(raw []byte) rune {
	v, err := strconv.ParseUint(string(raw[2:6]), 16, 16)
	if err != nil {
		return utf8.RuneError // not in a valid text
	}
	return rune(v)
}

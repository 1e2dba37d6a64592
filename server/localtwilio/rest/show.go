package rest

import (
	"encoding/json"
	"time"
)

// object is a JSON object of an answer. A map, because an answer shows absent
// values as null and SDKs ignore the order.
type object map[string]any

// date is a time as Twilio writes it, null for none.
func date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// orNull is s, null for empty.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// seconds is the whole seconds from start to end, null while end is not set.
func seconds(start, end time.Time) any {
	if end.IsZero() {
		return nil
	}
	return int(end.Sub(start).Seconds())
}

// isObject reports whether text is a JSON object.
func isObject(text string) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &m) == nil && m != nil
}

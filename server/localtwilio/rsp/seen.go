package rsp

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"escalate/server/localtwilio/store"
)

// maxPublisher bounds, in bytes, what is kept of what a client says of itself.
const maxPublisher = 1 << 10

// seen is what a session has shown of itself, for Video Insights.
type seen struct {
	publisher json.RawMessage // of its connect

	mu     sync.Mutex
	codecs []string
}

// describes keeps what a client says of itself, where that is an object.
func (s *seen) describes(publisher json.RawMessage) {
	if len(publisher) <= maxPublisher && bytes.HasPrefix(publisher, []byte("{")) {
		s.publisher = publisher
	}
}

// sends notes the codec of media that has come from the client.
func (s *seen) sends(mimeType string) {
	_, codec, _ := strings.Cut(mimeType, "/")
	s.mu.Lock()
	defer s.mu.Unlock()
	if codec != "" && !slices.Contains(s.codecs, codec) {
		s.codecs = append(s.codecs, codec)
	}
}

// leaving is what is known of a session that ends, whose client is told final.
func (s *seen) leaving(final any) store.Leaving {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := store.Leaving{Codecs: slices.Clone(s.codecs), Publisher: s.publisher}
	if e, ok := final.(errorReply); ok {
		l.ErrorCode = e.Code
	}
	return l
}

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"escalate/server/localtwilio/store"
)

const (
	// heartbeat keeps proxies from closing a quiet stream and notices a page
	// that has gone without saying so.
	heartbeat = 15 * time.Second
	// writeTime is how long a page may take to accept one event.
	writeTime = 10 * time.Second
)

// events streams what happens to the demo Worker's chats, or to the one that
// the query names. It begins with "hello", after which nothing is missed:
// whoever loads the present state then has it all.
func (d *Demo) events(w http.ResponseWriter, r *http.Request) {
	only := r.URL.Query().Get("conversation")
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()

	frames := make(chan []byte)
	stop := d.chats.store.Watch(func(e store.Event) {
		frame, err := d.frame(e, only)
		if err != nil {
			d.log.Error("demo event", "change", fmt.Sprintf("%T", e.Change), "err", err)
			return
		}
		if frame == nil {
			return
		}
		select {
		case frames <- frame:
		case <-ctx.Done():
		}
	})
	// stop waits for the function above, which waits for ctx: cancel comes first.
	defer stop()
	defer cancel()

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	send := func(frame []byte) bool {
		// Not every ResponseWriter has deadlines; the server's own then hold.
		_ = control.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := w.Write(frame); err != nil {
			return false
		}
		return control.Flush() == nil
	}
	if !send([]byte("retry: 1000\nevent: hello\ndata: {}\n\n")) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		frame := []byte(": still here\n\n")
		select {
		case frame = <-frames:
		case <-beat.C:
		case <-ctx.Done():
			return
		case <-d.done:
			return
		}
		if !send(frame) {
			return
		}
	}
}

// frame is the server-sent event for e; nil for what does not concern the page.
func (d *Demo) frame(e store.Event, only string) ([]byte, error) {
	switch c := e.Change.(type) {
	case *store.MessageAdded:
		if only != "" && only != c.Conversation.SID {
			return nil, nil
		}
		chat, err := d.chats.chatOf(c.Conversation.SID)
		if err != nil || !chat.Mine {
			// Not one of ours, or not yet: its Task's first event will carry it.
			return nil, ignoreNotFound(err)
		}
		v, err := d.chats.messageView(c.Conversation, c.Message)
		if err != nil {
			return nil, ignoreNotFound(err)
		}
		return sse("message-added", v)
	case *store.TaskUpdated:
		v, ok, err := d.chats.view(c.Task)
		if err != nil || !ok || !v.Mine || only != "" && only != v.ConversationSID {
			return nil, err
		}
		return sse("task-updated", v)
	}
	return nil, nil
}

func sse(name string, v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", name, err)
	}
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, data), nil
}

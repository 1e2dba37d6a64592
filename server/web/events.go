package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"escalate/app/wire"
	"escalate/server/escalation"
)

// writeWait is how long one event may take to be written before the client
// counts as gone.
const writeWait = 10 * time.Second

// comeBack is the shortest pause after which a client comes back to a stream
// that broke off; the longest is twice that.
const comeBack = 750 * time.Millisecond

// finalMark ends the id of an event after which nothing can follow. A browser
// comes back by itself when a stream ends; with this id it is told to stop.
const finalMark = "-final"

// eventStreams tell pages what becomes of an escalation while they are open.
type eventStreams struct {
	escalations Escalations
	views       *views
	entrance    *entrance
	heartbeat   time.Duration
	done        <-chan struct{} // ends all of them
	run         func(func())    // Deps.Go; may be nil
	gauge       prometheus.Gauge
	log         *slog.Logger
}

// get streams the state: at once, then after each change, and beats in
// between. The id of an
// event is the state's Version. A client that reconnects with the newest id
// gets only what is newer; one whose last event was final gets 204, the
// answer that makes an EventSource stop.
func (s *eventStreams) get(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead {
		w.Header().Set("Allow", "GET")
		return errMethod
	}
	seen, final := lastSeen(r)
	if final {
		// Looked up all the same: no answer may depend on what only a client says.
		return s.entrance.coded(func(w http.ResponseWriter, r *http.Request, code string) error {
			if _, err := s.escalations.Get(r.Context(), code); err != nil {
				return err
			}
			return noContent(w)
		})(w, r)
	}
	// The stream may outlive the request, which ends it until it is known to.
	ctx, hangUp := context.WithCancel(context.WithoutCancel(r.Context()))
	release := context.AfterFunc(r.Context(), hangUp)
	f := &follower{views: s.views, beat: beatEvent(s.heartbeat), pace: s.heartbeat, done: s.done, seen: seen}
	// The limiter is asked about the look-up, not for as long as the stream is open.
	err := s.entrance.limiters.Code(r, pathCode(r), func(code string) (err error) {
		if err := s.entrance.limiters.Stream(ctx, r, code); err != nil {
			return err
		}
		f.changes, err = s.escalations.Watch(ctx, code)
		return err
	})
	if err != nil {
		hangUp()
		return err
	}
	s.gauge.Inc()
	end := func() {
		hangUp()
		s.gauge.Dec()
	}

	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	// Proxies such as nginx would hold events back until their buffer is full.
	h.Set("X-Accel-Buffering", "no")
	if s.run != nil {
		if l := takeLine(w, r); l != nil {
			release()
			s.run(func() {
				defer end()
				defer s.outlive(ctx, l.passage.id)
				l.carry(ctx, hangUp, f)
			})
			return nil
		}
	}
	defer end()
	f.follow(ctx, &stream{out: response{w: w, c: http.NewResponseController(w)}})
	return nil
}

// outlive, deferred, has the server outlive a stream that panics, as net/http does with a
// handler: in a goroutine of ours a panic would end the process, and with it everybody
// else's stream.
func (s *eventStreams) outlive(ctx context.Context, id string) {
	if v := recover(); v != nil {
		s.log.ErrorContext(ctx, "panic in an event stream", "id", id, "err", v, "stack", string(debug.Stack()))
	}
}

// follower tells one page what becomes of an escalation.
type follower struct {
	views   *views
	changes <-chan escalation.Escalation
	beat    string // as it is sent
	pace    time.Duration
	done    <-chan struct{} // the server closes
	seen    int             // newest Version that the page has
}

// follow writes until there can be no more news, until ctx or the server ends, or
// nobody takes what is written.
func (f *follower) follow(ctx context.Context, out *stream) {
	// The comment makes the headers leave at once; retry is the client's pause
	// before it reconnects, of random length so that those who lost the same
	// server do not all come to the next one together. The first beat says how long
	// to wait for the next ones.
	out.write(fmt.Sprintf("retry: %d\n: escalate\n\n", (comeBack+rand.N(comeBack)).Milliseconds()) + f.beat)

	beat := time.NewTicker(f.pace)
	defer beat.Stop()
	for out.err == nil {
		select {
		case e, ok := <-f.changes:
			if !ok || f.tell(e, out) {
				return
			}
		case <-beat.C:
			out.write(f.beat)
		case <-ctx.Done():
			return
		case <-f.done:
			return
		}
	}
}

// tell writes a state that is news. It says whether that was the last.
func (f *follower) tell(e escalation.Escalation, out *stream) (last bool) {
	st := f.views.state(e)
	last = st.Status == wire.StatusExpired || st.Status == wire.StatusEnded && st.Rated
	// A replica that lags behind the one before it has nothing to tell yet.
	if last || st.Version > f.seen {
		f.seen = st.Version
		out.state(st, last)
	}
	return last
}

// beatEvent is a beat, written. It has no id: it is not what a client that
// comes back has to have seen.
func beatEvent(pace time.Duration) string {
	data, _ := json.Marshal(wire.Beat{Every: pace.Milliseconds()}) // a struct of one number always can
	return fmt.Sprintf("event: %s\ndata: %s\n\n", wire.EventBeat, data)
}

// lastSeen reads Last-Event-ID: the newest Version that the client has, -1 for
// none, and whether it was final.
func lastSeen(r *http.Request) (version int, final bool) {
	id, final := strings.CutSuffix(r.Header.Get("Last-Event-ID"), finalMark)
	v, err := strconv.Atoi(id)
	if err != nil {
		return -1, false
	}
	return v, final
}

// stream writes server-sent events; after an error it writes nothing more.
type stream struct {
	out outlet
	err error
}

// outlet is where the text of a stream goes: at once, and not for longer than writeWait.
type outlet interface{ send(text string) error }

func (s *stream) state(st wire.State, last bool) {
	data, err := json.Marshal(st)
	if err != nil {
		s.err = err
		return
	}
	mark := ""
	if last {
		mark = finalMark
	}
	s.write(fmt.Sprintf("id: %d%s\nevent: %s\ndata: %s\n\n", st.Version, mark, wire.EventState, data))
}

func (s *stream) write(text string) {
	if s.err == nil {
		s.err = s.out.send(text)
	}
}

// response is the outlet of a stream that stays in its handler.
type response struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (o response) send(text string) error {
	// Not every writer has deadlines (tests' recorders have none); those that
	// have would otherwise keep the server's WriteTimeout from the start of the
	// request, and cut the stream.
	_ = o.c.SetWriteDeadline(time.Now().Add(writeWait))
	if _, err := o.w.Write([]byte(text)); err != nil {
		return err
	}
	return o.c.Flush()
}

package web

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxChatter is how many bytes a page may send beside its request before its stream
// ends. Browsers and proxies send none.
const maxChatter = 16 << 10

// line is an HTTP/1 connection that an event stream has taken from the server, so that
// what net/http keeps for a request under way is given back: buffers, headers, and a
// deep stack are 20 kB, and most streams only wait. What is sent is the same. It is
// the outlet of its stream.
type line struct {
	conn    net.Conn
	head    []byte // status and headers, until they are sent
	chunked bool
	passage *passage
	finish  func() // of the passage
}

// takeLine takes the connection of r, for an answer with the headers of w. It returns
// nil where there is none to take, and nothing has happened: several requests share one
// over HTTP/2, and recorders have none.
func takeLine(w http.ResponseWriter, r *http.Request) *line {
	if r.ProtoMajor != 1 {
		return nil
	}
	conn, _, err := http.NewResponseController(w).Hijack() // it clears the server's deadlines
	if err != nil {
		return nil
	}
	p := passageOf(r)
	l := &line{conn: conn, chunked: r.ProtoAtLeast(1, 1), passage: p, finish: p.keep(http.StatusOK)}
	h := w.Header()
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("Connection", "close")
	proto := "HTTP/1.0"
	if l.chunked {
		proto = "HTTP/1.1"
		h.Set("Transfer-Encoding", "chunked")
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s 200 OK\r\n", proto)
	_ = h.Write(&head) // a Buffer takes everything
	head.WriteString("\r\n")
	l.head = head.Bytes()
	return l
}

// carry lets f follow over the line until either ends, and closes it. hangUp ends ctx.
func (l *line) carry(ctx context.Context, hangUp context.CancelFunc, f *follower) {
	defer l.finish()
	var reading sync.WaitGroup
	defer reading.Wait()
	defer l.conn.Close()
	reading.Go(func() {
		l.listen()
		hangUp()
	})
	out := &stream{out: l}
	f.follow(ctx, out)
	if out.err == nil && l.chunked {
		_, _ = l.conn.Write([]byte("0\r\n\r\n")) // who does not get it sees that the line is closed
	}
}

// listen returns when the page has gone, or talks too much.
func (l *line) listen() {
	var few [64]byte
	for n := 0; n < maxChatter; {
		k, err := l.conn.Read(few[:])
		if err != nil {
			return
		}
		n += k
	}
}

// send implements outlet.
func (l *line) send(text string) error {
	b := l.head
	l.head = nil
	if l.chunked {
		b = fmt.Appendf(b, "%x\r\n%s\r\n", len(text), text)
	} else {
		b = append(b, text...)
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(writeWait)); err != nil {
		return err
	}
	if _, err := l.conn.Write(b); err != nil {
		return err
	}
	l.passage.bytes += int64(len(text))
	return nil
}

// Package logs makes the log of a process: text for people or JSON for machines, with
// the replica's name in every line, and the id of the request that a line is about.
package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"sync"
)

// Config is how a process logs. The zero Config is text from level info on, with the
// name of the host.
type Config struct {
	Level slog.Level
	// JSON writes each line as an object, by the keys of package slog.
	JSON bool
	// Replica tells this process apart from others that do the same; empty is the
	// host's name.
	Replica string
}

// keyRequest is the key of a request's id. The web server's line about a request has
// it too.
const keyRequest = "id"

// replicaForm has no quotes or spaces, so that it can be searched for in any format.
var replicaForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$`) })

// ErrReplica is the error of a replica's name that is none.
var ErrReplica = errors.New(`must be 1 to 63 letters, digits, dots, colons, dashes and underscores`)

// ErrFormat is the error of a format that is neither of the two.
var ErrFormat = errors.New("must be text or json")

// SetFormat reads the format, "text" or "json".
func (c *Config) SetFormat(format string) error {
	switch format {
	case "text", "json":
		c.JSON = format == "json"
		return nil
	}
	return ErrFormat
}

// Check returns ErrReplica for a name of the replica that cannot be one.
func (c Config) Check() error {
	if c.Replica != "" && !replicaForm().MatchString(c.Replica) {
		return ErrReplica
	}
	return nil
}

// Name returns the replica's name.
func (c Config) Name() string {
	if c.Replica != "" {
		return c.Replica
	}
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return host
}

// New returns a log that writes to out.
func New(out io.Writer, c Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Level}
	var h slog.Handler = slog.NewTextHandler(out, o)
	if c.JSON {
		h = slog.NewJSONHandler(out, o)
	}
	return slog.New(handler{h}).With("replica", c.Name())
}

type requestKey struct{}

// WithRequest returns a context in which lines are about the request with the id.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// handler adds what a context says to each line.
type handler struct{ slog.Handler }

// Handle is a slog.Handler's.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestKey{}).(string); ok && !has(r, keyRequest) {
		r = r.Clone()
		r.AddAttrs(slog.String(keyRequest, id))
	}
	if err := h.Handler.Handle(ctx, r); err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// has says whether a line has the key already.
func has(r slog.Record, key string) (found bool) {
	r.Attrs(func(a slog.Attr) bool {
		found = a.Key == key
		return !found
	})
	return found
}

// WithAttrs is a slog.Handler's.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

// WithGroup is a slog.Handler's.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

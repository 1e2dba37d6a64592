// Package news tells the replicas of an installation what one of them has changed,
// over NATS. It carries no state: a message says which join code is at which version,
// and whoever cares reads the truth in Sync. What gets lost, because NATS is away or
// slow, is found by the next scan.
package news

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

const (
	connectTimeout = 2 * time.Second
	// comeBack is the pause between two tries to connect again.
	comeBack = time.Second
	// closeWithin is what Close gives to news that were told and not sent yet.
	closeWithin = time.Second
	// pingEvery and pingsOut find within 15 seconds that nothing comes back any more;
	// nats.go's own two minutes would be six.
	pingEvery = 5 * time.Second
	pingsOut  = 2
	// writeWithin is what a write to the socket may take.
	writeWithin = time.Second
	// complainEvery is how often the log says that NATS is still away.
	complainEvery = time.Minute
)

// Config is where the news go.
type Config struct {
	// URL is a NATS server, or several of one cluster with commas between them:
	// nats://host:4222, tls://user:password@host.
	URL string
	// Credentials is a file with a user's JWT and seed, as NATS's own tools make it;
	// empty for none.
	Credentials string
	// Name tells replicas apart in NATS's own monitoring.
	Name string
	// Topic keeps installations apart that share a NATS: letters and digits, such as
	// the SID of the Sync Service.
	Topic   string
	Metrics prometheus.Registerer // nil means none
	Log     *slog.Logger          // nil means none

	ping time.Duration // 0 means pingEvery
}

// Line is a connection to NATS. It is safe for concurrent use.
type Line struct {
	conn    *nats.Conn
	log     *slog.Logger
	subject string
	outbox  *outbox
	heard   prometheus.Counter
	// away and faults keep the log short: what happens with every try is said once a
	// minute.
	away, faults rate.Sometimes
	once         sync.Once
	closing      atomic.Bool
	closed       chan struct{}
	stopped      chan struct{} // when Close begins
	watched      sync.WaitGroup
}

// Connect returns a Line, also when NATS does not answer yet: it goes on trying until
// Close. It returns an error when the Config cannot be meant.
func Connect(c Config) (*Line, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	l := &Line{
		subject: "escalate." + c.Topic + ".changed", log: c.Log, closed: make(chan struct{}), stopped: make(chan struct{}),
		away: rate.Sometimes{First: 1, Interval: complainEvery}, faults: rate.Sometimes{First: 1, Interval: complainEvery},
	}
	told, lost, connected := l.meter(c.Metrics)
	options := []nats.Option{
		nats.Name(c.Name),
		nats.Timeout(connectTimeout),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(comeBack),
		// Without it two refusals in a row end the connection for good, though the
		// password may be set right at the server, as at its restart.
		nats.IgnoreAuthErrorAbort(),
		nats.PingInterval(cmp.Or(c.ping, pingEvery)), nats.MaxPingsOutstanding(pingsOut), nats.FlusherTimeout(writeWithin),
		// What could not be told at once is not worth telling: scans are quicker.
		nats.ReconnectBufSize(-1),
		nats.NoEcho(),
		nats.ConnectHandler(func(c *nats.Conn) {
			connected.Set(1)
			l.log.Info("connected to NATS", "server", c.ConnectedServerName())
		}),
		nats.ReconnectHandler(func(c *nats.Conn) {
			connected.Set(1)
			l.log.Info("connected to NATS again", "server", c.ConnectedServerName())
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			connected.Set(0)
			if err != nil {
				l.log.Warn("NATS is away: changes reach other replicas by scans", "err", err)
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { l.isAway(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.faults.Do(func() { l.log.Warn("NATS", "err", err) })
		}),
		nats.ClosedHandler(func(c *nats.Conn) {
			connected.Set(0)
			if !l.closing.Load() {
				l.log.Error("the connection to NATS has ended for good: until a restart, changes reach other replicas by scans", "err", c.LastError())
			}
			close(l.closed)
		}),
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	conn, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	l.conn = conn
	l.outbox = newOutbox(func(news []byte) error { return conn.Publish(l.subject, news) }, told, lost)
	l.watched.Go(l.watch)
	return l, nil
}

// watch says from time to time why there is no connection: nats.go tells of a refusal
// before the first connection only once, and never when the server was unreachable
// before.
func (l *Line) watch() {
	t := time.NewTicker(complainEvery)
	defer t.Stop()
	for {
		select {
		case <-l.stopped:
			return
		case <-t.C:
			if err := l.conn.LastError(); err != nil && !l.conn.IsConnected() {
				l.isAway(err)
			}
		}
	}
}

func (l *Line) isAway(err error) {
	l.away.Do(func() { l.log.Warn("cannot connect to NATS: changes reach other replicas by scans", "err", err) })
}

func (l *Line) meter(r prometheus.Registerer) (told, lost prometheus.Counter, connected prometheus.Gauge) {
	told = prometheus.NewCounter(prometheus.CounterOpts{Name: "escalate_news_told_total", Help: "Changes that this replica told the others over NATS."})
	l.heard = prometheus.NewCounter(prometheus.CounterOpts{Name: "escalate_news_heard_total", Help: "Changes that others told this replica over NATS."})
	lost = prometheus.NewCounter(prometheus.CounterOpts{Name: "escalate_news_lost_total", Help: "Changes that could not be told because NATS was away or slow; scans find them."})
	connected = prometheus.NewGauge(prometheus.GaugeOpts{Name: "escalate_news_connected", Help: "1 while this replica is connected to NATS."})
	if r != nil {
		r.MustRegister(told, l.heard, lost, connected)
	}
	return told, lost, connected
}

// Tell tells the other replicas that a code is at a version. It does not wait for
// anybody, and what cannot be told now is lost.
func (l *Line) Tell(code string, version int) {
	l.outbox.put([]byte(code + " " + strconv.Itoa(version)))
}

// Hear calls f, one after the other, for what other replicas tell, until Close.
func (l *Line) Hear(f func(code string, version int)) error {
	_, err := l.conn.Subscribe(l.subject, func(m *nats.Msg) {
		code, version, err := read(m.Data)
		if err != nil {
			l.log.Debug("news that cannot be read", "err", err)
			return
		}
		l.heard.Inc()
		f(code, version)
	})
	if err != nil {
		return fmt.Errorf("listen for news: %w", err)
	}
	return nil
}

// maxNews is longer than any news of ours, in bytes.
const maxNews = 64

func read(data []byte) (code string, version int, err error) {
	if len(data) > maxNews {
		return "", 0, fmt.Errorf("%d bytes are no news", len(data))
	}
	code, number, ok := strings.Cut(string(data), " ")
	if version, err = strconv.Atoi(number); err != nil || !ok || code == "" || version < 1 {
		return "", 0, errors.New("news are a code and a version")
	}
	return code, version, nil
}

// Close sends what was told, ends the connection and waits for its goroutines.
func (l *Line) Close() {
	l.once.Do(func() {
		l.closing.Store(true)
		close(l.stopped)
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		l.outbox.close(ctx)
		if err := l.conn.FlushWithContext(ctx); err != nil {
			l.log.Debug("news that were not sent", "err", err)
		}
		l.conn.Close()
		<-l.closed
		l.watched.Wait()
	})
}

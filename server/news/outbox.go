package news

import (
	"context"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// outboxSize is how many news may wait for a slow NATS.
const outboxSize = 256

// outbox hands news to NATS on a goroutine of its own: nats.go's Publish waits while a
// full socket takes its time, and while a server that does not answer is called.
type outbox struct {
	send       func(news []byte) error
	told, lost prometheus.Counter
	news       chan []byte
	stop       chan context.Context // says until when to send what there is
	wg         sync.WaitGroup
}

func newOutbox(send func([]byte) error, told, lost prometheus.Counter) *outbox {
	o := &outbox{send: send, told: told, lost: lost, news: make(chan []byte, outboxSize), stop: make(chan context.Context)}
	o.wg.Go(o.run)
	return o
}

// put never waits: what there is no room for is lost.
func (o *outbox) put(news []byte) {
	select {
	case o.news <- news:
	default:
		o.lost.Inc()
	}
}

func (o *outbox) run() {
	for {
		select {
		case news := <-o.news:
			o.hand(news)
		case ctx := <-o.stop:
			for ctx.Err() == nil {
				select {
				case news := <-o.news:
					o.hand(news)
				default:
					return
				}
			}
			return
		}
	}
}

func (o *outbox) hand(news []byte) {
	if err := o.send(news); err != nil {
		o.lost.Inc()
		return
	}
	o.told.Inc()
}

// close sends what is there until ctx ends, and waits for the goroutine, which may be
// within one send. It is called once.
func (o *outbox) close(ctx context.Context) {
	o.stop <- ctx
	o.wg.Wait()
}

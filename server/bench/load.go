package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// answerWithin is what a server gets for the answers that are still due when
// the time is up.
const answerWithin = 10 * time.Second

// sample is what one server did in one round.
type sample struct {
	requests, failed int
	elapsed          time.Duration
	p50, p99         time.Duration
	cpu              time.Duration // of the server, for all requests; 0 is unknown
	others           time.Duration // CPU time that had nothing to do with it
	firstFailure     error
}

func (s sample) perSecond() float64 { return float64(s.requests) / s.elapsed.Seconds() }

// perRequest is the server's CPU time for one request.
func (s sample) perRequest() time.Duration {
	return s.cpu / time.Duration(max(1, s.requests+s.failed))
}

// stream is what one connection asks for: the same request over and over.
type stream []byte

// load asks addr on one connection per stream for warmUp and then d, each
// connection without a pause, and counts what began and ended in d. It is as
// lean as it can be, since it takes its CPU time from the server's.
func load(ctx context.Context, addr string, pid int, streams []stream, warmUp, d time.Duration) (sample, error) {
	ctx, cancel := context.WithTimeout(ctx, warmUp+d+answerWithin)
	defer cancel()
	begin := time.Now().Add(warmUp)
	w := window{begin: begin, end: begin.Add(d)}
	counts := make([]counted, len(streams))
	var wg sync.WaitGroup
	for i, s := range streams {
		wg.Go(func() { counts[i] = w.ask(ctx, addr, s) })
	}
	before, known := usageAt(ctx, pid, w.begin)
	after, _ := usageAt(ctx, pid, w.end)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return sample{}, fmt.Errorf("load %s: %w", addr, err)
	}
	s := sample{elapsed: d}
	if known {
		s.cpu, s.others = after.server-before.server, after.others(before)
	}
	var all []time.Duration
	for _, c := range counts {
		all = append(all, c.took...)
		s.failed += c.failed
		if s.firstFailure == nil {
			s.firstFailure = c.failure
		}
	}
	s.requests = len(all)
	slices.Sort(all)
	s.p50, s.p99 = percentile(all, 50), percentile(all, 99)
	return s, nil
}

// usageAt waits for a time and reads the CPU time used until then.
func usageAt(ctx context.Context, pid int, at time.Time) (usage, bool) {
	t := time.NewTimer(time.Until(at))
	defer t.Stop()
	select {
	case <-t.C:
		return readUsage(pid)
	case <-ctx.Done():
		return usage{}, false
	}
}

// percentile returns the value that p in a hundred of the sorted ones do not
// exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// window is the time that counts.
type window struct{ begin, end time.Time }

// counted is what one connection saw in the window.
type counted struct {
	took    []time.Duration
	failed  int
	failure error // the first
}

// ask sends a request over and over until the window's end.
func (w window) ask(ctx context.Context, addr string, request stream) counted {
	var (
		c    counted
		conn net.Conn
		r    *bufio.Reader
	)
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for ctx.Err() == nil {
		start := time.Now()
		if !start.Before(w.end) {
			break
		}
		var err error
		if conn == nil {
			if conn, err = dial(ctx, addr); err == nil {
				r = bufio.NewReaderSize(conn, 16<<10)
			}
		}
		if err == nil {
			if _, err = conn.Write(request); err == nil {
				err = readAnswer(r)
			}
		}
		stop := time.Now()
		counts := !start.Before(w.begin) && !stop.After(w.end)
		switch {
		case err != nil:
			// Also outside the window: a server that fails while it warms up is
			// not one to measure.
			c.failed++
			if c.failure == nil {
				c.failure = err
			}
			if conn != nil {
				conn.Close()
				conn = nil
			}
			time.Sleep(time.Millisecond) // a server that is gone would be asked in a tight loop
		case counts:
			c.took = append(c.took, stop.Sub(start))
		}
	}
	return c
}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	// One deadline for the whole run: setting one per request costs more than
	// reading the answer.
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

var (
	errStatus = errors.New("unexpected status")
	errAnswer = errors.New("unexpected answer")
)

// readAnswer reads one answer of HTTP/1.1 with a Content-Length and status 200.
func readAnswer(r *bufio.Reader) error {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("read status: %w", err)
	}
	_, status, _ := bytes.Cut(line, []byte(" "))
	good := bytes.HasPrefix(status, []byte("200"))
	var failure error
	if !good {
		failure = fmt.Errorf("%w: %s", errStatus, bytes.TrimSpace(line))
	}
	length := -1
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return fmt.Errorf("read header: %w", err)
		}
		if len(line) <= 2 {
			break
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):]))); err != nil {
				return fmt.Errorf("%w: %w", errAnswer, err)
			}
		}
	}
	if failure != nil {
		return failure
	}
	if length <= 0 {
		return fmt.Errorf("%w: no Content-Length", errAnswer)
	}
	if _, err := r.Discard(length); err != nil {
		return fmt.Errorf("read body: %w", err)
	}
	return nil
}

package main

import (
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a test waits for what ought to come at once.
const patience = 20 * time.Second

// losses is which of the first n packets of a stream are lost.
func losses(n network, stream uint64, packets int) (lost []int) {
	d := n.dice(stream)
	for i := range packets {
		if d.lost() {
			lost = append(lost, i)
		}
	}
	return lost
}

func TestSameSeedLosesTheSamePackets(t *testing.T) {
	n := network{loss: 0.03, seed: 7}
	got := losses(n, 0, 20_000)
	if !slices.Equal(got, losses(n, 0, 20_000)) {
		t.Error("the second time others were lost")
	}
	if slices.Equal(got, losses(n, 1, 20_000)) {
		t.Error("the other direction loses the same ones")
	}
	if slices.Equal(got, losses(network{loss: 0.03, seed: 8}, 0, 20_000)) {
		t.Error("another seed loses the same ones")
	}
	if len(got) < 500 || len(got) > 700 {
		t.Errorf("%d of 20000 packets were lost, want about 600", len(got))
	}
}

func TestPipeDelaysAndKeepsOrder(t *testing.T) {
	n := network{delay: 30 * time.Millisecond, queue: 100}
	var lost atomic.Int64
	p := n.pipe(0, &lost)
	began := time.Now()
	for i := range 50 {
		p.put(time.Now(), []byte{byte(i)})
	}
	out := make(chan byte, 50)
	go p.carry(t.Context(), func(b []byte) {
		if since := time.Since(began); since < n.delay {
			t.Errorf("packet %d came after %v already", b[0], since)
		}
		out <- b[0]
	})
	for i := range 50 {
		select {
		case got := <-out:
			if int(got) != i {
				t.Fatalf("packet %d came instead of %d", got, i)
			}
		case <-time.After(patience):
			t.Fatalf("packet %d did not come", i)
		}
	}
	if lost.Load() != 0 {
		t.Errorf("%d were lost", lost.Load())
	}
}

func TestPipeLosesWhatItCannotHold(t *testing.T) {
	var lost atomic.Int64
	p := network{delay: time.Hour, queue: 3}.pipe(0, &lost)
	for range 5 {
		p.put(time.Now(), []byte{1})
	}
	if lost.Load() != 2 || len(p.way) != 3 {
		t.Errorf("%d lost and %d on their way, want 2 and 3", lost.Load(), len(p.way))
	}
}

// TestShaperTellsSendersApart has two clients talk to a server that answers
// each with its own address.
func TestShaperTellsSendersApart(t *testing.T) {
	server, err := net.ListenUDP("udp4", &net.UDPAddr{IP: loopback})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() { // ends with Close
		buf := make([]byte, 100)
		for {
			n, from, err := server.ReadFromUDP(buf)
			if err != nil {
				return
			}
			_, _ = server.WriteToUDP(fmt.Appendf(nil, "%s from %d", buf[:n], from.Port), from)
		}
	}()
	s, err := startShaper(network{delay: time.Millisecond, queue: 10}, server.LocalAddr().(*net.UDPAddr).Port)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	answers := map[string]bool{}
	for _, name := range []string{"one", "two"} {
		c, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: loopback, Port: s.port()})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 100)
		for range 2 {
			if _, err := c.Write([]byte(name)); err != nil {
				t.Fatal(err)
			}
			n, err := c.Read(buf)
			if err != nil {
				t.Fatalf("%s is not answered: %v", name, err)
			}
			answers[string(buf[:n])] = true
		}
	}
	if len(answers) != 2 {
		t.Errorf("each ought to have one port of its own: %v", answers)
	}
	if s.passed.Load() != 8 || s.lost.Load() != 0 {
		t.Errorf("%d passed and %d lost, want 8 and 0", s.passed.Load(), s.lost.Load())
	}
}

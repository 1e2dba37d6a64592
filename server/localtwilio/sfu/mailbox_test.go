package sfu

import "testing"

func TestMailbox(t *testing.T) {
	m := newMailbox()
	var got []int
	for i := range 3 {
		if !m.post(func() { got = append(got, i) }) {
			t.Errorf("work %d not taken", i)
		}
	}
	if m.postUnder(3, func() {}) {
		t.Error("taken above the limit")
	}
	<-m.wake
	if f, ok := m.next(); ok {
		f()
	}
	for _, f := range m.take() {
		f()
	}
	if len(got) != 3 || got[0] != 0 || got[2] != 2 {
		t.Errorf("done %v", got)
	}
	if _, ok := m.next(); ok {
		t.Error("work left")
	}
	m.post(func() {})
	m.close()
	if _, ok := m.next(); ok || m.post(func() {}) {
		t.Error("work after close")
	}
}

func TestGoroutines(t *testing.T) {
	var g goroutines
	release := make(chan struct{})
	if !g.run(func() { <-release }) {
		t.Fatal("refused")
	}
	g.refuse()
	if g.enter() || g.run(func() {}) {
		t.Error("let in after refuse")
	}
	close(release)
	g.wait()
}

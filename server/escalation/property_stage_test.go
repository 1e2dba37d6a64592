package escalation_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"escalate/server/escalation"
	"escalate/server/escalation/escalationtest"
)

// The property tests play random schedules: agents, customers, Twilio's status
// callbacks and sweepers act on two replicas whose clocks differ, every call to
// Twilio is a moment in which another one may act, fail or die, and invariants
// are checked at every write and at the end. A failure names its seed:
//
//	go test ./server/escalation -run 'TestRandomSchedules|TestRandomContenders' -seed N -v
var (
	schedulesFlag = flag.Int("schedules", defaultSchedules, "random schedules to play; at most 500 with -short")
	seedFlag      = flag.Uint64("seed", 0, "play only the schedule with this seed, and tell what happens")
)

// play plays schedules until one fails, and that one again to tell its story.
// Stages share nothing, so several are played at once.
func play(t *testing.T, act func(*stage)) {
	n, first := uint64(*schedulesFlag), uint64(1)
	if testing.Short() {
		n = min(n, 500)
	}
	if *seedFlag != 0 {
		n, first = 1, *seedFlag
	}
	started := time.Now()
	var next, calls, failed atomic.Uint64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		wg.Go(func() {
			for failed.Load() == 0 {
				i := next.Add(1) - 1
				if i >= n {
					return
				}
				s := newStage(first+i, false)
				act(s)
				calls.Add(uint64(s.calls))
				if s.failure != "" {
					failed.CompareAndSwap(0, first+i)
				}
			}
		})
	}
	wg.Wait()
	if seed := failed.Load(); seed != 0 || *seedFlag != 0 {
		s := newStage(max(seed, *seedFlag), true)
		act(s)
		t.Logf("clocks are off by %v:\n%s", s.skew, strings.Join(s.story, "\n"))
		if seed != 0 {
			t.Fatalf("-seed %d: %s", seed, s.failure)
		}
	}
	t.Logf("%d schedules, %d calls in %v", n, calls.Load(), time.Since(started).Round(time.Millisecond))
}

// stage is one schedule's world.
type stage struct {
	*escalationtest.Schedule
	twilio   *escalationtest.Twilio
	ctx      context.Context
	now      time.Time
	replicas [2]*escalation.Service
	skew     [2]time.Duration
	safe     bool // no more faults
	calls    int
	telling  bool
	story    []string
	failure  string

	*watchman
	decoder escalation.Decoder
	codes   []string // that agents know of
	pending []escalation.Callback
	seats   []seat // that browsers ever had
	serial  int
	early   bool // Rooms are made before anybody joins
}

func newStage(seed uint64, telling bool) *stage {
	s := &stage{
		Schedule: escalationtest.NewSchedule(seed), ctx: context.Background(),
		now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), telling: telling, decoder: escalation.Decoder{},
	}
	s.watchman = newWatchman(s)
	s.twilio = escalationtest.New(func() time.Time { return s.now })
	s.twilio.Chat.Set(chat1, escalation.Conversation{})
	s.twilio.Chat.Set(chat2, escalation.Conversation{})
	s.twilio.Fail(s.before)
	s.twilio.Lose(s.after)
	s.twilio.Documents.OnWrite(s.written)
	s.twilio.Notices.OnWrite(s.noticeWritten)
	s.twilio.Rooms.OnEvent(func(c escalation.Callback) {
		if c.Event == "room-ended" {
			s.roomEnded[c.RoomSID] = s.calls
		}
		s.pending = append(s.pending, c)
	})
	s.twilio.Documents.DeleteLate(time.Duration(s.Rand.IntN(2)) * time.Hour)
	record := s.Rand.IntN(2) == 0
	s.early = s.chance(400)
	for i := range s.replicas {
		s.skew[i] = time.Duration(s.Rand.IntN(61)-30) * time.Second
		s.replicas[i] = escalation.New(escalation.Config{
			PublicURL: "https://video.example", CallbackURL: "https://video.example/callbacks/video",
			CodeTTL: 20 * time.Minute, MaxCall: time.Hour, Record: record, Link: func(code string) string { return code + "-tag" },
			Now: func() time.Time { return s.now.Add(s.skew[i]) },
		}, s.twilio.Deps())
		s.replicas[i].Unpaced(s.Yield)
		s.decoder.Use(s.replicas[i])
	}
	return s
}

// replica is the one that a balancer happens to choose.
func (s *stage) replica() *escalation.Service { return s.replicas[s.Rand.IntN(len(s.replicas))] }

// chance is true in n of 1000 cases.
func (s *stage) chance(n int) bool { return s.Rand.IntN(1000) < n }

// before is asked before every call to Twilio.
func (s *stage) before(op, key string) error {
	s.Yield()
	s.calls++
	s.tell("%s %s", op, key)
	if !s.safe && s.chance(15) {
		s.tell("  no answer")
		return escalation.ErrUnavailable
	}
	return nil
}

// after is asked after every change: its answer may get lost, or the request
// may be made twice on its way, so that the second answer is what comes back.
func (s *stage) after(op, key string) error {
	switch {
	case s.safe || !s.chance(20):
		return nil
	case s.chance(500):
		s.tell("  done, but no answer")
		return escalation.ErrUnavailable
	}
	switch op {
	case "documents.update", "notices.update", "tasks.update":
		s.tell("  done twice, conflict")
		return escalation.ErrConflict
	case "documents.create", "notices.create", "rooms.create":
		s.tell("  done twice, name taken")
		return escalation.ErrNameTaken
	}
	return nil
}

// pass lets time go by.
func (s *stage) pass(d time.Duration) {
	s.now = s.now.Add(d)
	s.twilio.Rooms.EndIdle()
}

// run lets the actors act until all are done.
func (s *stage) run() {
	defer s.Stop()
	for steps := 0; s.failure == "" && s.Step(); steps++ {
		if steps > 20_000 {
			s.fail("the schedule does not end")
		}
		switch dice := s.Rand.IntN(1000); {
		case dice < 700:
			s.now = s.now.Add(time.Duration(dice) * time.Millisecond / 4)
		case dice < 960:
			s.now = s.now.Add(time.Duration(dice-700) * time.Millisecond * 20)
		case dice < 990:
			s.pass(time.Duration(dice-960) * 4 * time.Second)
		case dice < 993:
			s.pass(time.Duration(dice-989) * 8 * time.Minute)
		case dice < 996 && !s.safe:
			s.tell("%s dies", s.Crash())
		}
	}
}

// calm runs a use case of which every part has to succeed.
func (s *stage) calm(what string, f func() error) {
	if s.failure != "" {
		return
	}
	s.tell("%s", what)
	if err := f(); err != nil {
		s.fail("%s: %v", what, err)
	}
}

// sweep lets one of the replicas sweep.
func (s *stage) sweep(i int) {
	s.calm(fmt.Sprint("sweep on ", i), func() error { return s.replicas[i].Sweep(s.ctx) })
}

func (s *stage) tell(format string, args ...any) {
	if !s.telling {
		return
	}
	s.story = append(s.story, fmt.Sprintf("%s %-9s %s", s.now.Format("15:04:05.000"), s.Running(), fmt.Sprintf(format, args...)))
}

// fail notes the first thing that went wrong.
func (s *stage) fail(format string, args ...any) {
	if s.failure == "" {
		s.failure = fmt.Sprintf(format, args...)
		s.tell("FAIL %s", s.failure)
	}
}

// lockDoc is a lock as other programs read it.
type lockDoc struct {
	Holder    string
	Confirmed bool
}

// lock returns a Worker's lock.
func (s *stage) lock(worker string) lockDoc {
	return readLock(s.twilio.Documents.Data("agentlock." + worker))
}

// readLock reads a lock; one that cannot be read is nobody's.
func readLock(data json.RawMessage) (l lockDoc) {
	if json.Unmarshal(data, &l) != nil {
		return lockDoc{}
	}
	return l
}

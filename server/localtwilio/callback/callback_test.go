package callback_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"

	"escalate/server/localtwilio/callback"
	"escalate/server/localtwilio/store"
)

// receiver keeps the status callbacks it gets, and refuses those with a bad
// signature by Twilio's own check.
type receiver struct {
	*httptest.Server
	got chan url.Values

	mu   sync.Mutex
	fail int // how many requests to answer with status
	with int
}

func newReceiver(t *testing.T, s *store.Store) *receiver {
	r := &receiver{got: make(chan url.Values, 1000)}
	check := client.NewRequestValidator(s.Account().AuthToken)
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.mu.Lock()
		status := 0
		if r.fail > 0 {
			r.fail--
			status = r.with
		}
		r.mu.Unlock()
		if status != 0 {
			w.WriteHeader(status)
			return
		}
		body, err := io.ReadAll(q.Body)
		if err != nil {
			t.Error(err)
		}
		target := r.URL + q.URL.RequestURI()
		if !check.ValidateBody(target, body, q.Header.Get("X-Twilio-Signature")) {
			t.Errorf("%s %s: bad signature", q.Method, target)
		}
		v, err := url.ParseQuery(string(body))
		if err != nil {
			t.Error(err)
		}
		if q.Method == http.MethodGet {
			v = q.URL.Query()
		}
		r.got <- v
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) failNext(n, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fail, r.with = n, status
}

func (r *receiver) next(t *testing.T) url.Values {
	t.Helper()
	select {
	case v := <-r.got:
		return v
	case <-time.After(10 * time.Second):
		t.Fatal("no status callback within 10 s")
		return nil
	}
}

func start(t *testing.T, backoff ...time.Duration) *store.Store {
	t.Helper()
	s, err := store.Open("", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	sender := callback.Start(callback.Config{Store: s, Backoff: backoff})
	t.Cleanup(func() {
		sender.Close()
		sender.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestWholeRoom(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			s := start(t)
			rec := newReceiver(t, s)
			room := must(s.Rooms.Create(store.Room{UniqueName: "a & b", StatusCallback: rec.URL + "/cb?x=1", StatusCallbackMethod: method}))(t)
			p := must(s.Participants.Add(room.SID, "customer:7"))(t)
			k := must(s.Tracks.Add(store.Track{ParticipantSID: p.SID, Kind: "video", Name: "cam", Enabled: true}))(t)
			if err := s.Tracks.SetEnabled(k.SID, false); err != nil {
				t.Fatal(err)
			}
			must(s.Participants.SetStatus(p.SID, store.Reconnecting))(t) // not a status callback
			must(s.Rooms.Complete(room.SID))(t)
			want := []map[string]string{
				{"StatusCallbackEvent": "room-created", "RoomName": "a & b", "RoomSid": room.SID, "RoomStatus": "in-progress", "RoomType": "group"},
				{"StatusCallbackEvent": "participant-connected", "ParticipantSid": p.SID, "ParticipantIdentity": "customer:7", "ParticipantStatus": "connected"},
				{"StatusCallbackEvent": "track-added", "TrackSid": k.SID, "TrackKind": "video", "TrackName": "cam", "ParticipantSid": p.SID},
				{"StatusCallbackEvent": "track-disabled", "TrackSid": k.SID},
				{"StatusCallbackEvent": "track-removed", "TrackSid": k.SID},
				{"StatusCallbackEvent": "participant-disconnected", "ParticipantSid": p.SID, "ParticipantDuration": "0", "ParticipantStatus": "disconnected"},
				{"StatusCallbackEvent": "room-ended", "RoomStatus": "completed", "RoomDuration": "0"},
			}
			for i, w := range want {
				w["SequenceNumber"], w["AccountSid"] = strconv.Itoa(i), s.Account().SID
				v := rec.next(t)
				for name, value := range w {
					if v.Get(name) != value {
						t.Errorf("callback %d: %s is %q, want %q", i, name, v.Get(name), value)
					}
				}
				if _, err := time.Parse(time.RFC3339Nano, v.Get("Timestamp")); err != nil {
					t.Errorf("callback %d: %v", i, err)
				}
			}
		})
	}
}

func TestRecording(t *testing.T) {
	s := start(t)
	rec := newReceiver(t, s)
	room := must(s.Rooms.Create(store.Room{UniqueName: "r", StatusCallback: rec.URL}))(t)
	p := must(s.Participants.Add(room.SID, "ada"))(t)
	began := time.UnixMilli(1_700_000_000_123)
	record := func() store.Recording {
		return must(s.Recordings.Start(store.Recording{
			RoomSID: room.SID, ParticipantSID: p.SID, SourceSID: store.NewSID("MT"), TrackName: "cam",
			Type: "video", Codec: "VP8", Container: "mkv", Began: began,
		}))(t)
	}
	a, b := record(), record()
	must(s.Recordings.End(a.SID, store.RecordingDone{Status: store.RecordingCompletedStatus, Size: 12345, Duration: 2600 * time.Millisecond, Began: began}))(t)
	must(s.Recordings.End(b.SID, store.RecordingDone{Status: store.RecordingFailedStatus, Size: 7, Duration: time.Millisecond, Began: began}))(t)
	if err := s.Recordings.Delete(a.SID); err != nil { // not a status callback
		t.Fatal(err)
	}
	must(s.Rooms.Complete(room.SID))(t)
	about := func(event string, r store.Recording, more map[string]string) map[string]string {
		m := map[string]string{
			"StatusCallbackEvent": event, "RecordingSid": r.SID, "TrackSid": r.SourceSID, "SourceSid": r.SourceSID, "TrackName": "cam", "TrackKind": "video",
			"ParticipantSid": p.SID, "ParticipantIdentity": "ada", "RoomName": "r", "Type": "video", "Codec": "VP8", "Container": "mkv",
			"OffsetFromTwilioVideoEpoch": "1700000000123",
		}
		maps.Copy(m, more)
		return m
	}
	for i, want := range []map[string]string{
		{"StatusCallbackEvent": "room-created"},
		{"StatusCallbackEvent": "participant-connected"},
		about("recording-started", a, map[string]string{"Size": "", "Duration": "", "MediaUri": ""}),
		about("recording-started", b, nil),
		about("recording-completed", a, map[string]string{"Size": "12345", "Duration": "3", "MediaUri": "/v1/Recordings/" + a.SID + "/Media"}),
		about("recording-failed", b, map[string]string{"Size": "7", "Duration": "1", "MediaUri": ""}),
		{"StatusCallbackEvent": "participant-disconnected", "RecordingSid": ""},
	} {
		v := rec.next(t)
		want["SequenceNumber"] = strconv.Itoa(i)
		for name, value := range want {
			if v.Get(name) != value {
				t.Errorf("callback %d: %s is %q, want %q", i, name, v.Get(name), value)
			}
		}
	}
}

// TestReceiverAway has a receiver that is away for the first tries: nothing is
// lost, nothing overtakes.
func TestReceiverAway(t *testing.T) {
	s := start(t, time.Millisecond, time.Millisecond, time.Millisecond)
	rec := newReceiver(t, s)
	rec.failNext(3, http.StatusBadGateway)
	room := must(s.Rooms.Create(store.Room{StatusCallback: rec.URL}))(t)
	must(s.Participants.Add(room.SID, "a"))(t)
	for i, want := range []string{"room-created", "participant-connected"} {
		if v := rec.next(t); v.Get("StatusCallbackEvent") != want || v.Get("SequenceNumber") != strconv.Itoa(i) {
			t.Errorf("callback %d is %v, want %s", i, v, want)
		}
	}
}

// TestGivesUp has a receiver that refuses or stays away: the next event comes
// nevertheless.
func TestGivesUp(t *testing.T) {
	tests := []struct {
		name          string
		fails, status int
	}{
		{"refused, not tried again", 1, http.StatusForbidden},
		{"redirected, not followed", 1, http.StatusFound},
		{"away for longer than the tries", 2, http.StatusServiceUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := start(t, time.Millisecond)
			rec := newReceiver(t, s)
			rec.failNext(tt.fails, tt.status)
			room := must(s.Rooms.Create(store.Room{StatusCallback: rec.URL}))(t)
			must(s.Rooms.Complete(room.SID))(t)
			if v := rec.next(t); v.Get("StatusCallbackEvent") != "room-ended" {
				t.Errorf("got %v, want room-ended", v)
			}
		})
	}
}

// TestNoReceiverIsPassedOver: what is no URL of a receiver does not hold up what is
// told next, however long one that is away is waited for.
func TestNoReceiverIsPassedOver(t *testing.T) {
	for _, bad := range []string{"http://127.0.0.1:port", "ftp://127.0.0.1", "/here", "http://"} {
		t.Run(bad, func(t *testing.T) {
			s := start(t, time.Hour)
			rec := newReceiver(t, s)
			good := must(s.CompositionHooks.Create(store.CompositionHook{Recipe: store.Recipe{StatusCallback: rec.URL}}))(t)
			wrong := good
			wrong.StatusCallback = bad
			for _, h := range []store.CompositionHook{wrong, good} { // the same line
				room := must(s.Rooms.Create(store.Room{}))(t)
				if err := s.CompositionHooks.Failed(h, room.SID, h.StatusCallback); err != nil {
					t.Fatal(err)
				}
			}
			if v := rec.next(t); v.Get("ErrorMessage") != rec.URL {
				t.Errorf("got %v", v)
			}
		})
	}
}

// TestRoomsAreIndependent has one Room's receiver hang: another Room's callbacks
// arrive, each Room's in order.
func TestRoomsAreIndependent(t *testing.T) {
	s := start(t)
	hang := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(func() { close(hang); hanging.Close() })
	must(s.Rooms.Create(store.Room{StatusCallback: hanging.URL}))(t)

	rec := newReceiver(t, s)
	const rooms, each = 5, 10
	var wg sync.WaitGroup
	for i := range rooms {
		wg.Go(func() {
			room, err := s.Rooms.Create(store.Room{UniqueName: fmt.Sprint(i), StatusCallback: rec.URL})
			if err != nil {
				t.Error(err)
				return
			}
			for j := range each {
				if _, err := s.Participants.Add(room.SID, fmt.Sprint(j)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	got := map[string][]int{}
	for range rooms * (each + 1) {
		v := rec.next(t)
		n, err := strconv.Atoi(v.Get("SequenceNumber"))
		if err != nil {
			t.Fatal(err)
		}
		got[v.Get("RoomSid")] = append(got[v.Get("RoomSid")], n)
	}
	for sid, numbers := range got {
		if len(numbers) != each+1 || !slices.IsSorted(numbers) {
			t.Errorf("room %s got %v", sid, numbers)
		}
	}
}

// TestClose ends a Sender while one receiver hangs and another is waited for.
func TestClose(t *testing.T) {
	s := must(store.Open("", store.Options{}))(t)
	defer s.Close()
	hang, asked := make(chan struct{}), make(chan struct{}, 10)
	hanging := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		if r.URL.Path == "/away" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		<-hang
	}))
	defer hanging.Close()
	defer close(hang)
	sender := callback.Start(callback.Config{Store: s, Backoff: []time.Duration{time.Hour}})
	for _, path := range []string{"/hang", "/away"} {
		must(s.Rooms.Create(store.Room{StatusCallback: hanging.URL + path}))(t)
		<-asked
	}
	done := make(chan struct{})
	go func() { sender.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("Close still waits after 5 s")
	}
}

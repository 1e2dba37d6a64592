package twilioapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"escalate/server/escalation"
	"escalate/server/localtwilio/rest"
	"escalate/server/localtwilio/store"
)

var zeros = strings.Repeat("0", 32)

// documented are the error codes of Twilio's dictionary that the product's
// calls can meet. Three more are met by the browser's SDK alone, and tested
// with local Twilio's signaling: 53103, 53105 and 53205.
var documented = []int{
	54301, 54300, 54100, 20404, 54103, 54003, 54302, 54011, 54006, 54009,
	53113, 53106, 53112, 53118, 53100, 53101, 53102, 53107, 53108, 53109, 53110, 53111, 53114, 53115,
	20003, 20429, 20001,
}

// What the product asks of the ports, as the use cases do.
func fetch(s *stage) error {
	_, err := s.world.api.Documents().Fetch(s.ctx, s.code)
	return err
}

func update(s *stage) error {
	d, err := s.local.Store().Documents.Get(s.code)
	if err != nil {
		return err
	}
	_, err = s.world.api.Documents().Update(s.ctx, s.code, d.ETag(), d.Data, 0)
	return err
}

func create(s *stage) error {
	_, err := s.world.api.Documents().Create(s.ctx, "abc2345", json.RawMessage(`{"a":1}`), time.Hour)
	return err
}

func createRoom(name string) func(*stage) error {
	return func(s *stage) error {
		_, err := s.world.api.Rooms().Create(s.ctx, escalation.RoomOptions{UniqueName: name, Type: "group",
			EmptyTimeout: time.Minute, UnusedTimeout: time.Minute, MaxParticipants: 2, MaxParticipantDuration: time.Hour})
		return err
	}
}

// room answers the Room of the call, after the agent joined.
func (s *stage) room() string {
	r, err := s.local.Store().Rooms.Get(s.code)
	if err != nil {
		s.t.Fatalf("no Room: %v", err)
	}
	return r.SID
}

var roomInPath = regexp.MustCompile(`/Rooms/[^/]+`)

// elsewhere sends the first request of a kind about a Room to another Room, one
// that never was or one that is over.
func elsewhere(method, pathEnd string, over bool) func(*stage) {
	return func(s *stage) {
		sid := "RM" + zeros
		if over {
			r, err := s.local.Store().Rooms.Create(store.Room{})
			if err == nil {
				_, err = s.local.Store().Rooms.Complete(r.SID)
			}
			if err != nil {
				s.t.Fatal(err)
			}
			sid = r.SID
		}
		s.tamper.with(once(func(r *http.Request, _ url.Values) bool {
			if m := roomInPath.FindString(r.URL.Path); r.Method != method || m == "" || r.URL.Path != "/v1"+m+pathEnd {
				return false
			}
			r.URL.Path = roomInPath.ReplaceAllString(r.URL.Path, "/Rooms/"+sid)
			return true
		}))
	}
}

// TestDocumentedErrors provokes every documented error in local Twilio with the
// product's own calls, and looks what becomes of it on its way to a person.
func TestDocumentedErrors(t *testing.T) {
	joined := func(s *stage) {
		if w := agentJoins(s); w.Code != 200 {
			t.Errorf("agent joins: %d %s", w.Code, w.Body)
		}
	}
	brokenRoom := func(code int, name, field, value string) documentedCase {
		return documentedCase{name: name, code: code, status: 400, provoke: posting("/Rooms", field, value),
			port: createRoom("abc2345"), want: errBug, person: agentJoins, gets: "500 internal"}
	}
	cases := []documentedCase{
		{name: "the code is taken: another is made", code: 54301, status: 409,
			provoke: func(s *stage) {
				s.tamper.with(once(func(r *http.Request, form url.Values) bool {
					if !is(r, http.MethodPost, "/Documents") {
						return false
					}
					form.Set("UniqueName", s.code)
					return true
				}))
			},
			port: create, want: escalation.ErrNameTaken, person: escalates, gets: "201"},
		{name: "no such code", code: 20404, status: 404,
			port: func(s *stage) error {
				_, err := s.world.api.Documents().Fetch(s.ctx, "zzzzzzz")
				return err
			},
			want: escalation.ErrNotFound, person: looksForNothing, gets: "404 unknown_code"},
		{name: "no such code, told as a name", code: 54300, status: 404, provoke: answering("GET", "/Documents/", 404, 54300),
			port: fetch, want: escalation.ErrNotFound, person: looks, gets: "404 unknown_code"},
		{name: "no such code, told as a Document", code: 54100, status: 404, provoke: answering("GET", "/Documents/", 404, 54100),
			port: fetch, want: escalation.ErrNotFound, person: looks, gets: "404 unknown_code"},
		{name: "somebody else wrote first: once more", code: 54103, status: 412,
			provoke: func(s *stage) {
				s.tamper.with(once(func(r *http.Request, _ url.Values) bool {
					if !is(r, http.MethodPost, "/Documents/"+s.code) {
						return false
					}
					r.Header.Set("If-Match", "99")
					return true
				}))
			},
			port: update, want: escalation.ErrConflict, person: opensPage, gets: "204"},
		{name: "a revision that is none", code: 54003, status: 400,
			provoke: func(s *stage) {
				s.tamper.with(func(r *http.Request, _ url.Values) {
					if r.Header.Get("If-Match") != "" {
						r.Header.Set("If-Match", "newest")
					}
				})
			},
			port: update, want: errBug, person: opensPage, gets: "500 internal"},
		{name: "a name that Sync does not take", code: 54302, status: 400, provoke: posting("/Documents", "UniqueName", strings.Repeat("x", 257)),
			port: create, want: errBug, person: escalates, gets: "500 internal"},
		{name: "a TTL that Sync does not take", code: 54011, status: 400, provoke: posting("/Documents", "Ttl", "-1"),
			port: create, want: errBug, person: escalates, gets: "500 internal"},
		{name: "more data than Sync takes", code: 54006, status: 413, provoke: posting("/Documents", "Data", `{"a":"`+strings.Repeat("x", 16<<10)+`"}`),
			port: create, want: errBug, person: escalates, gets: "500 internal"},
		{name: "too many reads of a Document", code: 54009, status: 429,
			provoke: func(s *stage) { s.freeze(true); s.drain(s.document()) },
			port:    fetch, want: escalation.ErrUnavailable, person: looks, gets: "503 unavailable"},
		{name: "too many reads of a Document for a moment", code: 54009, status: 429,
			provoke: func(s *stage) {
				s.freeze(true)
				s.drain(s.document())
				s.thaw(http.StatusTooManyRequests, 54009)
			},
			port: fetch, want: nil, person: looks, gets: "200"},
		{name: "too many requests", code: 20429, status: 429, limits: rest.Limits{Requests: 20},
			provoke: func(s *stage) { s.freeze(true); s.drain("https://video.twilio.com/v1/Rooms") },
			port:    fetch, want: escalation.ErrUnavailable, person: looks, gets: "503 unavailable"},
		{name: "the Room is there already: it is adopted", code: 53113, status: 400,
			before: func(s *stage) {
				if err := createRoom(s.code)(s); err != nil {
					t.Error(err)
				}
			},
			port: func(s *stage) error { return createRoom(s.code)(s) }, want: escalation.ErrNameTaken, person: agentJoins, gets: "200"},
		{name: "no such Room: another is made, or found by name", code: 20404, status: 404, before: joined, provoke: elsewhere("GET", "", false),
			port: func(s *stage) error {
				_, err := s.world.api.Rooms().Fetch(s.ctx, s.room())
				return err
			},
			want: escalation.ErrNotFound, person: agentJoins, gets: "200"},
		{name: "no such Room, of what belongs to it", code: 53106, status: 404, before: joined, provoke: elsewhere("POST", "/RecordingRules", false),
			port: func(s *stage) error { return s.world.api.Rooms().Record(s.ctx, s.room(), true) },
			want: escalation.ErrNotFound, person: customerJoins, gets: "200"},
		{name: "the Room is over, which is what was wanted", code: 53112, status: 400, before: joined, provoke: elsewhere("POST", "", true),
			port: func(s *stage) error { return s.world.api.Rooms().Complete(s.ctx, s.room()) },
			want: nil, person: agentEnds, gets: "200"},
		{name: "the Room is over, and cannot be recorded", code: 53118, status: 400, before: joined, provoke: elsewhere("POST", "/RecordingRules", true),
			port: func(s *stage) error { return s.world.api.Rooms().Record(s.ctx, s.room(), true) },
			want: errBug, person: customerJoins, gets: "200"},
		brokenRoom(53100, "a Room's name like a SID", "UniqueName", "RM"+zeros),
		brokenRoom(53101, "a Room's name that is too long", "UniqueName", strings.Repeat("x", 129)),
		brokenRoom(53102, "a Room's name with a slash", "UniqueName", "a/b"),
		brokenRoom(53107, "a Room for too many", "MaxParticipants", "101"),
		brokenRoom(53108, "a Room of no type", "Type", "party"),
		brokenRoom(53109, "a Room's time-out in seconds", "UnusedRoomTimeout", "600"),
		brokenRoom(53110, "a Room's callback method", "StatusCallbackMethod", "PUT"),
		brokenRoom(53111, "a Room's callback without a host", "StatusCallback", "/callbacks/video"),
		brokenRoom(53114, "a Room's parameter", "VideoCodecs", "AV1"),
		brokenRoom(53115, "a Room's region", "MediaRegion", "../x"),
		{name: "our key is refused", code: 20003, status: 401,
			provoke: func(s *stage) {
				s.tamper.with(func(r *http.Request, _ url.Values) { r.SetBasicAuth("SK"+zeros, "wrong") })
			},
			port: fetch, want: errBug, person: looks, gets: "500 internal"},
		{name: "our key is refused where agents are checked", code: 20003, status: 401,
			provoke: func(s *stage) {
				s.pass(time.Hour) // what is known of the agent is forgotten
				s.tamper.with(func(r *http.Request, _ url.Values) { r.SetBasicAuth("SK"+zeros, "wrong") })
			},
			port: func(s *stage) error {
				_, err := s.world.api.Authenticate(s.ctx, s.ana.flex)
				return err
			},
			want: escalation.ErrUnavailable, person: agentEnds, gets: "503 unavailable"},
		{name: "a parameter that is none", code: 20001, status: 400, provoke: func(s *stage) {
			s.tamper.with(func(_ *http.Request, form url.Values) {
				if form.Has("Attributes") {
					form.Set("Attributes", "[]")
				}
			})
		},
			port: func(s *stage) error {
				k, err := s.local.Store().Tasks.Get(s.task)
				if err != nil {
					return err
				}
				return s.world.api.Tasks().UpdateAttributes(s.ctx, s.task, k.ETag(), json.RawMessage(k.Attributes))
			},
			want: errBug, person: escalates, gets: "500 internal"},
	}
	for _, code := range documented {
		if !slices.ContainsFunc(cases, func(c documentedCase) bool { return c.code == code }) {
			t.Errorf("code %d is documented and has no test", code)
		}
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // some wait for Twilio to have time again
			c.run(t)
		})
	}
}

// documentedCase is an error and how far it gets.
type documentedCase struct {
	name         string
	status, code int // local Twilio's answer
	limits       rest.Limits
	before       func(*stage) // what was there before
	provoke      func(*stage) // makes local Twilio answer so
	port         func(*stage) error
	want         error // what the use cases read
	person       func(*stage) *httptest.ResponseRecorder
	gets         string // what a person gets
}

func (c documentedCase) run(t *testing.T) {
	for _, half := range []string{"port", "person"} {
		s := newStage(t, c.limits)
		if c.before != nil {
			c.before(s)
		}
		s.refused(0, 0)
		if c.provoke != nil {
			c.provoke(s)
		}
		if half == "port" {
			if err := c.port(s); !means(err, c.want) {
				t.Errorf("the use cases read %v, want %v", err, c.want)
			}
		} else {
			w := c.person(s)
			if got, err := got(w); err != nil || got != c.gets {
				t.Errorf("a person gets %q, want %q (%v): %s", got, c.gets, err, w.Body)
			}
			if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("a person is not told when to come back")
			}
		}
		if s.refused(c.status, c.code) == 0 {
			t.Errorf("%s: local Twilio did not answer status %d with code %d", half, c.status, c.code)
		}
		// It passes: nobody is locked out by what went wrong.
		s.tamper.with(nil)
		s.rehearse(nil)
		if s.freeze(false); half == "person" && c.code >= 53000 && c.code < 54000 && c.want == errBug && c.gets[0] == '5' {
			if w := agentJoins(s); w.Code != 200 {
				t.Errorf("afterwards the agent cannot join: %d %s", w.Code, w.Body)
			}
		}
	}
}

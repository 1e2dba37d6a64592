package localtwilio_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twilio/twilio-go/client"
	conversations "github.com/twilio/twilio-go/rest/conversations/v1"
	flex "github.com/twilio/twilio-go/rest/flex/v1"
	flex2 "github.com/twilio/twilio-go/rest/flex/v2"
	twiliosync "github.com/twilio/twilio-go/rest/sync/v1"
	taskrouter "github.com/twilio/twilio-go/rest/taskrouter/v1"
	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
	"escalate/server/twiliospec"
)

// start starts a local Twilio on free ports. It opens UDP.
func start(t *testing.T, c localtwilio.Config) *localtwilio.Server {
	t.Helper()
	if testing.Short() {
		t.Skip("opens UDP ports")
	}
	c.Addr, c.MediaAddr, c.TURNAddr = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"
	s, err := localtwilio.Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// sdk is Twilio's own library, its HTTP answered by local Twilio.
type sdk struct {
	*localtwilio.Server
	video         *video.ApiService
	sync          *twiliosync.ApiService
	taskrouter    *taskrouter.ApiService
	conversations *conversations.ApiService
	flex          *flex.ApiService
	flex2         *flex2.ApiService
}

// spec is Twilio's own description of its answers.
var spec = sync.OnceValues(func() (*twiliospec.Spec, error) {
	return twiliospec.Load(filepath.Join("../..", twiliospec.Documents))
})

// startSDK starts a local Twilio whose every answer is held against Twilio's
// own documents, where they are installed.
func startSDK(t *testing.T) sdk {
	t.Helper()
	return startSDKWith(t, localtwilio.Config{})
}

func startSDKWith(t *testing.T, c localtwilio.Config) sdk {
	t.Helper()
	s := start(t, c)
	transport := s.Transport()
	switch documents, err := spec(); {
	case errors.Is(err, fs.ErrNotExist):
		t.Log("answers are not held against Twilio's documents: run npm ci in static")
	case err != nil:
		t.Fatal(err)
	default:
		checked := &twiliospec.Transport{Spec: documents, Next: transport}
		transport = checked
		t.Cleanup(func() {
			for _, v := range checked.Violations() {
				// Faulty requests are part of these tests; faulty answers are not.
				if strings.Contains(v, ": answer") {
					t.Error(v)
				}
			}
			if len(checked.Calls()) == 0 {
				t.Error("no call was held against the documents")
			}
		})
	}
	return newSDK(s, transport, s.Account().KeySID, s.Account().KeySecret)
}

func newSDK(s *localtwilio.Server, transport http.RoundTripper, user, password string) sdk {
	c := &client.Client{
		Credentials: client.NewCredentials(user, password),
		HTTPClient:  &http.Client{Transport: transport, Timeout: 10 * time.Second},
	}
	c.SetAccountSid(s.Account().SID)
	// Not NewRequestHandler: it would take edge and region from the environment.
	h := &client.RequestHandler{Client: c}
	return sdk{
		Server: s, video: video.NewApiService(h), sync: twiliosync.NewApiService(h),
		taskrouter: taskrouter.NewApiService(h), conversations: conversations.NewApiService(h),
		flex: flex.NewApiService(h), flex2: flex2.NewApiService(h),
	}
}

// wantCode checks that err is Twilio's error of this status and code.
func wantCode(t *testing.T, err error, status, code int) {
	t.Helper()
	var e *client.TwilioRestError
	if !errors.As(err, &e) {
		t.Errorf("error %v, want code %d", err, code)
		return
	}
	if e.Status != status || e.Code != code || e.Message == "" || e.MoreInfo == "" {
		t.Errorf("error %+v, want status %d code %d, a message and more_info", e, status, code)
	}
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

func ptr[T any](v T) *T { return &v }

func TestCredentials(t *testing.T) {
	s := start(t, localtwilio.Config{})
	a := s.Account()
	tests := []struct {
		name, user, password string
		ok                   bool
	}{
		{"API key", a.KeySID, a.KeySecret, true},
		{"account and auth token", a.SID, a.AuthToken, true},
		{"wrong secret", a.KeySID, a.AuthToken, false},
		{"wrong auth token", a.SID, a.KeySecret, false},
		{"other account", store.NewSID("AC"), a.AuthToken, false},
		{"none", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newSDK(s, s.Transport(), tt.user, tt.password).video.ListRoom(&video.ListRoomParams{})
			if tt.ok {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantCode(t, err, 401, 20003)
		})
	}
}

func TestRooms(t *testing.T) {
	s := startSDK(t)
	r := must(s.video.CreateRoom(&video.CreateRoomParams{
		UniqueName: ptr("r"), Type: ptr("group"), EmptyRoomTimeout: ptr(3), UnusedRoomTimeout: ptr(60), MaxParticipants: ptr(4),
		StatusCallback: ptr("http://127.0.0.1:1/x"), RecordParticipantsOnConnect: ptr(true),
	}))(t)
	if *r.Status != "in-progress" || *r.UniqueName != "r" || r.EmptyRoomTimeout != 3 || r.UnusedRoomTimeout != 60 || r.MaxParticipants != 4 ||
		r.MaxParticipantDuration != 14400 || *r.Type != "group" || !*r.RecordParticipantsOnConnect || *r.StatusCallbackMethod != "POST" ||
		*r.AccountSid != s.Account().SID || *r.Url != "https://video.twilio.com/v1/Rooms/"+*r.Sid || r.DateCreated == nil || r.EndTime != nil {
		t.Errorf("room %+v", *r)
	}
	_, err := s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")})
	wantCode(t, err, 400, 53113)
	if got := must(s.video.FetchRoom("r"))(t); *got.Sid != *r.Sid {
		t.Errorf("fetched %s by name, want %s", *got.Sid, *r.Sid)
	}

	p := must(s.Store().Participants.Add(*r.Sid, "alice"))(t)
	k := must(s.Store().Tracks.Add(store.Track{ParticipantSID: p.SID, Name: "cam", Kind: "video", Enabled: true}))(t)
	tracks := must(s.video.ListRoomParticipantPublishedTrack("r", "alice", &video.ListRoomParticipantPublishedTrackParams{}))(t)
	if len(tracks) != 1 || *tracks[0].Sid != k.SID || *tracks[0].Name != "cam" || !*tracks[0].Enabled {
		t.Errorf("published tracks %+v", tracks)
	}
	list := must(s.video.ListRoomParticipant("r", &video.ListRoomParticipantParams{}))(t)
	if len(list) != 1 || *list[0].Sid != p.SID || *list[0].Identity != "alice" || *list[0].Status != "connected" {
		t.Errorf("participants %+v", list)
	}
	kicked := must(s.video.UpdateRoomParticipant("r", p.SID, &video.UpdateRoomParticipantParams{Status: ptr("disconnected")}))(t)
	if *kicked.Status != "disconnected" || kicked.Duration == nil || kicked.EndTime == nil {
		t.Errorf("participant %+v", *kicked)
	}
	_, err = s.video.UpdateRoomParticipant("r", p.SID, &video.UpdateRoomParticipantParams{Status: ptr("disconnected")})
	wantCode(t, err, 400, 20001)
	if list := must(s.video.ListRoomParticipant("r", &video.ListRoomParticipantParams{}))(t); len(list) != 0 {
		t.Errorf("participants %+v, want none connected", list)
	}

	if rules := must(s.video.FetchRoomRecordingRule(*r.Sid))(t); len(*rules.Rules) != 1 || (*rules.Rules)[0].Type != "include" || !(*rules.Rules)[0].All {
		t.Errorf("rules of a Room that is recorded from the start: %+v", *rules.Rules)
	}
	rules := must(s.video.UpdateRoomRecordingRule(*r.Sid, &video.UpdateRoomRecordingRuleParams{
		Rules: ptr[any]([]map[string]any{{"type": "exclude", "all": true}}),
	}))(t)
	if len(*rules.Rules) != 1 || (*rules.Rules)[0].Type != "exclude" || !(*rules.Rules)[0].All {
		t.Errorf("rules %+v", *rules.Rules)
	}

	rules = must(s.video.UpdateRoomRecordingRule(*r.Sid, &video.UpdateRoomRecordingRuleParams{
		Rules: ptr[any](`[{ "type": "include", "all": "true" }]`), // as twilio-video.js's own tests do
	}))(t)
	if len(*rules.Rules) != 1 || (*rules.Rules)[0].Type != "include" || !(*rules.Rules)[0].All {
		t.Errorf("rules %+v", *rules.Rules)
	}

	done := must(s.video.UpdateRoom("r", &video.UpdateRoomParams{Status: ptr("completed")}))(t)
	if *done.Status != "completed" || done.EndTime == nil || done.Duration == nil {
		t.Errorf("completed room %+v", *done)
	}
	_, err = s.video.UpdateRoom(*r.Sid, &video.UpdateRoomParams{Status: ptr("completed")})
	wantCode(t, err, 400, 53112)
	_, err = s.video.FetchRoom("r")
	wantCode(t, err, 404, 20404)
	list = must(s.video.ListRoomParticipant(*r.Sid, &video.ListRoomParticipantParams{}))(t)
	if len(list) != 1 || *list[0].Status != "disconnected" {
		t.Errorf("participants of a completed room %+v", list)
	}
	must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t)
}

func TestRoomParameters(t *testing.T) {
	s := startSDK(t)
	long := make([]byte, 129)
	for i := range long {
		long[i] = 'a'
	}
	tests := []struct {
		name string
		p    video.CreateRoomParams
		code int
	}{
		{"empty timeout 0", video.CreateRoomParams{EmptyRoomTimeout: ptr(0)}, 53109},
		{"empty timeout 61", video.CreateRoomParams{EmptyRoomTimeout: ptr(61)}, 53109},
		{"unused timeout 0", video.CreateRoomParams{UnusedRoomTimeout: ptr(0)}, 53109},
		{"unused timeout 61", video.CreateRoomParams{UnusedRoomTimeout: ptr(61)}, 53109},
		{"unused timeout 999", video.CreateRoomParams{UnusedRoomTimeout: ptr(999)}, 53109},
		{"no participants", video.CreateRoomParams{MaxParticipants: ptr(0)}, 53107},
		{"101 participants", video.CreateRoomParams{MaxParticipants: ptr(101)}, 53107},
		{"51 participants of a Room that is not large", video.CreateRoomParams{MaxParticipants: ptr(51), LargeRoom: ptr(false)}, 53107},
		{"51 participants of a small Room", video.CreateRoomParams{MaxParticipants: ptr(51), Type: ptr("group-small")}, 53107},
		{"duration over a day", video.CreateRoomParams{MaxParticipantDuration: ptr(86401)}, 53123},
		{"duration under ten minutes", video.CreateRoomParams{MaxParticipantDuration: ptr(599)}, 53123},
		{"no duration", video.CreateRoomParams{MaxParticipantDuration: ptr(0)}, 53123},
		{"type", video.CreateRoomParams{Type: ptr("huge")}, 53108},
		{"name too long", video.CreateRoomParams{UniqueName: ptr(string(long))}, 53101},
		{"name with control character", video.CreateRoomParams{UniqueName: ptr("a\x00b")}, 53102},
		{"callback method", video.CreateRoomParams{StatusCallbackMethod: ptr("PUT")}, 53110},
		{"callback", video.CreateRoomParams{StatusCallback: ptr("/callbacks")}, 53111},
		{"region", video.CreateRoomParams{MediaRegion: ptr("../x")}, 53115},
		{"codec", video.CreateRoomParams{VideoCodecs: &[]string{"AV1"}}, 53114},
		{"recording rules", video.CreateRoomParams{RecordingRules: ptr[any]("x")}, 53120},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.video.CreateRoom(&tt.p)
			wantCode(t, err, 400, tt.code)
		})
	}
	for _, p := range []video.CreateRoomParams{
		{EmptyRoomTimeout: ptr(1), UnusedRoomTimeout: ptr(60), MaxParticipants: ptr(1), MaxParticipantDuration: ptr(600)},
		{EmptyRoomTimeout: ptr(60), UnusedRoomTimeout: ptr(1), MaxParticipants: ptr(50), MaxParticipantDuration: ptr(86400)},
	} {
		r := must(s.video.CreateRoom(&p))(t)
		if r.EmptyRoomTimeout != *p.EmptyRoomTimeout || r.UnusedRoomTimeout != *p.UnusedRoomTimeout ||
			r.MaxParticipants != *p.MaxParticipants || r.MaxParticipantDuration != *p.MaxParticipantDuration {
			t.Errorf("the ends of the ranges became %+v", *r)
		}
	}
	_, err := s.video.UpdateRoom("none", &video.UpdateRoomParams{Status: ptr("completed")})
	wantCode(t, err, 404, 20404)
	must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t)
	_, err = s.video.UpdateRoom("r", &video.UpdateRoomParams{Status: ptr("in-progress")})
	wantCode(t, err, 400, 53112)
	_, err = s.video.UpdateRoom("r", &video.UpdateRoomParams{})
	wantCode(t, err, 400, 20001)
	_, err = s.video.FetchRoomParticipant("r", "nobody")
	wantCode(t, err, 404, 20404)
}

// TestPaging follows next_page_url, which is an absolute URL, over all pages.
func TestPaging(t *testing.T) {
	s := startSDK(t)
	want := map[string]bool{}
	for range 7 {
		want[must(s.Store().Rooms.Create(store.Room{}))(t).SID] = true
	}
	rooms := must(s.video.ListRoom(&video.ListRoomParams{PageSize: ptr(3), Limit: ptr(100)}))(t)
	for _, r := range rooms {
		if !want[*r.Sid] {
			t.Errorf("room %s twice or unknown", *r.Sid)
		}
		delete(want, *r.Sid)
	}
	if len(want) > 0 {
		t.Errorf("%d rooms missing from %d listed", len(want), len(rooms))
	}

	// What is added between two pages neither repeats nor hides others.
	first := must(s.video.PageRoom(&video.ListRoomParams{PageSize: ptr(3)}, "", ""))(t)
	must(s.Store().Rooms.Create(store.Room{}))(t)
	next := must(url.Parse(*first.Meta.NextPageUrl))(t).Query()
	second := must(s.video.PageRoom(&video.ListRoomParams{PageSize: ptr(3)}, next.Get("PageToken"), next.Get("Page")))(t)
	if got, want := *second.Rooms[0].Sid, *rooms[3].Sid; got != want {
		t.Errorf("second page begins with %s, want %s", got, want)
	}
	_, err := s.video.PageRoom(&video.ListRoomParams{PageSize: ptr(1001)}, "", "")
	wantCode(t, err, 400, 20001)
}

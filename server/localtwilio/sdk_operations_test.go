package localtwilio_test

import (
	"cmp"
	"errors"
	"io/fs"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// TestVideoOperations makes every request that Twilio's document of Video
// describes, of things that exist: each is answered, or is known not to be.
func TestVideoOperations(t *testing.T) {
	documents, err := spec()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("Twilio's documents are not installed: run npm ci in static")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := startSDKWith(t, localtwilio.Config{DataDir: dir})
	room := *must(s.video.CreateRoom(&video.CreateRoomParams{UniqueName: ptr("r")}))(t).Sid
	there, other := must(s.Store().Participants.Add(room, "ada"))(t), must(s.Store().Participants.Add(room, "bob"))(t)
	track := must(s.Store().Tracks.Add(store.Track{ParticipantSID: there.SID, Name: "mic", Kind: "audio"}))(t)
	heard := must(s.Store().Tracks.Add(store.Track{ParticipantSID: other.SID, Name: "mic", Kind: "audio"}))(t)
	dir = filepath.Join(dir, "recordings")
	one := recorded(t, s.Store(), dir, there, "audio", []byte("x"))
	another := recorded(t, s.Store(), dir, there, "video", []byte("x"))
	transcribed := must(s.Store().Transcriptions.Create(room, store.TranscriptionStartedStatus, nil))(t)
	composed := must(s.Store().Compositions.Add(store.Composition{RoomSID: room, Recipe: store.Recipe{Format: "mp4", Video: true}}))(t)

	hook := must(s.Store().CompositionHooks.Create(store.CompositionHook{FriendlyName: "h"}))(t)

	ids := strings.NewReplacer(
		"/CompositionHooks/{Sid}", "/CompositionHooks/"+hook.SID,
		"/Compositions/{Sid}", "/Compositions/"+composed.SID,
		"/v1/Recordings/{Sid}", "/v1/Recordings/"+another.SID,
		"{RoomSid}/Recordings/{Sid}", room+"/Recordings/"+one.SID,
		"/Rooms/{Sid}", "/Rooms/"+room,
		"{RoomSid}", room,
		"/Participants/{Sid}", "/Participants/"+there.SID,
		"{ParticipantSid}", there.SID,
		"PublishedTracks/{Sid}", "PublishedTracks/"+track.SID,
		"SubscribedTracks/{Sid}", "SubscribedTracks/"+heard.SID,
		"{Sid}", "CH0", "{Ttid}", transcribed.TTID,
	)
	all := must(documents.Operations("video.twilio.com"))(t)
	if len(all) < 30 {
		t.Fatalf("the document has %d operations: %q", len(all), all)
	}
	// What takes something away comes last.
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Compare(strings.Index("GET POST DELETE", a[:3]), strings.Index("GET POST DELETE", b[:3]))
	})
	for _, op := range all {
		method, path, _ := strings.Cut(op, " ")
		r := must(http.NewRequest(method, "https://video.twilio.com"+ids.Replace(path), strings.NewReader("RoomSid="+room)))(t)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(s.Account().KeySID, s.Account().KeySecret)
		res := must(s.Transport().RoundTrip(r))(t)
		_ = res.Body.Close()
		missing := res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusMethodNotAllowed
		if missing || method == http.MethodGet && res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", op, res.Status)
		}
	}
	// A POST without its parameters has shown that there is such an operation, not more.
	_, err = s.video.UpdateRoomParticipantAnonymize(room, there.SID)
	wantCode(t, err, 400, 20001)
	must(s.Store().Participants.SetStatus(there.SID, store.Disconnected))(t)
	a := must(s.video.UpdateRoomParticipantAnonymize(room, there.SID))(t)
	p := must(s.video.FetchRoomParticipant(room, there.SID))(t)
	if *a.Identity != there.SID || *a.Status != "disconnected" || *p.Identity != there.SID {
		t.Errorf("anonymized %+v, then %+v", *a, *p)
	}
	_, err = s.video.FetchRoomParticipant(room, "ada")
	wantCode(t, err, 404, 20404)
}

package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// What the properties of a Transcription's configuration may be, from Twilio's page
// "Real-time Transcriptions for Video". Properties that it does not name are ignored.
const (
	maxHints = 500
	maxHint  = 100 // characters
)

// speechModels are those of each transcription engine.
var speechModels = map[string][]string{
	"deepgram": {"nova-3", "nova-3-medical", "nova-2"},
	"google":   {"telephony", "medical_conversation", "long", "short", "telephony_short", "medical_dictation", "chirp_telephony", "chirp"},
}

// languageTag is the form of BCP 47, as far as languages that are spoken need it.
var languageTag = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$`)

// transcriptionConfiguration reads a configuration: a JSON object, or its text as a JSON
// string, as SDKs send it. It returns nil for an empty text; its error is a sentence.
func transcriptionConfiguration(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	var inner string
	if json.Unmarshal([]byte(text), &inner) == nil {
		text = inner
	}
	var given map[string]any
	if err := json.Unmarshal([]byte(text), &given); err != nil || given == nil {
		return nil, errors.New("expected a JSON object")
	}
	configuration := map[string]string{}
	for name, v := range given {
		check := configurationOf[name]
		if check == nil {
			continue
		}
		var value string
		switch v := v.(type) {
		case string:
			value = v
		case bool:
			value = strconv.FormatBool(v)
		case nil:
			continue
		default:
			return nil, fmt.Errorf("%s: expected a string or a boolean", name)
		}
		if !check(value) {
			return nil, fmt.Errorf("%s: %q is not valid", name, value)
		}
		configuration[name] = value
	}
	return configuration, nil
}

// configurationOf has the properties, each with what checks its value.
var configurationOf = map[string]func(string) bool{
	"transcriptionEngine": func(v string) bool { return speechModels[v] != nil },
	"speechModel": func(v string) bool {
		return slices.Contains(speechModels["google"], v) || slices.Contains(speechModels["deepgram"], v)
	},
	"languageCode":               languageTag.MatchString,
	"partialResults":             isBoolean,
	"profanityFilter":            isBoolean,
	"enableAutomaticPunctuation": isBoolean,
	"hints": func(v string) bool {
		phrases := strings.Split(v, ",")
		return len(phrases) <= maxHints && !slices.ContainsFunc(phrases, func(p string) bool { return len([]rune(strings.TrimSpace(p))) > maxHint })
	},
}

func isBoolean(v string) bool { return v == "true" || v == "false" }

// configured checks what spans properties: the model has to be one of the engine's.
func configured(old, change map[string]string) error {
	value := func(name, otherwise string) string {
		if v, ok := change[name]; ok {
			return v
		}
		if v, ok := old[name]; ok {
			return v
		}
		return otherwise
	}
	engine := value("transcriptionEngine", "google")
	if model := value("speechModel", ""); model != "" && !slices.Contains(speechModels[engine], model) {
		return fmt.Errorf("speechModel: %q is none of the engine %s", model, engine)
	}
	return nil
}

// readConfiguration reads a form's configuration, or returns code's error.
func readConfiguration(c *call, name string, code int, old map[string]string) (map[string]string, error) {
	configuration, err := transcriptionConfiguration(c.form(name))
	if err == nil {
		err = configured(old, configuration)
	}
	if err != nil {
		return nil, bad(code, "Invalid parameter "+name+": "+err.Error())
	}
	return configuration, nil
}

// roomTranscription reads what a Room that is to be made says of its Transcription, and
// returns what gives it one. A configuration alone waits to be started.
func roomTranscription(c *call, r store.Room) (give func(roomSID string) error, err error) {
	transcribe := false
	if err := c.boolean("TranscribeParticipantsOnConnect", &transcribe); err != nil {
		return nil, bad(codeRoomParameters, "Invalid parameter TranscribeParticipantsOnConnect")
	}
	configuration, err := readConfiguration(c, "TranscriptionsConfiguration", codeRoomParameters, nil)
	if err != nil {
		return nil, err
	}
	if !transcribe && configuration == nil {
		return func(string) error { return nil }, nil
	}
	if r.PeerToPeer() {
		return nil, bad(codeRoomParameters, "Transcriptions are not supported for the Room type")
	}
	status := store.TranscriptionCreatedStatus
	if transcribe {
		status = store.TranscriptionStartedStatus
	}
	return func(roomSID string) error {
		_, err := c.store.Transcriptions.Create(roomSID, status, configuration)
		return err
	}, nil
}

func createTranscription(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return noRoom(err)
	}
	if r.PeerToPeer() {
		return invalid("Transcriptions are not supported for the Room type")
	}
	configuration, err := readConfiguration(c, "Configuration", codeInvalidParameter, nil)
	if err != nil {
		return err
	}
	x, err := c.store.Transcriptions.Create(r.SID, store.TranscriptionStartedStatus, configuration)
	switch {
	case errors.Is(err, store.ErrRoomCompleted):
		return bad(codeRoomCompleted, "Room completed")
	case errors.Is(err, store.ErrNameTaken):
		return invalid("The Room has a Transcriptions resource already: update that one")
	case err != nil:
		return err
	}
	return c.json(http.StatusAccepted, videoOf(c).transcription(x))
}

// listTranscriptions shows the one that a Room has, if it has one: as transcriptions, which
// Twilio's page and its libraries read, and as extensions, which its OpenAPI document says.
func listTranscriptions(c *call) error {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return noRoom(err)
	}
	all := []store.Transcription{}
	x, err := c.store.Transcriptions.Get(r.SID)
	switch {
	case err == nil:
		all = append(all, x)
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	sids := make([]string, len(all))
	for i, x := range all {
		sids[i] = x.TTID
	}
	p, err := c.page("transcriptions", sids, maxVideoPage)
	if err != nil {
		return err
	}
	shown := make([]any, 0, len(all))
	for _, x := range all[p.from:p.to] {
		shown = append(shown, videoOf(c).transcription(x))
	}
	return c.json(http.StatusOK, object{"transcriptions": shown, "extensions": shown, "meta": p.meta})
}

// findTranscription finds what the path names.
func findTranscription(c *call) (x store.Transcription, err error) {
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return x, noRoom(err)
	}
	x, err = c.store.Transcriptions.Get(r.SID)
	if err == nil && x.TTID != c.path("transcription") {
		err = store.ErrNotFound
	}
	return x, err
}

func fetchTranscription(c *call) error {
	x, err := findTranscription(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).transcription(x))
}

// updateTranscription starts, stops and configures. What is so already stays as it is.
func updateTranscription(c *call) error {
	x, err := findTranscription(c)
	if err != nil {
		return err
	}
	status := c.form("Status")
	switch status {
	case "", store.TranscriptionStartedStatus, store.TranscriptionStoppedStatus:
	default:
		return invalid("Invalid parameter Status: only started and stopped can be set")
	}
	configuration, err := readConfiguration(c, "Configuration", codeInvalidParameter, x.Configuration)
	if err != nil {
		return err
	}
	x, err = c.store.Transcriptions.Update(x.RoomSID, status, configuration)
	switch {
	case errors.Is(err, store.ErrRoomCompleted):
		return bad(codeRoomCompleted, "Room completed")
	case errors.Is(err, store.ErrTransition):
		return invalid("The Transcriptions resource has failed, and cannot be started again")
	case err != nil:
		return err
	}
	return c.json(http.StatusAccepted, videoOf(c).transcription(x))
}

func (v videoView) transcription(x store.Transcription) any {
	var duration any
	if !x.End.IsZero() {
		duration = int(x.Ran / time.Second)
	}
	return object{
		"ttid": x.TTID, "account_sid": v.account.SID, "room_sid": x.RoomSID, "status": x.Status, "identity": nil,
		"configuration": x.Configuration, "date_created": date(x.Created), "date_updated": date(x.Updated),
		"start_time": date(x.Start), "end_time": date(x.End), "duration": duration,
		"url": v.base + "/v1/Rooms/" + x.RoomSID + "/Transcriptions/" + x.TTID,
	}
}

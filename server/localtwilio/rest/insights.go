package rest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
	"escalate/server/sids"
)

// listedFor is how long a Room that has ended is listed where no dates are asked for (Twilio's page
// "Video Log Analyzer API").
const listedFor = 24 * time.Hour

// What the parameters of a list of Rooms may be, which are part of the document's enumerations.
var (
	summaryTypes  = []string{"go", "peer_to_peer", "group", "group_small"}
	summaryCodecs = []string{"VP8", "H264", "VP9"}
)

// roomLog is a Room with what is known of those who were in it.
type roomLog struct {
	store.Room
	people   []store.Participant // newest first
	recorded int                 // seconds
}

// roomLogOf collects what is known of a Room.
func roomLogOf(c *call, r store.Room) (l roomLog, err error) {
	l.Room = r
	if l.people, err = c.store.Participants.List(r.SID, ""); err != nil {
		return l, err
	}
	recordings, err := c.store.Recordings.List(store.RecordingFilter{GroupingSIDs: []string{r.SID}})
	for _, x := range recordings {
		if x.Duration > 0 {
			l.recorded += x.Seconds()
		}
	}
	return l, err
}

// findRoomLog finds the Room of the path, which has to be a SID.
func findRoomLog(c *call) (roomLog, error) {
	if !sids.Is("RM", c.path("room")) {
		return roomLog{}, store.ErrNotFound
	}
	r, err := c.store.Rooms.Get(c.path("room"))
	if err != nil {
		return roomLog{}, err
	}
	return roomLogOf(c, r)
}

func listRoomSummaries(c *call) error {
	f := store.RoomFilter{UniqueName: c.form("RoomName")}
	types, codecs := c.r.Form["RoomType"], c.r.Form["Codec"]
	switch {
	case slices.ContainsFunc(types, func(v string) bool { return !slices.Contains(summaryTypes, v) }):
		return invalid("Invalid parameter RoomType")
	case slices.ContainsFunc(codecs, func(v string) bool { return !slices.Contains(summaryCodecs, v) }):
		return invalid("Invalid parameter Codec")
	}
	var err error
	if f.CreatedAfter, err = c.time("CreatedAfter"); err != nil {
		return err
	}
	before, err := c.time("CreatedBefore")
	if err != nil {
		return err
	}
	rooms, err := c.store.Rooms.List(f)
	if err != nil {
		return err
	}
	recent := f.CreatedAfter.IsZero() && before.IsZero()
	since := c.store.Now().Add(-listedFor)
	var some []roomLog
	for _, r := range rooms {
		if recent && (r.Status != store.RoomCompleted || r.Ended.Before(since)) || !before.IsZero() && !r.Created.Before(before) ||
			len(types) > 0 && !slices.Contains(types, summaryName(r.Type)) {
			continue
		}
		l, err := roomLogOf(c, r)
		if err != nil {
			return err
		}
		if len(codecs) == 0 || slices.ContainsFunc(l.codecs(), func(v string) bool { return slices.Contains(codecs, v) }) {
			some = append(some, l)
		}
	}
	return list(c, "rooms", maxVideoPage, some, func(l roomLog) string { return l.SID }, insightsOf(c).room)
}

func fetchRoomSummary(c *call) error {
	l, err := findRoomLog(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, insightsOf(c).room(l))
}

func listParticipantSummaries(c *call) error {
	l, err := findRoomLog(c)
	if err != nil {
		return err
	}
	show := insightsOf(c)
	return list(c, "participants", maxVideoPage, l.people, func(p store.Participant) string { return p.SID },
		func(p store.Participant) any { return show.participant(l.Room, p) })
}

func fetchParticipantSummary(c *call) error {
	l, err := findRoomLog(c)
	if err != nil {
		return err
	}
	for _, p := range l.people {
		if p.SID == c.path("participant") {
			return c.json(http.StatusOK, insightsOf(c).participant(l.Room, p))
		}
	}
	return store.ErrNotFound
}

// codecs are those that anybody sent.
func (l roomLog) codecs() []string {
	var all []string
	for _, p := range l.people {
		all = append(all, p.Codecs...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// identities is how many different ones there were.
func (l roomLog) identities() int {
	all := map[string]bool{}
	for _, p := range l.people {
		all[p.Identity] = true
	}
	return len(all)
}

// most is how many were there at once.
func (l roomLog) most() (most int) {
	for _, p := range l.people {
		there := 0
		for _, o := range l.people {
			if !o.Start.After(p.Start) && (o.End.IsZero() || o.End.After(p.Start)) {
				there++
			}
		}
		most = max(most, there)
	}
	return most
}

// stayed is the seconds of everybody's stay until now, together.
func (l roomLog) stayed(now time.Time) (total int) {
	for _, p := range l.people {
		end := p.End
		if end.IsZero() {
			end = now
		}
		total += int(end.Sub(p.Start).Seconds())
	}
	return total
}

// records reports whether anything of the Room is recorded by its rules.
func (l roomLog) records() bool {
	return slices.ContainsFunc(store.DecodeRules(l.Rules()), func(r store.Rule) bool { return r.Type == "include" })
}

// insightsView shows the resources of Video Insights. What local Twilio does not know is null:
// edges, regions that nobody chose, and the reasons for leaving that Twilio's documents do not
// name.
type insightsView struct {
	base    string // what URLs begin with
	account store.Account
	now     time.Time
}

func insightsOf(c *call) insightsView {
	return insightsView{base: c.target.base + "/v1/Video/Rooms/", account: c.account, now: c.store.Now()}
}

func (v insightsView) room(l roomLog) any {
	u := v.base + l.SID
	made, state := "api", "complete"
	if l.AdHoc {
		made = "ad_hoc"
	}
	if l.Status != store.RoomCompleted {
		state = "in_progress"
	}
	return object{
		"account_sid": v.account.SID, "room_sid": l.SID, "room_name": l.UniqueName, "create_time": date(l.Created), "end_time": date(l.Ended),
		"room_type": summaryName(l.Type), "room_status": summaryName(l.Status),
		"status_callback": orNull(l.StatusCallback), "status_callback_method": l.StatusCallbackMethod,
		"created_method": made, "end_reason": orNull(l.EndReason),
		"max_participants": l.MaxParticipants, "max_concurrent_participants": l.MaxParticipants,
		"unique_participants": len(l.people), "unique_participant_identities": l.identities(), "concurrent_participants": l.most(),
		"codecs": orNoList(l.codecs()), "media_region": orNull(l.MediaRegion), "edge_location": nil,
		"duration_sec": seconds(l.Created, l.Ended), "total_participant_duration_sec": l.stayed(v.now), "total_recording_duration_sec": l.recorded,
		"processing_state": state, "recording_enabled": l.records(),
		"url": u, "links": object{"participants": u + "/Participants"},
	}
}

func (v insightsView) participant(r store.Room, p store.Participant) any {
	status := "in_progress"
	if p.Status == store.Disconnected {
		status = "completed"
	}
	var code, about any
	if p.ErrorCode != 0 {
		code, about = p.ErrorCode, "https://www.twilio.com/docs/api/errors/"+strconv.Itoa(p.ErrorCode)
	}
	var publisher any
	if p.Publisher != nil {
		publisher = p.Publisher
	}
	return object{
		"participant_sid": p.SID, "participant_identity": p.Identity, "account_sid": v.account.SID, "room_sid": r.SID,
		"join_time": date(p.Start), "leave_time": date(p.End), "duration_sec": seconds(p.Start, p.End), "status": status,
		"codecs": orNoList(p.Codecs), "end_reason": orNull(p.EndReason), "error_code": code, "error_code_url": about,
		"media_region": orNull(r.MediaRegion), "edge_location": nil, "properties": nil, "publisher_info": publisher,
		"url": v.base + r.SID + "/Participants/" + p.SID,
	}
}

// summaryName is a type or status of Video as Insights writes it.
func summaryName(text string) string { return strings.ReplaceAll(text, "-", "_") }

// orNoList is list, null for an empty one.
func orNoList(list []string) any {
	if len(list) == 0 {
		return nil
	}
	return list
}

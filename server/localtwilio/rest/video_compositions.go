package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
)

// Limits of a Composition's resolution, from the documents' prose.
const (
	minComposition    = 16
	maxComposition    = 1280
	maxCompositionPix = 921_600
)

var resolution = regexp.MustCompile(`^(\d{2,4})x(\d{2,4})$`)

// createComposition takes everybody's sound and, in one grid, everybody's picture. Other
// layouts and choices of sources are refused, as are status callbacks: better than a file or a
// silence that nobody expects.
func createComposition(c *call) error {
	room, err := c.store.Rooms.Get(c.form("RoomSid"))
	if err != nil {
		return noRoom(err)
	}
	if room.Status != store.RoomCompleted {
		return invalid("Room is in progress")
	}
	n := store.Composition{RoomSID: room.SID, Format: "webm", Width: 640, Height: 480, Trim: true}
	if err := c.boolean("Trim", &n.Trim); err != nil {
		return err
	}
	if c.form("Format") != "" {
		n.Format = c.form("Format")
	}
	if n.Format != "webm" && n.Format != "mp4" {
		return invalid("Invalid parameter Format")
	}
	if v := c.form("Resolution"); v != "" {
		m := resolution.FindStringSubmatch(v)
		if m == nil {
			return invalid("Invalid parameter Resolution")
		}
		n.Width, _ = strconv.Atoi(m[1]) // digits, as matched
		n.Height, _ = strconv.Atoi(m[2])
		if min(n.Width, n.Height) < minComposition || max(n.Width, n.Height) > maxComposition || n.Width*n.Height > maxCompositionPix {
			return invalid("Invalid parameter Resolution")
		}
	}
	if n.Video, err = grid(c.form("VideoLayout")); err != nil {
		return err
	}
	audio := c.r.Form["AudioSources"]
	switch {
	case c.form("StatusCallback") != "":
		return invalid("Invalid parameter StatusCallback: Compositions have none here")
	case len(c.r.Form["AudioSourcesExcluded"]) > 0, len(audio) > 0 && !slices.Equal(audio, []string{"*"}):
		return invalid("Invalid parameter AudioSources: only * is supported here")
	case !n.Video && len(audio) == 0:
		return invalid("Either VideoLayout or AudioSources has to be provided")
	}
	n, err = c.store.Compositions.Add(n)
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, videoOf(c).composition(n))
}

// grid reads a layout: one grid of every source, or none.
func grid(text string) (bool, error) {
	if text == "" || text == "{}" {
		return false, nil
	}
	var layout map[string]struct {
		Sources []string `json:"video_sources"`
	}
	if err := json.Unmarshal([]byte(text), &layout); err != nil || len(layout) != 1 {
		return false, invalid("Invalid parameter VideoLayout: only one grid is supported here")
	}
	for _, region := range layout {
		if !slices.Equal(region.Sources, []string{"*"}) {
			return false, invalid("Invalid parameter VideoLayout: only a grid of every source is supported here")
		}
	}
	return true, nil
}

func listCompositions(c *call) error {
	f := store.CompositionFilter{Status: c.form("Status"), RoomSID: c.form("RoomSid")}
	if f.Status != "" && !slices.Contains([]string{"enqueued", "processing", "completed", "deleted", "failed"}, f.Status) {
		return invalid("Invalid parameter Status")
	}
	var err error
	if f.CreatedAfter, err = c.time("DateCreatedAfter"); err != nil {
		return err
	}
	if f.CreatedBefore, err = c.time("DateCreatedBefore"); err != nil {
		return err
	}
	all, err := c.store.Compositions.List(f)
	if err != nil {
		return err
	}
	return list(c, "compositions", maxRecordingsPage, all, func(x store.Composition) string { return x.SID }, videoOf(c).composition)
}

func fetchComposition(c *call) error {
	x, err := c.store.Compositions.Get(c.path("composition"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).composition(x))
}

func deleteComposition(c *call) error {
	if err := c.store.Compositions.Delete(c.path("composition")); err != nil {
		return err
	}
	return c.noContent()
}

func compositionMedia(c *call) error {
	x, err := c.store.Compositions.Get(c.path("composition"))
	if err != nil {
		return err
	}
	if x.Status != store.CompositionCompletedStatus {
		return notFound(c.r.URL.Path)
	}
	return redirectToMedia(c, x.File())
}

func (v videoView) composition(x store.Composition) any {
	u := v.base + "/v1/Compositions/" + x.SID
	layout := object{}
	if x.Video {
		layout = object{"grid": object{"video_sources": []string{"*"}}}
	}
	seconds, bitrate := int(x.Duration.Round(time.Second)/time.Second), 0
	if x.Duration > 0 {
		bitrate = int(float64(x.Size) * 8 / 1000 / x.Duration.Seconds())
	}
	return object{
		"sid": x.SID, "account_sid": v.account.SID, "room_sid": x.RoomSID, "status": x.Status, "format": x.Format,
		"resolution": fmt.Sprintf("%dx%d", x.Width, x.Height), "trim": x.Trim, "video_layout": layout,
		"audio_sources": []string{"*"}, "audio_sources_excluded": []string{},
		"date_created": date(x.Created), "date_completed": date(x.Completed), "date_deleted": date(x.Deleted),
		"size": x.Size, "duration": seconds, "bitrate": bitrate, "media_external_location": nil,
		"status_callback": nil, "status_callback_method": "POST", "url": u, "links": object{"media": u + "/Media"},
	}
}

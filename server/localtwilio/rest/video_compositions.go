package rest

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"escalate/server/localtwilio/store"
)

func createComposition(c *call) error {
	room, err := c.store.Rooms.Get(c.form("RoomSid"))
	if err != nil {
		return noRoom(err)
	}
	if room.Status != store.RoomCompleted {
		return invalid("Room is in progress")
	}
	recipe, err := readRecipe(c)
	if err != nil {
		return err
	}
	x, err := c.store.Compositions.Add(store.Composition{RoomSID: room.SID, Recipe: recipe})
	if err != nil {
		return err
	}
	return c.json(http.StatusCreated, videoOf(c).composition(x))
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
	seconds, bitrate := int(x.Duration.Round(time.Second)/time.Second), 0
	if x.Duration > 0 {
		bitrate = int(float64(x.Size) * 8 / 1000 / x.Duration.Seconds())
	}
	o := shownRecipe(x.Recipe)
	maps.Copy(o, object{
		"sid": x.SID, "account_sid": v.account.SID, "room_sid": x.RoomSID, "status": x.Status,
		"date_created": date(x.Created), "date_completed": date(x.Completed), "date_deleted": date(x.Deleted),
		"size": x.Size, "duration": seconds, "bitrate": bitrate, "media_external_location": nil,
		"url": u, "links": object{"media": u + "/Media"},
	})
	return o
}

package callback

import (
	"net/url"
	"strconv"
	"time"

	"escalate/server/localtwilio/store"
)

// compositionEvents are what the statuses of a Composition are called in its callbacks.
var compositionEvents = map[string]string{
	store.CompositionEnqueuedStatus:   "composition-enqueued",
	store.CompositionProcessingStatus: "composition-started",
	store.CompositionCompletedStatus:  "composition-available",
	store.CompositionFailedStatus:     "composition-failed",
}

// compositionCallbacks are the status callbacks of Compositions and CompositionHooks for an event:
// one, or none. Their names and parameters are from Twilio's page "Status Callbacks".
func compositionCallbacks(account store.Account, e store.Event) []delivery {
	v := url.Values{"AccountSid": {account.SID}, "Timestamp": {e.At.UTC().Format(timestamp)}}
	var subject string
	var recipe store.Recipe
	switch c := e.Change.(type) {
	case *store.CompositionChanged:
		x := &c.Composition
		v.Set(event, compositionEvents[x.Status])
		// One that was asked for has been answered with.
		if v.Get(event) == "" || x.Status == store.CompositionEnqueuedStatus && x.HookSID == "" {
			return nil
		}
		subject, recipe = x.SID, x.Recipe
		addComposition(v, x)
	case *store.CompositionProgressed:
		x := &c.Composition
		subject, recipe = x.SID, x.Recipe
		v.Set(event, "composition-progress")
		v.Set("RoomSid", x.RoomSID)
		addCompositionSID(v, x)
		v.Set("PercentageDone", strconv.Itoa(c.Percent))
		v.Set("SecondsRemaining", strconv.Itoa(int(c.Remaining.Round(time.Second)/time.Second)))
	case *store.CompositionHookFailed:
		subject, recipe = c.Hook.SID, c.Hook.Recipe
		v.Set(event, "composition-hook-failed")
		v.Set("RoomSid", c.RoomSID)
		addHook(v, c.Hook.SID, c.Hook.FriendlyName)
		addFailure(v, c.Why)
	default:
		return nil
	}
	if recipe.StatusCallback == "" {
		return nil
	}
	return []delivery{{
		line: subject, url: recipe.StatusCallback, method: recipe.StatusCallbackMethod, timeout: roomTimeout,
		form:  func(int) url.Values { return v },
		about: []any{"of", subject, "event", v.Get(event)},
	}}
}

// addComposition adds what is known of a Composition in its status.
func addComposition(v url.Values, x *store.Composition) {
	v.Set("RoomSid", x.RoomSID)
	addCompositionSID(v, x)
	switch x.Status {
	case store.CompositionEnqueuedStatus:
		addHook(v, x.HookSID, x.HookName)
	case store.CompositionCompletedStatus:
		v.Set("MediaUri", v.Get("CompositionUri")+"/Media")
		v.Set("Duration", strconv.Itoa(int(x.Duration.Round(time.Second)/time.Second)))
		v.Set("Size", strconv.FormatInt(x.Size, 10))
	case store.CompositionFailedStatus:
		addFailure(v, x.Failure)
	}
}

func addCompositionSID(v url.Values, x *store.Composition) {
	v.Set("CompositionSid", x.SID)
	v.Set("CompositionUri", "/v1/Compositions/"+x.SID)
}

func addHook(v url.Values, sid, name string) {
	v.Set("HookSid", sid)
	v.Set("HookUri", "/v1/CompositionHooks/"+sid)
	v.Set("HookFriendlyName", name)
}

func addFailure(v url.Values, why string) {
	v.Set("FailedOperation", "composition")
	v.Set("ErrorMessage", why)
}

package rest

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// maxHookName is how many characters the friendly name of a CompositionHook has at most.
const maxHookName = 100

// readHook reads a CompositionHook: an update sets everything, as a creation does.
func readHook(c *call) (h store.CompositionHook, err error) {
	h = store.CompositionHook{FriendlyName: c.form("FriendlyName"), Enabled: true}
	if h.FriendlyName == "" || len([]rune(h.FriendlyName)) > maxHookName {
		return h, invalid("Invalid parameter FriendlyName: expected 1 to 100 characters")
	}
	if err := c.boolean("Enabled", &h.Enabled); err != nil {
		return h, err
	}
	h.Recipe, err = readRecipe(c)
	return h, err
}

func createCompositionHook(c *call) error {
	h, err := readHook(c)
	if err != nil {
		return err
	}
	if h, err = c.store.CompositionHooks.Create(h); err != nil {
		return hookName(err)
	}
	return c.json(http.StatusCreated, videoOf(c).compositionHook(h))
}

// hookName is err, or the answer to a name that another hook has.
func hookName(err error) error {
	if errors.Is(err, store.ErrNameTaken) {
		return invalid("Invalid parameter FriendlyName: another CompositionHook has it")
	}
	return err
}

func listCompositionHooks(c *call) error {
	var enabled bool
	err := c.boolean("Enabled", &enabled)
	if err != nil {
		return err
	}
	var after, before time.Time
	if after, err = c.time("DateCreatedAfter"); err != nil {
		return err
	}
	if before, err = c.time("DateCreatedBefore"); err != nil {
		return err
	}
	name := likeName(c.form("FriendlyName"))
	all, err := c.store.CompositionHooks.List()
	if err != nil {
		return err
	}
	var some []store.CompositionHook
	for _, h := range all {
		if (c.form("Enabled") == "" || h.Enabled == enabled) && (after.IsZero() || !h.Created.Before(after)) &&
			(before.IsZero() || h.Created.Before(before)) && name(h.FriendlyName) {
			some = append(some, h)
		}
	}
	return list(c, "composition_hooks", maxVideoPage, some, func(h store.CompositionHook) string { return h.SID }, videoOf(c).compositionHook)
}

// likeName returns what tells whether a name is like pattern, in any case of letters; an asterisk
// stands for anything, and nothing at all for every name.
func likeName(pattern string) func(string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	parts := strings.Split(pattern, "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?is)^` + strings.Join(parts, ".*") + `$`).MatchString
}

func fetchCompositionHook(c *call) error {
	h, err := c.store.CompositionHooks.Get(c.path("hook"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).compositionHook(h))
}

func updateCompositionHook(c *call) error {
	if _, err := c.store.CompositionHooks.Get(c.path("hook")); err != nil {
		return err
	}
	now, err := readHook(c)
	if err != nil {
		return err
	}
	h, err := c.store.CompositionHooks.Update(c.path("hook"), func(h *store.CompositionHook) error {
		h.FriendlyName, h.Enabled, h.Recipe = now.FriendlyName, now.Enabled, now.Recipe
		return nil
	})
	if err != nil {
		return hookName(err)
	}
	return c.json(http.StatusOK, videoOf(c).compositionHook(h))
}

func deleteCompositionHook(c *call) error {
	if err := c.store.CompositionHooks.Delete(c.path("hook")); err != nil {
		return err
	}
	return c.noContent()
}

func (v videoView) compositionHook(h store.CompositionHook) any {
	o := shownRecipe(h.Recipe)
	updated := h.Updated
	if updated.Equal(h.Created) {
		updated = time.Time{}
	}
	maps.Copy(o, object{
		"sid": h.SID, "account_sid": v.account.SID, "friendly_name": h.FriendlyName, "enabled": h.Enabled,
		"date_created": date(h.Created), "date_updated": date(updated), "url": v.base + "/v1/CompositionHooks/" + h.SID,
	})
	return o
}

// storageElsewhere are the parameters of Recordings' and Compositions' settings that put files
// where local Twilio does not, or encrypt them.
var storageElsewhere = []string{
	"AwsCredentialsSid", "AwsS3Url", "AwsStorageEnabled", "AwsStorageEnabled=false",
	"EncryptionKeySid", "EncryptionEnabled", "EncryptionEnabled=false",
}

func fetchRecordingSettings(c *call) error   { return fetchFileSettings(c, store.RecordingSettings) }
func createRecordingSettings(c *call) error  { return createFileSettings(c, store.RecordingSettings) }
func fetchCompositionSettings(c *call) error { return fetchFileSettings(c, store.CompositionSettings) }
func createCompositionSettings(c *call) error {
	return createFileSettings(c, store.CompositionSettings)
}

func fetchFileSettings(c *call, kind string) error {
	s, err := c.store.Settings.Get(kind)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).fileSettings(c, s))
}

func createFileSettings(c *call, kind string) error {
	s := store.FileSettings{FriendlyName: c.form("FriendlyName")}
	if s.FriendlyName == "" {
		return invalid("Missing required parameter FriendlyName in the post body")
	}
	if err := c.store.Settings.Set(kind, s); err != nil {
		return err
	}
	return c.json(http.StatusOK, videoOf(c).fileSettings(c, s))
}

func (v videoView) fileSettings(c *call, s store.FileSettings) any {
	return object{
		"account_sid": v.account.SID, "friendly_name": orNull(s.FriendlyName), "aws_credentials_sid": nil, "aws_s3_url": nil,
		"aws_storage_enabled": false, "encryption_key_sid": nil, "encryption_enabled": false,
		"url": v.base + c.r.URL.Path,
	}
}

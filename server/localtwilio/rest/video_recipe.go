package rest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"escalate/server/localtwilio/store"
)

// Limits of a Composition's resolution, from the documents' prose.
const (
	minComposition    = 16
	maxComposition    = 1280
	maxCompositionPix = 921_600
)

var resolution = regexp.MustCompile(`^(\d{2,4})x(\d{2,4})$`)

// readRecipe reads what a Composition and a CompositionHook have in common. What is not given has
// its default.
func readRecipe(c *call) (r store.Recipe, err error) {
	r = store.Recipe{Format: "webm", Width: 640, Height: 480, Trim: true, StatusCallbackMethod: "POST"}
	if err := c.boolean("Trim", &r.Trim); err != nil {
		return r, err
	}
	if c.form("Format") != "" {
		r.Format = c.form("Format")
	}
	if r.Format != "webm" && r.Format != "mp4" {
		return r, invalid("Invalid parameter Format")
	}
	if v := c.form("Resolution"); v != "" {
		m := resolution.FindStringSubmatch(v)
		if m == nil {
			return r, invalid("Invalid parameter Resolution")
		}
		r.Width, _ = strconv.Atoi(m[1]) // digits, as matched
		r.Height, _ = strconv.Atoi(m[2])
		if min(r.Width, r.Height) < minComposition || max(r.Width, r.Height) > maxComposition || r.Width*r.Height > maxCompositionPix {
			return r, invalid("Invalid parameter Resolution")
		}
	}
	if r.Layout, err = layout(c.form("VideoLayout"), r); err != nil {
		return r, err
	}
	r.Video = len(r.Layout) > 0
	r.AudioSources, r.AudioSourcesExcluded = sources(c, "AudioSources"), sources(c, "AudioSourcesExcluded")
	if !r.Video && len(r.AudioSources) == 0 {
		return r, invalid("Either VideoLayout or AudioSources has to be provided")
	}
	r.StatusCallback = c.form("StatusCallback")
	if v := c.form("StatusCallbackMethod"); v != "" {
		r.StatusCallbackMethod = strings.ToUpper(v)
	}
	if r.StatusCallbackMethod != "POST" && r.StatusCallbackMethod != "GET" {
		return r, invalid("Invalid parameter StatusCallbackMethod")
	}
	if r.StatusCallback != "" && !isWebURL(r.StatusCallback) {
		return r, invalid("Invalid parameter StatusCallback")
	}
	return r, nil
}

// sources returns the sources that a parameter names; never nil.
func sources(c *call, name string) []string {
	return slices.DeleteFunc(append([]string{}, c.r.Form[name]...), func(s string) bool { return s == "" })
}

// region is a Region as Twilio's page "Compositions resource", "Specifying Video Layouts" has it.
type region struct {
	Sources       []string `json:"video_sources"`
	Excluded      []string `json:"video_sources_excluded"`
	Reuse         string   `json:"reuse"`
	X             int      `json:"x_pos"`
	Y             int      `json:"y_pos"`
	Z             int      `json:"z_pos"`
	Width         int      `json:"width"`
	Height        int      `json:"height"`
	MaxColumns    int      `json:"max_columns"`
	MaxRows       int      `json:"max_rows"`
	CellsExcluded []int    `json:"cells_excluded"`
}

// defaultReuse is how the cells of a grid are used again where a layout does not say.
const defaultReuse = "show_oldest"

// layout reads a VideoLayout for the picture of r. Which cells of a grid are used, and when
// again, cannot be chosen.
func layout(text string, r store.Recipe) ([]store.Region, error) {
	if text == "" {
		return nil, nil
	}
	var given map[string]region
	if err := json.Unmarshal([]byte(text), &given); err != nil {
		return nil, invalid("Invalid parameter VideoLayout")
	}
	var all []store.Region
	for _, name := range slices.Sorted(maps.Keys(given)) {
		g := given[name]
		switch {
		case len(g.Sources) == 0:
			return nil, invalid("Invalid parameter VideoLayout: region " + name + " has no video_sources")
		case min(g.X, g.Y, g.Width, g.Height) < 0 || g.X+max(g.Width, minComposition) > r.Width || g.Y+max(g.Height, minComposition) > r.Height:
			return nil, invalid("Invalid parameter VideoLayout: region " + name + " is not within the resolution")
		case g.Z < -99 || g.Z > 99:
			return nil, invalid("Invalid parameter VideoLayout: z_pos of region " + name + " is out of range")
		case cmp.Or(g.Reuse, defaultReuse) != defaultReuse:
			return nil, invalid("Invalid parameter VideoLayout: local Twilio does not carry out reuse, except " + defaultReuse)
		case g.MaxColumns != 0 || g.MaxRows != 0 || len(g.CellsExcluded) > 0:
			return nil, invalid("Invalid parameter VideoLayout: local Twilio does not carry out max_columns, max_rows and cells_excluded")
		}
		all = append(all, store.Region{
			Name: name, Sources: g.Sources, SourcesExcluded: g.Excluded, X: g.X, Y: g.Y, Z: g.Z, Width: g.Width, Height: g.Height,
		})
	}
	return all, nil
}

// shownRecipe is what Compositions and CompositionHooks show of a Recipe.
func shownRecipe(r store.Recipe) object {
	if r.Video && len(r.Layout) == 0 {
		r.Layout = []store.Region{{Name: "grid", Sources: []string{"*"}}}
	}
	shown := object{}
	for _, g := range r.Layout {
		shown[g.Name] = region{
			Sources: g.Sources, Excluded: append([]string{}, g.SourcesExcluded...), Reuse: defaultReuse,
			X: g.X, Y: g.Y, Z: g.Z, Width: g.Width, Height: g.Height, CellsExcluded: []int{},
		}
	}
	audio := r.AudioSources
	if audio == nil {
		audio = []string{"*"}
	}
	return object{
		"format": r.Format, "resolution": fmt.Sprintf("%dx%d", r.Width, r.Height), "trim": r.Trim, "video_layout": shown,
		"audio_sources": audio, "audio_sources_excluded": append([]string{}, r.AudioSourcesExcluded...),
		"status_callback": orNull(r.StatusCallback), "status_callback_method": cmp.Or(r.StatusCallbackMethod, "POST"),
	}
}

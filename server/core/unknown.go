package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// SettingNames returns the names of all settings, in order.
func SettingNames() []string {
	var names []string
	// What it says of settings that are not there is nobody's business.
	_, _ = FromEnv(func(name string) string {
		names = append(names, name)
		return ""
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// Misspelt is a name that looks like a setting and is none.
type Misspelt struct {
	Name  string
	Meant string // the setting that it looks like
}

func (m Misspelt) Error() string {
	return fmt.Sprintf("%s is no setting: is %s meant?", m.Name, m.Meant)
}

// FindMisspelt returns those of the names that look like a setting and are none, in
// order: of which at most a quarter of the letters are others than in a setting that is
// not there itself, neither among the names nor beside them. OpenTelemetry has settings of
// its own, which look alike.
func FindMisspelt(names, beside []string) []Misspelt {
	known := SettingNames()
	var found []Misspelt
	for _, name := range names {
		if slices.Contains(known, name) || strings.HasPrefix(name, "OTEL_") {
			continue
		}
		nearest, least := "", 0
		for _, k := range known {
			if d := levenshtein.ComputeDistance(name, k); nearest == "" || d < least {
				nearest, least = k, d
			}
		}
		// Who has the setting as well means something else, such as another program's.
		if least <= max(len(name), len(nearest))/4 && !slices.Contains(names, nearest) && !slices.Contains(beside, nearest) {
			found = append(found, Misspelt{Name: name, Meant: nearest})
		}
	}
	slices.SortFunc(found, func(a, b Misspelt) int { return strings.Compare(a.Name, b.Name) })
	return found
}

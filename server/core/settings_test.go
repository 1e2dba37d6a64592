package core

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// TestSettings: every setting that is read stands in the example file and in the table of settings, and
// these have no other.
func TestSettings(t *testing.T) {
	t.Parallel()
	var read []string
	_, _ = FromEnv(func(name string) string { // what it says of so few settings is not the subject
		read = append(read, name)
		return ""
	})
	slices.Sort(read)
	read = slices.Compact(read)
	if len(read) < 30 {
		t.Fatalf("only %d settings are read", len(read))
	}
	setting := regexp.MustCompile(`[A-Z_]+`)
	for _, place := range []struct {
		file string
		part *regexp.Regexp // where settings are named
	}{
		{".env.example", regexp.MustCompile(`(?m)^(?:# )?[A-Z_]+=`)},
		{"docs/operate.md", regexp.MustCompile("(?m)^\\| (`[A-Z_]+`(?:, )?)+ \\|")},
	} {
		b, err := os.ReadFile(filepath.Join("..", "..", place.file))
		if err != nil {
			t.Fatal(err)
		}
		var named []string
		for _, part := range place.part.FindAllString(string(b), -1) {
			named = append(named, setting.FindAllString(part, -1)...)
		}
		for _, name := range read {
			if !slices.Contains(named, name) {
				t.Errorf("%s has no %s", place.file, name)
			}
		}
		for _, name := range named {
			if !slices.Contains(read, name) {
				t.Errorf("%s has %s, which nothing reads", place.file, name)
			}
		}
	}
}

package core

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSettings: every setting that is read stands in the example file and in the table of settings, and
// these have no other.
func TestSettings(t *testing.T) {
	t.Parallel()
	read := SettingNames()
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

// TestLimitsInTheDocs: what the table of limits says is the default is what is taken
// without a setting.
func TestLimitsInTheDocs(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(LIMIT_[A-Z_]+)` \\| `([^`]+)` \\|").FindAllStringSubmatch(string(b), -1) {
		said[row[1]] = row[2]
	}
	if len(said) < 13 {
		t.Fatalf("the table has %d limits", len(said))
	}
	// The others have no default that can be written: none is looked at.
	got, err := FromEnv(func(name string) string { return said[name] })
	if err != nil {
		t.Fatal(err)
	}
	want, err := FromEnv(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if got.Limits != want.Limits {
		t.Errorf("the table says %+v, without settings there is %+v", got.Limits, want.Limits)
	}
}

// A limit that cannot be read names its setting, and is not lifted.
func TestLimitsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	bad := map[string]string{"LIMIT_CODES": "20", "LIMIT_STREAMS": "0", "LIMIT_CHANGES": "10/s 11", "LIMIT_TOKENS_EVERYWHERE": "many"}
	c, err := FromEnv(func(name string) string { return bad[name] })
	for name := range bad {
		if err == nil || !strings.Contains(err.Error(), name+" ") {
			t.Errorf("%s is not named: %v", name, err)
		}
	}
	if c.Limits.Codes.PerPlace.PerSecond <= 0 || c.Limits.Streams.All <= 0 {
		t.Errorf("a limit is lifted: %+v", c.Limits)
	}
	off := map[string]string{"LIMIT_CODES": "off", "LIMIT_STREAMS": "off"}
	c, err = FromEnv(func(name string) string { return off[name] })
	if err != nil || c.Limits.Codes.PerPlace.PerSecond >= 0 || c.Limits.Streams.All >= 0 {
		t.Errorf("off: %+v, %v", c.Limits, err)
	}
}

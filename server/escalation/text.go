package escalation

import (
	"regexp"
	"sync"
	"unicode/utf8"
)

// detailForm is a word of the page's own vocabulary, such as "in_app_browser".
var detailForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9_]{0,40}$`) })

func runes(s string) int { return utf8.RuneCountInString(s) }

// cut shortens s to n characters.
func cut(s string, n int) string {
	if runes(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

package escalation

import "unicode/utf8"

func runes(s string) int { return utf8.RuneCountInString(s) }

// cut shortens s to n characters.
func cut(s string, n int) string {
	if runes(s) <= n {
		return s
	}
	return string([]rune(s)[:n])
}

package reached

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// hidden stands for what a log does not need and whoever reads it must not have: the name of a
// Room or a Document may be what lets people into a call.
const hidden = "…"

var forms = sync.OnceValue(func() (f struct{ sid, version, word *regexp.Regexp }) {
	f.sid = regexp.MustCompile(`^[A-Z]{2}[0-9a-f]{32}$`)
	f.version = regexp.MustCompile(`^v[0-9]$`)
	f.word = regexp.MustCompile(`^[A-Z][A-Za-z]*$`)
	return f
})

// Shape returns a path as a log may have it: products, versions, the names of resources and SIDs
// stay, everything else is hidden, as is what follows a resource's name and is no SID.
func Shape(path string) string {
	f := forms()
	parts := strings.Split(strings.Trim(path, "/"), "/")
	word := false // the part before was a resource's name
	for i, part := range parts {
		switch {
		case f.sid.MatchString(part):
			word = false
		case f.version.MatchString(part) && i < 3, i == 0 && len(parts) > 1 && f.version.MatchString(parts[1]):
		case f.word.MatchString(part) && !word:
			word = true
		default:
			parts[i], word = hidden, false
		}
	}
	return "/" + strings.Join(parts, "/")
}

// Place returns a URL as a log may have it: scheme and host, whose owner knows the rest.
func Place(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return hidden
	}
	return u.Scheme + "://" + u.Host
}

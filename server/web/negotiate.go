package web

import (
	"strconv"
	"strings"
)

// pick is the best encoding of f that the Accept-Encoding header allows.
func (f *asset) pick(accept []string) string {
	wants := qualities(accept)
	for _, e := range encodings {
		if f.body[e.name] == nil {
			continue
		}
		q, named := wants[e.name]
		if !named {
			q = wants["*"]
		}
		if q > 0 {
			return e.name
		}
	}
	return ""
}

// pickLanguage is the first of have (lower case, default first) that the
// reader wants: lang is their explicit choice, accept the Accept-Language header.
func pickLanguage(have []string, lang string, accept []string) string {
	best, bestQ := have[0], 0.0
	if l := match(have, lang); l != "" {
		return l
	}
	for want, q := range qualities(accept) {
		l := match(have, want)
		// Equal qualities: the earlier of ours, so that the answer does not
		// depend on the order of a map.
		if l != "" && (q > bestQ || q == bestQ && q > 0 && index(have, l) < index(have, best)) {
			best, bestQ = l, q
		}
	}
	return best
}

// prefers says whether lang is what the Accept-Language header asks for before
// all else. A language that is only wanted where there is none better, as
// English is in most browsers' headers, is not.
func prefers(lang string, accept []string) bool {
	wants, best := qualities(accept), 0.0
	for _, q := range wants {
		best = max(best, q)
	}
	for want, q := range wants {
		if q == best && q > 0 && match([]string{lang}, want) != "" {
			return true
		}
	}
	return false
}

// match finds want in have, whole or by its primary language.
func match(have []string, want string) string {
	want = strings.ToLower(want)
	primary, _, _ := strings.Cut(want, "-")
	for _, w := range []string{want, primary} {
		for _, h := range have {
			if w != "" && strings.EqualFold(h, w) {
				return h
			}
		}
	}
	return ""
}

func index(have []string, l string) int {
	for i, h := range have {
		if h == l {
			return i
		}
	}
	return len(have)
}

// qualities reads a header like "br;q=1, gzip;q=0.8" (RFC 9110, 12.4.2).
func qualities(header []string) map[string]float64 {
	out := map[string]float64{}
	for item := range strings.SplitSeq(strings.Join(header, ","), ",") {
		name, params, _ := strings.Cut(item, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		q := 1.0
		if v, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				q = f
			}
		}
		out[name] = q
	}
	return out
}

// matches tells whether If-None-Match names tag; weak comparison, as RFC 9110
// 13.1.2 asks for.
func matches(header []string, tag string) bool {
	for item := range strings.SplitSeq(strings.Join(header, ","), ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		if item == tag || item == "*" {
			return true
		}
	}
	return false
}

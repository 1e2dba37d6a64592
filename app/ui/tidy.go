package ui

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// Tidy mends the attributes of markup that go-app has written. It quotes
// values for Go, not for HTML (a quotation mark in a value would end it),
// writes the value "true" as no value (which ARIA reads as none), and in no
// certain order. After tidy they are escaped, complete and sorted.
func Tidy(markup string) string {
	var b strings.Builder
	b.Grow(len(markup) + len(markup)/8)
	for {
		i := strings.IndexByte(markup, '<')
		if i < 0 || i+1 == len(markup) {
			b.WriteString(markup)
			return b.String()
		}
		b.WriteString(markup[:i])
		markup = markup[i:]
		if markup[1] == '/' {
			b.WriteString("</")
			markup = markup[2:]
			continue
		}
		markup = tidyTag(&b, markup)
	}
}

// tidyTag writes the opening tag that rest begins with and returns what
// follows it. Text is escaped by go-app, so a "<" always begins a tag.
func tidyTag(b *strings.Builder, rest string) string {
	n := strings.IndexAny(rest, " >")
	if n < 0 {
		b.WriteString(rest)
		return ""
	}
	b.WriteString(rest[:n])
	rest = rest[n:]
	var attrs []string
	end := ">"
	for rest != "" {
		switch {
		case rest[0] == '>':
			rest = rest[1:]
			slices.Sort(attrs)
			for _, a := range attrs {
				b.WriteString(" " + a)
			}
			b.WriteString(end)
			return rest
		case strings.HasPrefix(rest, "/>"):
			end, rest = "/>", rest[1:]
		case rest[0] == ' ':
			rest = rest[1:]
		default:
			var a string
			a, rest = attribute(rest)
			attrs = append(attrs, a)
		}
	}
	return rest
}

// attribute reads one attribute and returns it as HTML wants it.
func attribute(rest string) (attr, tail string) {
	n := strings.IndexAny(rest, "= />")
	if n < 0 {
		return rest, ""
	}
	name := rest[:n]
	if rest[n] != '=' {
		if strings.HasPrefix(name, "aria-") || strings.HasPrefix(name, "data-") {
			return name + `="true"`, rest[n:]
		}
		return name, rest[n:]
	}
	rest = rest[n+1:]
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return name, rest // not go-app's writing; a value without quotes is dropped by the loop
	}
	value, err := strconv.Unquote(quoted)
	if err != nil {
		return name, rest[len(quoted):]
	}
	return name + `="` + html.EscapeString(value) + `"`, rest[len(quoted):]
}

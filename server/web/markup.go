package web

import "golang.org/x/net/html"

// The pages are made of html.Node, not of html/template: that calls methods by names it reads, for
// which the linker keeps every exported method of the program, a tenth of it.

// attributes are pairs of name and value.
type attributes []string

// tag makes an element. Children that are nil are left out.
func tag(name string, a attributes, children ...*html.Node) *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: name}
	for i := 0; i+1 < len(a); i += 2 {
		n.Attr = append(n.Attr, html.Attribute{Key: a[i], Val: a[i+1]})
	}
	return with(n, children...)
}

// with appends children that are not nil.
func with(n *html.Node, children ...*html.Node) *html.Node {
	for _, c := range children {
		if c != nil {
			n.AppendChild(c)
		}
	}
	return n
}

// tagIf makes an element if value is not empty.
func tagIf(value, name string, a attributes, children ...*html.Node) *html.Node {
	if value == "" {
		return nil
	}
	return tag(name, a, children...)
}

// text is escaped when it is written.
func text(s string) *html.Node { return &html.Node{Type: html.TextNode, Data: s} }

// raw is not escaped.
func raw(s string) *html.Node { return &html.Node{Type: html.RawNode, Data: s} }

// document is a whole page.
func document(say *speech, head, body *html.Node) *html.Node {
	return with(&html.Node{Type: html.DocumentNode},
		&html.Node{Type: html.DoctypeNode, Data: "html"},
		tag("html", attributes{"lang", say.Lang, "dir", say.Dir}, head, body))
}

// head has what the heads of all pages begin with. style is the brand's own style sheet, empty for none.
func (a *assets) head(title, style string, more ...*html.Node) *html.Node {
	meta := func(name, content string) *html.Node {
		return tag("meta", attributes{"name", name, "content", content})
	}
	sheet := func(href string) attributes { return attributes{"rel", "stylesheet", "href", href} }
	return with(tag("head", nil,
		tag("meta", attributes{"charset", "utf-8"}),
		meta("viewport", "width=device-width, initial-scale=1, viewport-fit=cover"),
		meta("color-scheme", "light dark"),
		meta("robots", "noindex, nofollow"),
		meta("referrer", "no-referrer"),
		tag("title", nil, text(title)),
		tag("link", sheet(a.URL("app.css"))),
		tagIf(style, "link", sheet(style)),
		a.icon("icon.svg", attributes{"rel", "icon", "type", "image/svg+xml"}),
	), more...)
}

// icon is a link to a picture of ours, nil if that is missing.
func (a *assets) icon(name string, more attributes) *html.Node {
	if !a.Has(name) {
		return nil
	}
	return tag("link", append(more, "href", a.URL(name)))
}

// brandLine is whose page it is, nil for nobody's.
func brandLine(brand, logo string) *html.Node {
	if brand == "" {
		return nil
	}
	picture := tagIf(logo, "img", attributes{"class", "logo", "src", logo, "alt", ""})
	var space *html.Node
	if picture != nil {
		space = text(" ")
	}
	return tag("p", attributes{"class", "brand"}, picture, space, tag("bdi", nil, text(brand)))
}

// card says what is the matter.
func card(heading, lead string, more ...*html.Node) *html.Node {
	return with(tag("section", attributes{"class", "card"},
		tag("h1", nil, text(heading)), tag("p", attributes{"class", "lead"}, text(lead))), more...)
}

// linkText is an address to be copied, nil without one.
func linkText(link string) *html.Node {
	return tagIf(link, "p", attributes{"class", "link-text", "dir", "ltr"}, text(link))
}

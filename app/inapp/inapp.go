// Package inapp recognizes browsers that run inside another app by their
// User-Agent. In those, camera and microphone are often refused without a
// question, and nothing that a page does can change it. Safari's view controller
// and Chrome's custom tabs are full browsers and say so; they are not meant.
//
// A User-Agent is read as RFC 9110 writes it, in products and comments, and not
// searched for parts of words: "BankOnline/3.2" is not LINE.
package inapp

import "strings"

// isApp says whether a product, in lower case, is an app that has a browser of
// its own.
func isApp(product string) bool {
	switch product {
	case "fban", "fbav", "fb_iab", "fbios", // Facebook, Messenger
		"instagram", "barcelona", // Barcelona is Threads
		"whatsapp", "line", "kakaotalk", "naver", "snapchat", "linkedinapp", "pinterest",
		"micromessenger",                                             // WeChat
		"musical_ly", "trill", "bytedancewebview", "tiktok", "aweme", // TikTok
		"twitter", "twitterandroid",
		"gsa": // Google's search app
		return true
	}
	return false
}

// Kind is how sure a User-Agent is.
type Kind int

// The kinds. A Bare one is WebKit on an iPhone or iPad without the name of a
// browser: an app's web view, or a page that was put on the home screen, which
// can do all that Safari can. Only the page itself knows which.
const (
	No Kind = iota
	Bare
	Yes
)

// Of reads a User-Agent. Programs that fetch a link to show its title in a chat
// have the app's name too, but not that of a browser, which all have in common.
func Of(userAgent string) Kind {
	ua := parse(userAgent)
	switch {
	case !ua.mozilla:
		return No
	case ua.app, ua.android && ua.webView:
		return Yes
	case ua.ios && ua.webKit && !ua.safari:
		return Bare
	}
	return No
}

// agent is what a User-Agent says, as far as it matters here.
type agent struct {
	mozilla, webKit, safari, app bool // as products, outside of comments
	ios, android                 bool
	webView                      bool // Android's mark of a web view
}

// product takes a product in.
func (a *agent) product(name string) {
	switch name {
	case "mozilla":
		a.mozilla = true
	case "applewebkit":
		a.webKit = true
	case "safari":
		a.safari = true
	default:
		a.app = a.app || isApp(name)
	}
}

// parse reads products, and the parts of comments that name a system. Facebook's
// apps write products in brackets, which the grammar does not know.
func parse(s string) agent {
	var a agent
	depth, start := 0, 0
	end := func(i int) {
		word := strings.ToLower(strings.TrimSpace(s[start:i]))
		start = i + 1
		if depth > 0 {
			a.part(word)
		} else if word != "" {
			a.product(productName(word))
		}
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '(':
			end(i)
			depth++
		case c == ')':
			end(i)
			depth = max(depth-1, 0)
		case c == ';', depth == 0 && (c == ' ' || c == '\t' || c == '[' || c == ']' || c == ','):
			end(i)
		}
	}
	end(len(s))
	return a
}

// part takes a part of a comment in.
func (a *agent) part(word string) {
	switch name, _, _ := strings.Cut(word, " "); name {
	case "wv":
		a.webView = a.webView || word == "wv"
	case "iphone", "ipad", "ipod":
		a.ios = true
	case "android":
		a.android = true
	}
}

// productName is a product without its version. TikTok writes one with an
// underscore, as in "musical_ly_34.1.0".
func productName(product string) string {
	name, _, _ := strings.Cut(product, "/")
	if i := strings.LastIndexByte(name, '_'); i > 0 && i+1 < len(name) && name[i+1] >= '0' && name[i+1] <= '9' {
		name = name[:i]
	}
	return name
}

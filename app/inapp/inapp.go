// Package inapp recognizes browsers that run inside another app by their
// User-Agent. In those, camera and microphone are often refused without a
// question, and nothing that a page does can change it. Safari's view controller
// and Chrome's custom tabs are full browsers and say so; they are not meant.
//
// A User-Agent is read as RFC 9110 writes it, in products and comments, and not
// searched for parts of words: "BankOnline/3.2" is not LINE.
package inapp

import "strings"

// apps are the names of apps that have a browser of their own, in lower case.
var apps = map[string]bool{
	"fban": true, "fbav": true, "fb_iab": true, "fbios": true, // Facebook, Messenger
	"instagram": true, "barcelona": true, // Barcelona is Threads
	"whatsapp":       true,
	"line":           true,
	"micromessenger": true, // WeChat
	"snapchat":       true,
	"musical_ly":     true, "trill": true, "bytedancewebview": true, "tiktok": true, "aweme": true, // TikTok
	"linkedinapp": true,
	"pinterest":   true,
	"twitter":     true, "twitterandroid": true,
	"kakaotalk": true,
	"naver":     true,
	"gsa":       true, // Google's search app
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
	case !ua.has("mozilla"):
		return No
	case ua.android && ua.webView:
		return Yes
	}
	for name := range ua.products {
		if apps[name] {
			return Yes
		}
	}
	if ua.ios && ua.has("applewebkit") && !ua.has("safari") {
		return Bare
	}
	return No
}

// agent is what a User-Agent says, as far as it matters here.
type agent struct {
	products     map[string]bool // names in lower case, outside of comments
	ios, android bool
	webView      bool // Android's mark of a web view
}

func (a agent) has(product string) bool { return a.products[product] }

// parse reads products, and the parts of comments that name a system. Facebook's
// apps write products in brackets, which the grammar does not know.
func parse(s string) agent {
	a := agent{products: map[string]bool{}}
	depth, start := 0, 0
	end := func(i int) {
		word := strings.ToLower(strings.TrimSpace(s[start:i]))
		start = i + 1
		if depth > 0 {
			a.part(word)
		} else if word != "" {
			a.products[productName(word)] = true
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

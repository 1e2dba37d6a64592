package web

import "strings"

// inAppMarks are parts of the User-Agent of browsers inside other apps, in
// lower case. In those, camera and microphone are often refused without a
// question, and nothing that a page does can change it. Safari's view
// controller and Chrome's custom tabs are full browsers and are not told apart
// from them here, as it should be.
var inAppMarks = []string{
	"fban/", "fbav/", "fb_iab", // Facebook, Messenger
	"instagram",
	"whatsapp/",
	"line/",
	"micromessenger", // WeChat
	"snapchat",
	"musical_ly", "bytedancewebview", "tiktok",
	"linkedinapp",
	"pinterest/",
	"twitter for",
	"gsa/",  // Google's search app on iOS
	"; wv)", // Android's WebView, in any other app
}

// inApp says that the browser is one inside another app. An app's own WebView
// on iOS that adds nothing to the name is recognized by what it lacks: every
// real browser there says Safari.
func inApp(userAgent string) bool {
	ua := strings.ToLower(userAgent)
	for _, mark := range inAppMarks {
		if strings.Contains(ua, mark) && !linkPreview(ua) {
			return true
		}
	}
	ios := strings.Contains(ua, "iphone") || strings.Contains(ua, "ipad") || strings.Contains(ua, "ipod")
	return ios && strings.Contains(ua, "applewebkit") && !strings.Contains(ua, "safari/")
}

// linkPreview recognizes the programs that fetch a link to show its title in a
// chat: WhatsApp's says only "WhatsApp/2.…", without a browser's name.
func linkPreview(ua string) bool { return !strings.Contains(ua, "mozilla/") }

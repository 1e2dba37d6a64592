package inapp

import "testing"

const (
	iPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	android = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
	windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "

	safari    = iPhone + "Version/18.1 Mobile/15E148 Safari/604.1"
	instagram = iPhone + "Mobile/22B83 Instagram 358.0.0.19.95 (iPhone15,2; iOS 18_1; en_US; en; scale=3.00; 1179x2556; 662944209)"
)

func TestOf(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, agent string
		want        Kind
	}{
		{"Safari on iPhone", safari, No},
		{"Chrome on iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1", No},
		{"Firefox on iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/133.0 Mobile/15E148 Safari/605.1.15", No},
		{"Chrome on Android", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", No},
		{"Samsung's browser", "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", No},
		{"a CUBOT phone", "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36", No},
		{"Edge on Windows", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", No},
		{"Safari on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15", No},
		{"none", "", No},
		{"Instagram on iPhone", instagram, Yes},
		{"Facebook on iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/22B83 [FBAN/FBIOS;FBAV/491.0.0.47.109;FBBV/664391571]", Yes},
		{"Facebook on Android", "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/491.0.0.0;]", Yes},
		{"LINE", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Safari Line/14.19.1", Yes},
		{"WeChat", "Mozilla/5.0 (Linux; Android 13; V2055A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Mobile Safari/537.36 MicroMessenger/8.0.50", Yes},
		{"WhatsApp's viewer", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 WhatsApp/24.23.77", Yes},
		{"WhatsApp's preview", "WhatsApp/2.23.20.0 A", No},
		{"Facebook's preview", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", No},
		{"any Android WebView", "Mozilla/5.0 (Linux; Android 12; SM-A125F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36", Yes},
		{"any WebView on iPhone", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", Bare},
		// Other words that an app's name is a part of.
		{"a bank's browser", android + " BankOnline/3.2", No},
		{"a bank's browser on iPhone", safari + " BankOnline/3.2", No},
		{"Outline", android + " Outline/1.0", No},
		{"a pipeline", windows + "Chrome/131.0.0.0 Safari/537.36 Pipeline/2", No},
		{"a fan's", android + " MyInstagrammer/1.0", No},
		{"another's", android + " NotWhatsApp/2 PreFBAN/1 LinkedInApplicant/3", No},
		{"the name as a version", android + " Thing/Line/3", No},
		{"a phone of that name", "Mozilla/5.0 (Linux; Android 14; Line Phone; Instagram X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", No},
		{"a phone with wv in its name", "Mozilla/5.0 (Linux; Android 14; WV-200; wvx) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36", No},
		{"wv elsewhere", windows + "Chrome/131.0.0.0 Safari/537.36 (wv)", No},
		// Programs on computers.
		{"Electron", windows + "Desk/4.2 Chrome/130.0.0.0 Electron/33.0.0 Safari/537.36", No},
		{"Teams", windows + "Teams/24 Chrome/130.0.0.0 Electron/33 Safari/537.36", No},
		{"a web view on a Mac", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", No},
		// Other apps.
		{"TikTok", iPhone + "Mobile/15E148 musical_ly_34.1.0 JsSdk/2.0 NetType/WIFI Channel/App ByteLocale/en", Yes},
		{"TikTok on Android", android + " trill_2022403020 BytedanceWebview/d8a21c6", Yes},
		{"Snapchat, which says like Safari", iPhone + "Mobile/15E148 Snapchat/12.80.0.35 (like Safari/8617.1.17, panda)", Yes},
		{"Twitter", iPhone + "Mobile/15E148 Twitter for iPhone/10.1", Yes},
		{"KakaoTalk", android + " KAKAOTALK 10.5.5", Yes},
		{"Naver", iPhone + "Mobile/15E148 Safari/604.1 NAVER(inapp; search; 2000; 12.10.1; 14PRO)", Yes},
		{"LINE's own browser", android + " Line/13.0.0/IAB", Yes},
		{"Pinterest", iPhone + "Mobile/15E148 [Pinterest/iOS]", Yes},
		{"an unknown one that says like Safari", iPhone + "Mobile/15E148 Shop/3 (like Safari/604.1)", Bare},
		{"an iPad's", "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", Bare},
		// Link previews, and nonsense.
		{"Telegram's preview", "TelegramBot (like TwitterBot)", No},
		{"Pinterest's", "Pinterest/0.2 (+http://www.pinterest.com/bot.html)", No},
		{"Apple's", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0", No},
		{"LinkedIn's", "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)", No},
		{"comments without end", "Mozilla/5.0 ((((((iPhone", No},
		{"ends without comments", ")))) Mozilla/5.0 ]]] Line", Yes},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Of(c.agent); got != c.want {
				t.Errorf("%v, want %v: %s", got, c.want, c.agent)
			}
		})
	}
}

func FuzzOf(f *testing.F) {
	f.Add(safari)
	f.Add(instagram)
	f.Fuzz(func(t *testing.T, agent string) {
		// Whatever is said, to say it among a browser's other products changes
		// nothing unless it is one.
		if k := Of(agent); k < No || k > Yes {
			t.Errorf("%v", k)
		}
	})
}

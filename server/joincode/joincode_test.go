package joincode

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

const code = "k7m2pq9"

func links() Links { return NewLinks("a secret", len(code)) }

func TestNewCodesAreParsed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	drawn := map[rune]int{}
	for range 2000 {
		c, err := New(7)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Parse(strings.ToUpper(c)); !ok || got != c || len(c) != 7 || seen[c] {
			t.Fatalf("%q: parsed as %q, %t; seen before: %t", c, got, ok, seen[c])
		}
		seen[c] = true
		for _, r := range c {
			drawn[r]++
		}
	}
	for _, r := range Alphabet {
		// 14 000 draws of 31: 452 each, and 6 standard deviations are 126.
		if n := drawn[r]; n < 320 || n > 590 {
			t.Errorf("%q drawn %d times of 14000", r, n)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"k7m2pq9": "k7m2pq9", "K7M2PQ9": "k7m2pq9", "abcdef": "abcdef", strings.Repeat("z", Max): strings.Repeat("z", Max),
		"": "", "abcde": "", strings.Repeat("z", Max+1): "", "k7m2pq0": "", "k7m2pqo": "", "k7m2pql": "", "k7m2pqi": "", "k7m2pq1": "",
		"k7m 2pq9": "", "k7m-2pq9": "", "k7m2pq9\n": "", "../../x": "", "abc/../x": "", "......": "", "abcdef?x": "", "abcdef\x00": "",
		"ET0123456789abcdef0123456789abcdef": "", "agentlock.WK1": "", "k7m2pqü": "", "\u212aabcdef": "", // the sign for kelvin, which is small k in lower case
	} {
		if got, ok := Parse(s); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %t; want %q", s, got, ok, want)
		}
	}
}

func TestATagBelongsToItsCodeAndSecret(t *testing.T) {
	t.Parallel()
	l := links()
	tagged := l.Of(code)
	if want := len(code) + 1 + TagLength; len(tagged) != want || !strings.HasPrefix(tagged, code+"-") || !inAlphabet(tagged[len(code)+1:]) {
		t.Fatalf("link %q; want %d characters without look-alikes", tagged, want)
	}
	if NewLinks("a secret", 12).Of(code) != tagged {
		t.Error("another replica makes another tag")
	}
	tag := tagged[len(code)+1:]
	for name, given := range map[string]Given{
		"another code":     l.Read("k7m2pqa-" + tag),
		"another secret":   NewLinks("another", len(code)).Read(tagged),
		"one letter wrong": l.Read(code + "-" + swap(tag)),
	} {
		if given.Kind != Forged {
			t.Errorf("%s: %+v, want Forged", name, given)
		}
	}
	if got := NewLinks("", 7).Read(tagged); got.Kind == Tagged {
		t.Errorf("without a secret %+v", got)
	}
}

// swap changes the first letter of a tag.
func swap(tag string) string {
	if tag[0] == 'a' {
		return "b" + tag[1:]
	}
	return "a" + tag[1:]
}

// ways are how people and programs hand a join link on; %s is what stands
// behind /join/.
var ways = map[string]string{
	"as it is":                     "https://video.example.com/join/%s",
	"without a scheme":             "video.example.com/join/%s",
	"only the path":                "/join/%s",
	"path without its slash":       "join/%s",
	"trailing slash":               "https://video.example.com/join/%s/",
	"two slashes":                  "https://video.example.com//join//%s",
	"end of a sentence":            "Please open https://video.example.com/join/%s.",
	"comma":                        "https://video.example.com/join/%s, thanks",
	"question":                     "Is it https://video.example.com/join/%s?",
	"angle brackets":               "<https://video.example.com/join/%s>",
	"round brackets":               "(https://video.example.com/join/%s)",
	"quotes":                       `"https://video.example.com/join/%s"`,
	"typographic quotes":           "„https://video.example.com/join/%s“",
	"guillemets":                   "«\u00a0https://video.example.com/join/%s\u00a0»",
	"Markdown":                     "[Join](https://video.example.com/join/%s)",
	"HTML":                         `<a href="https://video.example.com/join/%s">Join</a>`,
	"query":                        "https://video.example.com/join/%s?lang=de",
	"HTML query":                   "https://video.example.com/join/%s?continue=1&amp;lang=de",
	"fragment":                     "https://video.example.com/join/%s#x",
	"space before":                 "   https://video.example.com/join/%s",
	"encoded space behind":         "https://video.example.com/join/%s%%20",
	"encoded line break":           "https://video.example.com/join/%s%%0D%%0A",
	"no-break space":               "https://video.example.com/join/%s\u00a0",
	"zero-width space":             "https://video.example.com/join/\u200b%s\u200b",
	"word joiner":                  "https://video.example.com/join/%s\u2060",
	"byte order mark":              "\ufeffhttps://video.example.com/join/%s",
	"bidi marks":                   "\u202ahttps://video.example.com/join/\u200e%s\u202c",
	"isolates":                     "\u2067https://video.example.com/join/%s\u2069",
	"backslashes":                  `https:\\video.example.com\join\%s`,
	"full-width slashes":           "https:／／video.example.com／join／%s",
	"Safe Links":                   "https://eur01.safelinks.protection.outlook.com/?url=https%%3A%%2F%%2Fvideo.example.com%%2Fjoin%%2F%s&data=05%%7C02%%7Cana%%40example.com&sdata=x&reserved=0",
	"Safe Links in HTML":           "https://eur01.safelinks.protection.outlook.com/?url=https%%3A%%2F%%2Fvideo.example.com%%2Fjoin%%2F%s&amp;data=05%%7C02&amp;reserved=0",
	"scanned twice":                "https://scan.example/?u=https%%3A%%2F%%2Feur01.safelinks.protection.outlook.com%%2F%%3Furl%%3Dhttps%%253A%%252F%%252Fvideo.example.com%%252Fjoin%%252F%s%%26data%%3D05",
	"Proofpoint, third":            "https://urldefense.com/v3/__https://video.example.com/join/%s__;!!AbC123!xyz$",
	"Proofpoint, first":            "https://urldefense.proofpoint.com/v1/url?u=https://video.example.com/join/%s&k=abc",
	"Proofpoint around Safe Links": "https://urldefense.com/v3/__https://nam01.safelinks.protection.outlook.com/?url=https*3A*2F*2Fvideo.example.com*2Fjoin*2F%s&data=05*7C02__;JSUl!!AbC!xyz$",
	"in a span":                    "https://video.example.com/join/<span style=\"color:red\">%s</span>",
	"a blank letter":               "https://video.example.com/join/\u3164%s",
	"behind a language":            "https://video.example.com/de/join/%s",
	"a whole invite":               "Ana Díaz (Acme) le invita a una videollamada: https://video.example.com/join/%s\nEl enlace es válido durante 59 minutos. Se abre en su navegador; no hay que instalar nada.\nLa llamada no se graba.",
	"an invite in Arabic":          "انضم إلى مكالمة الفيديو: https://video.example.com/join/%s\u200f ثم اضغط",
	"a full stop in Chinese":       "点击 https://video.example.com/join/%s。",
	"glued to Japanese":            "https://video.example.com/join/%sをクリックしてください",
	"glued to Russian":             "https://video.example.com/join/%sнажмите",
	"code and label":               "code: %s",
	"label in German":              "Ihr Code lautet: %s",
	"equals sign":                  "code=%s",
	"bare":                         "%s",
	"bare in quotes":               "'%s'",
	"bare with a full stop":        "%s.",
}

func TestLinksAsPeopleCopyThem(t *testing.T) {
	t.Parallel()
	l := links()
	for name, way := range ways {
		for _, c := range []struct {
			text string
			kind Kind
		}{{l.Of(code), Tagged}, {code, Bare}, {strings.ToUpper(l.Of(code)), Tagged}, {strings.ToUpper(code), Bare}} {
			text := fmt.Sprintf(way, c.text)
			if got := l.Read(text); got != (Given{c.kind, code}) {
				t.Errorf("%s: %q\nread as %+v, want %+v", name, text, got, Given{c.kind, code})
			}
			if got := l.Read(url.PathEscape(text)); got != (Given{c.kind, code}) {
				t.Errorf("%s, encoded: %q\nread as %+v, want %+v", name, url.PathEscape(text), got, Given{c.kind, code})
			}
		}
	}
}

func TestTagsThatWereDamagedOnTheWay(t *testing.T) {
	t.Parallel()
	l := links()
	tag := strings.TrimPrefix(l.Of(code), code+"-")
	for name, text := range map[string]string{
		"typographic dash":          "https://v.example/join/" + code + "–" + tag,
		"hyphen that does not end":  "https://v.example/join/" + code + "‑" + tag,
		"minus":                     "https://v.example/join/" + code + "−" + tag,
		"full-width":                "https://v.example/join/" + wide(code+"-"+tag),
		"soft hyphens":              "https://v.example/join/k7m\u00ad2pq9-" + tag[:2] + "\u00ad" + tag[2:],
		"zero-width space inside":   "https://v.example/join/k7m2\u200bpq9-" + tag,
		"line break in the code":    "https://v.example/join/k7m\r\n2pq9-" + tag,
		"line break at the dash":    "https://v.example/join/k7m2pq9-\n" + tag,
		"line break in the tag":     "https://v.example/join/k7m2pq9-" + tag[:3] + "\n" + tag[3:] + "\nThe call is not recorded.",
		"HTML break":                "https://v.example/join/k7m2pq9-" + tag[:3] + "<br/>" + tag[3:],
		"quoted-printable break":    "https://v.example/join/k7m2p=\r\nq9-" + tag,
		"glued to the next line":    "https://v.example/join/" + code + "-" + tag + "The link works for 59 minutes.",
		"the same, without a path":  code + "-" + tag + "The link works",
		"no dash":                   "https://v.example/join/" + code + tag,
		"space for the dash":        code + " " + tag,
		"encoded dash":              "https://v.example/join/" + code + "%2D" + tag,
		"Proofpoint, second":        "https://urldefense.proofpoint.com/v2/url?u=https-3A__v.example_join_" + code + "-2D" + tag + "&d=DwMFaQ&c=x-2D",
		"base64 inside a scanner's": "https://us.protection.example/?d=v.example&u=" + base64.StdEncoding.EncodeToString([]byte("https://v.example/join/"+code+"-"+tag)) + "&i=x",
		"spelled in groups":         "K7M 2PQ9 - " + strings.ToUpper(tag),
	} {
		if got := l.Read(text); got != (Given{Tagged, code}) {
			t.Errorf("%s: %q\nread as %+v", name, text, got)
		}
	}
}

func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

func TestCodesAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	l := links()
	for _, text := range []string{
		"k7m 2pq9", "K7M-2PQ9", " k7m2pq9 ", "k7m.2pq9", "k 7 m 2 p q 9", "k7m–2pq9", "ｋ７ｍ２ｐｑ９", "\u200bk7m2pq9", "k7m2\u00adpq9", "k7m2pq9,",
		"Your code is k7m2pq9, valid for an hour", "Der Code lautet K7M2PQ9.", "code k7m2pq9", "Code : k7m 2pq9", "Código: k7m2pq9", "+k7m2pq9+",
		"k7m\n2pq9", "https://v.example/join/k7m2\npq9", "k7m2pq9-", "https://v.example/join/k7m2pq9-",
	} {
		if got := l.Read(text); got != (Given{Bare, code}) {
			t.Errorf("%q: read as %+v", text, got)
		}
	}
	for _, text := range []string{
		"Your code is abcdefg", "Your code is: abcdefg", "Your code for the call is: ABCDEFG.", "Ihr Code lautet: abcdefg", "El código es abcdefg", "Le code est abcdefg", "O código é abcdefg", "abcdefg",
	} {
		if got := l.Read(text); got != (Given{Bare, "abcdefg"}) {
			t.Errorf("without digits, %q: read as %+v", text, got)
		}
	}
	for _, text := range []string{"Your code is K7M 2PQ9", "K7M 2PQ9 is my code", "code: k7m<br>2pq9"} {
		if got := l.Read(text); got != (Given{Bare, code}) {
			t.Errorf("in groups, %q: read as %+v", text, got)
		}
	}
	// The tag was cut off: what is left is the code.
	for n := range TagLength {
		for _, end := range []string{"", "…", "...", " and so on"} {
			text := "https://v.example/join/" + l.Of(code)[:len(code)+1+n] + end
			if got := l.Read(text); got != (Given{Bare, code}) {
				t.Errorf("cut off, %q: read as %+v", text, got)
			}
		}
	}
	// A code of another length than those that are made now, in an older link.
	if got := l.Read("https://v.example/join/abcdefgh2 x"); got != (Given{Bare, "abcdefgh2"}) {
		t.Errorf("older code: %+v", got)
	}
	if old := NewLinks("a secret", 9).Of("abcdefgh2"); l.Read(old) != (Given{Tagged, "abcdefgh2"}) {
		t.Errorf("older link %q: %+v", old, l.Read(old))
	}
	// A code that is as long as a code with a tag.
	long := NewLinks("a secret", 13)
	if got := long.Read("k7m2pq9-abcdef"); got != (Given{Bare, "k7m2pq9abcdef"}) {
		t.Errorf("long code in two groups: %+v", got)
	}
}

func TestWhatIsNoCodeIsNotLookedUp(t *testing.T) {
	t.Parallel()
	l := links()
	for _, text := range []string{
		"", " ", "-", "/join/", "hello", "join", "abc", "..%2F..%2Fx", "a/b", "<script>alert(1)</script>", "https://evil.example", "//evil.example",
		"Please call me back", "guten tag zusammen", "0000000", "k7m2pqo", "\x00", "\xff\xfe", "%", "%zz", "🙂🙂🙂🙂🙂🙂🙂",
		"thanks", "refund", "Becker", "Code: see chat", "My order number is 4829377", "call me at 555-2345", "https://example.com/x7k2pq9", "the code for that was lost",
		"k7m2pq9 or k7m2pqa", strings.Repeat("k7m2pq9", 5000), strings.Repeat("z", 33),
	} {
		if got := l.Read(text); got.Kind != None {
			t.Errorf("%.40q: read as %+v, want nothing", text, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	l := links()
	for _, way := range ways {
		f.Add(fmt.Sprintf(way, l.Of(code)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		g := l.Read(text)
		if _, ok := Parse(g.Code); ok != (g.Kind != None) || g.Code != strings.ToLower(g.Code) {
			t.Fatalf("%q: %+v is no code", text, g)
		}
		if g.Kind == Tagged && l.Read(l.Of(g.Code)) != g {
			t.Fatalf("%q: %+v reads otherwise when it is written again", text, g)
		}
	})
}

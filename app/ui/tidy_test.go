package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestTidy(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text stays", "a &lt; b", "a &lt; b"},
		{"sorted", `<p id="b" class="a">x</p>`, `<p class="a" id="b">x</p>`},
		{"true is written for ARIA and data", `<b aria-pressed data-off hidden>x</b>`, `<b aria-pressed="true" data-off="true" hidden>x</b>`},
		{"self closing", `<path d="M1 2"/>`, `<path d="M1 2"/>`},
		{"quotes cannot end a value", `<b aria-label="a\" onload=\"x">`, `<b aria-label="a&#34; onload=&#34;x">`},
		{"angle brackets in a value", `<b aria-label="<i>">`, `<b aria-label="&lt;i&gt;">`},
		{"accents stay", `<b aria-label="Zoë – “x”">`, `<b aria-label="Zoë – “x”">`},
		{"cut off", `<b aria-label`, `<b`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Tidy(c.in); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestTidyOfWhatGoAppWrites(t *testing.T) {
	name := "O'Neil \"Ann\"\n<script>"
	got := Tidy(app.HTMLString(app.Div().Aria("label", name).Text(name)))
	want := "<div aria-label=\"O&#39;Neil &#34;Ann&#34;\n&lt;script&gt;\">O&#39;Neil &#34;Ann&#34;\n&lt;script&gt;</div>"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.Count(got, "<") != 2 {
		t.Error("a name became markup")
	}
}

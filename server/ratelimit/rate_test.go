package ratelimit

import (
	"strings"
	"testing"
)

func TestParseRate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rate{
		"50/s 200":   {PerSecond: 50, Burst: 200},
		" 1/s   1 ":  {PerSecond: 1, Burst: 1},
		"20/m 20":    {PerSecond: 1.0 / 3, Burst: 20},
		"off":        {PerSecond: -1},
		"600/m 7":    {PerSecond: 10, Burst: 7},
		"1000/s 900": {PerSecond: 1000, Burst: 900},
	} {
		got, err := ParseRate(text)
		if err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
		if again, err := ParseRate(got.String()); err != nil || again != got {
			t.Errorf("%q is written as %q, which reads %v, %v", text, got.String(), again, err)
		}
	}
	for _, text := range []string{"", "50", "50/s", "50 200", "0/s 5", "5/s 0", "-1/s 5", "5/h 5", "5/s 5 5", "5/s five", "Off!", "1e3/s 4", "5/ 5"} {
		if r, err := ParseRate(text); err == nil || !strings.Contains(err.Error(), "50/s 200") {
			t.Errorf("%q is taken for %v, error %v", text, r, err)
		}
	}
}

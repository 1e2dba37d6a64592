package clientaddr

import (
	"net/http"
	"testing"
)

// FuzzOf lets a client invent what it likes before the address that the one proxy
// writes: the proxy's word counts.
func FuzzOf(f *testing.F) {
	for _, s := range []string{"", "1.1.1.1", "1.1.1.1, 2.2.2.2", `for="[2001:db8::1]:80";proto=http, for=1.1.1.1`, `for="unclosed`, `for="a\"b,c"`, "unknown", ",,;;"} {
		f.Add(s, "10.0.0.1:80")
	}
	f.Fuzz(func(t *testing.T, invented, remote string) {
		const truth = "203.0.113.7"
		for setting, believed := range map[string]bool{"": false, "1": true} {
			proxies, err := Parse(setting)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range map[string]string{"X-Forwarded-For": invented + ", " + truth, "Forwarded": invented + ", for=" + truth} {
				r := &http.Request{RemoteAddr: remote, Header: http.Header{name: {value}}}
				addr := proxies.Of(r)
				if got := addr.String() == truth; got != believed && parseHop(remote).String() != truth {
					t.Errorf("%s: %q from %s is %s with proxies %q", name, value, remote, addr, setting)
				}
				for _, k := range Keys(addr) {
					if k == "" {
						t.Errorf("%s has an empty key", addr)
					}
				}
			}
		}
	})
}

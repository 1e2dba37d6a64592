package clientaddr

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, trust, remote, xff, forwarded, want string
	}{
		{name: "IPv4", remote: "192.0.2.1:80", want: "192.0.2.1"},
		{name: "IPv6", remote: "[2001:db8:1:2:3:4:5:6]:80", want: "2001:db8:1:2::/64 2001:db8:1::/56 2001:db8:1::/48"},
		{name: "IPv4 in IPv6", remote: "[::ffff:192.0.2.1]:80", want: "192.0.2.1"},
		{name: "zone", remote: "[fe80::1%eth0]:80", want: "fe80::/64 fe80::/56 fe80::/48"},
		{name: "header from a client", trust: "false", remote: "192.0.2.1:80", xff: "203.0.113.7", want: "192.0.2.1"},
		{name: "Forwarded from a client", remote: "192.0.2.1:80", forwarded: "for=203.0.113.7", want: "192.0.2.1"},

		{name: "one proxy", trust: "true", remote: "10.0.0.1:80", xff: "203.0.113.7", want: "203.0.113.7"},
		{name: "invented hops before the proxy's", trust: "true", remote: "10.0.0.1:80", xff: "1.1.1.1, 203.0.113.7", want: "203.0.113.7"},
		{name: "several header lines", trust: "true", remote: "10.0.0.1:80", xff: "1.1.1.1\n203.0.113.7", want: "203.0.113.7"},
		{name: "proxy without the header", trust: "true", remote: "10.0.0.1:80", want: "10.0.0.1"},
		{name: "with a port", trust: "true", remote: "10.0.0.1:80", xff: "203.0.113.7:5678", want: "203.0.113.7"},
		{name: "IPv6 with a port", trust: "1", remote: "10.0.0.1:80", xff: "[2001:db8:1:2::9]:5678", want: "2001:db8:1:2::/64 2001:db8:1::/56 2001:db8:1::/48"},
		{name: "IPv6 in brackets", trust: "1", remote: "10.0.0.1:80", xff: "[2001:db8:1:2::9]", want: "2001:db8:1:2::/64 2001:db8:1::/56 2001:db8:1::/48"},
		{name: "IPv4 in IPv6 with a port", trust: "1", remote: "10.0.0.1:80", xff: "[::ffff:203.0.113.7]:1", want: "203.0.113.7"},
		{name: "no address", trust: "1", remote: "10.0.0.1:80", xff: "unknown", want: "10.0.0.1"},
		{name: "empty element", trust: "1", remote: "10.0.0.1:80", xff: "203.0.113.7, ", want: "10.0.0.1"},

		{name: "two proxies", trust: "2", remote: "10.0.0.1:80", xff: "1.1.1.1, 203.0.113.7, 10.0.0.2", want: "203.0.113.7"},
		{name: "two proxies, one passed by", trust: "2", remote: "10.0.0.1:80", xff: "203.0.113.7", want: "203.0.113.7"},
		{name: "none", trust: "0", remote: "192.0.2.1:80", xff: "203.0.113.7", want: "192.0.2.1"},

		{name: "networks", trust: "10.0.0.0/8, 192.168.0.1", remote: "10.0.0.1:80", xff: "1.1.1.1, 203.0.113.7, 192.168.0.1, 10.9.9.9:4", want: "203.0.113.7"},
		{name: "networks, from elsewhere", trust: "10.0.0.0/8", remote: "192.0.2.1:80", xff: "203.0.113.7", want: "192.0.2.1"},
		{name: "networks, all of them proxies", trust: "10.0.0.0/8", remote: "10.0.0.1:80", xff: "10.0.0.3, 10.0.0.2", want: "10.0.0.3"},
		{name: "IPv6 network", trust: "2001:db8::/32", remote: "[2001:db8::1]:80", xff: "203.0.113.7", want: "203.0.113.7"},
		{name: "a network as it is not written", trust: "10.1.2.3/8", remote: "10.0.0.1:80", xff: "203.0.113.7", want: "203.0.113.7"},

		{name: "Forwarded", trust: "1", remote: "10.0.0.1:80", forwarded: "for=1.1.1.1, for=203.0.113.7;proto=https;by=10.0.0.1", want: "203.0.113.7"},
		{name: "Forwarded, any case and order", trust: "1", remote: "10.0.0.1:80", forwarded: `Proto=http; FOR="203.0.113.7:47011"`, want: "203.0.113.7"},
		{name: "Forwarded, IPv6", trust: "1", remote: "10.0.0.1:80", forwarded: `for="[2001:db8:cafe::17]:4711"`, want: "2001:db8:cafe::/64 2001:db8:cafe::/56 2001:db8:cafe::/48"},
		{name: "Forwarded, hidden", trust: "1", remote: "10.0.0.1:80", forwarded: "for=_SEVKISEK", want: "10.0.0.1"},
		{name: "Forwarded, a comma in quotes", trust: "1", remote: "10.0.0.1:80", forwarded: `for=1.1.1.1, for=203.0.113.7;host="a, for=9.9.9.9"`, want: "203.0.113.7"},
		{name: "Forwarded, two proxies", trust: "2", remote: "10.0.0.1:80", forwarded: "for=203.0.113.7, for=10.0.0.2", want: "203.0.113.7"},
		{name: "Forwarded, an open quotation of the client's", trust: "1", remote: "10.0.0.1:80", forwarded: `for=6.6.6.6;x=", for=203.0.113.7`, want: "203.0.113.7"},
		{name: "Forwarded, an open quotation and quoted IPv6", trust: "1", remote: "10.0.0.1:80", forwarded: `for=6.6.6.6;x=", for="[::ffff:203.0.113.7]:1"`, want: "203.0.113.7"},
		{name: "Forwarded, a backslash of the client's", trust: "1", remote: "10.0.0.1:80", forwarded: `for=6.6.6.6;x=\, for=203.0.113.7`, want: "203.0.113.7"},
		{name: "Forwarded, a backslash in an open quotation", trust: "10.0.0.0/8", remote: "10.0.0.1:80", forwarded: `for=6.6.6.6;x="\, for=203.0.113.7`, want: "203.0.113.7"},
		{name: "Forwarded, open in a line of its own", trust: "1", remote: "10.0.0.1:80", forwarded: "for=6.6.6.6;x=\"\nfor=203.0.113.7", want: "203.0.113.7"},
		{name: "networks, nobody", trust: "10.0.0.0/8", remote: "10.0.0.1:80", xff: "6.6.6.6, unknown", want: "10.0.0.1"},
		{name: "networks, nothing", trust: "10.0.0.0/8", remote: "10.0.0.1:80", xff: "6.6.6.6, , 10.2.2.2", want: "10.2.2.2"},
		{name: "networks, hidden", trust: "10.0.0.0/8", remote: "10.0.0.1:80", forwarded: "for=6.6.6.6, for=_hidden", want: "10.0.0.1"},
		{name: "an IPv4 network as IPv6", trust: "::ffff:10.0.0.0/104", remote: "10.0.0.1:80", xff: "203.0.113.7", want: "203.0.113.7"},
		{name: "both headers", trust: "1", remote: "10.0.0.1:80", xff: "203.0.113.7", forwarded: "for=9.9.9.9", want: "203.0.113.7"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(c.trust)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			for line := range strings.Lines(c.xff) {
				r.Header.Add("X-Forwarded-For", strings.TrimSpace(line))
			}
			for line := range strings.Lines(c.forwarded) {
				r.Header.Add("Forwarded", strings.TrimSpace(line))
			}
			if got := strings.Join(Keys(p.Of(r)), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	for _, bad := range []string{"yes please", "-1", "17", "10.0.0.0/33", "10.0.0", "example.com", "10.0.0.1;10.0.0.2", ","} {
		if p, err := Parse(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, p)
		}
	}
}

package sfu

import (
	"strings"
	"testing"
)

func TestCandidates(t *testing.T) {
	tests := []struct {
		name   string
		config Config
		want   string // in a candidate line
	}{
		{"default", Config{}, " 127.0.0.1 "},
		{"behind NAT", Config{Addr: "127.0.0.1:0", PublicIPs: []string{"203.0.113.5"}}, " 203.0.113.5 "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := startEngineWith(t, tt.config)
			alice := newClient(t, "PA1")
			alice.join(e.NewRouter(RouterConfig{}))
			_, port, _ := strings.Cut(e.Addr().String(), ":")
			for _, l := range strings.Split(alice.peer.Current().SDP, "\r\n") {
				if strings.HasPrefix(l, "a=candidate:") && strings.Contains(l, tt.want+port+" typ host") {
					return
				}
			}
			t.Errorf("no candidate with%sand port %s in %s", tt.want, port, alice.peer.Current().SDP)
		})
	}
}

func TestStartRefusesBadAddresses(t *testing.T) {
	for _, addr := range []string{"nonsense", "127.0.0.1:notaport", "192.0.2.1:0"} {
		if e, err := Start(Config{Addr: addr}); err == nil {
			t.Errorf("%s: started", addr)
			_ = e.Close()
		}
	}
}

func TestClosedEngine(t *testing.T) {
	e := startEngine(t)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	r := e.NewRouter(RouterConfig{Speaker: func(string) {}})
	if _, _, err := r.Join(t.Context(), PeerConfig{ID: "PA1"}, Description{Type: TypeOffer}, nil); err == nil {
		t.Error("joined")
	}
	r.Close()
}

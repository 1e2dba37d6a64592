package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"escalate/server/token"
)

func TestOurMintIsChecked(t *testing.T) {
	h, stop, err := serveMint()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := check(t.Context(), h.URL); err != nil {
		t.Error(err)
	}
}

// TestNodeMintsTheSame holds the Node server to the same check, in all its forms.
func TestNodeMintsTheSame(t *testing.T) {
	modules, err := filepath.Abs("../../static/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(modules, "twilio")); err != nil {
		t.Skip("the npm package twilio is not installed: make deps-test")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node")
	}
	env := []string{"NODE_PATH=" + modules, "BENCH_ACCOUNT=" + key.AccountSID, "BENCH_KEY=" + key.KeySID, "BENCH_SECRET=" + key.Secret}
	for _, c := range []struct {
		name string
		env  []string
		args []string
	}{
		{nameNode, nil, nil},
		{nameCluster, nil, []string{"cluster", "2"}},
		{nameKey, []string{"BENCH_KEYOBJECT=1"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := startChild(t.Context(), append(c.env, env...), node, append([]string{"node/server.js"}, c.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			if err := check(t.Context(), s.URL); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheckRefusesAnotherToken(t *testing.T) {
	raw, err := token.Mint(key, token.Video{Identity: benchIdentity, Room: "another"}, time.Now(), ttl)
	if err != nil {
		t.Fatal(err)
	}
	addr := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(mintAnswer{Token: raw, mintRequest: mintRequest{benchIdentity, benchRoom}})
	})
	if err := check(t.Context(), "http://"+addr); !errors.Is(err, errAnswer) {
		t.Errorf("got %v, want %v", err, errAnswer)
	}
}

func TestReport(t *testing.T) {
	round := func(requests int, cpu time.Duration) sample {
		return sample{requests: requests, elapsed: time.Second, cpu: cpu, p50: time.Millisecond, p99: 20 * time.Millisecond}
	}
	b := &bench{
		settings: settings{connections: 16, rounds: 3, duration: time.Second},
		mints: []*contender{
			{name: nameGo, samples: []sample{round(2000, time.Second), round(1000, time.Second), round(3000, time.Second)}},
			// Every round is a hundredth, though the medians are not.
			{name: nameNode, samples: []sample{round(20, time.Second), round(10, time.Second), round(30, time.Second)}},
		},
		alones: []*loop{{name: nameGo, got: []float64{2, 1, 3}}, {name: nameNode, got: []float64{50}}},
		ours:   []*endpoint{{name: "status", samples: []sample{round(500, 0)}}},
	}
	var out bytes.Buffer
	b.report(&out, "a machine")
	for _, want := range []string{"a machine", "16 connections", "100.0×", "25.0×", "500 µs", "1.00 ms", "20.0 ms"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
	if err := b.failures(); err != nil {
		t.Errorf("nothing failed, but: %v", err)
	}
	b.ours[0].samples[0].failed, b.ours[0].samples[0].firstFailure = 2, errStatus
	if err := b.failures(); err == nil || !strings.Contains(fmt.Sprint(err), "status: 2 requests failed") {
		t.Errorf("two failed, but: %v", err)
	}
}

package logs

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := New(&out, Config{JSON: true, Replica: "blue-1"}).With("part", "web")
	ctx := WithRequest(t.Context(), "abc")
	log.InfoContext(ctx, "a \"line\"", "err", errors.New("it\nbroke"))
	log.InfoContext(ctx, "its own", "id", "xyz")
	log.Debug("not said")
	var got []map[string]any
	for line := range strings.Lines(out.String()) {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		delete(m, "time")
		got = append(got, m)
	}
	if len(got) != 2 {
		t.Fatalf("%d lines: %v", len(got), got)
	}
	for key, want := range map[string]any{"level": "INFO", "msg": `a "line"`, "replica": "blue-1", "part": "web", "err": "it\nbroke", "id": "abc"} {
		if got[0][key] != want {
			t.Errorf("%s is %v, not %v", key, got[0][key], want)
		}
	}
	if got[1]["id"] != "xyz" || strings.Count(out.String(), `"id":"abc"`) != 1 {
		t.Errorf("an id is not the line's own: %s", out.String())
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	New(&out, Config{Level: slog.LevelDebug}).DebugContext(WithRequest(t.Context(), "abc"), "line")
	host, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	if !strings.Contains(out.String(), "level=DEBUG msg=line replica="+host+" id=abc\n") {
		t.Errorf("the line is %q", out.String())
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	var c Config
	if err := c.SetFormat("xml"); !errors.Is(err, ErrFormat) {
		t.Errorf("xml: %v", err)
	}
	if err := c.SetFormat("json"); err != nil || !c.JSON {
		t.Errorf("json: %v", err)
	}
	for name, want := range map[string]error{"": nil, "a": nil, "10.0.0.1:8080": nil, "escalate-5f7c9_x.y": nil, "two words": ErrReplica, "-x": ErrReplica, "a\nb": ErrReplica, strings.Repeat("a", 64): ErrReplica} {
		if err := (Config{Replica: name}).Check(); !errors.Is(err, want) {
			t.Errorf("%q: %v, not %v", name, err, want)
		}
	}
}

package device

import (
	"encoding/json"
	"reflect"
	"testing"

	"escalate/app/video"
)

// memory is a browser's storage.
type memory map[string]string

func (m memory) Stored(key string) string { return m[key] }
func (m memory) Store(key, value string)  { m[key] = value }

func TestIntents(t *testing.T) {
	h := memory{}
	a := Intent{Host: h, Key: AgentIntent}
	for _, code := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J"} {
		a.Of(code)
		a.Want(video.Video, false)
	}
	var all []Wishes
	if err := json.Unmarshal([]byte(h.Stored(AgentIntent)), &all); err != nil || len(all) != maxIntents || all[0].Code != "J" {
		t.Errorf("kept %+v, %v", all, err)
	}
	if a.Of("C"); !a.Now().Off(video.Video) {
		t.Error("another escalation made it forget")
	}
	if a.Of("K"); a.Now().Off(video.Video) {
		t.Error("it holds for another escalation")
	}
	b := Intent{Host: h, Key: CustomerIntent}
	if b.Of("C"); b.Now().Off(video.Video) {
		t.Error("it holds for the other side")
	}
	h.Store(AgentIntent, `{"not":"ours"`)
	if a.Of("C"); !a.Now().Off(video.Video) {
		t.Error("what cannot be read is not what was wanted")
	}
	if got := (Wishes{}).Again(video.Want{}); !reflect.DeepEqual(got, video.Want{}) {
		t.Errorf("want %+v out of nothing", got)
	}
}

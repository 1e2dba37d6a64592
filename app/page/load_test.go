package page

import (
	"strings"
	"testing"

	"escalate/app/wire"
	"escalate/app/words"
)

func TestAPageWithoutStateFetchesIt(t *testing.T) {
	r := newRig(t, wire.Page{Brand: "Owl", Lang: "en"})
	s := invited()
	s.Recording = true
	r.api.set(func(f *fakeAPI) { f.state = s })
	j := newJoin(r.deps(), s.Code)
	if got := j.attempt.phase; got != PhaseLoading {
		t.Fatalf("begins with %s", got)
	}
	r.mount(j)
	r.until("the green room", r.shows(`data-phase="green_room"`))
	if !strings.Contains(r.html(), ConsentInput) {
		t.Error("the state's recording does not count")
	}
	r.until("opened is reported", func() bool { return r.api.reported(wire.PhaseOpened, "") })
}

func TestTheFrameSaysNothingFalse(t *testing.T) {
	markup, err := Render(wire.JoinPath("x"), wire.Page{Brand: "Owl"})
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []string{words.NotRecorded.In(words.English), words.Recorded.In(words.English), JoinButton} {
		if strings.Contains(markup, no) {
			t.Errorf("without a state the page says %q", no)
		}
	}
}

package headroom

import (
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheRoomDoesNotGrowWithWhatLives(t *testing.T) {
	for _, c := range []struct {
		lives uint64
		want  int
	}{
		{0, most},
		{1 << 20, most},
		{16 << 20, 400},
		{32 << 20, 200},
		{64 << 20, 100},
		{128 << 20, 50},
		{1 << 30, least},
		{1 << 40, least},
	} {
		if got := percent(c.lives); got != c.want {
			t.Errorf("with %d MB that live: %d %%, want %d %%", c.lives>>20, got, c.want)
		}
	}
}

// What lives is measured, and less of it gives the room back to garbage.
func TestKeepFollowsWhatLives(t *testing.T) {
	t.Setenv("GOGC", "")
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	synctest.Test(t, func(t *testing.T) {
		stop := Keep()
		defer stop()
		func() {
			lives := make([]byte, 128<<20)
			runtime.GC()
			if got := afterASecond(); got > 60 {
				t.Errorf("GOGC is %d with 128 MB that live, want half and less", got)
			}
			runtime.KeepAlive(lives)
		}()
		runtime.GC()
		if got := afterASecond(); got != most {
			t.Errorf("GOGC is %d when they are gone, want %d", got, most)
		}
	})
}

// afterASecond returns GOGC as it is then.
func afterASecond() int {
	time.Sleep(every) // of the bubble's clock
	synctest.Wait()
	p := debug.SetGCPercent(100)
	debug.SetGCPercent(p)
	return p
}

func TestTheEnvironmentWins(t *testing.T) {
	t.Setenv("GOGC", "100")
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	Keep()()
	if got := debug.SetGCPercent(77); got != 77 {
		t.Errorf("GOGC is %d, want what it was", got)
	}
}

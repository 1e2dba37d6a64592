package page

import (
	"context"
	"errors"
	"time"

	"escalate/app/wire"
)

// loadAgain is the pause between two tries to fetch the state of a page that
// came without it.
const loadAgain = 3 * time.Second

// load fetches the state that the server would have written into the page. The
// page came without it because it was kept in the browser and the line is slow.
func (j *Join) load() {
	async(&j.s, func(ctx context.Context) (wire.State, error) {
		return j.s.deps.API.State(ctx, j.code)
	}, func(st wire.State, err error) {
		if j.phase != PhaseLoading {
			return
		}
		var e *wire.Error
		switch {
		case err == nil:
			j.trouble = ""
			if j.take(st); j.phase != PhaseLoading {
				return // it is over
			}
			j.watch()
			j.to(PhaseGreenRoom)
			j.progress(wire.PhaseOpened, "")
		case errors.As(err, &e) && (e.Code == wire.CodeUnknownCode || e.Code == wire.CodeExpired || e.Code == wire.CodeEnded):
			j.finish(e.Code)
		default:
			j.trouble = j.s.problem(err)
			j.s.say(j.trouble)
			j.s.later(loadAgain, j.load)
		}
	})
}

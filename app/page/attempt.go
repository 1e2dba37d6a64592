package page

import "context"

// attempt is one try to get into a call, from the token to the Room. The next
// one, Cancel and the end of the escalation supersede it: what it asked for is
// taken back, and what still comes of it is ignored.
type attempt struct{ cancel context.CancelFunc }

// begin starts a try in place of the one before and returns its Context, which
// has ended once the try is superseded or the page is gone.
func (a *attempt) begin(page context.Context) context.Context {
	a.end()
	ctx, cancel := context.WithCancel(page)
	a.cancel = cancel
	return ctx
}

// end supersedes the try, if there is one.
func (a *attempt) end() {
	if a.cancel != nil {
		a.cancel()
		a.cancel = nil
	}
}

// superseded says whether a try must not go on.
func superseded(try context.Context) bool { return try.Err() != nil }

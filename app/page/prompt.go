package page

// prompt is the browser's question for camera and microphone while it is open.
// A browser may ask where nobody looks, and waits for the answer for ever.
type prompt struct {
	attempt
	// slow says that the answer takes long: people are told where to look, and
	// may ask again or go on without.
	slow bool
}

// open says whether the browser is asking and it is too early to ask again.
func (p *prompt) open() bool { return p.cancel != nil && !p.slow }

// end is told of the answer, or that nobody waits for it any more: what is still
// granted is given back.
func (p *prompt) end() {
	p.attempt.end()
	p.slow = false
}

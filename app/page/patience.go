package page

import "time"

// patience is how long a page waits for what may never come.
type patience struct {
	// prompt is how long the browser may wait for the answer to its question
	// before the page says where to find it.
	prompt time.Duration
	// connect is how long joining a Room may take, the SDK's own tries included.
	connect time.Duration
	// blur is how long joining may wait until the background is blurred again.
	blur time.Duration

	// first is when the first event of a stream must have come: a server sends
	// one at once, so a stream without has been held back on the way.
	first time.Duration
	// poll is the pace of looking for oneself where the stream is silent.
	poll time.Duration
	// hidden is how long a page may be out of view before it gives its stream
	// back: who only looks something up in the chat is soon back.
	hidden time.Duration
}

// usual is what people get.
func usual() patience {
	return patience{
		prompt: 10 * time.Second, connect: 30 * time.Second, blur: 10 * time.Second,
		first: 3 * time.Second, poll: 5 * time.Second, hidden: 5 * time.Second,
	}
}

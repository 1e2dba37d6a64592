package client

import "time"

// How long one try of a request may take, by what the server does for it. A
// network that swallows requests, or a proxy that never gives up, must not leave
// a person before a page that only says "one moment".
const (
	// stateLimit is for what is only read.
	stateLimit = 8 * time.Second
	// reportLimit is for what nobody waits for, and the next report replaces.
	reportLimit = 8 * time.Second
	// writeLimit is for what the server passes on to Twilio: a verdict, the end.
	writeLimit = 12 * time.Second
	// tokenLimit is for what may take several requests to Twilio: the Room, the
	// agent's lock, the invite in the chat.
	tokenLimit = 15 * time.Second
)

// maxSilent is how often a request may reach its limit before it is given up.
const maxSilent = 2

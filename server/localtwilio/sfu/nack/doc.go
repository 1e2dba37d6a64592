// Package nack mends losses. A Generator asks a publisher for packets that did not arrive, a Responder sends a
// subscriber what it asks for (both RFC 4585 section 6.2.1), and KeyframeRequests asks for a new beginning
// where neither helps. Timers and callbacks are theirs; what is asked for leaves through functions that
// they are given.
package nack

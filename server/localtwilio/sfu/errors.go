package sfu

import (
	"errors"
	"fmt"
)

// The errors of this package, to be tested with errors.Is.
var (
	// ErrClosed says that the Engine, Router or Peer has been closed.
	ErrClosed = errors.New("sfu closed")
	// ErrDescription says that a description cannot be used: not SDP, or of a type
	// that does not fit. It is the client's fault.
	ErrDescription = errors.New("unusable session description")
	// ErrUnknownChannel says that OpenChannel has not been called for that name.
	ErrUnknownChannel = errors.New("unknown media signaling channel")
	// ErrBusy says that the other side does not read its channel fast enough.
	ErrBusy = errors.New("channel is full")
	// ErrTransport says that ICE or DTLS failed for good.
	ErrTransport = errors.New("media transport failed")
	// ErrDTLS is an ErrTransport of which DTLS is to blame: packets get through, but no keys were
	// agreed on.
	ErrDTLS = fmt.Errorf("%w: DTLS", ErrTransport)
)

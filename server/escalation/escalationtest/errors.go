package escalationtest

import "errors"

// errTooLarge is Sync's refusal of a Document over 16 KiB.
var errTooLarge = errors.New("the Document is too large")

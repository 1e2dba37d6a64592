package page

import (
	"errors"

	"escalate/app/wire"
)

// problem is a sentence for any error of a collaborator. No answer at all is
// either this device's or our server's fault, and people are told which.
func (s *session) problem(err error) string {
	var e *wire.Error
	if errors.As(err, &e) && e.Code == wire.CodeUnavailable && e.Message == "" && !s.deps.Host.Online() {
		return s.w.Offline
	}
	return s.w.problem(err)
}

package page

import "escalate/app/words"

// problem is a sentence for any error of a collaborator.
func (s *session) problem(err error) string {
	return words.Of(s.lang, err, s.deps.Host.Online())
}

package twilioapi

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"escalate/server/sids"
)

// twilio-go puts path parameters into URLs as they are: a name with a slash,
// a question mark or two dots would reach another resource. Everything that
// becomes part of a path passes here first, and every request once more as a
// whole before it is sent.

var (
	// nameForm is a unique name: Sync takes 256 characters; a dot in front
	// could make "..".
	nameForm  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,255}$`) })
	realmForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`) })
)

// checkSID refuses anything but a SID of the kind.
func checkSID(prefix, s string) error {
	if !sids.Is(prefix, s) {
		return fmt.Errorf("%q is no %s SID: %w", s, prefix, errPath)
	}
	return nil
}

// checkName refuses anything but a unique name. One that looks like a SID
// would address by SID.
func checkName(s string) error {
	if !nameForm().MatchString(s) || sids.Looks(s) {
		return fmt.Errorf("%q is no unique name: %w", s, errPath)
	}
	return nil
}

// checkKey refuses anything but a SID of the kind or a unique name.
func checkKey(prefix, s string) error {
	if sids.Is(prefix, s) {
		return nil
	}
	return checkName(s)
}

// admit refuses a request that is not the operation: another host, method or
// path, or a parameter of another form. It also holds twilio-go, which follows
// the address of a next page as it came, to Twilio's host.
func admit(op operation, r *http.Request) error {
	host := r.URL.Host
	product, rest, _ := strings.Cut(host, ".")
	switch {
	case !slices.Contains(operations(), op):
		return fmt.Errorf("operation %s is not in the table: %w", op.name, errPath)
	case r.URL.Scheme != "https" || product != op.product || rest != "twilio.com" && !strings.HasSuffix(rest, ".twilio.com"):
		return fmt.Errorf("host %q for %s: %w", host, op.name, errPath)
	case r.Method != op.method:
		return fmt.Errorf("method %s for %s: %w", r.Method, op.name, errPath)
	}
	want, got := strings.Split(op.path, "/"), strings.Split(r.URL.EscapedPath(), "/")
	if len(want) != len(got) {
		return fmt.Errorf("path for %s: %w", op.name, errPath)
	}
	for i := range want {
		if strings.HasPrefix(want[i], "{") && nameForm().MatchString(got[i]) || want[i] == got[i] {
			continue
		}
		return fmt.Errorf("path for %s: %w", op.name, errPath)
	}
	return nil
}

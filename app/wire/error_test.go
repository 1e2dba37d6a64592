package wire

import (
	"errors"
	"fmt"
	"testing"
)

func TestCodeOf(t *testing.T) {
	t.Parallel()
	for _, ca := range []struct {
		err  error
		want Code
	}{
		{nil, ""},
		{errors.New("no network"), ""},
		{&Error{Code: CodeEnded}, CodeEnded},
		{fmt.Errorf("ask for a token: %w", &Error{Code: CodeAgentBusy}), CodeAgentBusy},
	} {
		if got := CodeOf(ca.err); got != ca.want {
			t.Errorf("%v: %q, want %q", ca.err, got, ca.want)
		}
	}
}

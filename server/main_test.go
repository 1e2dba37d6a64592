package main

import (
	"bytes"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunRefuses(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for _, c := range []struct {
		name   string
		args   []string
		env    map[string]string
		err    string // part of the error
		stderr string // part of what is printed
	}{
		{"help", []string{"-h"}, nil, flag.ErrHelp.Error(), "serve"},
		{"an unknown command", []string{"sing"}, nil, `no command "sing"`, "commands:"},
		{"an unknown flag", []string{"-loud"}, nil, "loud", "usage"},
		{"a word too many", []string{"serve", "now"}, nil, `"now"`, ""},
		{"wrong settings", nil, map[string]string{"VIDEO_CODE_LENGTH": "3"}, "VIDEO_CODE_LENGTH", ""},
		{"a settings file that cannot be read", []string{"-env", filepath.Dir(none)}, nil, "read settings", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			args := c.args
			if len(args) == 0 || !strings.HasPrefix(args[0], "-") {
				args = append([]string{"-env", none}, args...)
			}
			var out, stderr bytes.Buffer
			err := run(t.Context(), args, func(k string) string { return c.env[k] }, &out, &stderr)
			if err == nil || !strings.Contains(err.Error(), c.err) || c.name == "help" && !errors.Is(err, flag.ErrHelp) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("printed %q, want %q in it", stderr.String(), c.stderr)
			}
		})
	}
}

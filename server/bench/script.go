package main

import (
	_ "embed"
	"fmt"
	"os"
)

//go:embed node/server.js
var nodeSource []byte

// nodeScript writes the Node server to a file, so that the measurement can be
// started from anywhere. close removes it.
func nodeScript() (path string, err error) {
	f, err := os.CreateTemp("", "escalate-bench-*.js")
	if err != nil {
		return "", fmt.Errorf("write the Node server: %w", err)
	}
	defer f.Close()
	if _, err := f.Write(nodeSource); err != nil {
		return "", fmt.Errorf("write the Node server: %w", err)
	}
	return f.Name(), nil
}

//go:build wasm

package app

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall/js"
)

// Handler serves pages; a browser does not.
type Handler struct{}

func isRemoteLocation(path string) bool {
	return strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://")
}

func isStaticResourcePath(path string) bool {
	return strings.HasPrefix(path, "/web/") || strings.HasPrefix(path, "web/")
}

// newID is 32 random hexadecimal digits. Go seeds this source from the
// browser's crypto.getRandomValues.
func newID() string { return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()) }

var errNoEncryption = errors.New("app: this build has no encryption")

func encrypt(string, []byte) ([]byte, error) { return nil, errNoEncryption }
func decrypt(string, []byte) ([]byte, error) { return nil, errNoEncryption }

// expression is the browser's RegExp.
type expression struct{ value js.Value }

// compile panics, as regexp.MustCompile does, when pattern is none.
func compile(pattern string) expression {
	return expression{js.Global().Get("RegExp").New(pattern)}
}

// MatchString says whether s has a match.
func (e expression) MatchString(s string) bool { return e.value.Call("test", s).Bool() }

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goApp is the module that is copied.
const goApp = "github.com/maxence-charriere/go-app/v9"

var (
	errSum  = errors.New("the module cache does not have what go.sum says")
	errEdit = errors.New("the file is not what its edit was written for")
)

// module is go-app in the module cache.
type module struct {
	Path, Version string
	Dir           string // where its files are
	Error         string // why there are none
}

// find asks the go command, which downloads the module if it has to.
func find(root string) (module, error) {
	cmd := exec.Command("go", "mod", "download", "-json", goApp)
	cmd.Dir = root
	// The version in our go.mod, whatever else is set for the build around this.
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var m module
	if bad := json.Unmarshal(out, &m); bad != nil || err != nil || m.Error != "" {
		return module{}, fmt.Errorf("find %s: %w", goApp, errors.Join(err, bad, errors.New(m.Error+stderr.String())))
	}
	return m, nil
}

// verify holds the module to the release that it is edited as, and its files to
// the line that goSum has for them.
func (m module) verify(goSum string) error {
	if m.Version != release {
		return fmt.Errorf("%w: it is %s, not %s", errEdit, m.Version, release)
	}
	sums, err := os.ReadFile(goSum)
	if err != nil {
		return fmt.Errorf("read the module's sum: %w", err)
	}
	got, err := hashDir(m.Dir, m.Path+"@"+m.Version)
	if err != nil {
		return fmt.Errorf("read %s: %w", m.Dir, err)
	}
	if line := m.Path + " " + m.Version + " " + got; !slices.Contains(strings.Split(string(sums), "\n"), line) {
		return fmt.Errorf("%w (go clean -modcache has it loaded again): %s has no line %q", errSum, goSum, line)
	}
	return nil
}

// hashDir is go.sum's sum of a module's files, "h1:…": the SHA-256 of a list of
// the files' SHA-256 and names, sorted (golang.org/x/mod/sumdb/dirhash, Hash1).
func hashDir(dir, prefix string) (string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	list := sha256.New()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(list, "%s  %s/%s\n", sum(b), prefix, name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(list.Sum(nil)), nil
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

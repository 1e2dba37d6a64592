package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// root is where go.mod is.
const root = "../.."

func found(t *testing.T) module {
	t.Helper()
	m, err := find(root)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// made puts the copy into a folder of its own.
func made(t *testing.T) (dir string) {
	t.Helper()
	files, err := slimmed(found(t).Dir)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := modFiles(files, root, dir); err != nil {
		t.Fatal(err)
	}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSum(t *testing.T) {
	m := found(t)
	if err := m.verify(filepath.Join(root, "go.sum")); err != nil {
		t.Fatal(err)
	}
	forged := t.TempDir()
	if err := os.CopyFS(forged, os.DirFS(m.Dir)); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(forged, "pkg/app/node.go")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil { // read-only, as in the cache
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(b, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	m.Dir = forged
	if err := m.verify(filepath.Join(root, "go.sum")); !errors.Is(err, errSum) {
		t.Errorf("a changed module gives %v, want %v", err, errSum)
	}
}

// TestRelease: edits may still fit another release, and mean something else there.
func TestRelease(t *testing.T) {
	m := found(t)
	m.Version = "v9.8.1"
	if err := m.verify(filepath.Join(root, "go.sum")); !errors.Is(err, errEdit) {
		t.Errorf("%s gives %v, want %v", m.Version, err, errEdit)
	}
}

func TestEditsFitOnePlace(t *testing.T) {
	b := []byte("a b b")
	for _, ca := range []struct {
		name string
		edit edit
		want string
		err  error
	}{
		{"as released", edit{swaps: []swap{{"a", "c"}}}, "c b b", nil},
		{"nothing to swap", edit{swaps: []swap{{"d", "c"}}}, "", errEdit},
		{"two to swap", edit{swaps: []swap{{"b", "c"}}}, "", errEdit},
	} {
		got, err := ca.edit.apply(b)
		if string(got) != ca.want || !errors.Is(err, ca.err) {
			t.Errorf("%s: %q, %v; want %q, %v", ca.name, got, err, ca.want, ca.err)
		}
	}
}

// TestFileGone: an edit without its file means that go-app has moved it.
func TestFileGone(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(found(t).Dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "pkg/app/crypto.go")); err != nil {
		t.Fatal(err)
	}
	if _, err := slimmed(dir); !errors.Is(err, errEdit) {
		t.Errorf("%v, want %v", err, errEdit)
	}
}

// TestAgain: what is current stays untouched, what is not goes.
func TestAgain(t *testing.T) {
	dir := made(t)
	same, stale := filepath.Join(dir, "go-app/pkg/app/node.go"), filepath.Join(dir, "go-app/pkg/app/old.go")
	long := time.Unix(1700000000, 0)
	if err := os.Chtimes(same, long, long); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, []byte("package app"), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := slimmed(found(t).Dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(dir, files); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(same); err != nil || !st.ModTime().Equal(long) {
		t.Errorf("a file that was the same was written: %v, %v", st, err)
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that go-app does not have is there: %v", err)
	}
}

// TestCopy asks what the WASM consists of with the copy, and runs tests in it.
func TestCopy(t *testing.T) {
	dir := made(t)
	env := append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=-modfile="+filepath.Join(dir, "slim.mod"))
	command := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir, cmd.Env = root, env
		return cmd
	}
	out, err := command("list", "-deps", "./wasm").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for pkg := range strings.Lines(string(out)) {
		pkg = strings.TrimSpace(pkg)
		for _, no := range []string{"net/http", "crypto", "regexp", "text/template", "html/template", "math/big", "github.com/google/uuid"} {
			if pkg == no || strings.HasPrefix(pkg, no+"/") {
				t.Errorf("the WASM links %s", pkg)
			}
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("no Node to run the copy's tests in")
	}
	if err := os.CopyFS(filepath.Join(dir, "go-app/pkg/app"), os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	test := command("test", "-count=1", "-v", "-exec", filepath.Join(string(bytes.TrimSpace(goroot)), "lib/wasm/go_js_wasm_exec"), goApp+"/pkg/app")
	out, err = test.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("in the copy: %v", err)
	}
	for _, name := range []string{"TestState", "TestOthersChangeThePage"} {
		if !bytes.Contains(out, []byte("--- PASS: "+name)) {
			t.Errorf("in the copy: no %s", name)
		}
	}
}

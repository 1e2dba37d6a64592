package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// modFiles adds what -modfile takes: root's go.mod with go-app replaced by the
// copy in out, and its go.sum.
func modFiles(files map[string][]byte, root, out string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return fmt.Errorf("read our go.mod: %w", err)
	}
	to := path.Join(filepath.ToSlash(out), "go-app")
	if !filepath.IsAbs(out) {
		to = "./" + to // relative to the root, although this go.mod is elsewhere
	}
	files["slim.mod"] = fmt.Appendf(mod, "\nreplace %s => %s\n", goApp, to)
	if files["slim.sum"], err = os.ReadFile(filepath.Join(root, "go.sum")); err != nil {
		return fmt.Errorf("read our go.sum: %w", err)
	}
	return nil
}

// write makes out have these files and no others. What is the same already is
// left alone.
func write(out string, files map[string][]byte) error {
	for name, b := range files {
		file := filepath.Join(out, filepath.FromSlash(name))
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, b) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return fmt.Errorf("write copy: %w", err)
		}
		if err := os.WriteFile(file, b, 0o644); err != nil {
			return fmt.Errorf("write copy: %w", err)
		}
	}
	// Files of an earlier go-app would be compiled too.
	return filepath.WalkDir(filepath.Join(out, "go-app"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(out, file)
		if err != nil {
			return err
		}
		if _, ours := files[filepath.ToSlash(name)]; ours {
			return nil
		}
		return os.Remove(file)
	})
}

// Command sbom writes the software bill of materials of the server as CycloneDX in JSON: the Go modules
// of both halves, the standard library, and the npm packages that are packed into it, each with its
// version, its checksum and, where the lockfile has it, its licence. It knows no clock and makes up no
// number, so that the same sources have the same bill. It works without a network.
//
// Usage: go run ./server/sbom [-version v] > file (from the root of the module)
package main

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// lockfile names what npm installs; what is for development only is marked there.
const lockfile = "static/package-lock.json"

func main() {
	version := flag.String("version", "", "version of the server, such as its commit")
	flag.Parse()
	if err := write(os.Stdout, ".", *version); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// write writes the bill of the module at root.
func write(w io.Writer, root, version string) error {
	components, err := modules(root)
	if err != nil {
		return err
	}
	packed, err := packages(root)
	if err != nil {
		return err
	}
	components = append(components, packed...)
	slices.SortFunc(components, func(a, b cdx.Component) int { return cmp.Compare(a.BOMRef, b.BOMRef) })
	ref := "pkg:golang/escalate"
	if version != "" {
		ref += "@" + version
	}
	on := []string{}
	for _, c := range components {
		on = append(on, c.BOMRef)
	}
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{Component: &cdx.Component{BOMRef: ref, Type: cdx.ComponentTypeApplication, Name: "escalate", Version: version, PackageURL: ref}}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: ref, Dependencies: &on}}
	e := cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON)
	e.SetPretty(true)
	if err := e.Encode(bom); err != nil {
		return fmt.Errorf("write the bill: %w", err)
	}
	return nil
}

// module is a Go module in a version.
type module struct{ path, version string }

// modules returns the Go modules of which a package is linked into either half, and Go itself.
func modules(root string) (list []cdx.Component, err error) {
	sums, err := checksums(root)
	if err != nil {
		return nil, err
	}
	found := map[module]bool{}
	for _, half := range []struct{ main, system, machine string }{{"./server", "linux", "amd64"}, {"./wasm", "js", "wasm"}} {
		out, err := run(root, []string{"GOOS=" + half.system, "GOARCH=" + half.machine, "CGO_ENABLED=0"},
			"go", "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}`, half.main)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(out) {
			if path, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				found[module{path, version}] = true
			}
		}
	}
	for m := range found {
		c := component(cdx.ComponentTypeLibrary, "golang", m.path, m.version)
		sum, ok := sums[m]
		if !ok {
			return nil, fmt.Errorf("go.sum has no checksum of %s %s", m.path, m.version)
		}
		c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sum}}
		list = append(list, c)
	}
	version, err := run(root, nil, "go", "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	return append(list, component(cdx.ComponentTypeLibrary, "golang", "std", strings.TrimPrefix(strings.TrimSpace(version), "go"))), nil
}

// checksums reads go.sum: the SHA-256 of each module's files, in hex.
func checksums(root string) (map[module]string, error) {
	raw, err := os.ReadFile(root + "/go.sum")
	if err != nil {
		return nil, fmt.Errorf("read checksums of modules: %w", err)
	}
	sums := map[module]string{}
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) != 3 || strings.HasSuffix(f[1], "/go.mod") {
			continue
		}
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(f[2], "h1:"))
		if err != nil {
			return nil, fmt.Errorf("read the checksum of %s: %w", f[0], err)
		}
		sums[module{f[0], f[1]}] = hex.EncodeToString(sum)
	}
	return sums, nil
}

// packages returns the npm packages that are packed, with what was bundled into them.
func packages(root string) (list []cdx.Component, err error) {
	raw, err := os.ReadFile(root + "/" + lockfile)
	if err != nil {
		return nil, fmt.Errorf("read the lockfile of npm: %w", err)
	}
	var lock struct {
		Packages map[string]struct {
			Version, Integrity, License string
			Dev                         bool
		}
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		return nil, fmt.Errorf("read %s: %w", lockfile, err)
	}
	for at, p := range lock.Packages {
		const folder = "node_modules/"
		i := strings.LastIndex(at, folder)
		if i < 0 || p.Dev { // it is ours, or for development
			continue
		}
		c := component(cdx.ComponentTypeLibrary, "npm", at[i+len(folder):], p.Version)
		sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(p.Integrity, "sha512-"))
		if err != nil || len(sum) != 64 {
			return nil, fmt.Errorf("%s has no SHA-512 of %s", lockfile, at)
		}
		c.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA512, Value: hex.EncodeToString(sum)}}
		if p.License != "" {
			c.Licenses = &cdx.Licenses{{Expression: p.License}}
		}
		list = append(list, c)
	}
	return list, nil
}

// component names something by its package URL (purl-spec, "golang" and "npm").
func component(kind cdx.ComponentType, ecosystem, name, version string) cdx.Component {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), "@", "%40")
	}
	purl := "pkg:" + ecosystem + "/" + strings.Join(parts, "/") + "@" + strings.ReplaceAll(url.PathEscape(version), "+", "%2B")
	return cdx.Component{BOMRef: purl, Type: kind, Name: name, Version: version, PackageURL: purl}
}

// run runs a program in root and returns what it prints.
func run(root string, env []string, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("run %s %s: %w: %s", name, args[0], err, errs.String())
	}
	return string(out), nil
}

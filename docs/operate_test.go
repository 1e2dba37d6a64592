package docs

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// others are names in docs/operate that look like settings and are none of the server's.
func others() []string {
	return []string{
		"AF_INET", "AF_INET6", "AF_UNIX", "METH_GET", // systemd's and HAProxy's
		"BASH_SOURCE", "SSL_CERT_FILE", // the shell's and Go's
	}
}

// TestOperateNamesSettings wants every setting that is named in docs/operate in the table of settings.
func TestOperateNamesSettings(t *testing.T) {
	t.Parallel()
	table := regexp.MustCompile("(?m)^\\| ((?:`[A-Z_0-9]+`(?:, )?)+) \\|")
	name := regexp.MustCompile(`[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|\bADDR\b`)
	known := others()
	for _, row := range table.FindAllStringSubmatch(pages(t)["docs/operate.md"].text, -1) {
		known = append(known, name.FindAllString(row[1], -1)...)
	}
	if len(known) < 30 {
		t.Fatalf("the table has only %d settings", len(known))
	}
	found := 0
	err := filepath.WalkDir("operate", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) == ".go" {
			return err
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, setting := range name.FindAllString(string(b), -1) {
			found++
			if !slices.Contains(known, setting) {
				t.Errorf("docs/%s names %s, which docs/operate.md has not among the settings", file, setting)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 20 {
		t.Errorf("only %d settings are named", found)
	}
}

// TestScriptRuns: a script that git has without its bit cannot be started.
func TestScriptRuns(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(filepath.Join("operate", "rehearse"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join("operate", "rehearse"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode()&0o111 == 0 || !strings.HasPrefix(string(b), "#!") {
		t.Errorf("docs/operate/rehearse cannot be run: %v", info.Mode())
	}
}

// TestSecretsStayOut: what the chapter on operation has people put beside its files is not committed by the
// next "git add".
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil || exec.Command(git, "rev-parse").Run() != nil {
		t.Skip("there is no git, or no repository")
	}
	for file, ignored := range map[string]bool{
		".env": true, "escalate.env": true, "account.env": true, "docs/operate/escalate.env": true,
		"docs/operate/tls/escalate.key": true, "docs/operate/tls/escalate.crt": true, ".env.example": false,
	} {
		err := exec.Command(git, "check-ignore", "-q", "--no-index", filepath.Join("..", filepath.FromSlash(file))).Run()
		if got := err == nil; got != ignored {
			t.Errorf("git ignores %s: %t, want %t (%v)", file, got, ignored, err)
		}
	}
}

package standalone

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"escalate/server/localtwilio"
	"escalate/server/localtwilio/store"
)

// command runs one that ends by itself.
func command(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, log output
	err = Main(t.Context(), args, func(string) string { return "" }, &out, &log)
	return out.String(), log.String(), err
}

// TestBackupAndRepair goes the way of an operator: a backup while it runs, damage, a start that is
// refused and says what to do, and both ways out.
func TestBackupAndRepair(t *testing.T) {
	dir := t.TempDir()
	r := local(t, nil, "--data-dir", dir)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if out, _, err := command(t, "backup", "--data-dir", dir, "--to", copied); err != nil || !strings.Contains(out, copied) {
		t.Fatalf("backup: %q %v", out, err)
	}
	if _, _, err := command(t, "repair", "--data-dir", dir); !errors.Is(err, store.ErrInUse) {
		t.Errorf("repaired what runs: %v", err)
	}
	secret := r.setting("TWILIO_API_SECRET")
	if err := r.stop(); err != nil {
		t.Fatal(err)
	}
	file := localtwilio.DataFile(dir)
	if out, _, err := command(t, "repair", "--data-dir", dir); err != nil || !strings.Contains(out, "is whole; nothing was done") {
		t.Errorf("repair of a whole file: %q %v", out, err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// A page of the tree, but not the one with the account.
	at := bytes.LastIndex(b, []byte(`"Everyone"`)) / 4096 * 4096
	if bytes.Contains(b[at:at+4096], []byte("ActivitySID")) && bytes.Contains(b[at:at+4096], []byte(secret)) {
		t.Skip("both are on one page")
	}
	clear(b[at : at+4096])
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := command(t, "--addr", "127.0.0.1:0", "--media-addr", "127.0.0.1:0", "--turn-addr", "127.0.0.1:0", "--data-dir", dir); !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), file) {
		t.Fatalf("a damaged file: %v", err)
	}
	out, _, err := command(t, "repair", "--data-dir", dir)
	if err != nil || !strings.Contains(out, "The damaged file is "+file+".damaged-") || !strings.Contains(out, "page ") {
		t.Fatalf("repair: %q %v", out, err)
	}
	if again := local(t, nil, "--data-dir", dir); again.setting("TWILIO_API_SECRET") == "" {
		t.Error("it does not start after the repair")
	}
	restored := t.TempDir()
	if err := os.Rename(copied, localtwilio.DataFile(restored)); err != nil {
		t.Fatal(err)
	}
	if again := local(t, nil, "--data-dir", restored).setting("TWILIO_API_SECRET"); again != secret {
		t.Errorf("the backup has the secret %q, not %q", again, secret)
	}
}

func TestKeepUsage(t *testing.T) {
	for args, says := range map[string]string{
		"backup":                        "-data-dir is missing",
		"backup --data-dir x":           "-to is missing",
		"repair":                        "-data-dir is missing",
		"repair --data-dir x y":         "more than flags",
		"repair --data-dir x --to y":    "not defined: -to",
		"backup --data-dir x --to y z ": "more than flags",
	} {
		if _, log, err := command(t, strings.Fields(args)...); !errors.Is(err, ErrUsage) || !strings.Contains(log, says) {
			t.Errorf("%s: %v, %q", args, err, log)
		}
	}
	if _, _, err := command(t, "repair", "--data-dir", t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("repair of nothing: %v", err)
	}
}

package mcs

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"
	"testing"

	"escalate/server/localtwilio/store"
)

// FuzzUpload reads forms with files. What is wrong with them is the sender's fault, and
// what is taken has a type that can be sent back in a header.
func FuzzUpload(f *testing.F) {
	const head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
	for _, s := range []string{head + "PNG\r\n--b--\r\n", head, "--b--\r\n", "--b\r\n\r\n\r\n--b--", strings.ReplaceAll(head, "image/png", "a/b; c=\"\x00"), strings.ReplaceAll(head, "a.png", "../../etc/passwd"),
		strings.ReplaceAll(head, "\r\n\r\n", "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=zz=\r\n--b--")} {
		f.Add([]byte(s), "b")
	}
	f.Fuzz(func(t *testing.T, body []byte, boundary string) {
		var m store.Media
		file, err := fileOf(bytes.NewReader(body), boundary, &m)
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Status < 400 || e.Status >= 500 {
				t.Errorf("a broken form is our fault: %v", err)
			}
			return
		}
		if _, _, err := mime.ParseMediaType(m.ContentType); err != nil {
			t.Errorf("the type %q: %v", m.ContentType, err)
		}
		if n := baseName(m.Filename); strings.ContainsAny(n, "/\\") || n == "." || n == ".." {
			t.Errorf("the name %q", n)
		}
		if _, err := io.Copy(io.Discard, received{file}); err != nil {
			if e, ok := errors.AsType[*Error](uploadError(err)); !ok || e.Status >= 500 {
				t.Errorf("a broken file is our fault: %v", err)
			}
		}
		_ = disposition(store.Attachment{Filename: m.Filename, ContentType: m.ContentType}, body)
	})
}

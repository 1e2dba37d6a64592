package demo_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// sentFile is a file of a Message, as the pages get it.
type sentFile struct {
	Name    string
	Size    int64
	Picture bool
	URL     string
}

// sendFile posts a file into a chat and answers what the pages are told of it.
func (b *bench) sendFile(conversation, as, name, kind string, content []byte, status int) (files []sentFile) {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), "POST", b.url+"/demo/api/conversations/"+conversation+"/files?as="+as+"&Filename="+name, bytes.NewReader(content))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	var m struct{ Files []sentFile }
	b.do(req, status, &m)
	return m.Files
}

func TestFilesBothWays(t *testing.T) {
	b := newBench(t)
	ch, other := b.tasks("")[0].ConversationSID, b.tasks("")[1].ConversationSID
	png := []byte("\x89PNG\r\n\x1a\n and so on")
	for as, want := range map[string]sentFile{
		"customer": {Name: "plug.png", Size: int64(len(png)), Picture: true},
		"agent":    {Name: "drawing.svg", Size: int64(len(png))}, // may run scripts
	} {
		kind := "image/png"
		if as == "agent" {
			kind = "image/svg+xml"
		}
		files := b.sendFile(ch, as, want.Name, kind, png, 200)
		if len(files) != 1 {
			t.Fatalf("files %+v", files)
		}
		url := files[0].URL
		if files[0].URL = ""; files[0] != want {
			t.Errorf("file %+v, want %+v", files[0], want)
		}
		res, err := http.Get(b.url + url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || !bytes.Equal(got, png) || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("content %q, %v, header %v", got, err, res.Header)
		}
		if inline := strings.HasPrefix(res.Header.Get("Content-Disposition"), "inline"); inline != want.Picture {
			t.Errorf("%s is sent as %s", want.Name, res.Header.Get("Content-Disposition"))
		}
		b.ask("GET", strings.Replace(url, ch, other, 1), nil, 404, nil) // a file of another chat
	}
	if all := b.messages(ch); len(all) != 7 || all[5].Body != "" {
		t.Errorf("messages %+v", all)
	}
	b.sendFile(ch, "customer", "a.png", "image/png", nil, 400)
	b.sendFile(ch, "system", "a.png", "image/png", png, 400)
	b.sendFile(ch, "customer", "a.png", "multipart/form-data; boundary=x", png, 400)
	b.sendFile("CH0", "customer", "a.png", "image/png", png, 404)
	b.ask("POST", "/demo/api/tasks/"+b.tasks("")[0].TaskSID+"/status", map[string]string{"status": "wrapping"}, 200, nil)
	b.sendFile(ch, "customer", "a.png", "image/png", png, 409)
}

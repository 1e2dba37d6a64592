package twilsock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

// captured are frames as npm's twilsock 1.0.2 sends them, shortened.
var captured = map[string]struct{ head, body string }{
	"init": {`{"id":"TM1","method":"init","token":"a.b.c","continuation_token":null,"metadata":{"ver":"1.0.2"},"capabilities":["x"],"payload_size":0}`, ""},
	"message": {`{"id":"TM2","method":"message","active_grant":"data_sync","payload_type":"application/json",` +
		`"http_request":{"host":"cds.us1.twilio.com","path":"/v3/Maps","method":"POST","params":{},"headers":{"If-Match":"3"}},"payload_size":16}`, `{"data":"é€"}`},
}

func TestDecodeFrame(t *testing.T) {
	t.Parallel()
	for name, c := range captured {
		t.Run(name, func(t *testing.T) {
			h, payload, err := decodeFrame(framed(c.head, c.body))
			if err != nil {
				t.Fatal(err)
			}
			if h.Method != name || h.ID == "" || string(payload) != c.body {
				t.Errorf("header %+v payload %q", h, payload)
			}
			if name == "message" && (h.Request == nil || h.Request.Path != "/v3/Maps" || h.Request.Headers["If-Match"] != "3") {
				t.Errorf("request %+v", h.Request)
			}
		})
	}
}

// framed is a frame of a header and a payload as they are.
func framed(head, body string) []byte {
	return fmt.Appendf(nil, "%s%d\r\n%s\r\n%s", magic, len(head), head, body)
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		frame string
		want  error
	}{
		"nothing":            {"", errMagic},
		"another version":    {"TWILSOCK V4.0 2\r\n{}\r\n", errMagic},
		"another protocol":   {"GET / HTTP/1.1\r\n\r\n", errMagic},
		"no size":            {"TWILSOCK V3.0 \r\n{}\r\n", errFrame},
		"negative size":      {"TWILSOCK V3.0 -1\r\n{}\r\n", errFrame},
		"size without end":   {"TWILSOCK V3.0 2", errFrame},
		"header cut off":     {"TWILSOCK V3.0 9\r\n{}\r\n", errFrame},
		"header not JSON":    {"TWILSOCK V3.0 2\r\n{]\r\n", errFrame},
		"payload cut off":    {string(framed(`{"payload_size":9}`, "12345678")), errFrame},
		"payload negative":   {string(framed(`{"payload_size":-1}`, "")), errFrame},
		"payload without CR": {"TWILSOCK V3.0 18\r\n" + `{"payload_size":1}` + "a", errFrame},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := decodeFrame([]byte(c.frame)); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
		})
	}
}

func TestEncodeFrameCountsBytes(t *testing.T) {
	t.Parallel()
	b, err := encodeFrame(header{Method: "notification", ID: "TM1", MessageType: "é"}, object{"text": "<€>"})
	if err != nil {
		t.Fatal(err)
	}
	h, payload, err := decodeFrame(b)
	if err != nil {
		t.Fatal(err)
	}
	if h.MessageType != "é" || h.PayloadType != "application/json" || string(payload) != `{"text":"<€>"}` {
		t.Errorf("header %+v payload %s", h, payload)
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, c := range captured {
		f.Add(framed(c.head, c.body))
	}
	f.Add(framed(`{"method":"message","payload_size":2}`, "{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, payload, err := decodeFrame(b)
		if err != nil {
			return
		}
		if len(payload) != max(h.PayloadSize, 0) {
			t.Fatalf("payload of %d bytes, want %d", len(payload), h.PayloadSize)
		}
		var body any
		if payload != nil {
			body = json.RawMessage(`"x"`)
		}
		again, err := encodeFrame(h, body)
		if err != nil {
			return // a header of what JSON cannot say, such as broken UTF-8 inside a raw param
		}
		if !bytes.HasPrefix(again, []byte(magic)) {
			t.Fatal("a frame without its magic")
		}
		if _, _, err := decodeFrame(again); err != nil {
			t.Fatalf("what was encoded does not decode: %v", err)
		}
	})
}

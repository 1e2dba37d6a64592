package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

func TestWireThereAndBack(t *testing.T) {
	long := strings.Repeat("v=0\r\n", 500)
	numbers, parts, err := fields(offerRequest(long, 300))
	if err != nil || len(numbers) != 0 || len(parts) != 1 {
		t.Fatalf("got %v, %d parts, %v", numbers, len(parts), err)
	}
	d, err := parseDescription(parts[requestOffer])
	if err != nil || d != (description{"offer", long, 300}) {
		t.Errorf("got %q with id %d, %v", d.kind, d.id, err)
	}
}

// TestWireBytes holds the writer to bytes worked out by hand.
func TestWireBytes(t *testing.T) {
	for _, c := range []struct {
		name string
		got  []byte
		want []byte
	}{
		{"offer", offerRequest("x", 1), []byte("\x0a\x0c\x0a\x05offer\x12\x01x\x18\x01")},
		{"ping", pingRequest(300), []byte("\x70\xac\x02")},
		{"leave", leaveRequest(), []byte("\x42\x00")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !bytes.Equal(c.got, c.want) {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestJoinQuerySubscribes(t *testing.T) {
	raw, err := base64.URLEncoding.DecodeString(joinQuery())
	if err != nil {
		t.Fatal(err)
	}
	_, outer, err := fields(raw)
	if err != nil {
		t.Fatal(err)
	}
	_, join, err := fields(outer[2])
	if err != nil {
		t.Fatal(err)
	}
	if numbers, _, err := fields(join[2]); err != nil || numbers[1] != 1 {
		t.Errorf("the settings are %v, %v", numbers, err)
	}
}

func TestWireSkipsWhatItDoesNotKnow(t *testing.T) {
	// Field 1 of 64 bits, 2 of 32 bits, then a number in 3 and a text in 4.
	numbers, parts, err := fields([]byte("\x0912345678\x151234\x18\x05\x22\x02ab"))
	if err != nil || numbers[3] != 5 || string(parts[4]) != "ab" {
		t.Errorf("got %v, %q, %v", numbers, parts[4], err)
	}
}

func TestWireRefuses(t *testing.T) {
	for _, bad := range []string{"\x80", "\x18", "\x22\x05ab", "\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x09123", "\x15ab", "\x0b"} {
		if _, _, err := fields([]byte(bad)); !errors.Is(err, errWire) {
			t.Errorf("%q: got %v, want %v", bad, err, errWire)
		}
	}
}

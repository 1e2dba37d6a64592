package sfu

import "testing"

func TestWithoutUndeclared(t *testing.T) {
	const sends = "m=video 9 X 96\r\na=sendonly\r\na=ssrc:7 cname:x\r\n"
	for _, tt := range []struct{ name, in, want string }{
		{"receives", "v=0\r\nm=video 9 X 96\r\na=mid:0\r\na=recvonly\r\n", "v=0\r\nm=video 9 X 96\r\na=mid:0\r\na=ssrc:1 cname:-\r\na=recvonly\r\n"},
		{"the last line, of another kind", "v=0\nm=audio 9 X 96\na=inactive", "v=0\nm=audio 9 X 96\na=ssrc:1 cname:-\na=inactive"},
		{"sends", "v=0\r\n" + sends, "v=0\r\n" + sends},
		{"one of two", "v=0\r\n" + sends + "m=audio 9 X 96\r\na=recvonly\r\n", "v=0\r\n" + sends + "m=audio 9 X 96\r\na=ssrc:1 cname:-\r\na=recvonly\r\n"},
		{"has one", "v=0\r\nm=video 9 X 96\r\na=recvonly\r\na=ssrc:7 cname:x\r\n", "v=0\r\nm=video 9 X 96\r\na=recvonly\r\na=ssrc:7 cname:x\r\n"},
		{"application", "v=0\r\nm=application 9 X 5000\r\n", "v=0\r\nm=application 9 X 5000\r\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := withoutUndeclared(tt.in)
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if again := withoutUndeclared(got); again != got {
				t.Errorf("%q the second time", again)
			}
		})
	}
}

package stage

import (
	"testing"

	"escalate/app/video"
)

func TestInitials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want string }{
		{"Maria Lopez", "ML"}, {"maria", "m"}, {"Anne-Marie de la Cour", "AM"}, {"", ""}, {"  Éva", "É"},
	} {
		if got := initials(c.name); got != c.want {
			t.Errorf("%q has the initials %q, want %q", c.name, got, c.want)
		}
	}
}

func TestElementFor(t *testing.T) {
	t.Parallel()
	for kind, want := range map[video.Kind]string{
		video.Audio: RemoteAudio("PA1"), video.Video: RemoteVideo("PA1"), video.Screen: RemoteScreen("PA1"), video.Sound: RemoteSound("PA1"), "data": "",
	} {
		if got := elementFor("PA1", video.Track{Kind: kind, Subscribed: true}); got != want {
			t.Errorf("%s is drawn into %q, want %q", kind, got, want)
		}
		if got := elementFor("PA1", video.Track{Kind: kind}); got != "" {
			t.Errorf("%s that is not subscribed to is drawn into %q", kind, got)
		}
	}
}

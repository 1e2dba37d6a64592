package call

import (
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	t.Parallel()
	n := Note{Type: NoteText, ID: "a/1", Text: "¿Hola? 👋"}
	got, ok := ReadNote(n.Encode())
	n.Escalate = NoteVersion
	if !ok || got != n {
		t.Errorf("got %+v %t", got, ok)
	}
	for name, s := range map[string]string{
		"not JSON":    "hello",
		"another's":   `{"type":"text","id":"1","text":"x"}`,
		"without id":  `{"escalate":1,"type":"text","text":"x"}`,
		"another age": `{"escalate":2,"type":"text","id":"1"}`,
		"too long":    Note{Type: NoteText, ID: "1", Text: strings.Repeat("ä", MaxText+1)}.Encode(),
	} {
		if _, ok := ReadNote(s); ok {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTalk(t *testing.T) {
	t.Parallel()
	var first Talk
	w := first.Write("me/1", "Hello")
	if len(first.Lines) != 0 || len(w.Lines) != 1 || !w.Lines[0].Mine() || w.Lines[0].Delivery != Sending {
		t.Fatalf("wrote %+v", w)
	}
	given := w.Mark("me/1", Undelivered)
	if given.Lines[0].Delivery != Undelivered || w.Lines[0].Delivery != Sending {
		t.Errorf("marked %+v, before %+v", given, w)
	}
	if late := given.Mark("me/1", Arrived).Mark("me/1", Undelivered); late.Lines[0].Delivery != Arrived {
		t.Error("what has arrived was taken back")
	}
	n := Note{Type: NoteText, ID: "she/1", Text: "Hi"}
	h, news := w.Hear("agent:WK1:n", n, true)
	if !news || h.Unread != 1 || len(h.Lines) != 2 || h.Lines[1].Mine() {
		t.Errorf("heard %+v", h)
	}
	if again, news := h.Hear("agent:WK1:n", n, true); news || again.Unread != 1 || len(again.Lines) != 2 {
		t.Errorf("a copy: %+v", again)
	}
	if h.Read().Unread != 0 {
		t.Error("still unread")
	}
	// Nobody marks another's line.
	if m := h.Mark("she/1", Undelivered); m.Lines[1].Delivery != Arrived {
		t.Error("marked another's line")
	}
}

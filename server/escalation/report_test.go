package escalation_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"escalate/server/escalation"
)

// limit is TaskRouter's, in characters.
const limit = 4096

// filled are a chat Task's attributes as others may have written them, of n
// characters; one is a character, which may be written as several bytes.
func filled(n int, one string) string {
	head, tail := `{"conversationSid":"`+chat1+`","note":"`, `"}`
	room := n - utf8.RuneCountInString(head+tail)
	text := strings.Repeat(one, room/utf8.RuneCountInString(one))
	text += strings.Repeat("x", room-utf8.RuneCountInString(text))
	return head + text + tail
}

// rated plays a call on task1 to its end, with a rating.
func (w *world) rated(score int, comment string) {
	w.t.Helper()
	e := w.escalate(task1)
	w.agentIn(e.Code)
	w.called(e.Code)
	w.pass(30 * time.Second)
	must(w.End(w.ctx, ana, e.Code))(w.t)
	if _, err := w.Rate(w.ctx, e.Code, "", score, comment); err != nil {
		w.t.Fatal(err)
	}
	if !must(w.Get(w.ctx, e.Code))(w.t).Settled {
		w.t.Error("the end is not settled")
	}
}

func (w *world) object(key string) map[string]any {
	o, _ := w.Tasks.Attributes(task1)[key].(map[string]any)
	return o
}

// Whatever else is on the Task and however long the comment is: the score and
// the measures are there, what is of others is as it was, and the limit is kept.
func TestReportFitsOnTheTask(t *testing.T) {
	emoji, markup := strings.Repeat("😀", 1000), strings.Repeat("<&>", 333)
	// What a call writes before its comment, with a code of 7 characters.
	const report = 500
	for _, c := range []struct {
		name    string
		task    string
		comment string
		whole   bool // the comment is
	}{
		{"an empty Task", filled(100, "x"), "good", true},
		{"a long comment", filled(100, "x"), strings.Repeat("a", 1000), true},
		{"1000 emoji", filled(100, "x"), emoji, true},
		{"a comment of markup", filled(2000, "x"), markup, true},
		{"a comment of quotes", filled(2000, "x"), strings.Repeat(`"\`, 500), false},
		{"a comment of control characters", filled(100, "x"), strings.Repeat("\x01", 1000), false},
		{"a comment of line separators", filled(2000, "x"), strings.Repeat("\u2028", 1000), true},
		{"a comment that does not fit", filled(limit-report-100, "x"), emoji, false},
		{"a Task of others' markup", filled(limit-report, "<"), emoji, false},
		{"a Task of others' escapes", filled(limit-report, `\u003c`), emoji, true},
		{"a Task of others' characters", filled(limit-report, "世"), emoji, false},
		{"a Task of others' emoji", filled(limit-report, "😀"), emoji, false},
		{"a Task with room for a start only", filled(limit-50, "x"), emoji, false},
		{"a Task with not a character to spare", filled(limit-len(`,"syncDocument":"abcdefg","videoRoom":"abcdefg"`), "x"), emoji, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.Tasks.SetAttributes(task1, c.task)
			before := w.Tasks.Attributes(task1)
			w.rated(4, c.comment)
			text := w.Tasks.AttributesText(task1)
			if n := utf8.RuneCountInString(text); n > limit {
				t.Errorf("%d characters", n)
			}
			for k, v := range before {
				if got := w.Tasks.Attributes(task1)[k]; !reflect.DeepEqual(got, v) {
					t.Errorf("%s is %v, was %v", k, got, v)
				}
			}
			if m := w.object("conversations"); m["conversation_measure_1"] != 4.0 {
				t.Errorf("conversations %v", m)
			}
			r := w.object("escalation")
			if got, _ := r["comment"].(string); c.whole != (got == c.comment) {
				t.Errorf("comment of %d characters, whole is %v", len([]rune(got)), got == c.comment)
			} else if cut, isCut := strings.CutSuffix(got, "…"); got != "" && !c.whole && (!isCut || !strings.HasPrefix(c.comment, cut)) {
				t.Errorf("comment was cut to %q", got)
			}
			// Where there is any comment, there is all that is worth more.
			if r["comment"] != nil {
				for _, name := range []string{"score", "code", "version", "status", "seconds", "reconnects", "agent", "roomSid", "created", "ended"} {
					if r[name] == nil {
						t.Errorf("%s is missing beside a comment", name)
					}
				}
				if n := utf8.RuneCountInString(text); !c.whole && n < limit-6 {
					t.Errorf("the comment was cut, with %d characters to spare", limit-n)
				}
			}
		})
	}
}

// What a character is, TaskRouter does not say: whatever it counts, the report
// is made to fit.
func TestReportFitsHoweverTwilioCounts(t *testing.T) {
	counts := map[string]func(json.RawMessage) int{
		"runes":  func(raw json.RawMessage) int { return utf8.RuneCount(raw) },
		"UTF-16": func(raw json.RawMessage) int { return len(utf16.Encode([]rune(string(raw)))) },
		"bytes":  func(raw json.RawMessage) int { return len(raw) },
	}
	for name, count := range counts {
		for _, one := range []string{"x", "世", "😀"} {
			t.Run(name+" of "+one, func(t *testing.T) {
				w := newWorld(t, nil)
				w.Tasks.Measure(count)
				w.Tasks.SetAttributes(task1, filled(900, one))
				w.rated(2, strings.Repeat(one, 1000))
				got, _ := w.object("escalation")["comment"].(string)
				if w.object("conversations")["conversation_measure_1"] != 2.0 || !strings.HasPrefix(got, one) {
					t.Errorf("attributes %s", w.Tasks.AttributesText(task1))
				}
				if n := count(json.RawMessage(w.Tasks.AttributesText(task1))); n > limit || len([]rune(got)) < 1000 && n < limit-20 {
					t.Errorf("%d characters, with %d of the comment", n, len([]rune(got)))
				}
			})
		}
	}
}

// Sizes and shapes at random.
func TestReportFitsAtRandom(t *testing.T) {
	seed := rand.Uint64()
	dice := rand.New(rand.NewPCG(seed, 1))
	alphabet := []string{"x", "é", "世", "😀", "<", `\"`, `\u003e`, `\n`}
	for i := range 60 {
		w := newWorld(t, nil)
		w.Tasks.SetAttributes(task1, filled(1000+dice.IntN(limit-1000+1), alphabet[dice.IntN(len(alphabet))]))
		before := w.Tasks.AttributesText(task1)
		if _, _, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{}); errors.Is(err, escalation.ErrTaskFull) {
			if w.Tasks.AttributesText(task1) != before {
				t.Errorf("seed %d, %d: a Task that is full was changed", seed, i)
			}
			continue
		}
		note := w.Tasks.Attributes(task1)["note"]
		w.rated(1+dice.IntN(5), strings.Repeat([]string{"a", "世", "😀", "<", "\n", "\x02"}[dice.IntN(6)], dice.IntN(1001)))
		if n := utf8.RuneCountInString(w.Tasks.AttributesText(task1)); n > limit || w.object("conversations")["conversation_measure_1"] == nil || w.Tasks.Attributes(task1)["note"] != note {
			t.Errorf("seed %d, %d: %d characters, %v, %v", seed, i, n, w.object("conversations"), w.object("escalation"))
		}
	}
}

// Without a measure for it the score is in one place only, and is the first thing there.
func TestScoreWithoutMeasures(t *testing.T) {
	w := newWorld(t, func(c *escalation.Config) { c.Measures.CSAT = escalation.NoMeasure })
	w.Tasks.SetAttributes(task1, filled(limit-50, "x"))
	w.rated(3, "so so")
	if got := w.object("escalation"); got["score"] != 3.0 {
		t.Errorf("escalation %v", got)
	}
}

// A second call on a Task has nothing to do with what the first one was.
func TestReportOfASecondCall(t *testing.T) {
	w := newWorld(t, nil)
	w.rated(1, "bad")
	w.pass(time.Minute)
	e := w.escalate(task1)
	w.agentIn(e.Code)
	must(w.End(w.ctx, ana, e.Code))(t)
	if got := w.object("escalation"); got["code"] != e.Code || got["score"] != nil || got["comment"] != nil {
		t.Errorf("escalation %v, want nothing of the first call", got)
	}
	if got := w.Tasks.Attributes(task1)["name"]; got != "Kim" {
		t.Errorf("name %v", got)
	}
}

// Start video on a Task that is nearly full works, or says why and leaves nothing.
func TestStartOnAFullTask(t *testing.T) {
	need := len(`,"syncDocument":"abcdefg","videoRoom":"abcdefg"`)
	earlier := fmt.Sprintf(`,"escalation":{"code":"zzzzzzz","comment":%q}}`, strings.Repeat("c", 300))
	withEarlier := func(n int) string {
		return strings.TrimSuffix(filled(n-len(earlier)+1, "x"), "}") + earlier
	}
	spaced := func(n int) string {
		return strings.Replace(filled(n-200, "x"), `","`, `",`+strings.Repeat(" ", 200)+`"`, 1)
	}
	for _, c := range []struct {
		name string
		task string
		full bool
	}{
		{"it just fits", filled(limit-need, "x"), false},
		{"a character too many", filled(limit-need+1, "x"), true},
		{"no room at all", filled(limit, "x"), true},
		{"of characters of several bytes", filled(limit-need, "世"), false},
		{"of markup", filled(limit-need, "<"), false},
		{"of escaped markup", filled(limit, `\u0026`), false},
		{"of escaped pairs", filled(limit, `\ud83d\ude00`), false},
		{"of half a pair", filled(limit, `\ud83d`), true},
		{"of spaces", spaced(limit), false},
		{"of an earlier call's comment", withEarlier(limit), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.Tasks.SetAttributes(task1, c.task)
			before := w.Tasks.Attributes(task1)
			e, _, err := w.Escalate(w.ctx, ana, task1, escalation.Invite{Send: true})
			if !c.full {
				attrs := w.Tasks.Attributes(task1)
				if err != nil || attrs["syncDocument"] != e.Code || attrs["videoRoom"] != e.Code || attrs["note"] != before["note"] {
					t.Errorf("%v, attributes %s", err, w.Tasks.AttributesText(task1))
				}
				return
			}
			if !errors.Is(err, escalation.ErrTaskFull) {
				t.Fatalf("got %v, want ErrTaskFull", err)
			}
			if w.Tasks.AttributesText(task1) != c.task {
				t.Error("the Task was changed")
			}
			if n := len(w.Chat.Messages(chat1)); n != 0 {
				t.Errorf("%d invites were sent", n)
			}
			for _, code := range w.Documents.Names() {
				if got := w.status(code); got != escalation.Ended {
					t.Errorf("the code that nobody has is %s", got)
				}
			}
		})
	}
}

// Of what others wrote, the least is changed: where there is room, not even the spelling.
func TestOthersValuesStayAsTheyCame(t *testing.T) {
	w := newWorld(t, nil)
	w.Tasks.SetAttributes(task1, `{ "conversationSid": "`+chat1+`", "big": 12345678901234567890, "e": 1.50e+2, "s": "\u00e9<&>é", "o": {"b": [1, "\u003c"], "a": null} }`)
	w.rated(5, "<b>")
	text := w.Tasks.AttributesText(task1)
	for _, want := range []string{`"big":12345678901234567890`, `"e":1.50e+2`, `"s":"\u00e9<&>é"`, `"o":{"b":[1,"\u003c"],"a":null}`, `"comment":"<b>"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
}

// An end that could not be told, and is told by a sweep after the next call of the same Task, does
// not take the place of what that call came to.
func TestLateReportOfAnEarlierCall(t *testing.T) {
	w := newWorld(t, nil)
	first := w.escalate(task1)
	w.agentIn(first.Code)
	w.called(first.Code)
	must(w.Rate(w.ctx, first.Code, "", 2, "so so"))(t)
	w.Fail(func(op, _ string) error {
		if op == "tasks.update" {
			return escalation.ErrUnavailable
		}
		return nil
	})
	must(w.End(w.ctx, ana, first.Code))(t)
	w.Fail(nil)
	w.pass(time.Minute)
	second := w.escalate(task1)
	if second.Code == first.Code {
		t.Fatal("the Task has its first code still")
	}
	w.agentIn(second.Code)
	w.called(second.Code)
	must(w.Rate(w.ctx, second.Code, "", 5, "better"))(t)
	must(w.End(w.ctx, ana, second.Code))(t)
	if err := w.Sweep(w.ctx); err != nil {
		t.Fatal(err)
	}
	if r := w.object("escalation"); r["code"] != second.Code || r["score"] != 5.0 {
		t.Errorf("the Task says %v, want the second call's %s", r, second.Code)
	}
	if m := w.object("conversations"); m["conversation_measure_1"] != 5.0 {
		t.Errorf("the measures are %v", m)
	}
	if got := must(w.Get(w.ctx, first.Code))(t); !got.Settled {
		t.Error("the first is not settled")
	}
}

// A customer may rate a call after the agent has begun the next one.
func TestRatingAfterTheNextCall(t *testing.T) {
	w := newWorld(t, nil)
	first := w.escalate(task1)
	w.agentIn(first.Code)
	w.called(first.Code)
	must(w.End(w.ctx, ana, first.Code))(t)
	w.pass(time.Minute)
	second := w.escalate(task1)
	w.agentIn(second.Code)
	w.called(second.Code)
	must(w.End(w.ctx, ana, second.Code))(t)
	must(w.Rate(w.ctx, first.Code, "", 2, "so so"))(t)
	if r, m := w.object("escalation"), w.object("conversations"); r["code"] != second.Code || r["score"] != nil || m["conversation_measure_1"] != 2.0 {
		t.Errorf("the Task says %v and %v, want the second call and the first one's rating", r, m)
	}
	must(w.Rate(w.ctx, second.Code, "", 5, "better"))(t)
	if r, m := w.object("escalation"), w.object("conversations"); r["score"] != 5.0 || m["conversation_measure_1"] != 5.0 {
		t.Errorf("the Task says %v and %v, want the second call's rating", r, m)
	}
}

package escalation

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"escalate/app/wire"
	"escalate/server/joincode"
)

var t0 = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	wk1 = "WK00000000000000000000000000000001"
	wk2 = "WK00000000000000000000000000000002"
	ag1 = "agent:" + wk1 + ":n1"
	ag2 = "agent:" + wk1 + ":n2"
	sup = "agent:" + wk2 + ":n9"
	cu1 = "customer:abc2345:n1"
	cu2 = "customer:abc2345:n2"
	rm1 = "RM1"
)

func sec(n int) time.Time { return t0.Add(time.Duration(n) * time.Second) }

func fresh() Escalation {
	return Escalation{
		Version: 1, Code: "abc2345", Status: Invited, Task: "WT1",
		Agent: AgentRef{Worker: wk1}, Room: RoomRef{Name: "abc2345"},
		Created: t0, ValidUntil: t0.Add(time.Hour), Customer: Progress{Phase: wire.PhaseInvited, At: t0},
	}
}

// step is one change in a table.
type step func(Escalation) (Escalation, error)

func agentIn(identity string, at int) step {
	return func(e Escalation) (Escalation, error) {
		return e.applyAgentJoin(e.Agent, RoomRef{Name: e.Code, SID: rm1}, identity, sec(at))
	}
}

func customerIn(identity string, at int) step {
	return func(e Escalation) (Escalation, error) { return e.applyCustomerJoin(identity, "", sec(at)) }
}

func left(identity string, at int) step {
	return func(e Escalation) (Escalation, error) { return e.applyLeft(identity, sec(at)), nil }
}

func ended(at int) step {
	return func(e Escalation) (Escalation, error) { e, _ = e.applyEnd(sec(at)); return e, nil }
}

func cb(event, room, identity, sid string, seq, at int) step {
	return func(e Escalation) (Escalation, error) {
		c := Callback{Event: event, RoomSID: room, RoomName: e.Code, Identity: identity, ParticipantSID: sid, Sequence: seq, At: sec(at)}
		return e.applyCallback(c, sec(at)), nil
	}
}

func saw(at int, identities ...string) step {
	return func(e Escalation) (Escalation, error) {
		var seen []Participant
		for _, id := range identities {
			seen = append(seen, Participant{SID: "PA-" + id, Identity: id})
		}
		return e.applySeen(seen, sec(at)), nil
	}
}

func TestStatusFollowsTheSteps(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  Status
		err   error // of the last step
	}{
		{"nothing yet", nil, Invited, nil},
		{"agent joins", []step{agentIn(ag1, 0)}, Open, nil},
		{"agent and customer", []step{agentIn(ag1, 0), customerIn(cu1, 1)}, InCall, nil},
		{"customer leaves", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(cu1, 9)}, Open, nil},
		{"customer comes back", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(cu1, 9), customerIn(cu2, 20)}, InCall, nil},
		{"customer reloads, the old leaving comes late", []step{agentIn(ag1, 0), customerIn(cu1, 1), customerIn(cu2, 5), left(cu1, 6)}, InCall, nil},
		{"agent leaves", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(ag1, 9)}, Open, nil},
		{"agent reloads, the old leaving comes late", []step{agentIn(ag1, 0), customerIn(cu1, 1), agentIn(ag2, 5), left(ag1, 6)}, InCall, nil},
		{"a stranger leaves", []step{agentIn(ag1, 0), customerIn(cu1, 1), left("customer:abc2345:guess", 9)}, InCall, nil},
		{"customer before the agent", []step{customerIn(cu1, 1)}, Invited, errNoAgent},
		{"customer after the agent left", []step{agentIn(ag1, 0), left(ag1, 5), customerIn(cu1, 9)}, Open, errNoAgent},
		{"ended", []step{agentIn(ag1, 0), customerIn(cu1, 1), ended(9)}, Ended, nil},
		{"ended before anybody came", []step{ended(9)}, Ended, nil},
		{"agent after the end", []step{agentIn(ag1, 0), ended(9), agentIn(ag2, 10)}, Ended, ErrEnded},
		{"customer after the end", []step{agentIn(ag1, 0), ended(9), customerIn(cu1, 10)}, Ended, ErrEnded},
		{"leaving after the end", []step{agentIn(ag1, 0), ended(9), left(ag1, 10)}, Ended, nil},
		{"agent a second too late", []step{agentIn(ag1, 3600)}, Expired, ErrExpired},
		{"agent in the last second", []step{agentIn(ag1, 3599)}, Open, nil},
		{"customer after the code's time while the agent waits", []step{agentIn(ag1, 3599), customerIn(cu1, 3700)}, InCall, nil},
		{"room ended", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("room-ended", rm1, "", "", 5, 9)}, Ended, nil},
		{"another room ended", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("room-ended", "RM0", "", "", 5, 9)}, InCall, nil},
		{"room ended before there was one", []step{cb("room-ended", "", "", "", 5, 9)}, Invited, nil},
		{"callback: customer disconnected", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, cu1, "PA1", 3, 2), cb("participant-disconnected", rm1, cu1, "PA1", 4, 9)}, Open, nil},
		{"callback: the same twice", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-disconnected", rm1, cu1, "PA1", 4, 9), cb("participant-disconnected", rm1, cu1, "PA1", 4, 9)}, Open, nil},
		{"callback: connected after disconnected", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-disconnected", rm1, cu1, "PA1", 4, 9), cb("participant-connected", rm1, cu1, "PA1", 3, 2)}, Open, nil},
		{"callback: late one of another participant still counts", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, ag1, "PA0", 9, 2), cb("participant-disconnected", rm1, cu1, "PA1", 4, 3)}, Open, nil},
		{"callback: connected from before the browser said it left", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(cu1, 9), cb("participant-connected", rm1, cu1, "PA1", 3, 2)}, Open, nil},
		{"callback: the same token used again", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, cu1, "PA1", 3, 2), cb("participant-disconnected", rm1, cu1, "PA1", 4, 9), cb("participant-connected", rm1, cu1, "PA2", 5, 20)}, InCall, nil},
		{"callback: the earlier connection of a token used again ends", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, cu1, "PA2", 5, 20), cb("participant-disconnected", rm1, cu1, "PA1", 6, 21)}, InCall, nil},
		{"callback: an old one of a token used again", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-connected", rm1, cu1, "PA2", 5, 20), cb("participant-connected", rm1, cu1, "PA1", 3, 21), cb("participant-disconnected", rm1, cu1, "PA2", 6, 22)}, Open, nil},
		{"callback: without numbers, connected after disconnected", []step{agentIn(ag1, 0), customerIn(cu1, 1), cb("participant-disconnected", rm1, cu1, "PA1", 0, 9), cb("participant-connected", rm1, cu1, "PA1", 0, 10)}, Open, nil},
		{"callback: unknown participant", []step{agentIn(ag1, 0), cb("participant-connected", rm1, "customer:abc2345:guess", "PA1", 3, 2)}, Open, nil},
		{"callback: unknown event", []step{agentIn(ag1, 0), cb("track-added", rm1, ag1, "PA1", 3, 2)}, Open, nil},
		{"callback after the end", []step{agentIn(ag1, 0), customerIn(cu1, 1), ended(5), cb("participant-connected", rm1, cu1, "PA1", 3, 9)}, Ended, nil},
		{"Twilio sees neither, tokens are fresh", []step{agentIn(ag1, 0), customerIn(cu1, 1), saw(30)}, InCall, nil},
		{"Twilio sees only the agent", []step{agentIn(ag1, 0), customerIn(cu1, 1), saw(60, ag1)}, Open, nil},
		{"Twilio sees both", []step{agentIn(ag1, 0), customerIn(cu1, 1), saw(60, ag1, cu1)}, InCall, nil},
		{"Twilio still sees one who just left", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(cu1, 58), saw(60, ag1, cu1)}, Open, nil},
		{"Twilio sees one who said long ago they left", []step{agentIn(ag1, 0), customerIn(cu1, 1), left(cu1, 9), saw(60, ag1, cu1)}, InCall, nil},
		{"a supervisor alone is an agent too", []step{agentIn(ag1, 0), customerIn(cu1, 1), agentIn(sup, 5), left(ag1, 6)}, InCall, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := fresh()
			var err error
			for i, s := range c.steps {
				before, _ := json.Marshal(e)
				next, stepErr := s(e)
				if after, _ := json.Marshal(e); string(before) != string(after) {
					t.Fatalf("step %d changed its argument:\n%s\n%s", i, before, after)
				}
				if e, err = next, stepErr; err != nil && i < len(c.steps)-1 {
					t.Fatalf("step %d: %v", i, err)
				}
			}
			if e.Status != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %s, %v; want %s, %v", e.Status, err, c.want, c.err)
			}
		})
	}
}

func run(t *testing.T, steps ...step) Escalation {
	t.Helper()
	e := fresh()
	for i, s := range steps {
		var err error
		if e, err = s(e); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	return e
}

func TestConsent(t *testing.T) {
	e := run(t, agentIn(ag1, 0))
	e.Recording = true
	if _, err := e.applyCustomerJoin(cu1, "", sec(1)); !errors.Is(err, ErrConsentRequired) {
		t.Errorf("without wording: %v, want ErrConsentRequired", err)
	}
	e, err := e.applyCustomerJoin(cu1, strings.Repeat("ä", maxWording+1), sec(1))
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Consent) != 1 || e.Consent[0].Who != cu1 || !e.Consent[0].At.Equal(sec(1)) || runes(e.Consent[0].Wording) != maxWording {
		t.Errorf("consent %+v", e.Consent)
	}
	for i := range 10 {
		if e, err = e.applyCustomerJoin(fmt.Sprint(cu1, i), fmt.Sprint(i), sec(2+i)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(e.Consent); n != maxConsents || e.Consent[n-1].Wording != "9" {
		t.Errorf("kept %d consents, newest %q; want %d and 9", n, e.Consent[n-1].Wording, maxConsents)
	}
}

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Escalation
		p    Progress
		want wire.Phase
		err  error
	}{
		{"a step", fresh(), Progress{Phase: "permission"}, "permission", nil},
		{"trouble with detail", fresh(), Progress{Phase: "trouble", Detail: "in_app_browser"}, "trouble", nil},
		{"made up", fresh(), Progress{Phase: "dancing"}, wire.PhaseInvited, ErrBadProgress},
		{"the server's own", fresh(), Progress{Phase: "invited"}, wire.PhaseInvited, ErrBadProgress},
		{"text as detail", fresh(), Progress{Phase: "trouble", Detail: "<b>"}, wire.PhaseInvited, ErrBadProgress},
		{"a word that is no trouble", fresh(), Progress{Phase: "trouble", Detail: "tired"}, wire.PhaseInvited, ErrBadProgress},
		{"long detail", fresh(), Progress{Phase: "trouble", Detail: strings.Repeat("a", 41)}, wire.PhaseInvited, ErrBadProgress},
		{"after the end", run(t, ended(1)), Progress{Phase: "left"}, wire.PhaseInvited, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, err := c.e.applyProgress(c.p, sec(5))
			if e.Customer.Phase != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %q, %v", e.Customer.Phase, err, c.want, c.err)
			}
			if c.err == nil && c.want == c.p.Phase && !e.Customer.At.Equal(sec(5)) {
				t.Errorf("at %v, want our clock", e.Customer.At)
			}
		})
	}
}

func TestCustomerPhaseFollowsPresence(t *testing.T) {
	e := run(t, agentIn(ag1, 0), customerIn(cu1, 1))
	if e.Customer.Phase != wire.PhaseJoining {
		t.Errorf("after the token %q", e.Customer.Phase)
	}
	if e = e.applyConnected(cu1, "PA1", sec(2)); e.Customer.Phase != wire.PhaseInCall {
		t.Errorf("when Twilio sees them %q", e.Customer.Phase)
	}
	if e = e.applyLeft(cu1, sec(3)); e.Customer.Phase != wire.PhaseLeft {
		t.Errorf("after leaving %q", e.Customer.Phase)
	}
}

func TestRating(t *testing.T) {
	seen := cb("participant-connected", rm1, cu1, "PA1", 1, 2)
	reported := func(e Escalation) (Escalation, error) {
		return e.applyProgress(Progress{Phase: wire.PhaseInCall}, sec(2))
	}
	line := func(identity string) step {
		return func(e Escalation) (Escalation, error) { e, _ = e.applyLine(identity, Line{Quality: 5}); return e, nil }
	}
	// So many stays after the first that it is forgotten.
	again := func(e Escalation) (Escalation, error) {
		var err error
		for i := range maxParticipants + 1 {
			if e, err = e.applyCustomerJoin(fmt.Sprintf("customer:abc2345:m%d", i), "", sec(3)); err != nil {
				break
			}
		}
		return e, err
	}
	for _, c := range []struct {
		name  string
		steps []step
		r     Rating
		at    int
		err   error
	}{
		{"during the call", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen}, Rating{Score: 5}, 5, nil},
		{"after leaving", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen, left(cu1, 3)}, Rating{Score: 5}, 5, nil},
		{"after the end", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen, ended(4)}, Rating{Score: 1, Comment: "meh"}, 5, nil},
		{"only the page has told", []step{agentIn(ag1, 0), customerIn(cu1, 1), reported}, Rating{Score: 5}, 5, nil},
		{"the page has told how it was", []step{agentIn(ag1, 0), customerIn(cu1, 1), line(cu1), ended(4)}, Rating{Score: 5}, 5, nil},
		{"the stay is forgotten", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen, again}, Rating{Score: 5}, 5, nil},
		{"too low", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen}, Rating{Score: 0}, 5, ErrBadRating},
		{"too high", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen}, Rating{Score: 6}, 5, ErrBadRating},
		{"longest comment", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen}, Rating{Score: 3, Comment: strings.Repeat("é", maxComment)}, 5, nil},
		{"comment too long", []step{agentIn(ag1, 0), customerIn(cu1, 1), seen}, Rating{Score: 3, Comment: strings.Repeat("é", maxComment+1)}, 5, ErrBadRating},
		{"before anybody came", nil, Rating{Score: 3}, 5, ErrNotInCall},
		{"the agent alone", []step{agentIn(ag1, 0)}, Rating{Score: 3}, 5, ErrNotInCall},
		{"the agent was seen alone", []step{agentIn(ag1, 0), cb("participant-connected", rm1, ag1, "PA2", 1, 2), line(ag1)}, Rating{Score: 3}, 5, ErrNotInCall},
		{"only a token", []step{agentIn(ag1, 0), customerIn(cu1, 1)}, Rating{Score: 3}, 5, ErrNotInCall},
		{"only somebody's word", []step{agentIn(ag1, 0), reported}, Rating{Score: 3}, 5, ErrNotInCall},
		{"ended before anybody came", []step{ended(1)}, Rating{Score: 3}, 5, ErrNotInCall},
		{"ended with the agent alone", []step{agentIn(ag1, 0), ended(1)}, Rating{Score: 3}, 5, ErrNotInCall},
		{"expired", nil, Rating{Score: 3}, 3600, ErrExpired},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := run(t, c.steps...)
			before.Settled = true
			e, err := before.applyRating(c.r, sec(c.at))
			if !errors.Is(err, c.err) {
				t.Fatalf("got %v, want %v", err, c.err)
			}
			if err != nil {
				return
			}
			if e.Rating == nil || e.Rating.Score != c.r.Score || e.Settled {
				t.Errorf("rating %+v, settled %v", e.Rating, e.Settled)
			}
			second, err := e.applyRating(Rating{Score: 2, Comment: "on second thoughts"}, sec(c.at+1))
			if err != nil || !reflect.DeepEqual(second, e) {
				t.Errorf("after a second rating: %+v, %v", second.Rating, err)
			}
			if _, err := e.applyRating(Rating{Score: 9}, sec(c.at+1)); !errors.Is(err, ErrBadRating) {
				t.Errorf("a bad second rating: %v", err)
			}
		})
	}
}

func TestReceipt(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []step
		want  Receipt
	}{
		{"nobody", nil, Receipt{}},
		{"agent alone", []step{agentIn(ag1, 0)}, Receipt{}},
		{"both", []step{agentIn(ag1, 0), customerIn(cu1, 10)}, Receipt{Seconds: 90}},
		{"counted from when Twilio saw them", []step{agentIn(ag1, 0), customerIn(cu1, 10), cb("participant-connected", rm1, cu1, "PA1", 1, 20)}, Receipt{Seconds: 80}},
		{"customer away in between", []step{agentIn(ag1, 0), customerIn(cu1, 10), left(cu1, 20), customerIn(cu2, 80)}, Receipt{Seconds: 30, Reconnects: 1}},
		{"agent reloads", []step{agentIn(ag1, 0), customerIn(cu1, 10), left(ag1, 20), agentIn(ag2, 30)}, Receipt{Seconds: 80}},
		{"supervisor counts once", []step{agentIn(ag1, 0), agentIn(sup, 5), customerIn(cu1, 10)}, Receipt{Seconds: 90}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := run(t, append(c.steps, ended(100))...)
			if *e.Receipt != c.want {
				t.Errorf("got %+v, want %+v", *e.Receipt, c.want)
			}
		})
	}
}

func TestOverdue(t *testing.T) {
	const maxCall, gone = 4 * time.Hour, time.Minute
	for _, c := range []struct {
		name  string
		steps []step
		at    int
		want  bool
	}{
		{"invited never is, it expires", nil, 100_000, false},
		{"agent in", []step{agentIn(ag1, 0)}, 3600, false},
		{"agent away for 59 s", []step{agentIn(ag1, 0), left(ag1, 100)}, 159, false},
		{"agent away for 60 s", []step{agentIn(ag1, 0), left(ag1, 100)}, 160, true},
		{"agent came back", []step{agentIn(ag1, 0), left(ag1, 100), agentIn(ag2, 150)}, 200, false},
		{"just under the longest call", []step{agentIn(ag1, 0)}, 4*3600 - 1, false},
		{"longest call", []step{agentIn(ag1, 0), agentIn(ag2, 3600)}, 4 * 3600, true},
		{"ended", []step{agentIn(ag1, 0), ended(1)}, 100_000, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := run(t, c.steps...).overdue(sec(c.at), maxCall, gone); (got != "") != c.want {
				t.Errorf("got %q, want overdue %v", got, c.want)
			}
		})
	}
}

// The Document must fit into Sync whatever people do.
func TestDocumentStaysSmall(t *testing.T) {
	for _, letter := range []string{"a", "世", "<", "\x01"} {
		t.Run(fmt.Sprintf("%q", letter), func(t *testing.T) { documentStaysSmall(t, letter) })
	}
}

func documentStaysSmall(t *testing.T, letter string) {
	e := fresh()
	e.Recording = true
	e.Agent = Agent{Worker: wk1, Identity: strings.Repeat("i", 255), Name: strings.Repeat(letter, 200)}.ref()
	var err error
	for i := range 200 {
		if e, err = e.applyAgentJoin(e.Agent, RoomRef{Name: e.Code, SID: fmt.Sprintf("RM%032d", i)}, fmt.Sprintf("agent:%s:%016d", wk1, i), sec(i)); err != nil {
			t.Fatal(err)
		}
		if e, err = e.applyCustomerJoin(fmt.Sprintf("customer:%s:%016d", strings.Repeat("c", joincode.Max), i), strings.Repeat(letter, maxWording+9), sec(i)); err != nil {
			t.Fatal(err)
		}
		for j, p := range e.Participants {
			e = e.applyCallback(Callback{Event: "participant-connected", RoomSID: e.Room.SID, Identity: p.Identity, ParticipantSID: fmt.Sprintf("PA%032d", j), Sequence: 1000*i + j + 1, At: sec(i + 1)}, sec(i))
		}
	}
	e.CustomerCame = sec(1)
	if e, err = e.applyRating(Rating{Score: 5, Comment: strings.Repeat(letter, maxComment)}, sec(1)); err != nil {
		t.Fatal(err)
	}
	e, _ = e.applyEnd(sec(500))
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 16<<10 {
		t.Errorf("%d bytes, Sync takes %d", len(raw), 16<<10)
	}
	if len(e.Participants) > maxParticipants || len(e.LastSequence) > maxRooms {
		t.Errorf("%d stays, %d Rooms remembered", len(e.Participants), len(e.LastSequence))
	}
}

func TestDeadlineOutlivesTheCall(t *testing.T) {
	const maxCall = 4 * time.Hour
	e := run(t, agentIn(ag1, 3599))
	if got := e.deadline(maxCall); got.Before(sec(3599).Add(maxCall)) {
		t.Errorf("Document may go at %v, in the middle of the call", got)
	}
	e, _ = e.applyEnd(sec(4000))
	if got := e.deadline(maxCall); got.Before(sec(4000).Add(time.Hour)) {
		t.Errorf("Document may go at %v, before the customer has rated", got)
	}
}

// TestOldStayIsNoLeaving has a customer who waits outside again when Twilio tells late that
// their first stay is over.
func TestOldStayIsNoLeaving(t *testing.T) {
	e := run(t, agentIn(ag1, 0), customerIn(cu1, 1)).applyConnected(cu1, "PA1", sec(2)).applyLeft(ag1, sec(3))
	e = e.applyLeft(cu1, sec(4))
	e.Customer = Progress{Phase: wire.PhaseWaiting, At: sec(5)}
	if e = e.applyLeft(cu1, sec(4)); e.Customer.Phase != wire.PhaseWaiting {
		t.Errorf("who waits is shown as %q", e.Customer.Phase)
	}
}

package escalation

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"sort"
	"strings"
	"time"
)

// reported are the fields of the Task attribute "escalation" that are ours.
var reported = []string{
	fieldScore, fieldCode, fieldVersion, "status", "seconds", "reconnects", "agent", "roomSid",
	"quality", "created", "ended", fieldComment,
}

const (
	fieldCode    = "code"
	fieldVersion = "version"
	fieldScore   = "score"
	fieldComment = "comment"
)

// entry is one value for a Task: a field of the object in, or with an empty in
// an attribute of its own.
type entry struct {
	in, name string
	value    any
}

// write puts the entry among a Task's attributes.
func (n entry) write(a attributes) error {
	if n.in == "" {
		return a.set(n.name, n.value)
	}
	return a.merge(n.in, n.name, n.value)
}

// reporter tells Tasks what became of their escalations.
type reporter struct {
	tasks *taskbook
	// The fields of the Task attribute "conversations", as in Config.
	csat, seconds, reconnects string
	log                       *slog.Logger
}

// report writes what became of an escalation to its Task, unless somebody has
// written there what became of it later. Of what does not fit beside the
// attributes of others, the least is given up: see entries.
func (p *reporter) report(ctx context.Context, e Escalation) error {
	var left []string
	err := p.tasks.change(ctx, e.Task, func(a attributes, l length) (err error) {
		switch there := lastReport(a); {
		case there.Code == e.Code && there.Version > e.Version:
			return errNewer
		case there.Code != e.Code && there.made().After(e.Created):
			return p.tellLate(a, e, there, l)
		}
		left, err = p.tell(a, e, l)
		return err
	})
	if errors.Is(err, errNewer) {
		return nil
	}
	if err == nil && len(left) > 0 {
		p.log.WarnContext(ctx, "the Task's attributes are full: not all of the report is there", "task", e.Task, "missing", strings.Join(left, ", "))
	}
	return err
}

// summary is what a Task was told last.
type summary struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Created string `json:"created"` // to the second
	Score   *int   `json:"score"`
}

// made is when the escalation was; zero where that cannot be read.
func (c summary) made() time.Time {
	at, err := time.Parse(time.RFC3339, c.Created)
	if err != nil {
		return time.Time{}
	}
	return at
}

func lastReport(a attributes) summary {
	var there summary
	if json.Unmarshal(a[attrEscalation], &there) != nil {
		return summary{}
	}
	return there
}

// tellLate edits the attributes of a Task that has had another call since: an end whose
// telling failed is told by a sweep, and a customer may rate after the agent has begun
// again. What there is of the later call stays; where that is not rated, Insights counts
// this rating. Its comment is in its Document alone.
func (p *reporter) tellLate(a attributes, e Escalation, later summary, l length) error {
	if e.Rating == nil || later.Score != nil || p.csat == NoMeasure {
		return errNewer
	}
	next := maps.Clone(a)
	if err := (entry{attrConversations, p.csat, e.Rating.Score}).write(next); err != nil {
		return err
	}
	if !next.fit(l) {
		return ErrTaskFull
	}
	maps.Copy(a, next)
	return nil
}

// errNewer says that the Task has newer news already.
var errNewer = errors.New("the Task has been told more")

// tell edits a Task's attributes to say what became of an escalation, within
// the limit, and returns what has no room. It returns ErrTaskFull when nothing has.
func (p *reporter) tell(a attributes, e Escalation, l length) (left []string, err error) {
	entries := p.entries(a, e)
	// From here on what is ours counts no more than its place in the order.
	if err := a.forget(attrEscalation, reported); err != nil {
		return nil, err
	}
	for _, n := range entries {
		if n.in == "" {
			delete(a, n.name)
		} else if err := a.forget(n.in, []string{n.name}); err != nil {
			return nil, err
		}
	}
	written := false
	add := func(n entry) (bool, error) {
		next := maps.Clone(a)
		if err := n.write(next); err != nil || !next.fit(l) {
			return false, err
		}
		maps.Copy(a, next)
		written = true
		return true, nil
	}
	for _, n := range entries {
		ok, err := add(n)
		if err != nil {
			return nil, err
		}
		if !ok {
			left = append(left, n.name)
		}
	}
	if e.Rating != nil && e.Rating.Comment != "" {
		whole, err := addComment(e.Rating.Comment, add)
		if err != nil {
			return nil, err
		}
		if !whole {
			left = append(left, fieldComment)
		}
	}
	if !written {
		return left, ErrTaskFull
	}
	return left, nil
}

// addComment adds as much of a rating's comment as fits, and says whether that
// was all of it.
func addComment(comment string, add func(entry) (bool, error)) (whole bool, err error) {
	try := func(s string) bool {
		if err != nil {
			return false
		}
		var ok bool
		ok, err = add(entry{attrEscalation, fieldComment, s})
		return ok
	}
	if try(comment) {
		return true, err
	}
	// The longest beginning that fits: each that fits replaces the one before.
	sort.Search(runes(comment)-1, func(n int) bool { return !try(cut(comment, n+1) + "…") })
	return false, err
}

// entries are what an escalation has to say on its Task, the most valuable
// first: what Insights counts, then what says whose and which it is, then what
// is good to know. The comment comes after all of it.
func (p *reporter) entries(a attributes, e Escalation) []entry {
	var list []entry
	add := func(in, name string, v any) { list = append(list, entry{in, name, v}) }
	// Numbers, as Insights sums and averages them. Of the Task's other measures
	// nothing is touched.
	measure := func(name string, v int) {
		if name != NoMeasure {
			add(attrConversations, name, v)
		}
	}
	score := func() { add(attrEscalation, fieldScore, e.Rating.Score) }
	nowhereElse := p.csat == NoMeasure
	if e.Rating != nil {
		measure(p.csat, e.Rating.Score)
		if nowhereElse {
			score()
		}
	}
	if r := e.Receipt; r != nil {
		measure(p.seconds, r.Seconds)
		measure(p.reconnects, r.Reconnects)
	}
	if e.Rating != nil && !nowhereElse {
		score()
	}
	add(attrEscalation, fieldCode, e.Code)
	add(attrEscalation, fieldVersion, e.Version)
	add(attrEscalation, "status", e.Status)
	if !e.live() {
		// Nothing leads from them to anywhere any more, so they have to stand back.
		for _, n := range []entry{{"", attrDocument, e.Code}, {"", attrRoom, e.Code}, {"", attrRoomSID, e.Room.SID}} {
			if a[n.name] != nil && a.text(n.name) == n.value {
				list = append(list, n)
			}
		}
	}
	r := e.Receipt
	if r != nil {
		add(attrEscalation, "seconds", r.Seconds)
		add(attrEscalation, "reconnects", r.Reconnects)
	}
	add(attrEscalation, "agent", e.Agent.Worker)
	add(attrEscalation, "roomSid", e.Room.SID)
	if r != nil && r.Quality != nil {
		add(attrEscalation, "quality", *r.Quality)
	}
	add(attrEscalation, "created", e.Created.UTC().Format(time.RFC3339))
	if !e.EndedAt.IsZero() {
		add(attrEscalation, "ended", e.EndedAt.UTC().Format(time.RFC3339))
	}
	return list
}

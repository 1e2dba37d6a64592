package escalation

import (
	"context"
	"log/slog"
	"time"
)

// listener takes in what the pages tell beside who is there: how far the
// customer has come, how a line was, and the verdict.
type listener struct {
	ledger   *ledger
	ender    *ender
	reporter *reporter
	pace     *pacer
	reports  *reports
	now      func() time.Time
	log      *slog.Logger
}

// The bounds of a Line: what is beyond them, no page has measured.
const (
	maxReconnects = 1000
	maxQuality    = 5
)

// progress is Service.Progress.
func (n *listener) progress(ctx context.Context, code string, p Progress) error {
	if !p.known() {
		return ErrBadProgress
	}
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	return n.reports.do(code, func() error {
		// The page that reported it may be gone by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_, err := n.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
			return e.applyProgress(p, n.now())
		})
		return err
	})
}

// rate is Service.Rate.
func (n *listener) rate(ctx context.Context, code, identity string, score int, comment string) (Rating, error) {
	code, err := parseCode(code)
	if err != nil {
		return Rating{}, err
	}
	if err := n.pace.customer(ctx, code); err != nil {
		return Rating{}, err
	}
	first := false
	e, err := n.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		first = e.Rating == nil
		next, err := e.applyRating(Rating{Score: score, Comment: comment}, n.now())
		if err == nil && first && !e.cameIn(identity) {
			return e, ErrNotInCall
		}
		return next, err
	})
	if err != nil {
		return Rating{}, err
	}
	switch {
	case !first:
	case e.Status == Ended:
		n.ender.settleOrLog(ctx, e)
	default:
		if err := n.reporter.report(ctx, e); err != nil {
			// It is in the Document, and goes to the Task when the call ends.
			n.log.WarnContext(ctx, "rating is not on the Task yet", "task", e.Task, "err", err)
		}
	}
	return *e.Rating, nil
}

// line is Service.Report.
func (n *listener) line(ctx context.Context, code, identity string, l Line) error {
	code, err := parseCode(code)
	if err != nil {
		return err
	}
	if l.Reconnects < 0 || l.Reconnects > maxReconnects || l.Quality < -1 || l.Quality > maxQuality {
		return nil
	}
	news := false
	e, err := n.ledger.change(ctx, code, func(e Escalation) (Escalation, error) {
		e, news = e.applyLine(identity, l)
		return e, nil
	})
	if err != nil || !news || e.Status != Ended {
		return err
	}
	n.ender.settleOrLog(ctx, e)
	return nil
}

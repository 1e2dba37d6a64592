package traces

import (
	"context"

	"escalate/server/escalation"
	"escalate/server/web"
)

// UseCases returns e with a span around each use case that asks Twilio for something; e
// itself without a collector.
func (t *Traces) UseCases(e web.Escalations) web.Escalations {
	if t == nil {
		return e
	}
	return &useCases{e, t}
}

// useCases passes everything on. Get and Watch, which pages ask every few seconds, have no
// span of their own.
type useCases struct {
	web.Escalations
	t *Traces
}

// within runs f in a span.
func within[T any](ctx context.Context, t *Traces, name string, f func(context.Context) (T, error)) (T, error) {
	ctx, done := t.use(ctx, name)
	v, err := f(ctx)
	done(err)
	return v, err
}

func (u *useCases) Escalate(ctx context.Context, a escalation.Agent, task string, invite escalation.Invite) (e escalation.Escalation, resumed bool, err error) {
	ctx, done := u.t.use(ctx, "Escalate")
	defer func() { done(err) }()
	return u.Escalations.Escalate(ctx, a, task, invite)
}

func (u *useCases) JoinAsAgent(ctx context.Context, a escalation.Agent, code string) (escalation.Join, error) {
	return within(ctx, u.t, "JoinAsAgent", func(ctx context.Context) (escalation.Join, error) { return u.Escalations.JoinAsAgent(ctx, a, code) })
}

func (u *useCases) JoinAsCustomer(ctx context.Context, code, consent string) (escalation.Join, error) {
	return within(ctx, u.t, "JoinAsCustomer", func(ctx context.Context) (escalation.Join, error) {
		return u.Escalations.JoinAsCustomer(ctx, code, consent)
	})
}

func (u *useCases) Progress(ctx context.Context, code string, p escalation.Progress) (err error) {
	ctx, done := u.t.use(ctx, "Progress")
	defer func() { done(err) }()
	return u.Escalations.Progress(ctx, code, p)
}

func (u *useCases) Leave(ctx context.Context, code, identity string) (err error) {
	ctx, done := u.t.use(ctx, "Leave")
	defer func() { done(err) }()
	return u.Escalations.Leave(ctx, code, identity)
}

func (u *useCases) Rate(ctx context.Context, code, identity string, score int, comment string) (escalation.Rating, error) {
	return within(ctx, u.t, "Rate", func(ctx context.Context) (escalation.Rating, error) {
		return u.Escalations.Rate(ctx, code, identity, score, comment)
	})
}

func (u *useCases) End(ctx context.Context, a escalation.Agent, code string) (escalation.Escalation, error) {
	return within(ctx, u.t, "End", func(ctx context.Context) (escalation.Escalation, error) { return u.Escalations.End(ctx, a, code) })
}

func (u *useCases) Task(ctx context.Context, a escalation.Agent, task string) (escalation.TaskView, error) {
	return within(ctx, u.t, "Task", func(ctx context.Context) (escalation.TaskView, error) { return u.Escalations.Task(ctx, a, task) })
}

func (u *useCases) Callback(ctx context.Context, c escalation.Callback) (err error) {
	ctx, done := u.t.use(ctx, "Callback")
	defer func() { done(err) }()
	return u.Escalations.Callback(ctx, c)
}

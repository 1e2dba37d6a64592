package escalation

import "context"

type backgroundKey struct{}

// Background marks what is done for nobody in particular: sweeps, and looking for
// changes. Adapters let what a person waits for go first.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// IsBackground says whether a context is one that Background made.
func IsBackground(ctx context.Context) bool {
	is, _ := ctx.Value(backgroundKey{}).(bool)
	return is
}

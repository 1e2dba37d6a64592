package interaction_test

import (
	"testing"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
)

// BenchmarkCatchUp is a start with 2,000 Interactions that are over.
func BenchmarkCatchUp(b *testing.B) {
	s := must(store.Open("", store.Options{}))(b)
	defer s.Close()
	o := interaction.Orchestrator{Store: s}
	for range 2000 {
		i, _, err := o.Begin(chat(), &interaction.Routing{})
		if err != nil {
			b.Fatal(err)
		}
		must(o.SetChannel(i, store.ChannelClosed, "closed"))(b)
	}
	for b.Loop() {
		if err := o.CatchUp(); err != nil {
			b.Fatal(err)
		}
	}
}

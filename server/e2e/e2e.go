// Package e2e plays the product in a real browser: Chromium with a fake
// camera and microphone against core.Start on loopback. Those tests carry the
// build tag e2e (`make e2e`) and leave screenshots of each step in out/. What
// needs whole processes but no browser, such as killing one of two replicas, is
// here without the tag; REPLICA_ROUNDS=10 plays it ten times.
package e2e

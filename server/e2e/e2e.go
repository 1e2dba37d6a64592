// Package e2e plays the product in a real browser: Chromium with a fake
// camera and microphone against core.Start on loopback. Its tests carry the
// build tag e2e (`make e2e`); they import core and nothing else of ours, and
// leave screenshots of each step in out/.
package e2e

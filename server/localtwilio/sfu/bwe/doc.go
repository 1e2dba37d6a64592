// Package bwe estimates bandwidth from when packets arrive. Towards a subscriber an Estimator numbers what is sent,
// takes the subscriber's feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) and says how much gets
// through; a Prober tries whether more would. Of a publisher a Recorder notes what arrives, and reports it, so that
// the publisher's own estimator works; a RateMeter says how much it is.
package bwe

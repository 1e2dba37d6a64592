// Package sfu forwards the media of a Room: every Participant has one
// PeerConnection with the server (a Peer), and whatever a Peer publishes is
// copied to the Peers that subscribe to it. An Engine holds what all Rooms share
// (codecs, one UDP port), a Router is one Room, a Peer one Participant, a
// DownTrack one outgoing copy of a Track.
//
// It speaks SDP and RTP and knows Participant and Track SIDs as opaque words. It
// knows nothing of WebSockets, of Access Tokens or of what a store keeps:
// descriptions come in and go out as values, and their transport is the
// caller's affair.
//
// # Negotiation
//
// Both sides number their descriptions from one counter per PeerConnection, as
// twilio-video.js does in lib/signaling/v2/peerconnection.js. The server never
// yields on glare: while its own offer is unanswered, offers of the client are
// dropped, and the client makes them again after having answered.
//
// # Goroutines and callbacks
//
// Each Peer has one goroutine that owns its negotiation; nothing else touches
// that state. A second one makes the callbacks of PeerConfig, one at a time and in
// order, so that a callback may take its time, and may call any method of any
// Peer or Router, Close included, without deadlock.
package sfu

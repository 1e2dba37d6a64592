// Package twiliojs is package video over twilio-video.js 2.36.0, which the
// page loads unmodified. It is the only place that knows the SDK: it turns
// JavaScript values into plain ones, SDK events into video.Events and
// exceptions into *video.Errors, and lets go of every callback it made when a
// Room or a Capture ends. It knows nothing of pages, codes or our API.
//
// In the browser goroutines take turns on one thread and yield only where they
// wait, so fields are not locked; whatever waits half-way through a change of
// Tracks holds the Capture's turn.
package twiliojs

import "time"

// DefaultSDK is where the server has the SDK.
const DefaultSDK = "/static/vendor/twilio-video.min.js"

// Patience is how long twilio-video.js is waited for; zero values mean the usual.
type Patience struct {
	// Slow is when the waiting is told, Limit when it is given up.
	Slow, Limit time.Duration
}

// Devices are the browser's microphones, cameras and speakers.
type Devices struct {
	// SDK is the URL of twilio-video.js, loaded when the page has not done so;
	// empty means DefaultSDK.
	SDK      string
	Patience Patience
}

// Connector joins Rooms with twilio-video.js.
type Connector struct {
	// SDK and Patience are as in Devices.
	SDK      string
	Patience Patience
}

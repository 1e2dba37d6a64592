package recording

import "time"

const (
	// maxSlew is how far one sender report may move a Track against its own clock. Reports come
	// about once in a second or more, so this follows clocks that are off by up to 0.1 %, and
	// a publisher's clock that is set meanwhile moves nothing visibly.
	maxSlew = time.Millisecond
	// maxGlitch is how far a Track may be from the publisher's clock before it is set right at once: a
	// sound card that was starved loses samples, which its count does not show. The time of
	// arrival has to agree, by maxDoubt, or else it is the clock that was set.
	maxGlitch = 100 * time.Millisecond
	maxDoubt  = 500 * time.Millisecond
	// maxJump is how far RTP time and time of arrival may run apart before the publisher is taken
	// to have begun a new count, as after it replaced its encoder.
	maxJump = 3 * time.Second
)

// timeline says when frames are due, from the first one on. It counts in RTP time, so that what
// the network does to arrivals leaves no trace, and gaps stay as long as they were; sender
// reports keep the count at the pace of the publisher's clock.
type timeline struct {
	rate int64 // RTP ticks a second

	started bool
	origin  uint32        // RTP time that stands for anchor
	ext     int64         // ticks since origin, of the last frame
	anchor  time.Duration // when origin is due
	at      time.Time     // arrival of the last frame
	last    time.Duration // when the last frame was due

	report  *senderReport // the first since origin
	correct time.Duration // as learnt from reports
}

// senderReport pairs a publisher's clock with its RTP time.
type senderReport struct {
	clock time.Time
	at    time.Time // arrival; zero when it is not known
	ticks int64     // since origin
}

// place returns when a frame is due. Frames come in their order; at is when they arrived.
func (l *timeline) place(rtp uint32, at time.Time) time.Duration {
	if !l.started {
		l.started, l.origin, l.at = true, rtp, at
		return 0
	}
	ext := l.ext + int64(int32(rtp-uint32(l.ext)-l.origin))
	due := l.due(ext)
	if off := (due - l.last) - at.Sub(l.at); off > maxJump || off < -maxJump {
		due = l.last + max(at.Sub(l.at), 0)
		l.origin, l.anchor, l.report, l.correct, ext = rtp, due, nil, 0, 0
	}
	// A correction must not turn two frames around.
	l.last = max(due, l.last)
	l.ext, l.at = ext, at
	return l.last
}

func (l *timeline) due(ext int64) time.Duration {
	return l.anchor + l.ticks(ext) + l.correct
}

func (l *timeline) ticks(n int64) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(l.rate)
}

// reported takes in a sender report that arrived at the given time, if that is known.
func (l *timeline) reported(clock time.Time, rtp uint32, at time.Time) {
	if !l.started {
		return
	}
	r := &senderReport{clock: clock, at: at, ticks: l.ext + int64(int32(rtp-uint32(l.ext)-l.origin))}
	if l.report == nil || l.report.at.IsZero() {
		l.report = r
		return
	}
	counted := l.ticks(r.ticks - l.report.ticks)
	drift := r.clock.Sub(l.report.clock) - counted
	off := drift - l.correct
	if doubt := drift - (r.at.Sub(l.report.at) - counted); off.Abs() < maxGlitch || r.at.IsZero() || doubt.Abs() > maxDoubt {
		off = min(max(off, -maxSlew), maxSlew)
	}
	l.correct += off
}

// began is what the publisher's clock showed at the first frame, if reports told.
func (l *timeline) began() (time.Time, bool) {
	if l.report == nil {
		return time.Time{}, false
	}
	return l.report.clock.Add(-l.ticks(l.report.ticks) - l.anchor), true
}

// ntpTime reads the clock of a sender report (RFC 3550 section 4).
func ntpTime(t uint64) time.Time {
	const unixEpoch = 2_208_988_800 // seconds since 1900
	return time.Unix(int64(t>>32)-unixEpoch, int64((t&0xffffffff)*1e9>>32))
}

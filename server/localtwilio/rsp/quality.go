package rsp

import (
	"time"

	"escalate/server/localtwilio/sfu"
)

// qualityReport is what a browser measures of its connection and sends every
// second or so (twilio-video.js, lib/stats/peerconnectionreport.js). A level of
// 0 asks for nothing, 1 for a number, 2 and 3 for details.
type qualityReport struct {
	ICE struct {
		RTT float64 `json:"rtt"` // seconds
	} `json:"ice"`
	Audio             mediaReport `json:"audio"`
	Video             mediaReport `json:"video"`
	ReportLevel       int         `json:"reportLevel"`
	RemoteReportLevel int         `json:"remoteReportLevel"`
}

type mediaReport struct {
	Recv struct {
		FractionLost float64 `json:"fractionLost"` // 0 to 1
		Jitter       float64 `json:"jitter"`       // seconds
	} `json:"recv"`
}

// levels is the detailed form of a network quality. Audio and Video are left out of the short form.
type levels struct {
	Level int          `json:"level"`
	Audio *mediaLevels `json:"audio,omitempty"`
	Video *mediaLevels `json:"video,omitempty"`
}

// mediaLevels are those of one kind of media. The statistics are for report level 3.
type mediaLevels struct {
	Send      int          `json:"send"`
	SendStats *streamStats `json:"sendStats,omitempty"`
	Recv      int          `json:"recv"`
	RecvStats *streamStats `json:"recvStats,omitempty"`
}

// streamStats is what levels come from, each with a level of its own.
type streamStats struct {
	FractionLost fractionStats `json:"fractionLost"`
	Latency      latencyStats  `json:"latency"`
}

type fractionStats struct {
	FractionLost float64 `json:"fractionLost"` // 0 to 1
	Level        int     `json:"level"`
}

type latencyStats struct {
	Jitter float64 `json:"jitter"` // seconds
	RTT    float64 `json:"rtt"`    // seconds
	Level  int     `json:"level"`
}

// qualitySignal answers a report: how good the network is, from 5 (excellent)
// to 0 (broken), here and at the others'.
type qualitySignal struct {
	Type    string          `json:"type"`
	Local   any             `json:"local"` // a level, or levels
	Remotes []remoteQuality `json:"remotes"`
}

type remoteQuality struct {
	SID string `json:"sid"`
	levels
}

// The report levels that a browser can ask for.
const (
	reportNone   = 0
	reportLevel  = 1 // a number
	reportKinds  = 2 // audio and video, send and receive
	reportDetail = 3 // the statistics as well
)

// bestLevel is what a connection has that nothing is known against.
const bestLevel = 5

// Bounds for levels 5, 4, 3 and 2; beyond the last it is 1. Twilio does not
// publish its own. These follow what a conversation bears: ITU-T G.114 calls a
// one-way delay of 150 ms unnoticed and 400 ms the limit, and Opus conceals
// losses of a few percent.
var (
	rttBounds    = [4]float64{0.3, 0.5, 0.8, 1.2}
	lossBounds   = [4]float64{0.02, 0.05, 0.10, 0.20}
	jitterBounds = [4]float64{0.05, 0.1, 0.2, 0.4}
	// shortBounds are for the share of what is wanted that the bandwidth does not suffice for.
	shortBounds = [4]float64{0.1, 0.3, 0.5, 0.75}
)

// grade turns what the browser and the media server measured into levels. Each direction is
// judged at its receiving end: sending by the server, receiving by both. The round trip
// counts for all.
func grade(r qualityReport, q sfu.Quality) levels {
	rtt := max(r.ICE.RTT, q.RTT.Seconds())
	stats := func(loss float64, jitter time.Duration, m mediaReport) (int, *streamStats) {
		s := &streamStats{
			FractionLost: fractionStats{FractionLost: max(loss, m.Recv.FractionLost)},
			Latency:      latencyStats{Jitter: max(jitter.Seconds(), m.Recv.Jitter), RTT: rtt},
		}
		s.FractionLost.Level = step(s.FractionLost.FractionLost, lossBounds)
		s.Latency.Level = min(step(rtt, rttBounds), step(s.Latency.Jitter, jitterBounds))
		return min(s.FractionLost.Level, s.Latency.Level), s
	}
	kind := func(m sfu.MediaQuality, r mediaReport) *mediaLevels {
		var l mediaLevels
		l.Send, l.SendStats = stats(m.Send.Loss, m.Send.Jitter, mediaReport{})
		l.Recv, l.RecvStats = stats(m.Recv.Loss, m.Recv.Jitter, r)
		return &l
	}
	l := levels{Audio: kind(q.Audio, r.Audio), Video: kind(q.Video, r.Video)}
	if q.Available > 0 && q.Video.Recv.Active {
		l.Video.Recv = min(l.Video.Recv, step(1-float64(q.Available)/float64(max(q.Needed, 1)), shortBounds))
	}
	l.Level = min(l.Audio.Send, l.Audio.Recv, l.Video.Send, l.Video.Recv)
	return l
}

func step(x float64, bounds [4]float64) int {
	level := bestLevel
	for _, b := range bounds {
		if x > b {
			level--
		}
	}
	return level
}

// at returns as much of the levels as a report level asks for.
func (l levels) at(report int) levels {
	if report < reportKinds {
		return levels{Level: l.Level}
	}
	if report < reportDetail {
		l.Audio = &mediaLevels{Send: l.Audio.Send, Recv: l.Audio.Recv}
		l.Video = &mediaLevels{Send: l.Video.Send, Recv: l.Video.Recv}
	}
	return l
}

// measure takes a browser's report and answers it. mu is held. A Participant that has not
// reported yet is left out: browsers take details only with a level that differs from the one
// before (twilio-video.js, lib/signaling/v2/networkqualitysignaling.js), so that one without
// any would stay without.
func (r *room) measure(x *session, report qualityReport) qualitySignal {
	measured := grade(report, x.media().Quality())
	x.quality = &measured
	a := qualitySignal{Type: networkQuality, Remotes: []remoteQuality{}}
	if report.ReportLevel <= reportLevel {
		a.Local = x.quality.Level
	} else {
		a.Local = x.quality.at(report.ReportLevel)
	}
	if report.RemoteReportLevel == reportNone {
		return a
	}
	for _, o := range r.members {
		if o == x || !o.present() || o.quality == nil {
			continue
		}
		a.Remotes = append(a.Remotes, remoteQuality{SID: o.sid, levels: o.quality.at(report.RemoteReportLevel)})
	}
	return a
}

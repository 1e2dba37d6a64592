package rsp

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

// levels is the detailed form of a network quality.
type levels struct {
	Level int         `json:"level"`
	Audio mediaLevels `json:"audio"`
	Video mediaLevels `json:"video"`
}

type mediaLevels struct {
	Send int `json:"send"`
	Recv int `json:"recv"`
}

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
)

// grade turns a report into levels. Sending is judged by the round trip alone:
// what gets lost on the way up is known here only to the media server.
func grade(r qualityReport) levels {
	send := step(r.ICE.RTT, rttBounds)
	recv := func(m mediaReport) int {
		return min(send, step(m.Recv.FractionLost, lossBounds), step(m.Recv.Jitter, jitterBounds))
	}
	l := levels{
		Audio: mediaLevels{Send: send, Recv: recv(r.Audio)},
		Video: mediaLevels{Send: send, Recv: recv(r.Video)},
	}
	l.Level = min(send, l.Audio.Recv, l.Video.Recv)
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

// measure takes a browser's report and answers it.
func (r *room) measure(x *session, report qualityReport) qualitySignal {
	l := grade(report)
	x.quality = l.Level
	a := qualitySignal{Type: networkQuality, Remotes: []remoteQuality{}}
	switch report.ReportLevel {
	case 0, 1:
		a.Local = l.Level
	default:
		a.Local = l
	}
	if report.RemoteReportLevel > 0 {
		for _, o := range r.members {
			if o != x && o.present() {
				a.Remotes = append(a.Remotes, remoteQuality{SID: o.sid, Level: o.quality})
			}
		}
	}
	return a
}

package localtwilio

import (
	"github.com/prometheus/client_golang/prometheus"

	"escalate/server/localtwilio/sfu"
)

// mediaMetrics shows what the SFU counts anyway; it is read at the time of a scrape.
type mediaMetrics struct {
	engine *sfu.Engine

	rooms, participants, tracks, subscriptions, packets, bytes, loss *prometheus.Desc
}

func newMediaMetrics(e *sfu.Engine) *mediaMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("localtwilio_"+name, help, labels, nil)
	}
	return &mediaMetrics{
		engine:        e,
		rooms:         desc("rooms", "Rooms whose media are forwarded."),
		participants:  desc("participants", "Participants connected to such Rooms."),
		tracks:        desc("tracks", "Tracks published in such Rooms, by kind: audio, video, data.", "kind"),
		subscriptions: desc("subscriptions", "Copies of audio and video Tracks that are sent on, by kind.", "kind"),
		packets:       desc("media_packets_total", "Packets of media, by direction: in from publishers, out to subscribers.", "direction"),
		bytes:         desc("media_bytes_total", "Bytes of media, by direction.", "direction"),
		loss:          desc("media_loss_ratio", "Share of the packets that publishers have sent of their present Tracks that has not arrived, 0 to 1."),
	}
}

// Describe is a prometheus.Collector's.
func (m *mediaMetrics) Describe(c chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.rooms, m.participants, m.tracks, m.subscriptions, m.packets, m.bytes, m.loss} {
		c <- d
	}
}

// Collect is a prometheus.Collector's.
func (m *mediaMetrics) Collect(c chan<- prometheus.Metric) {
	s := m.engine.Stats()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		c <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(m.rooms, float64(s.Rooms))
	gauge(m.participants, float64(s.Participants))
	for kind, n := range s.Tracks {
		gauge(m.tracks, float64(n), kind)
	}
	for kind, n := range s.Subscriptions {
		gauge(m.subscriptions, float64(n), kind)
	}
	for direction, t := range map[string]sfu.Traffic{"in": s.In, "out": s.Out} {
		count(m.packets, t.Packets, direction)
		count(m.bytes, t.Bytes, direction)
	}
	gauge(m.loss, float64(s.Lost)/float64(max(s.Expected, 1)))
}

package sfu

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"

	"escalate/server/localtwilio/sfu/codec"
)

const (
	// iceDisconnected is when a silent transport counts as interrupted. Nothing hangs
	// on it but the log.
	iceDisconnected = 5 * time.Second
	// iceFailed is when an interrupted transport is given up. It must be longer than a
	// client goes on trying (session_timeout, usually 30 s), or a late ICE restart
	// would find nobody.
	iceFailed = 60 * time.Second
	// iceKeepalive is how often an idle pair is refreshed.
	iceKeepalive = 2 * time.Second
	// dtlsPatience is how long an answer in the handshake may take before it is asked for again,
	// which doubles each time (RFC 6347 section 4.2.4). pion's own second makes one lost packet
	// cost a second and four fifteen; browsers wait 50 ms.
	dtlsPatience = 100 * time.Millisecond
)

// feedback is what both sides may send back about video.
var feedback = []webrtc.RTCPFeedback{
	{Type: webrtc.TypeRTCPFBGoogREMB},
	{Type: webrtc.TypeRTCPFBCCM, Parameter: "fir"},
	{Type: webrtc.TypeRTCPFBNACK},
	{Type: webrtc.TypeRTCPFBNACK, Parameter: "pli"},
}

// videoCodecs are the codecs that can be forwarded, preferred first. The payload
// types are only used where the client has not chosen its own.
var videoCodecs = []struct {
	name, mime, fmtp string
	payload, rtx     webrtc.PayloadType
}{
	{"VP8", webrtc.MimeTypeVP8, "", 96, 97},
	{"H264", webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f", 102, 103},
	{"H264", webrtc.MimeTypeH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f", 104, 105},
}

// mediaOptions says what one PeerConnection may use.
type mediaOptions struct {
	codecs []string // names as in videoCodecs, preferred first; empty allows all
}

// connection is a PeerConnection with what it was made of.
type connection struct {
	pc           *webrtc.PeerConnection
	api          *webrtc.API // shares the codecs, for further receivers
	interceptors interceptor.Interceptor
	monitor      *monitor
	hidden       *layerSSRCs
}

// newConnection makes a PeerConnection of its own MediaEngine: pion remembers the client's
// payload types and extension numbers in it.
func (e *Engine) newConnection(o mediaOptions) (connection, error) {
	m, err := newMediaEngine(o)
	if err != nil {
		return connection{}, fmt.Errorf("set up codecs: %w", err)
	}
	c := connection{monitor: newMonitor(), hidden: &layerSSRCs{}}
	if c.interceptors, err = newInterceptors(c.monitor); err != nil {
		return connection{}, fmt.Errorf("set up interceptors: %w", err)
	}
	i := &interceptor.Registry{}
	i.Add(ready{c.interceptors})
	s := webrtc.SettingEngine{LoggerFactory: pionLog{e.log}}
	s.DisableMediaEngineCopy(true) // see connection.api
	s.SetLite(true)
	s.SetICEUDPMux(e.mux)
	// pion looks only at one packet to tell the codec, and gives the Track up when that was a
	// retransmission: see begin.
	s.SetFireOnTrackBeforeFirstRTP(true)
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes(e.networks)
	if e.tcp != nil {
		s.SetICETCPMux(e.tcp)
	}
	if e.ip != nil {
		s.SetIPFilter(e.ip.Equal)
	}
	// Clients hide their addresses behind .local names; a lite agent needs none of them.
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetDTLSRetransmissionInterval(dtlsPatience)
	s.SetICEBindingRequestHandler(firstPair())
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	if len(e.publicIPs) > 0 {
		if err := s.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: e.publicIPs, AsCandidateType: webrtc.ICECandidateTypeHost,
		}); err != nil {
			return connection{}, fmt.Errorf("set public addresses: %w", err)
		}
	}
	s.BufferFactory = c.hidden.buffer
	s.SetReceiveMTU(pionMTU)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(i), webrtc.WithSettingEngine(s))
	larger := s
	larger.SetReceiveMTU(maxPacket) // see layerBuffer
	c.api = webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(i), webrtc.WithSettingEngine(larger))
	if c.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return connection{}, fmt.Errorf("create PeerConnection: %w", err)
	}
	return c, nil
}

// ready is a factory of one interceptor that exists already.
type ready struct{ i interceptor.Interceptor }

func (r ready) NewInterceptor(string) (interceptor.Interceptor, error) { return r.i, nil }

// opus is the only audio codec.
var opus = webrtc.RTPCodecCapability{
	MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
}

func newMediaEngine(o mediaOptions) (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: opus, PayloadType: 111,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	// pion answers it only to those that offer it.
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: codec.MimeRED, ClockRate: 48000, Channels: 2, SDPFmtpLine: "111/111",
		},
		PayloadType: 63,
	}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	names := o.codecs
	if len(names) == 0 {
		names = []string{"VP8", "H264"}
	}
	for n, name := range names {
		if slices.Contains(names[:n], name) {
			continue
		}
		for _, c := range videoCodecs {
			if c.name != name {
				continue
			}
			if err := registerVideo(m, c.mime, c.fmtp, c.payload, c.rtx); err != nil {
				return nil, err
			}
		}
	}
	// Header extensions are read here and not forwarded, since their numbers and, as with MID,
	// their meaning differ between PeerConnections.
	if err := registerArrivals(m); err != nil {
		return nil, err
	}
	err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}, webrtc.RTPCodecTypeAudio)
	return m, err
}

func registerVideo(m *webrtc.MediaEngine, mime, fmtp string, payload, rtx webrtc.PayloadType) error {
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: mime, ClockRate: 90000, SDPFmtpLine: fmtp, RTCPFeedback: slices.Clone(feedback),
		},
		PayloadType: payload,
	}, webrtc.RTPCodecTypeVideo); err != nil {
		return err
	}
	return m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: fmt.Sprintf("apt=%d", payload),
		},
		PayloadType: rtx,
	}, webrtc.RTPCodecTypeVideo)
}

// newInterceptors sets up retransmission to the client, receiver reports, and feedback per packet, by
// which the publisher's bandwidth estimator works and ours. Sender reports are the publisher's
// own: see DownTrack.report.
func newInterceptors(m *monitor) (interceptor.Interceptor, error) {
	r := &interceptor.Registry{}
	r.Add(ready{m}) // first, which is next to the network
	r.Add(ready{m.responder})
	r.Add(ready{m.arrivals})
	return r.Build("")
}

// registerArrivals offers transport-wide feedback to the client.
func registerArrivals(m *webrtc.MediaEngine) error {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		m.RegisterFeedback(webrtc.RTCPFeedback{Type: webrtc.TypeRTCPFBTransportCC}, kind)
		if err := m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: sdp.TransportCCURI}, kind); err != nil {
			return err
		}
	}
	return nil
}

// redPayload finds the payload type of redundant audio, 0 if there is none.
func redPayload(codecs []webrtc.RTPCodecParameters) uint8 {
	for _, c := range codecs {
		if strings.EqualFold(c.MimeType, codec.MimeRED) {
			return uint8(c.PayloadType)
		}
	}
	return 0
}

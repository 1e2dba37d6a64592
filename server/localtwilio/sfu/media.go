package sfu

import (
	"fmt"
	"slices"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
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
	// twccInterval is how often a publisher is told when its packets arrived. Chromium's
	// bandwidth estimator is tuned for 50 to 250 ms.
	twccInterval = 100 * time.Millisecond
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
	twcc   bool     // per-packet arrival feedback instead of a fixed REMB
}

// newPeerConnection makes a PeerConnection of its own MediaEngine: pion remembers the
// client's payload types and extension numbers in it.
func (e *Engine) newPeerConnection(o mediaOptions) (*webrtc.PeerConnection, error) {
	m, err := newMediaEngine(o)
	if err != nil {
		return nil, fmt.Errorf("set up codecs: %w", err)
	}
	i, err := newInterceptors(m, o, pionLog{e.log})
	if err != nil {
		return nil, fmt.Errorf("set up interceptors: %w", err)
	}
	s := webrtc.SettingEngine{LoggerFactory: pionLog{e.log}}
	s.SetLite(true)
	s.SetICEUDPMux(e.mux)
	// pion looks only at one packet to tell the codec, and gives the Track up when that was a
	// retransmission: see begin.
	s.SetFireOnTrackBeforeFirstRTP(true)
	s.SetIncludeLoopbackCandidate(true)
	s.SetNetworkTypes([]webrtc.NetworkType{e.network})
	// Clients hide their addresses behind .local names; a lite agent needs none of them.
	s.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	s.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	if len(e.publicIPs) > 0 {
		if err := s.SetICEAddressRewriteRules(webrtc.ICEAddressRewriteRule{
			External: e.publicIPs, AsCandidateType: webrtc.ICECandidateTypeHost,
		}); err != nil {
			return nil, fmt.Errorf("set public addresses: %w", err)
		}
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(m), webrtc.WithInterceptorRegistry(i), webrtc.WithSettingEngine(s))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, fmt.Errorf("create PeerConnection: %w", err)
	}
	return pc, nil
}

func newMediaEngine(o mediaOptions) (*webrtc.MediaEngine, error) {
	m := &webrtc.MediaEngine{}
	if err := m.RegisterCodec(webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		},
		PayloadType: 111,
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
	// The only header extension read here is the audio level; none is forwarded, since
	// their numbers and, as with MID, their meaning differ between PeerConnections.
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

// newInterceptors sets up retransmission both ways, receiver reports, and feedback for the
// publisher's bandwidth estimator. Sender reports are the publisher's own: see DownTrack.report.
func newInterceptors(m *webrtc.MediaEngine, o mediaOptions, log pionLog) (*interceptor.Registry, error) {
	r := &interceptor.Registry{}
	responder, err := nack.NewResponderInterceptor()
	if err != nil {
		return nil, err
	}
	generator, err := nack.NewGeneratorInterceptor()
	if err != nil {
		return nil, err
	}
	receiver, err := report.NewReceiverInterceptor()
	if err != nil {
		return nil, err
	}
	r.Add(responder)
	r.Add(generator)
	r.Add(receiver)
	if o.twcc {
		if err := webrtc.ConfigureTWCCSenderWithOptions(m, r, twcc.SendInterval(twccInterval), twcc.WithLoggerFactory(log)); err != nil {
			return nil, err
		}
	}
	return r, nil
}

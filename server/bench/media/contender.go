package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"escalate/server/token"
)

// contender is a media server that is measured.
type contender struct {
	name string
	// page is the page that joins with its SDK, script the SDK's file below
	// node_modules.
	page, script string
	options      string // of the page, as query parameters
	start        func(ctx context.Context) (*process, error)
	// signaling is the URL that the SDK is given.
	signaling func(*process) string
	token     func(room, identity string) (string, error)
	// dial joins as a made-up Participant that publishes.
	dial func(ctx context.Context, signaling, token string, p *participant) (connection, error)
}

// Names of the contenders.
const (
	nameOurs    = "local Twilio"
	nameLiveKit = "LiveKit"
)

// tokenLife is how long the tokens live.
const tokenLife = time.Hour

// key is made up.
var key = token.Key{
	AccountSID: "AC" + strings.Repeat("0", 32),
	KeySID:     "SK" + strings.Repeat("1", 32),
	Secret:     "b3NlY3JldDEyMzQ1Njc4OTBhYmNkZWZn",
}

// ours is the command local-twilio of a built server; more comes before the
// command's own arguments.
func ours(program string, more ...string) *contender {
	return &contender{
		name: nameOurs, page: "twilio", script: "twilio-video/dist/twilio-video.min.js",
		start: func(ctx context.Context) (*process, error) {
			at, err := freePorts()
			if err != nil {
				return nil, err
			}
			host := func(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
			return startProcess(ctx, at, program, append(more,
				"-addr", host(at.http), "-media-addr", host(at.media), "-turn-addr", host(at.turn),
				"-account-sid", key.AccountSID, "-api-key", key.KeySID, "-api-secret", key.Secret, "-log-level", "warn")...)
		},
		signaling: func(p *process) string { return p.url("ws", "/signaling") },
		token: func(room, identity string) (string, error) {
			return token.Mint(key, token.Video{Identity: identity, Room: room}, time.Now(), tokenLife)
		},
		dial: dialTwilio,
	}
}

// liveKit is LiveKit's server with its own defaults, on loopback: one UDP port
// for media as ours has, its TURN server as ours has one, and no more said than
// warnings, as of ours.
func liveKit(s settings, dir string) *contender {
	const apiKey = "benchkey"
	secret := strings.Repeat("benchsecret", 4) // it wants 32 characters
	options := ""
	if s.sequential {
		options = "&sequential"
	}
	return &contender{
		name: nameLiveKit, options: options, page: "livekit", script: "livekit-client/dist/livekit-client.umd.js",
		start: func(ctx context.Context) (*process, error) {
			at, err := freePorts()
			if err != nil {
				return nil, err
			}
			file := filepath.Join(dir, fmt.Sprintf("livekit-%d.yaml", at.http))
			if err := os.WriteFile(file, []byte(liveKitConfig(at, apiKey, secret, s.lite)), 0o600); err != nil {
				return nil, fmt.Errorf("write LiveKit's settings: %w", err)
			}
			return startProcess(ctx, at, s.livekit, "--config", file, "--node-ip", "127.0.0.1")
		},
		signaling: func(p *process) string { return p.url("ws", "") },
		token: func(room, identity string) (string, error) {
			now := time.Now()
			raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
				"iss": apiKey, "sub": identity, "nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(tokenLife).Unix(),
				"video": map[string]any{"room": room, "roomJoin": true, "canPublish": true, "canSubscribe": true},
			}).SignedString([]byte(secret))
			if err != nil {
				return "", fmt.Errorf("sign LiveKit's token: %w", err)
			}
			return raw, nil
		},
		dial: dialLiveKit,
	}
}

// liveKitConfig is the server's file.
func liveKitConfig(at ports, apiKey, secret string, lite bool) string {
	return fmt.Sprintf(`port: %d
bind_addresses: ["127.0.0.1"]
rtc:
  udp_port: %d
  tcp_port: %d
  use_external_ip: false
  use_ice_lite: %t
  enable_loopback_candidate: true
  interfaces:
    includes: [lo]
  stun_servers: ["127.0.0.1:%d"]
turn:
  enabled: true
  udp_port: %d
logging:
  level: warn
keys:
  %s: %s
`, at.http, at.media, at.tcp, lite, at.turn, at.turn, apiKey, secret)
}

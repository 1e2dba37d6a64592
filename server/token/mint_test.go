package token

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	twiliojwt "github.com/twilio/twilio-go/client/jwt"
)

// TestMintAgreesWithTwilioGo holds Mint and MintSync to what Twilio's own
// library writes.
func TestMintAgreesWithTwilioGo(t *testing.T) {
	t.Parallel()
	type made struct {
		raw string
		err error
	}
	video := func(v Video) made {
		raw, err := Mint(testKey, v, now, time.Hour)
		return made{raw, err}
	}
	raw, err := MintSync(testKey, "customer", "IS1", now, time.Hour)
	odd := `quotes " and \ and <b> & 日本 ` + "\u2028"
	for _, c := range []struct {
		name, identity string
		ours           made
		grant          twiliojwt.BaseGrant
	}{
		{"one Room", "agent:WK1:n", video(Video{Identity: "agent:WK1:n", Room: "RM1"}), &twiliojwt.VideoGrant{Room: "RM1"}},
		{"any Room", "x", video(Video{Identity: "x"}), &twiliojwt.VideoGrant{}},
		{"odd characters", odd, video(Video{Identity: odd, Room: odd}), &twiliojwt.VideoGrant{Room: odd}},
		{"Sync", "customer", made{raw, err}, &twiliojwt.SyncGrant{ServiceSid: "IS1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ours.err != nil {
				t.Fatal(c.ours.err)
			}
			reference := twiliojwt.CreateAccessToken(twiliojwt.AccessTokenParams{
				AccountSid:    testKey.AccountSID,
				SigningKeySid: testKey.KeySID,
				Secret:        testKey.Secret,
				Identity:      c.identity,
				Nbf:           float64(now.Add(-clockSkew).Unix()),
				ValidUntil:    float64(now.Add(time.Hour).Unix()),
				Grants:        []twiliojwt.BaseGrant{c.grant},
			})
			theirs, err := reference.ToJwt()
			if err != nil {
				t.Fatal(err)
			}
			gotHeader, got := parts(t, c.ours.raw)
			wantHeader, want := parts(t, theirs)
			if !maps.Equal(gotHeader, wantHeader) {
				t.Errorf("header %v, want %v", gotHeader, wantHeader)
			}
			// The reference takes the time for its jti from the clock.
			id, _ := got["jti"].(string)
			if !strings.HasPrefix(id, testKey.KeySID+"-") {
				t.Errorf("jti %q does not begin with the key", id)
			}
			delete(got, "jti")
			delete(want, "jti")
			if !reflect.DeepEqual(got, want) {
				t.Errorf("claims\n%v, want\n%v", got, want)
			}
		})
	}
}

// parts returns a token's header and claims once its signature has been checked.
func parts(t *testing.T, raw string) (header map[string]any, claims jwt.MapClaims) {
	t.Helper()
	p, err := jwt.NewParser(jwt.WithoutClaimsValidation()).Parse(raw, func(*jwt.Token) (any, error) { return []byte(testKey.Secret), nil })
	if err != nil {
		t.Fatalf("parse %s: %v", raw, err)
	}
	claims, _ = p.Claims.(jwt.MapClaims)
	return p.Header, claims
}

// BenchmarkMint is a token request without what is around it.
func BenchmarkMint(b *testing.B) {
	k := Key{AccountSID: "AC" + strings.Repeat("0", 32), KeySID: "SK" + strings.Repeat("1", 32), Secret: strings.Repeat("s", 32)}
	v := Video{Identity: "customer:abc2345:4f6c1d2e", Room: "RM" + strings.Repeat("2", 32)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Mint(k, v, now, 4*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

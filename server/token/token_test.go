package token

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	testKey = Key{AccountSID: "AC1", KeySID: "SK1", Secret: "s3cret"}
	now     = time.Unix(1_800_000_000, 0)
)

func secretOf(sid string) (string, bool) {
	if sid == testKey.KeySID {
		return testKey.Secret, true
	}
	return "", false
}

func TestMintedTokenVerifies(t *testing.T) {
	t.Parallel()
	raw, err := Mint(testKey, Video{Identity: "agent:WK1:n", Room: "abc2345"}, now, 10*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	// A clock up to 30 s behind ours must accept it too.
	for _, at := range []time.Time{now.Add(-30 * time.Second), now, now.Add(10*time.Minute - time.Second)} {
		c, err := Verify(raw, "AC1", secretOf, at)
		if err != nil {
			t.Fatalf("verify at %v: %v", at, err)
		}
		want := Claims{Issuer: "SK1", Subject: "AC1", Identity: "agent:WK1:n", Room: "abc2345", HasVideo: true, Expires: now.Add(10 * time.Minute)}
		if !c.Expires.Equal(want.Expires) {
			t.Errorf("expires %v, want %v", c.Expires, want.Expires)
		}
		c.Expires = want.Expires
		if c != want {
			t.Errorf("claims %+v, want %+v", c, want)
		}
	}
}

func TestMintedHeader(t *testing.T) {
	t.Parallel()
	raw, err := Mint(testKey, Video{Identity: "x"}, now, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	parsed, _, err := jwt.NewParser().ParseUnverified(raw, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]any{"typ": "JWT", "alg": "HS256", "cty": "twilio-fpa;v=1"} {
		if parsed.Header[k] != want {
			t.Errorf("header %s = %v, want %v", k, parsed.Header[k], want)
		}
	}
	if _, ok := parsed.Header["twr"]; ok {
		t.Error("header twr set without a region")
	}
}

func TestMintRefuses(t *testing.T) {
	t.Parallel()
	who := Video{Identity: "x"}
	for _, c := range []struct {
		name string
		key  Key
		v    Video
		ttl  time.Duration
		want error
	}{
		{"no secret", Key{AccountSID: "AC1", KeySID: "SK1"}, who, time.Minute, ErrKey},
		{"no account", Key{KeySID: "SK1", Secret: "s"}, who, time.Minute, ErrKey},
		{"no identity", testKey, Video{Room: "r"}, time.Minute, ErrGrants},
		{"no life", testKey, who, 0, ErrExpired},
		{"too long a life", testKey, who, 25 * time.Hour, ErrExpired},
	} {
		t.Run(c.name, func(t *testing.T) {
			if raw, err := Mint(c.key, c.v, now, c.ttl); !errors.Is(err, c.want) || raw != "" {
				t.Errorf("got %q, %v, want %v", raw, err, c.want)
			}
		})
	}
}

// sign makes a token like Twilio's, then lets change spoil it.
func sign(t *testing.T, method jwt.SigningMethod, key any, change func(header, claims map[string]any)) string {
	t.Helper()
	claims := jwt.MapClaims{
		"iss": "SK1", "sub": "AC1", "jti": "SK1-1",
		"nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"grants": map[string]any{"identity": "x", "video": map[string]any{}},
	}
	tok := jwt.NewWithClaims(method, claims)
	tok.Header["cty"] = contentType
	if change != nil {
		change(tok.Header, claims)
	}
	raw, err := tok.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestVerifyTellsFaultsApart(t *testing.T) {
	t.Parallel()
	good := []byte(testKey.Secret)
	hs := jwt.SigningMethodHS256
	valid := sign(t, hs, good, nil)
	flipped := valid[:len(valid)-5] + strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, valid[len(valid)-5:])
	for _, c := range []struct {
		name string
		raw  string
		want int
	}{
		{"empty", "", 20101},
		{"words", "not a token", 20101},
		{"two parts", "a.b", 20101},
		{"identity is a number", sign(t, hs, good, func(_, c map[string]any) { c["grants"] = map[string]any{"identity": 7} }), 20101},
		{"no cty", sign(t, hs, good, func(h, _ map[string]any) { delete(h, "cty") }), 20102},
		{"other HMAC", sign(t, jwt.SigningMethodHS512, good, nil), 20102},
		{"alg none", sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, nil), 20102},
		{"unknown alg", sign(t, hs, good, func(h, _ map[string]any) { h["alg"] = "XX" }), 20102},
		{"unknown key", sign(t, hs, good, func(_, c map[string]any) { c["iss"] = "SK2" }), 20103},
		{"other account", sign(t, hs, good, func(_, c map[string]any) { c["sub"] = "AC2" }), 20103},
		{"expired", sign(t, hs, good, func(_, c map[string]any) { c["exp"] = now.Add(-time.Second).Unix() }), 20104},
		{"never expires", sign(t, hs, good, func(_, c map[string]any) { delete(c, "exp") }), 20104},
		{"not yet", sign(t, hs, good, func(_, c map[string]any) { c["nbf"] = now.Add(time.Minute).Unix() }), 20105},
		{"no grants", sign(t, hs, good, func(_, c map[string]any) { delete(c, "grants") }), 20106},
		{"no identity", sign(t, hs, good, func(_, c map[string]any) { c["grants"] = map[string]any{"video": map[string]any{}} }), 20106},
		{"lives too long", sign(t, hs, good, func(_, c map[string]any) { c["exp"] = now.Add(25 * time.Hour).Unix() }), 20157},
		{"made for too long", sign(t, hs, good, func(_, c map[string]any) {
			c["iat"], c["exp"] = now.Add(-20*time.Hour).Unix(), now.Add(5*time.Hour).Unix()
		}), 20157},
		{"made in the future for too long", sign(t, hs, good, func(_, c map[string]any) {
			c["iat"], c["exp"] = now.Add(20*time.Hour).Unix(), now.Add(30*time.Hour).Unix()
		}), 20157},
		{"milliseconds", sign(t, hs, good, func(_, c map[string]any) { c["exp"] = now.Add(time.Hour).UnixMilli() }), 20157},
		{"other secret", sign(t, hs, []byte("guess"), nil), 20107},
		{"changed signature", flipped, 20107},
		{"expired and forged", sign(t, hs, []byte("guess"), func(_, c map[string]any) { c["exp"] = 1 }), 20107},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Verify(c.raw, "AC1", secretOf, now)
			if err == nil || Code(err) != c.want {
				t.Errorf("got %v (code %d), want code %d", err, Code(err), c.want)
			}
		})
	}
	if _, err := Verify(valid, "AC1", secretOf, now); err != nil {
		t.Errorf("the unspoilt token: %v", err)
	}
	day := sign(t, hs, good, func(_, c map[string]any) { c["iat"], c["exp"] = now.Unix(), now.Add(24*time.Hour).Unix() })
	if _, err := Verify(day, "AC1", secretOf, now); err != nil {
		t.Errorf("a token of a day: %v", err)
	}
}

func TestVerifyWithoutVideoGrant(t *testing.T) {
	t.Parallel()
	raw := sign(t, jwt.SigningMethodHS256, []byte(testKey.Secret), func(_, c map[string]any) {
		c["grants"] = map[string]any{"identity": "x", "data_sync": map[string]any{"service_sid": "IS1"}}
	})
	c, err := Verify(raw, "AC1", secretOf, now)
	if err != nil || c.HasVideo {
		t.Errorf("got %+v, %v, want no error and HasVideo false", c, err)
	}
}

func TestCodeOfForeignError(t *testing.T) {
	t.Parallel()
	if got := Code(errors.New("x")); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
}

func FuzzVerifyNeverPanics(f *testing.F) {
	f.Add("a.b.c")
	f.Add("")
	f.Fuzz(func(t *testing.T, raw string) {
		if c, err := Verify(raw, "AC1", secretOf, now); err == nil {
			t.Errorf("accepted %q: %+v", raw, c)
		}
	})
}

func TestMintSync(t *testing.T) {
	t.Parallel()
	raw, err := MintSync(testKey, "reader-abc2345", "IS1", now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Verify(raw, "AC1", secretOf, now)
	if err != nil || c.HasVideo || c.Identity != "reader-abc2345" || !c.Expires.Equal(now.Add(time.Hour)) {
		t.Errorf("claims %+v, %v", c, err)
	}
	parsed, _, err := jwt.NewParser().ParseUnverified(raw, jwt.MapClaims{})
	if err != nil {
		t.Fatal(err)
	}
	grants, _ := parsed.Claims.(jwt.MapClaims)["grants"].(map[string]any)
	if sync, _ := grants["data_sync"].(map[string]any); sync["service_sid"] != "IS1" || len(grants) != 2 {
		t.Errorf("grants %v", grants)
	}
	for name, mint := range map[string]func() (string, error){
		"no service":  func() (string, error) { return MintSync(testKey, "x", "", now, time.Hour) },
		"no identity": func() (string, error) { return MintSync(testKey, "", "IS1", now, time.Hour) },
	} {
		if _, err := mint(); !errors.Is(err, ErrGrants) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

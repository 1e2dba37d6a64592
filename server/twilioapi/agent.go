package twilioapi

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"escalate/server/escalation"
	"escalate/server/sids"
)

// maxFlexToken bounds a Flex token; real ones have about 1 000 characters.
const maxFlexToken = 8 << 10

// validation is what IAM says about a Flex token.
type validation struct {
	Valid      bool     `json:"valid"`
	Expiration string   `json:"expiration"`
	Identity   string   `json:"identity"`
	WorkerSID  string   `json:"worker_sid"`
	Roles      []string `json:"roles"`
}

// expired says whether the token's own time has passed. IAM should call such a
// token invalid; a cache on the way might not.
func (v validation) expired(now time.Time) bool {
	at, ok := expiry(v.Expiration)
	return ok && !now.Before(at)
}

// Authenticate returns the agent whose Flex token it is. It returns
// escalation.ErrUnauthorized for a token that is missing, wrong or expired,
// escalation.ErrForbidden for a Flex user who is neither agent nor supervisor
// nor administrator, and escalation.ErrUnavailable when Twilio cannot tell.
func (t *Client) Authenticate(ctx context.Context, flexToken string) (escalation.Agent, error) {
	if flexToken == "" || len(flexToken) > maxFlexToken {
		return escalation.Agent{}, escalation.ErrUnauthorized
	}
	if a, err, ok := t.agents.get(flexToken); ok {
		return a, err
	}
	v, err := t.validate(ctx, flexToken)
	if err != nil {
		return escalation.Agent{}, err
	}
	if !v.Valid || v.expired(t.c.Now()) {
		t.agents.put(flexToken, escalation.Agent{}, escalation.ErrUnauthorized, negativeTTL)
		return escalation.Agent{}, escalation.ErrUnauthorized
	}
	if v.WorkerSID != "" && !sids.Is("WK", v.WorkerSID) {
		// Tasks are theirs by this SID: no Worker is better than a made-up one.
		t.c.Log.WarnContext(ctx, "Flex user's Worker SID is none")
		v.WorkerSID = ""
	}
	a := escalation.Agent{Worker: v.WorkerSID, Identity: v.Identity, Roles: v.Roles}
	a.Supervisor = slices.Contains(v.Roles, "supervisor") || slices.Contains(v.Roles, "admin")
	if !a.Supervisor && !slices.Contains(v.Roles, "agent") {
		t.agents.put(flexToken, escalation.Agent{}, escalation.ErrForbidden, negativeTTL)
		return escalation.Agent{}, escalation.ErrForbidden
	}
	ttl := t.agents.ttl(v.Expiration)
	if a.Name, err = t.fullName(ctx, v.WorkerSID); err != nil {
		// The name is a courtesy to the customer; without it life goes on.
		t.c.Log.WarnContext(ctx, "agent has no name", "worker", v.WorkerSID, "err", err)
		ttl = min(ttl, negativeTTL)
	}
	if a.Name == "" {
		a.Name = readable(v.Identity)
	}
	t.agents.put(flexToken, a, nil, ttl)
	return a, nil
}

// Known returns what Authenticate remembers of a token, the agent or the error; ok is
// false when it would have to ask Twilio.
func (t *Client) Known(flexToken string) (a escalation.Agent, err error, ok bool) { //nolint:revive // err is the remembered answer, ok says whether there is one
	return t.agents.get(flexToken)
}

// validate asks IAM. This call is in no OpenAPI document; it is what Twilio's
// own Flex token validator for Node.js sends.
func (t *Client) validate(ctx context.Context, flexToken string) (validation, error) {
	host := "iam.twilio.com"
	if t.c.IAMRealm != "" {
		// Only the part before the first dash names the realm.
		realm, _, _ := strings.Cut(t.c.IAMRealm, "-")
		host = "iam." + realm + ".twilio.com"
	}
	body, err := json.Marshal(map[string]string{"token": flexToken})
	if err != nil {
		return validation{}, fmt.Errorf("encode Flex token: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost,
		"https://"+host+"/v1/Accounts/"+t.c.AccountSID+"/Tokens/validate", bytes.NewReader(body))
	if err != nil {
		return validation{}, fmt.Errorf("validate Flex token: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth(t.c.KeySID, t.c.KeySecret)
	k := t.begin(ctx, opValidateToken)
	resp, err := k.RoundTrip(r)
	if err != nil {
		return validation{}, fmt.Errorf("validate Flex token: %w", k.fail(err))
	}
	defer resp.Body.Close()
	switch s := resp.StatusCode; {
	case s == http.StatusOK:
		var v validation
		if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
			return validation{}, fmt.Errorf("validate Flex token: %w: %w", escalation.ErrUnavailable, err)
		}
		return v, nil
	case s == http.StatusUnauthorized, s == http.StatusTooManyRequests, s >= 500:
		// 401 is about our API key: no reason to make an agent log in again.
		return validation{}, fmt.Errorf("validate Flex token: status %d: %w", s, escalation.ErrUnavailable)
	}
	return validation{}, nil // a plain "no"
}

// fullName returns a Worker's full name; empty when there is none.
func (t *Client) fullName(ctx context.Context, worker string) (string, error) {
	if worker == "" {
		return "", nil
	}
	k := t.begin(ctx, opFetchWorker)
	w, err := t.taskrouter(k).FetchWorker(t.c.WorkspaceSID, worker)
	if err != nil {
		return "", fmt.Errorf("fetch Worker %s: %w", worker, k.fail(err))
	}
	var attrs struct {
		FullName string `json:"full_name"`
	}
	if raw := deref(w.Attributes); raw != "" {
		if err := json.Unmarshal([]byte(raw), &attrs); err != nil {
			return "", fmt.Errorf("read attributes of Worker %s: %w", worker, err)
		}
	}
	return strings.TrimSpace(attrs.FullName), nil
}

// escaped is how Flex writes characters that an identity may not have:
// ana_40example_2Ecom is ana@example.com.
var escaped = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`_[0-9A-F]{2}`) })

// readable undoes that, and leaves out the domain of a mail address: the
// customer reads it.
func readable(identity string) string {
	s := escaped().ReplaceAllStringFunc(identity, func(x string) string {
		b, err := hex.DecodeString(x[1:])
		if err != nil {
			return x
		}
		return string(b)
	})
	s, _, _ = strings.Cut(s, "@")
	return strings.ToValidUTF8(s, "")
}

// expiry reads the time at which IAM says that a token expires.
func expiry(s string) (time.Time, bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05.000+0000"} {
		if at, err := time.Parse(form, s); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

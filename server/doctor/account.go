package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"escalate/server/escalation"
	"escalate/server/twilioapi"
)

const (
	// patience is for one answer.
	patience = 10 * time.Second
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 1 << 20
	// maxAhead is how far this clock may be ahead of Twilio's: Access Tokens
	// are valid from 30 s before they are made, and Twilio refuses those of the
	// future (error 20105).
	maxAhead = 25 * time.Second
	// maxBehind only shortens tokens, and moves times on the Task.
	maxBehind = time.Minute
	// madeUp is a Flex token that nobody has.
	madeUp = "doctor"
)

// answer is one answer of Twilio's.
type answer struct {
	status int
	body   []byte
	date   time.Time // when Twilio says that it was; zero when it does not
	asked  time.Time // when we asked, by our clock
	took   time.Duration
}

// ask reads one resource. Plain GETs, because status and headers are what is
// looked at.
func (e *examination) ask(ctx context.Context, url, user, password string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	r.SetBasicAuth(user, password)
	a := answer{asked: e.options.Now()}
	resp, err := httpClient(e.options.Twilio).Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	a.took = e.options.Now().Sub(a.asked)
	a.status = resp.StatusCode
	if a.date, err = http.ParseTime(resp.Header.Get("Date")); err != nil {
		a.date = time.Time{}
	}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	return a, nil
}

// httpClient follows no redirects: they are findings, and our keys stay here.
func httpClient(rt http.RoundTripper) *http.Client {
	return &http.Client{Transport: rt, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// account looks at the keys and at what the account must have.
func (e *examination) account(ctx context.Context) {
	a := e.config.Account
	service := "https://sync.twilio.com/v1/Services/" + a.SyncServiceSID
	got, err := e.ask(ctx, service, a.KeySID, a.KeySecret)
	if err != nil {
		e.add(Fail, "twilio", "no answer from sync.twilio.com: "+oneLine(err.Error()),
			"Let this machine reach https://*.twilio.com; behind a proxy set HTTPS_PROXY.")
		return
	}
	e.clock(got)
	if !e.keys(got) {
		return
	}
	e.authToken(ctx, service)
	e.resource("sync", "Sync Service", "TWILIO_FLEX_SYNC_SID",
		"Set TWILIO_FLEX_SYNC_SID to a Sync Service of this account (console: Sync, Services).", got)
	e.access(ctx, got)
	for _, part := range []struct{ subject, what, setting, url, remedy string }{
		{"workspace", "Workspace", "TWILIO_WORKSPACE_SID", "https://taskrouter.twilio.com/v1/Workspaces/" + a.WorkspaceSID,
			"Set TWILIO_WORKSPACE_SID to the Flex Workspace of this account (console: TaskRouter, Workspaces)."},
		{"video", "list of Rooms", "the account", "https://video.twilio.com/v1/Rooms?PageSize=1",
			"Make sure that Programmable Video is switched on for this account."},
	} {
		got, err := e.ask(ctx, part.url, a.KeySID, a.KeySecret)
		if err != nil {
			e.add(Fail, part.subject, "no answer: "+oneLine(err.Error()), "Let this machine reach https://*.twilio.com.")
			continue
		}
		e.resource(part.subject, part.what, part.setting, part.remedy, got)
	}
	e.flexTokens(ctx)
}

// keys says whether the API key is taken at all, and is this account's.
func (e *examination) keys(got answer) bool {
	var body struct {
		AccountSID string `json:"account_sid"`
	}
	switch {
	case got.status == http.StatusUnauthorized:
		e.add(Fail, "keys", "Twilio does not take TWILIO_API_KEY with TWILIO_API_SECRET",
			"Make a Standard API key of the account "+e.config.Account.SID+" (console: API keys & tokens) and set both; the secret is shown only once.")
		return false
	case got.status == http.StatusForbidden:
		e.add(Fail, "keys", "TWILIO_API_KEY may not read Sync", "Use a Standard key, or give the restricted one Sync, TaskRouter, Video and Conversations.")
		return false
	case got.status == http.StatusOK && json.Unmarshal(got.body, &body) == nil && body.AccountSID != e.config.Account.SID:
		e.add(Fail, "keys", "TWILIO_API_KEY belongs to another account than TWILIO_ACCOUNT_SID",
			"Take key, account and services from the same account; tokens of another account's key open no Room.")
		return false
	case got.status == http.StatusOK, got.status == http.StatusNotFound:
		e.add(OK, "keys", "Twilio takes the API key", "")
		return true
	}
	e.trouble("keys", got)
	return false
}

// authToken tries the auth token, which otherwise only checks callbacks.
func (e *examination) authToken(ctx context.Context, url string) {
	got, err := e.ask(ctx, url, e.config.Account.SID, e.config.Account.AuthToken)
	switch {
	case err != nil:
		e.add(Warn, "auth token", "no answer: "+oneLine(err.Error()), "Run the doctor again.")
	case got.status == http.StatusUnauthorized:
		e.add(Fail, "auth token", "Twilio does not take TWILIO_AUTH_TOKEN: no status callback would be believed",
			"Copy the account's auth token from the console; after changing it there, change it here.")
	case got.status == http.StatusOK, got.status == http.StatusNotFound:
		e.add(OK, "auth token", "Twilio takes it, so status callbacks can be checked", "")
	default:
		e.trouble("auth token", got)
	}
}

// resource says whether a part of the account is there.
func (e *examination) resource(subject, what, setting, remedy string, got answer) {
	switch got.status {
	case http.StatusOK:
		e.add(OK, subject, what+" is there", "")
	case http.StatusNotFound:
		e.add(Fail, subject, fmt.Sprintf("there is no such %s (%s)", what, setting), remedy)
	case http.StatusUnauthorized, http.StatusForbidden:
		e.add(Fail, subject, "TWILIO_API_KEY may not read the "+what, "Use a Standard API key, or give the restricted one this permission.")
	default:
		e.trouble(subject, got)
	}
}

func (e *examination) trouble(subject string, got answer) {
	e.add(Warn, subject, fmt.Sprintf("Twilio answered status %d", got.status), "Look at https://status.twilio.com and run the doctor again.")
}

// access looks at who may read the Sync Service with a token of the template's
// endpoints. got is the account's own.
func (e *examination) access(ctx context.Context, got answer) {
	if !e.config.Template.Endpoints {
		return
	}
	setting := "TWILIO_FLEX_SYNC_SID"
	if sid := e.config.Template.SyncSID; sid != "" {
		setting = "TEMPLATE_SYNC_SID"
		var err error
		if got, err = e.ask(ctx, "https://sync.twilio.com/v1/Services/"+sid, e.config.Account.KeySID, e.config.Account.KeySecret); err != nil {
			e.add(Warn, "template", "no answer: "+oneLine(err.Error()), "Run the doctor again.")
			return
		}
		e.resource("template", "Sync Service", setting, "Set "+setting+" to a Sync Service of this account with AclEnabled, or clear it.", got)
	}
	var service struct {
		ACL bool `json:"acl_enabled"`
	}
	if got.status != http.StatusOK || json.Unmarshal(got.body, &service) != nil || service.ACL {
		return
	}
	e.add(Warn, "sync", "the Sync Service ("+setting+") has no access control, so client-get-sync-token gives out no tokens: each could read and write every Document",
		"Switch on AclEnabled for it; or make a Service that has it and set TEMPLATE_SYNC_SID; or leave it: client-get-video-token works without.")
}

// flexTokens makes sure that IAM answers, by a token that cannot be good.
func (e *examination) flexTokens(ctx context.Context) {
	a := e.config.Account
	client, err := twilioapi.New(twilioapi.Config{
		AccountSID: a.SID, KeySID: a.KeySID, KeySecret: a.KeySecret, SyncServiceSID: a.SyncServiceSID, WorkspaceSID: a.WorkspaceSID,
		IAMRealm: e.config.Realm, Transport: e.options.Twilio,
	})
	if err != nil {
		e.add(Fail, "flex", oneLine(err.Error()), "Correct the setting.")
		return
	}
	_, err = client.Authenticate(ctx, madeUp)
	if errors.Is(err, escalation.ErrUnauthorized) {
		e.add(OK, "flex", "Flex tokens are checked (a made-up one was refused)", "")
		return
	}
	e.add(Fail, "flex", "Flex tokens cannot be checked, so no agent gets in: "+oneLine(fmt.Sprint(err)),
		"Let this machine reach iam.twilio.com, use a Standard API key, and leave TWILIO_REALM empty unless Twilio gave you one.")
}

// clock compares this machine's clock with Twilio's.
func (e *examination) clock(got answer) {
	if got.date.IsZero() {
		e.add(Warn, "clock", "Twilio's answer has no date to compare this clock with", "Make sure that this machine synchronizes its clock (NTP).")
		return
	}
	// The date was written some time during the exchange, and has whole seconds.
	ahead := got.asked.Add(got.took / 2).Sub(got.date).Round(time.Second)
	const remedy = "Synchronize this machine's clock (NTP)."
	switch {
	case ahead > maxAhead:
		e.add(Fail, "clock", fmt.Sprintf("this clock is %v ahead of Twilio's: Twilio takes our Access Tokens for tokens of the future", ahead), remedy)
	case ahead < -maxBehind:
		e.add(Warn, "clock", fmt.Sprintf("this clock is %v behind Twilio's", -ahead), remedy)
	default:
		e.add(OK, "clock", "it agrees with Twilio's", "")
	}
}

package rest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"escalate/server/localtwilio/store"
)

// Limits of api.twilio.com, from its documents.
const (
	maxAPIPage     = 1000
	maxKeyName     = 64
	defaultTURNTTL = 86400 // seconds
)

// apiAccount begins the paths of api.twilio.com.
const apiAccount = "/2010-04-01/Accounts/{account}"

var apiRoutes = []route{
	{get, "/2010-04-01/Accounts.json", managing(listAccounts)},
	{get, apiAccount + ".json", ofAccount(fetchAccount)},
	{post, apiAccount + "/Tokens.json", inAccount(createToken)},
	{get, apiAccount + "/Keys.json", ofAccount(listAPIKeys)},
	{post, apiAccount + "/Keys.json", ofAccount(createAPIKey)},
	{get, apiAccount + "/Keys/{key}.json", ofAccount(fetchAPIKey)},
	{post, apiAccount + "/Keys/{key}.json", ofAccount(updateAPIKey)},
	{del, apiAccount + "/Keys/{key}.json", ofAccount(deleteAPIKey)},
}

// ICEServer is one entry of the ice_servers of a Token.
type ICEServer struct {
	URLs                 []string
	Username, Credential string // empty for STUN
}

// inAccount makes sure of the account before a handler runs.
func inAccount(f handler) handler {
	return func(c *call) error {
		if c.path("account") != c.account.SID {
			return notFound(c.r.URL.Path)
		}
		return f(c)
	}
}

// ofAccount is inAccount for those who may manage the account: Twilio's standard API keys
// may not.
func ofAccount(f handler) handler { return managing(inAccount(f)) }

// managing refuses API keys other than the account's own.
func managing(f handler) handler {
	return func(c *call) error {
		if !c.main {
			return errUnauthorized
		}
		return f(c)
	}
}

// listAccounts lists the one account that there is.
func listAccounts(c *call) error {
	all := []store.Account{c.account}
	if c.has("FriendlyName") && c.form("FriendlyName") != accountName || c.has("Status") && c.form("Status") != "active" {
		all = nil
	}
	return listAPI(c, "accounts", all, func(a store.Account) string { return a.SID }, func(store.Account) any { return showAccount(c) })
}

func fetchAccount(c *call) error { return c.json(http.StatusOK, showAccount(c)) }

// createToken makes credentials for STUN and TURN.
func createToken(c *call) error {
	ttl := defaultTURNTTL
	if err := c.integer("Ttl", &ttl, 1, defaultTURNTTL, invalid("Invalid parameter Ttl: expected 1 to 86400")); err != nil {
		return err
	}
	now := c.store.Now()
	username, password, servers := "", "", []any{}
	for _, s := range c.api.iceServers(time.Duration(ttl) * time.Second) {
		for _, u := range s.URLs {
			one := object{"url": u, "urls": u}
			if s.Username != "" {
				username, password = s.Username, s.Credential
				one["username"], one["credential"] = s.Username, s.Credential
			}
			servers = append(servers, one)
		}
	}
	return c.json(http.StatusCreated, object{
		"account_sid": c.account.SID, "username": username, "password": password, "ttl": strconv.Itoa(ttl), "ice_servers": servers,
		"date_created": dateRFC2822(now), "date_updated": dateRFC2822(now),
	})
}

// accountName is the friendly name of the account.
const accountName = "Local Twilio"

func showAccount(c *call) object {
	u := "/2010-04-01/Accounts/" + c.account.SID
	return object{
		"sid": c.account.SID, "auth_token": c.account.AuthToken, "friendly_name": accountName, "owner_account_sid": c.account.SID,
		"status": "active", "type": "Full", "date_created": nil, "date_updated": nil, "uri": u + ".json",
		"subresource_uris": object{"keys": u + "/Keys.json", "tokens": u + "/Tokens.json"},
	}
}

// apiKeyName reads FriendlyName.
func apiKeyName(c *call) (string, error) {
	name := c.form("FriendlyName")
	if utf8.RuneCountInString(name) > maxKeyName {
		return "", invalid("FriendlyName is longer than 64 characters")
	}
	return name, nil
}

func createAPIKey(c *call) error {
	name, err := apiKeyName(c)
	if err != nil {
		return err
	}
	k, err := c.store.APIKeys.Create(name)
	if err != nil {
		return err
	}
	shown := showAPIKey(k)
	shown["secret"] = k.Secret // shown this once
	return c.json(http.StatusCreated, shown)
}

func listAPIKeys(c *call) error {
	all, err := c.store.APIKeys.List()
	if err != nil {
		return err
	}
	return listAPI(c, "keys", all, func(k store.APIKey) string { return k.SID }, func(k store.APIKey) any { return showAPIKey(k) })
}

func fetchAPIKey(c *call) error {
	k, err := c.store.APIKeys.Get(c.path("key"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showAPIKey(k))
}

func updateAPIKey(c *call) error {
	k, err := changedAPIKey(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showAPIKey(k))
}

// changedAPIKey gives the path's key the name that the request has for it, if it has.
func changedAPIKey(c *call) (store.APIKey, error) {
	name, err := apiKeyName(c)
	if err != nil {
		return store.APIKey{}, err
	}
	if !c.has("FriendlyName") {
		return c.store.APIKeys.Get(c.path("key"))
	}
	return c.store.APIKeys.Rename(c.path("key"), name)
}

func deleteAPIKey(c *call) error {
	err := c.store.APIKeys.Delete(c.path("key"))
	if errors.Is(err, store.ErrMainKey) {
		return invalid("The account's own API key, which local Twilio was started with, cannot be deleted")
	}
	if err != nil {
		return err
	}
	return c.noContent()
}

func showAPIKey(k store.APIKey) object {
	return object{
		"sid": k.SID, "friendly_name": k.FriendlyName,
		"date_created": dateRFC2822(k.Created), "date_updated": dateRFC2822(k.Updated),
	}
}

// dateRFC2822 is a time as api.twilio.com writes it, null for none.
func dateRFC2822(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC1123Z)
}

// listAPI answers one page of all as api.twilio.com does: with relative URIs, beside
// the things and not in a meta object.
func listAPI[T any](c *call, key string, all []T, sid func(T) string, show func(T) any) error {
	sids := make([]string, len(all))
	for i, v := range all {
		sids[i] = sid(v)
	}
	p, err := c.page(key, sids, maxAPIPage)
	if err != nil {
		return err
	}
	out := make([]any, 0, p.to-p.from)
	for _, v := range all[p.from:p.to] {
		out = append(out, show(v))
	}
	relative := func(name string) any {
		u, ok := p.meta[name].(string)
		if !ok {
			return nil
		}
		return strings.TrimPrefix(u, c.target.base)
	}
	return c.json(http.StatusOK, object{
		key: out, "page": p.meta["page"], "page_size": p.meta["page_size"], "start": p.from, "end": max(p.to-1, p.from),
		"uri": relative("url"), "first_page_uri": relative("first_page_url"), "previous_page_uri": relative("previous_page_url"),
		"next_page_uri": relative("next_page_url"),
	})
}

// Keys of iam.twilio.com are those of api.twilio.com, told in another form.

func createIAMKey(c *call) error {
	if c.form("AccountSid") != c.account.SID {
		return invalid("AccountSid must be the account's")
	}
	return createAPIKey(c)
}

func listIAMKeys(c *call) error {
	if v := c.form("AccountSid"); v != c.account.SID {
		return invalid("AccountSid must be the account's")
	}
	all, err := c.store.APIKeys.List()
	if err != nil {
		return err
	}
	return list(c, "keys", maxAPIPage, all, func(k store.APIKey) string { return k.SID }, func(k store.APIKey) any { return showAPIKey(k) })
}

func fetchIAMKey(c *call) error {
	k, err := c.store.APIKeys.Get(c.path("key"))
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showIAMKey(k))
}

func updateIAMKey(c *call) error {
	k, err := changedAPIKey(c)
	if err != nil {
		return err
	}
	return c.json(http.StatusOK, showIAMKey(k))
}

func showIAMKey(k store.APIKey) object {
	shown := showAPIKey(k)
	shown["policy"] = nil // a standard key's
	return shown
}

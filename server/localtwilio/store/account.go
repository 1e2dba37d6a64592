package store

import "errors"

// Account is the one account that local Twilio has: its keys, and the services
// that a Flex account comes with. All are random, made once per data file.
type Account struct {
	SID                 string // AC…
	AuthToken           string // also signs status callbacks
	KeySID              string // SK…, an API key
	KeySecret           string // signs Access Tokens
	SyncServiceSID      string // IS…
	WorkspaceSID        string // WS…
	ChatServiceSID      string // IS…, of Conversations
	MessagingServiceSID string // MG…
	TaskQueueSID        string // WQ…
	WorkflowSID         string // WW…
	TaskChannelSID      string // TC…, of chat
	ActivitySID         string // WA…, of available Workers
	FlexInstanceSID     string // GO…
	AddressSID          string // IG…, of web chats
	FlexFlowSID         string // FO…, of web chats of the first generation
	StudioFlowSID       string // FW…, which sends web chats to Flex
}

// merge fills empty fields of a with those of b.
func (a Account) merge(b Account) Account {
	to, from := a.fields(), b.fields()
	for i := range to {
		if *to[i] == "" {
			*to[i] = *from[i]
		}
	}
	return a
}

func (a *Account) fields() []*string {
	return []*string{
		&a.SID, &a.AuthToken, &a.KeySID, &a.KeySecret, &a.SyncServiceSID, &a.WorkspaceSID,
		&a.ChatServiceSID, &a.MessagingServiceSID, &a.TaskQueueSID, &a.WorkflowSID, &a.TaskChannelSID, &a.ActivitySID,
		&a.FlexInstanceSID, &a.AddressSID, &a.FlexFlowSID, &a.StudioFlowSID,
	}
}

func newAccount() Account {
	return Account{
		SID: NewSID("AC"), AuthToken: randomHex(16), KeySID: NewSID("SK"), KeySecret: randomHex(16),
		SyncServiceSID: NewSID("IS"), WorkspaceSID: NewSID("WS"), ChatServiceSID: NewSID("IS"), MessagingServiceSID: NewSID("MG"),
		TaskQueueSID: NewSID("WQ"), WorkflowSID: NewSID("WW"), TaskChannelSID: NewSID("TC"), ActivitySID: NewSID("WA"),
		FlexInstanceSID: NewSID("GO"), AddressSID: NewSID("IG"), FlexFlowSID: NewSID("FO"), StudioFlowSID: NewSID("FW"),
	}
}

// accountKey is where the account is kept in the bucket meta.
const accountKey = "account"

// account returns the account of the data file as override changes it, and
// keeps it.
func (t *tx) account(override Account) (Account, error) {
	kept, err := get[Account](t, bMeta, accountKey)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Account{}, err
	}
	a := override.merge(kept).merge(newAccount())
	if a == kept {
		return a, nil
	}
	return a, t.put(bMeta, accountKey, a)
}

package store

// Origin says who changes something of Conversations, for the webhooks that tell of it.
type Origin struct {
	// Source is what webhooks say: API or SDK. Empty is neither: the change is one of
	// time or of local Twilio's own.
	Source string
	// Identity is the client's, where Source is SDK.
	Identity string
	// Webhooks asks for the change to be told: Twilio tells of what clients do, and of
	// what REST does where the request asks for it.
	Webhooks bool
}

// chatScope is what the families of Conversations work on: of the zero scope, names and
// identities are those of the account's own Service and SIDs those of all; of another,
// there is nothing beside what is in its Service.
type chatScope struct {
	db      *db
	own     string // SID of the account's own Service
	service string // of the scope; empty for the zero scope
	by      Origin
}

// key is what the store's keys say of the scope's Service: nothing for the account's
// own, which had no Services beside it in earlier data files.
func (s chatScope) key() string {
	if s.service == s.own {
		return ""
	}
	return s.service
}

// prefixed is the key of a name or identity in the scope's Service.
func (s chatScope) prefixed(name string) string {
	if k := s.key(); k != "" && name != "" {
		return k + "\x00" + name
	}
	return name
}

// has reports whether what is of a Service, by its key, is in the scope.
func (s chatScope) has(service string) bool { return s.service == "" || s.key() == service }

// update is db.update; what f tells is told as the scope's Origin's.
func (s chatScope) update(what doing, f func(chatTx) error) error {
	return s.db.update(what, func(t *tx) error {
		t.origin = s.by
		return f(chatTx{t, s})
	})
}

func (s chatScope) view(what doing, f func(chatTx) error) error {
	return s.db.view(what, func(t *tx) error { return f(chatTx{t, s}) })
}

// chatTx is what a transaction does with Conversations and what belongs to them.
type chatTx struct {
	*tx
	chatScope
}

// chat is of the zero scope.
func (t *tx) chat() chatTx { return chatTx{tx: t} }

// In returns the Conversations of one Service, by its SID.
func (s Conversations) In(service string) Conversations { s.service = service; return s }

// By returns the same Conversations, changed by somebody.
func (s Conversations) By(o Origin) Conversations { s.by = o; return s }

// In returns the Participants of one Service's Conversations, by its SID.
func (s ChatParticipants) In(service string) ChatParticipants { s.service = service; return s }

// By returns the same Participants, changed by somebody.
func (s ChatParticipants) By(o Origin) ChatParticipants { s.by = o; return s }

// In returns the users of one Service, by its SID.
func (s ChatUsers) In(service string) ChatUsers { s.service = service; return s }

// By returns the same users, changed by somebody.
func (s ChatUsers) By(o Origin) ChatUsers { s.by = o; return s }

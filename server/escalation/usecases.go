package escalation

import "context"

// The use cases. Each returns ErrUnavailable when Twilio does not answer, and
// those that take a code ErrUnknownCode for one that nobody has or could have.

// Escalate makes a join code for a Task and, where in says so, posts the join
// link into its Conversation. A Task that has a live escalation keeps it, with
// resumed true. It returns ErrTaskNotFound, ErrTaskNotYours, ErrForbidden,
// ErrTaskClosed, ErrTaskNotChat or ErrTaskFull.
func (s *Service) Escalate(ctx context.Context, a Agent, taskSID string, in Invite) (e Escalation, resumed bool, err error) {
	return s.starter.escalate(ctx, a, taskSID, in)
}

// EscalateWithRoom is Escalate without an invite, for front ends whose customers
// wait in the Room: the Room is made at once, and its SID put on the Task as
// videoRoomSid. It lasts as long as the code, up to an hour, and ends with it.
func (s *Service) EscalateWithRoom(ctx context.Context, a Agent, taskSID string) (Escalation, error) {
	e, _, err := s.starter.escalate(ctx, a, taskSID, Invite{})
	if err != nil {
		return e, err
	}
	return s.preparer.prepare(ctx, e)
}

// Get returns the escalation of a code, also an expired or ended one; its
// Status says so. It changes nothing: link previews may fetch it.
func (s *Service) Get(ctx context.Context, code string) (Escalation, error) {
	return s.ledger.find(ctx, code)
}

// JoinAsAgent lets an agent into the Room, which it makes when there is none.
// It returns ErrExpired, ErrEnded, ErrTaskNotYours, ErrForbidden, ErrTaskClosed
// or *BusyError.
func (s *Service) JoinAsAgent(ctx context.Context, a Agent, code string) (Join, error) {
	return s.agents.join(ctx, a, code)
}

// JoinAsCustomer lets the customer in, or says to wait for the agent. When the
// call is recorded, consentWording is the text that the customer agreed to. It
// returns ErrExpired, ErrEnded or ErrConsentRequired.
func (s *Service) JoinAsCustomer(ctx context.Context, code, consentWording string) (Join, error) {
	return s.customers.join(ctx, code, consentWording, func(Escalation) bool { return false })
}

// JoinOrWaitInRoom is JoinAsCustomer for front ends whose customers wait in the Room:
// while no agent is in it, or not yet, it lets them in where alone says so. Where
// there is no Room, or the call is to be recorded, it says to wait outside.
func (s *Service) JoinOrWaitInRoom(ctx context.Context, code, consentWording string, alone func(Escalation) bool) (Join, error) {
	return s.customers.join(ctx, code, consentWording, alone)
}

// Notice makes the Document by which a customer's page learns, from Sync itself,
// that the agent is there, and returns its name. The Document has the Task's SID as
// task, and as room null; once an agent is in the Room, the Room's SID. That is its
// only change. The name is what Config.Link makes of the code. It returns ErrExpired
// or ErrEnded, and ErrForbidden where there are no such Documents.
func (s *Service) Notice(ctx context.Context, code string) (name string, err error) {
	return s.notices.open(ctx, code)
}

// Leave notes that a Participant has left and removes it from the Room. The
// identity, which only its bearer knows, is the proof; an unknown one changes
// nothing. When it was an agent's last stay their lock is free again.
func (s *Service) Leave(ctx context.Context, code, identity string) error {
	return s.roster.leave(ctx, code, identity)
}

// Callback takes a status callback of Twilio Video in. Those about Rooms and
// Participants that are not ours, and those that are late or come twice,
// change nothing.
func (s *Service) Callback(ctx context.Context, c Callback) error { return s.roster.callback(ctx, c) }

// Progress notes the customer's latest step, which the page reports: Phase and
// Detail as in package wire. It returns ErrBadProgress; a report after the end
// is ignored.
//
// One report a second of a code is written. Of those that come quicker the
// newest is written when its turn comes, and the others return nil unwritten.
func (s *Service) Progress(ctx context.Context, code string, p Progress) error {
	return s.listener.progress(ctx, code, p)
}

// Report notes how a Participant's connection did, for the receipt. As with
// Leave the identity is the proof; an unknown one, a second report of the same
// stay, and one that no page could have sent change nothing. It may come after
// the end: whoever is sent away by it reports then.
func (s *Service) Report(ctx context.Context, code, identity string, l Line) error {
	return s.listener.line(ctx, code, identity, l)
}

// Rate stores the customer's verdict, 1 to 5 with an optional comment, in the
// Document and in the Task's attributes, and returns what is kept: the first
// verdict stands, and a second changes nothing. identity is the customer's, whose
// key the caller has seen; it counts if Twilio, where its callbacks arrive, saw
// that Participant in the Room: anybody with the code can have a token made. It
// may come after the end, while the Document lives. It returns ErrBadRating,
// ErrNotInCall or ErrExpired.
func (s *Service) Rate(ctx context.Context, code, identity string, score int, comment string) (Rating, error) {
	return s.listener.rate(ctx, code, identity, score, comment)
}

// End ends the call for everyone: the Room is completed, the agent free, the
// receipt on the Task. Ending twice is not an error. It returns ErrTaskNotYours
// or ErrForbidden.
func (s *Service) End(ctx context.Context, a Agent, code string) (Escalation, error) {
	return s.ender.end(ctx, a, code)
}

// Task says whether a Task may be wrapped up or completed: not while an agent
// is in its Room. It returns ErrTaskNotFound, ErrTaskNotYours or ErrForbidden.
func (s *Service) Task(ctx context.Context, a Agent, taskSID string) (TaskView, error) {
	return s.wrapUp.check(ctx, a, taskSID)
}

// Watch returns the escalation of a code at once and then whenever it changes,
// until ctx ends; then the channel is closed. A slow reader misses states, never
// the newest.
func (s *Service) Watch(ctx context.Context, code string) (<-chan Escalation, error) {
	return s.observer.watch(ctx, code)
}

// Heard is told that another replica has brought a code to a version: if somebody
// watches it here and has not seen that version, it is read at once.
func (s *Service) Heard(code string, version int) { s.observer.hub.heard(code, version) }

// Sweep finishes what a crash or a silent browser left: codes whose time
// passed, calls whose agent, Room or Task is gone, ends that were not settled,
// locks that do not agree with who is in a call. Call it every 15 seconds or so;
// several replicas may do so at once. It goes on after trouble with one
// escalation and returns all of it.
func (s *Service) Sweep(ctx context.Context) error { return s.sweeper.all(ctx) }

// JoinURL is the customer's link for a code.
func (s *Service) JoinURL(code string) string { return s.inviter.joinURL(code) }

// Invite is the text with the join link for the chat, in the language of a
// BCP 47 tag; English when there is none in that language.
func (s *Service) Invite(e Escalation, lang string) string { return s.inviter.invite(e, lang) }

package escalation

import (
	"context"
	"errors"
)

var errSoon = errors.New("not built yet")

type hub struct{}

func newHub() *hub { return &hub{} }

// Escalate makes a join code for a Task, or answers the live one with resumed true.
func (s *Service) Escalate(ctx context.Context, a Agent, taskSID string, sendInvite bool, lang string) (e Escalation, resumed bool, err error) {
	return e, false, errSoon
}

// Get answers an escalation.
func (s *Service) Get(ctx context.Context, code string) (Escalation, error) {
	return Escalation{}, errSoon
}

// Watch answers the changes of an escalation.
func (s *Service) Watch(ctx context.Context, code string) (<-chan Escalation, error) {
	return nil, errSoon
}

// JoinAsAgent lets an agent in.
func (s *Service) JoinAsAgent(ctx context.Context, a Agent, code string) (Join, error) {
	return Join{}, errSoon
}

// JoinAsCustomer lets the customer in.
func (s *Service) JoinAsCustomer(ctx context.Context, code, consentWording string) (Join, error) {
	return Join{}, errSoon
}

// Progress notes the customer's step.
func (s *Service) Progress(ctx context.Context, code string, p Progress) error { return errSoon }

// Leave notes that a Participant left.
func (s *Service) Leave(ctx context.Context, code, identity string) error { return errSoon }

// Rate stores the customer's verdict.
func (s *Service) Rate(ctx context.Context, code string, score int, comment string) error {
	return errSoon
}

// End ends the call.
func (s *Service) End(ctx context.Context, a Agent, code string) (Escalation, error) {
	return Escalation{}, errSoon
}

// Task says whether a Task may be wrapped up.
func (s *Service) Task(ctx context.Context, a Agent, taskSID string) (TaskView, error) {
	return TaskView{}, errSoon
}

// Callback takes a status callback.
func (s *Service) Callback(ctx context.Context, c Callback) error { return errSoon }

// Sweep finishes what a crash or a silent browser left.
func (s *Service) Sweep(ctx context.Context) error { return errSoon }

// JoinURL is the customer's link.
func (s *Service) JoinURL(code string) string { return "" }

// Invite is the text for the chat.
func (s *Service) Invite(e Escalation, lang string) string { return "" }

// AgentPresent says whether an agent is in the Room.
func (e Escalation) AgentPresent() bool { return false }

// CustomerPresent says whether the customer is in the Room.
func (e Escalation) CustomerPresent() bool { return false }

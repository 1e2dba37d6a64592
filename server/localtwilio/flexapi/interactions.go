package flexapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"escalate/server/localtwilio/interaction"
	"escalate/server/localtwilio/store"
)

// interactions are Interactions as an agent's desktop uses them: over the same
// socket and with the same requests as TaskRouter, under paths of their own,
// v1/Interactions/…, and v1/Instances/{instance}/Interactions/… for transfers.
// An agent has those into which they were invited.
type interactions struct {
	views
	orchestrator interaction.Orchestrator
}

// answers reports whether a path is an Interaction's.
func (s *interactions) answers(path []string) bool {
	return len(path) > 1 && path[0] == "v1"
}

// serve does what a request asks for by its path.
func (s *interactions) serve(q request) (any, error) {
	v, err := s.route(q)
	if f := (*interaction.Fault)(nil); errors.As(err, &f) {
		err = fmt.Errorf("%w: %w", errRequest, err)
	}
	return v, err
}

func (s *interactions) route(q request) (any, error) {
	path, post := q.path[1:], q.method == http.MethodPost
	if path[0] == "Instances" && len(path) > 2 && path[1] == s.store.Account().FlexInstanceSID {
		path = path[2:]
	}
	if path[0] == "Channels" && len(path) == 1 && !post {
		// Nobody can pause a channel here.
		return object{"content": []any{}, "meta": object{"page": 0, "page_size": 50, "key": "content", "next_page_token": nil, "previous_page_token": nil}}, nil
	}
	if path[0] != "Interactions" {
		return nil, store.ErrNotFound
	}
	if len(path) == 1 && post {
		return s.begin(q)
	}
	if len(path) < 2 {
		return nil, store.ErrNotFound
	}
	i, err := s.of(q.holder, path[1])
	if err != nil {
		return nil, err
	}
	at := func(n int) string {
		if n < len(path) {
			return path[n]
		}
		return ""
	}
	switch {
	case len(path) == 2:
		return object{"sid": i.SID, "channel": object{"type": i.Channel, "sid": i.ChannelSID}}, nil
	case at(2) != "Channels":
		return nil, store.ErrNotFound
	case len(path) == 3 && !post:
		return object{"channels": []any{s.channel(i)}}, nil
	case at(3) != i.ChannelSID:
		return nil, store.ErrNotFound
	case len(path) == 4 && post:
		return s.setChannel(i, q)
	case len(path) == 4:
		return s.channel(i), nil
	case at(4) == "Invites" && len(path) == 6 && post:
		return s.answer(i, at(5), q)
	case at(4) == "Participants" && len(path) == 5 && post:
		return s.add(i, q)
	case at(4) == "Participants" && len(path) == 5:
		return s.participants(i), nil
	case at(4) == "Participants" && len(path) == 6 && post:
		return s.remove(i, at(5), q)
	case at(4) == "Transfers" && len(path) == 5 && post:
		return s.transfer(i, q)
	case at(4) == "Transfers" && len(path) == 5:
		list := []any{}
		for _, x := range i.Transfers {
			list = append(list, s.transferView(i, x))
		}
		return list, nil
	}
	return nil, store.ErrNotFound
}

// of finds an Interaction that is the holder's, by one of its Invites.
func (s *interactions) of(h holder, sid string) (store.Interaction, error) {
	i, err := s.store.Flex.Interactions.Get(sid)
	if err != nil {
		return i, err
	}
	for _, v := range i.Invites {
		all, err := s.store.Reservations.OfTask(v.TaskSID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return i, err
		}
		if slices.ContainsFunc(all, func(r store.Reservation) bool { return r.WorkerSID == h.WorkerSID }) {
			return i, nil
		}
	}
	return i, fmt.Errorf("interaction %s of worker %s: %w", sid, h.WorkerSID, store.ErrNotFound)
}

// param reads a parameter, which may be missing, into v.
func param(params map[string]json.RawMessage, name string, v any) error {
	raw, given := params[name]
	if !given {
		return nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("%w: %s: %w", errRequest, name, err)
	}
	return nil
}

// begin makes an Interaction that an agent begins.
func (s *interactions) begin(q request) (any, error) {
	var c interaction.Channel
	var r interaction.Routing
	if err := errors.Join(param(q.params, "channel", &c), param(q.params, "routing", &r)); err != nil {
		return nil, err
	}
	i, k, err := s.orchestrator.Begin(c, &r)
	if err != nil {
		return nil, err
	}
	task, err := s.task(k)
	if err != nil {
		return nil, err
	}
	return object{"sid": i.SID, "channel": object{"type": i.Channel, "sid": i.ChannelSID}, "routing": object{"properties": task}}, nil
}

func (s *interactions) setChannel(i store.Interaction, q request) (any, error) {
	var routing struct{ Status string }
	status, _ := text(q.params, "status")
	if err := param(q.params, "routing", &routing); err != nil {
		return nil, err
	}
	i, err := s.orchestrator.SetChannel(i, status, routing.Status)
	if err != nil {
		return nil, err
	}
	return s.channel(i), nil
}

func (s *interactions) answer(i store.Interaction, invite string, q request) (any, error) {
	var routing struct{ Reservation struct{ SID string } }
	action, _ := text(q.params, "action")
	if err := param(q.params, "routing", &routing); err != nil {
		return nil, err
	}
	if _, err := (&taskRouter{views: s.views}).reservationOf(q.holder, routing.Reservation.SID); err != nil {
		return nil, err
	}
	if err := s.orchestrator.Answer(i, invite, action, routing.Reservation.SID); err != nil {
		return nil, err
	}
	return object{"sid": invite, "interaction_sid": i.SID, "channel_sid": i.ChannelSID}, nil
}

func (s *interactions) add(i store.Interaction, q request) (any, error) {
	var media struct{ Identity string }
	kind, _ := text(q.params, "type")
	if err := param(q.params, "media_properties", &media); err != nil {
		return nil, err
	}
	if kind == "supervisor" && media.Identity == "" {
		media.Identity = q.holder.Identity
	}
	p, err := s.orchestrator.Add(i, store.InteractionParticipant{Type: kind, Identity: media.Identity})
	if err != nil {
		return nil, err
	}
	return s.participant(i, p), nil
}

func (s *interactions) remove(i store.Interaction, sid string, q request) (any, error) {
	status, _ := text(q.params, "status")
	p, err := s.orchestrator.Remove(i, sid, status)
	if err != nil {
		return nil, err
	}
	return s.participant(i, p), nil
}

func (s *interactions) transfer(i store.Interaction, q request) (any, error) {
	var v store.Transfer
	v.Type, _ = text(q.params, "type")
	v.From, _ = text(q.params, "from")
	v.To, _ = text(q.params, "to")
	v, err := s.orchestrator.Transfer(i, v)
	if err != nil {
		return nil, err
	}
	return s.transferView(i, v), nil
}

func (s *interactions) channel(i store.Interaction) any {
	return object{
		"sid": i.ChannelSID, "interaction_sid": i.SID, "type": i.Channel, "status": i.Status, "media_sid": i.ConversationSID,
		"error_code": 0, "error_message": "",
	}
}

func (s *interactions) participants(i store.Interaction) any {
	list := []any{}
	for _, p := range i.Participants {
		list = append(list, s.participant(i, p))
	}
	return object{"participants": list, "channel_type": i.Channel, "meta": object{"page": 0, "page_size": len(list), "key": "participants"}}
}

func (s *interactions) participant(i store.Interaction, p store.InteractionParticipant) any {
	var routing, media any
	if p.TaskSID != "" {
		routing = object{"task_sid": p.TaskSID, "worker_sid": p.WorkerSID, "reservation_sid": p.ReservationSID}
	}
	if p.Identity != "" {
		media = object{"identity": p.Identity, "type": i.Channel}
	}
	return object{
		"sid": p.SID, "type": p.Type, "interaction_sid": i.SID, "channel_sid": i.ChannelSID, "channel_type": i.Channel,
		"routing_properties": routing, "media_properties": media,
	}
}

func (s *interactions) transferView(i store.Interaction, x store.Transfer) any {
	a := s.store.Account()
	return object{
		"sid": x.SID, "account_sid": a.SID, "instance_sid": a.FlexInstanceSID, "interaction_sid": i.SID, "channel_sid": i.ChannelSID, "type": x.Type,
		"status": x.Status, "from": x.From, "to": x.To, "date_created": x.Created, "date_updated": x.Updated,
	}
}

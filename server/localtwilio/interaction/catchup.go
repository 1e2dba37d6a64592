package interaction

import (
	"errors"
	"fmt"
	"slices"

	"escalate/server/localtwilio/store"
)

// CatchUp brings every Interaction to what its Conversation and its Tasks say now:
// what happened while nobody followed, and what a process that was killed had begun.
// Call it when Follow is told of changes already. What both see is done once. An
// error of one Interaction does not keep the others.
func (o Orchestrator) CatchUp() error {
	all, err := o.Store.Flex.Interactions.List()
	if err != nil {
		return err
	}
	goesOn, err := goingOn(o.Store)
	if err != nil {
		return err
	}
	var errs []error
	for _, i := range all {
		if i.Status == store.ChannelClosed && !goesOn(i) {
			continue // most of a long life's
		}
		if err := (catchUp{o}).of(i); err != nil {
			errs = append(errs, fmt.Errorf("interaction %s: %w", i.SID, err))
		}
	}
	return errors.Join(errs...)
}

// goingOn returns what reports whether anything of an Interaction is not over: its
// Conversation, a Task, or an agent's being in the channel. Tasks and Conversations are
// read once for all.
func goingOn(s *store.Store) (func(store.Interaction) bool, error) {
	tasks, err := s.Tasks.List()
	if err != nil {
		return nil, err
	}
	conversations, err := s.Conversations.List()
	if err != nil {
		return nil, err
	}
	live := map[string]bool{}
	for _, k := range tasks {
		live[k.SID] = !over(k)
	}
	for _, c := range conversations {
		live[c.SID] = c.State != store.ChatClosed
	}
	return func(i store.Interaction) bool {
		return live[i.ConversationSID] ||
			slices.ContainsFunc(i.Invites, func(v store.Invite) bool { return live[v.TaskSID] }) ||
			slices.ContainsFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.TaskSID != "" })
	}, nil
}

// catchUp brings Interactions to what the rest of them says.
type catchUp struct{ Orchestrator }

func (o catchUp) of(i store.Interaction) error {
	tasks, err := o.tasksOf(i)
	if err != nil {
		return err
	}
	for _, k := range tasks {
		if over(k) {
			continue
		}
		reservations, err := o.Store.Reservations.OfTask(k.SID)
		if err != nil {
			return ignoreGone(err)
		}
		for _, r := range reservations {
			if r.Status != store.ReservationAccepted && r.Status != store.ReservationWrapping {
				continue
			}
			// Whoever was leaving when the process was killed goes; all others are in.
			carryOn := func() error { return o.join(i, r) }
			if parted(i, k.SID) {
				carryOn = func() error { return o.part(i, r.Worker, k.SID) }
			}
			if err := carryOn(); err != nil {
				return err
			}
		}
	}
	v, err := o.Store.Conversations.Get(i.ConversationSID)
	if ignoreGone(err) != nil {
		return err
	}
	switch {
	case i.Status == store.ChannelClosed:
		// Its end may have been cut short; of how it was to end, nothing is kept.
		err = o.end(i, false)
	case err != nil || v.State == store.ChatClosed:
		_, err = o.SetChannel(i, store.ChannelClosed, "wrapup")
	case i.Status == store.ChannelInactive && slices.ContainsFunc(tasks, store.Task.Waiting):
		_, err = o.Store.Flex.Interactions.Update(i.SID, activate) // another Invite was cut short
	case i.Status == store.ChannelInactive:
		err = o.endTasks(i, true)
	}
	if err != nil {
		return ignoreGone(err)
	}
	return o.ends(i.SID)
}

// ends carries on the ends of Tasks: of those whose Worker is still in the
// channel, and of the one that ended last. Earlier ones did not end the channel
// when they could.
func (o catchUp) ends(sid string) error {
	i, err := o.Store.Flex.Interactions.Get(sid)
	if err != nil {
		return ignoreGone(err)
	}
	tasks, err := o.tasksOf(i)
	if err != nil || len(tasks) == 0 {
		return err
	}
	last := slices.MaxFunc(tasks, func(a, b store.Task) int { return a.Updated.Compare(b.Updated) })
	for _, k := range tasks {
		if !over(k) {
			continue
		}
		if i, err = o.Store.Flex.Interactions.Get(sid); err != nil {
			return ignoreGone(err)
		}
		stays := slices.ContainsFunc(i.Participants, func(p store.InteractionParticipant) bool { return p.TaskSID == k.SID })
		if !stays && k.SID != last.SID {
			continue
		}
		if err := o.ended(i, k); err != nil {
			return err
		}
	}
	return nil
}

// tasksOf are the Tasks of i's Invites. One that is gone is canceled.
func (o catchUp) tasksOf(i store.Interaction) ([]store.Task, error) {
	var tasks []store.Task
	for _, v := range i.Invites {
		k, err := o.Store.Tasks.Get(v.TaskSID)
		if errors.Is(err, store.ErrNotFound) {
			k, err = store.Task{SID: v.TaskSID, AssignmentStatus: store.TaskCanceled}, nil
		}
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, k)
	}
	return tasks, nil
}

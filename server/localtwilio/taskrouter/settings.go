package taskrouter

import "escalate/server/localtwilio/store"

// settings are how Tasks are routed: what a Workspace was told.
type settings struct {
	workspace  store.Workspace
	activities []store.Activity
	channels   []store.TaskChannel
	queues     []store.TaskQueue
	workflows  []workflow
}

type workflow struct {
	store.Workflow
	parsed Configuration
	fault  error // why its Configuration cannot be read: then parsed has no steps, and its Tasks wait
}

// readSettings reads the settings of a Workspace. A Workflow that cannot be read, as one
// that names a TaskQueue which is gone, keeps no other from being used.
func readSettings(st *store.Store) (*settings, error) {
	var s settings
	var err error
	r := st.TaskRouter
	if s.workspace, err = r.Workspace(); err != nil {
		return nil, err
	}
	if s.activities, err = r.Activities.List(); err != nil {
		return nil, err
	}
	if s.channels, err = r.TaskChannels.List(); err != nil {
		return nil, err
	}
	if s.queues, err = r.TaskQueues.List(); err != nil {
		return nil, err
	}
	workflows, err := r.Workflows.List()
	if err != nil {
		return nil, err
	}
	for _, w := range workflows {
		parsed, fault := ParseConfiguration(w.Configuration, s.queues)
		s.workflows = append(s.workflows, workflow{w, parsed, fault})
	}
	return &s, nil
}

func (s *settings) queue(sid string) *store.TaskQueue {
	for i := range s.queues {
		if s.queues[i].SID == sid {
			return &s.queues[i]
		}
	}
	return nil
}

func (s *settings) workflow(sid string) *workflow {
	for i := range s.workflows {
		if s.workflows[i].SID == sid {
			return &s.workflows[i]
		}
	}
	return nil
}

func (s *settings) channel(name string) store.TaskChannel {
	for _, c := range s.channels {
		if c.UniqueName == name {
			return c
		}
	}
	return store.TaskChannel{}
}

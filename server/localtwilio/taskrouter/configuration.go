package taskrouter

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter/expression"
)

// Configuration is how a Workflow routes Tasks, from the JSON text that Twilio's
// page "Workflow configuration" describes.
type Configuration struct {
	filters  []filter
	fallback *target // of Tasks that no filter takes
}

type filter struct {
	tasks   expression.Expression
	targets []target
}

// target is a step as its text has it.
type target struct {
	Queue       string  `json:"queue"`
	Expression  string  `json:"expression"`
	OrderBy     string  `json:"order_by"`
	SkipIf      string  `json:"skip_if"`
	Priority    *number `json:"priority"`
	Timeout     *number `json:"timeout"`
	KnownSID    string  `json:"known_worker_sid"`
	KnownFriend string  `json:"known_worker_friendly_name"`
}

// number is an integer not below zero that may be written as text.
type number int

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(raw []byte) error {
	v, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	if err != nil || v < 0 || v > 1<<31-1 {
		return fmt.Errorf("%s is no number from 0", raw)
	}
	*n = number(v)
	return nil
}

// ErrConfiguration is returned for a text that is no Workflow's configuration.
var ErrConfiguration = errors.New("invalid workflow configuration")

// ParseConfiguration reads a Workflow's configuration. A text that is none, whose
// expressions cannot be read, or which names a TaskQueue that is not among queues,
// is ErrConfiguration.
func ParseConfiguration(text string, queues []store.TaskQueue) (Configuration, error) {
	var in struct {
		Routing *struct {
			Filters []struct {
				Expression string   `json:"expression"`
				Targets    []target `json:"targets"`
			} `json:"filters"`
			Default *target `json:"default_filter"`
		} `json:"task_routing"`
	}
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return Configuration{}, fmt.Errorf("%w: %w", ErrConfiguration, err)
	}
	if in.Routing == nil || in.Routing.Default == nil && len(in.Routing.Filters) == 0 {
		return Configuration{}, fmt.Errorf("%w: task_routing needs filters or a default_filter", ErrConfiguration)
	}
	var c Configuration
	for i, f := range in.Routing.Filters {
		tasks, err := expression.Parse(f.Expression)
		if err != nil {
			return Configuration{}, fmt.Errorf("%w: filter %d: %w", ErrConfiguration, i, err)
		}
		if len(f.Targets) == 0 {
			return Configuration{}, fmt.Errorf("%w: filter %d has no targets", ErrConfiguration, i)
		}
		// A target without a TaskQueue goes on in that of the one before it.
		queue := ""
		for n := range f.Targets {
			t := &f.Targets[n]
			if t.Queue == "" {
				t.Queue = queue
			}
			queue = t.Queue
			if err := t.check(queues); err != nil {
				return Configuration{}, fmt.Errorf("%w: filter %d, target %d: %w", ErrConfiguration, i, n, err)
			}
		}
		c.filters = append(c.filters, filter{tasks, f.Targets})
	}
	if c.fallback = in.Routing.Default; c.fallback != nil {
		if err := c.fallback.check(queues); err != nil {
			return Configuration{}, fmt.Errorf("%w: default_filter: %w", ErrConfiguration, err)
		}
	}
	return c, nil
}

func (t target) known() bool { return t.KnownSID != "" || t.KnownFriend != "" }

func (t target) check(queues []store.TaskQueue) error {
	exists := t.Queue == "" && t.known()
	for _, q := range queues {
		exists = exists || q.SID == t.Queue
	}
	if !exists {
		return fmt.Errorf("no task queue %q", t.Queue)
	}
	for _, text := range []string{t.Expression, t.SkipIf} {
		if text == "" {
			continue
		}
		if _, err := expression.Parse(text); err != nil {
			return err
		}
	}
	if t.OrderBy != "" {
		if _, err := expression.ParseOrder(t.OrderBy); err != nil {
			return err
		}
	}
	return nil
}

// steps are the steps of a Task, in the order of its filters: all that take it, and
// the default one. A Task goes on to the next filter where it skips the last step of
// one.
func (c Configuration) steps(k store.Task, workers []store.Worker) []store.Step {
	task := taskDocument(k)
	root := prefixed("task", task)
	var steps []store.Step
	for i, f := range c.filters {
		if f.tasks.Matches(root) {
			for _, t := range f.targets {
				steps = append(steps, t.step(i, task, workers))
			}
		}
	}
	if c.fallback != nil {
		steps = append(steps, c.fallback.step(len(c.filters), task, workers))
	}
	return steps
}

func (t target) step(filter int, task expression.Document, workers []store.Worker) store.Step {
	s := store.Step{TaskQueueSID: t.Queue, Workers: t.Expression, OrderBy: t.OrderBy, SkipIf: t.SkipIf, Filter: filter}
	if t.Priority != nil {
		p := int(*t.Priority)
		s.Priority = &p
	}
	if t.Timeout != nil {
		s.Timeout = int(*t.Timeout)
	}
	if t.known() {
		// Whom nothing names is nobody: the step waits, or is skipped.
		s.WorkerSID = nobody
		sid, name := value(t.KnownSID, task), value(t.KnownFriend, task)
		for _, w := range workers {
			if w.SID == sid || sid == "" && strings.EqualFold(w.FriendlyName, name) {
				s.WorkerSID = w.SID
			}
		}
	}
	return s
}

// nobody is the SID of no Worker.
const nobody = "WK"

// value is a text, or what the Task has where it is a key that begins with "task.".
func value(text string, task expression.Document) string {
	path, isKey := strings.CutPrefix(text, "task.")
	if !isKey {
		return text
	}
	v := any(map[string]any(task))
	for _, name := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

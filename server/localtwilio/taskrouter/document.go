package taskrouter

import (
	"encoding/json"
	"maps"

	"escalate/server/localtwilio/store"
	"escalate/server/localtwilio/taskrouter/expression"
)

// taskDocument is what expressions see of a Task: its attributes.
func taskDocument(k store.Task) expression.Document {
	d := expression.Document{}
	// Attributes that are something else are none.
	_ = json.Unmarshal([]byte(k.Attributes), &d)
	return d
}

// workerDocument is what expressions see of a Worker: their attributes, and the
// fields that Twilio's page names.
func workerDocument(w store.Worker) expression.Document {
	d := expression.Document{}
	_ = json.Unmarshal([]byte(w.Attributes), &d)
	if d == nil {
		d = expression.Document{}
	}
	d["sid"], d["friendly_name"], d["activity_sid"], d["activity_name"] = w.SID, w.FriendlyName, w.ActivitySID, w.Activity
	return d
}

// WorkerMatches reports whether an expression is true of a Worker, as in a
// TaskQueue's TargetWorkers and a list's TargetWorkersExpression.
func WorkerMatches(e expression.Expression, w store.Worker) bool {
	return e.Matches(prefixed("worker", workerDocument(w)))
}

// TaskMatches reports whether an expression is true of a Task, as in a Workflow's
// filter and a list's EvaluateTaskAttributes.
func TaskMatches(e expression.Expression, k store.Task) bool {
	return e.Matches(prefixed("task", taskDocument(k)))
}

// prefixed is a document whose keys may also begin with a name.
func prefixed(name string, d expression.Document) expression.Document {
	root := maps.Clone(d)
	if root == nil {
		root = expression.Document{}
	}
	root[name] = map[string]any(d)
	return root
}

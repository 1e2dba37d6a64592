package rest

// Paths of TaskRouter that many begin with.
const (
	workspace         = "/v1/Workspaces/{workspace}"
	activityPath      = workspace + "/Activities/{activity}"
	taskChannelPath   = workspace + "/TaskChannels/{channel}"
	taskQueuePath     = workspace + "/TaskQueues/{queue}"
	workflowPath      = workspace + "/Workflows/{workflow}"
	task              = workspace + "/Tasks/{task}"
	worker            = workspace + "/Workers/{worker}"
	workerChannelPath = worker + "/Channels/{channel}"
)

// voiceOfReservation are the parameters of a Reservation that make calls: nothing here
// has a telephone.
var voiceOfReservation = []string{
	"Beep", "BeepOnCustomerEntrance", "CallAccept", "CallFrom", "CallRecord", "CallStatusCallbackUrl", "CallTimeout", "CallTo", "CallUrl",
	"ConferenceRecord", "ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod", "ConferenceStatusCallback",
	"ConferenceStatusCallbackEvent", "ConferenceStatusCallbackMethod", "ConferenceTrim", "DequeueFrom", "DequeuePostWorkActivitySid",
	"DequeueRecord", "DequeueStatusCallbackEvent", "DequeueStatusCallbackUrl", "DequeueTimeout", "DequeueTo", "EarlyMedia",
	"EndConferenceOnCustomerExit", "EndConferenceOnExit", "From", "Instruction", "JitterBufferSize", "MaxParticipants",
	"Muted", "PostWorkActivitySid", "Record", "RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod",
	"RedirectAccept", "RedirectCallSid", "RedirectUrl", "Region", "SipAuthPassword", "SipAuthUsername", "StartConferenceOnEnter",
	"StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod", "Timeout", "To", "WaitMethod", "WaitUrl",
}

// taskRouterRoutes are the operations of TaskRouter. Its Events and statistics are not
// here: nothing counts.
var taskRouterRoutes = []route{
	{get, "/v1/Workspaces", listWorkspaces},
	{post, "/v1/Workspaces", refusing(createWorkspace, "EventCallbackUrl", "EventsFilter", "MultiTaskEnabled", "PrioritizeQueueOrder", "Template")},
	{get, workspace, inWorkspace(fetchWorkspace)},
	{post, workspace, refusing(inWorkspace(updateWorkspace), "EventCallbackUrl", "EventCallbackUrl=", "EventsFilter", "EventsFilter=",
		"MultiTaskEnabled", "MultiTaskEnabled=true")},
	{del, workspace, inWorkspace(deleteWorkspace)},

	{get, workspace + "/Activities", inWorkspace(listActivities)},
	{post, workspace + "/Activities", inWorkspace(createActivity)},
	{get, activityPath, inWorkspace(fetchActivity)},
	{post, activityPath, inWorkspace(updateActivity)},
	{del, activityPath, inWorkspace(deleteActivity)},

	{get, workspace + "/TaskChannels", inWorkspace(listTaskChannels)},
	{post, workspace + "/TaskChannels", inWorkspace(createTaskChannel)},
	{get, taskChannelPath, inWorkspace(fetchTaskChannel)},
	{post, taskChannelPath, inWorkspace(updateTaskChannel)},
	{del, taskChannelPath, inWorkspace(deleteTaskChannel)},

	{get, workspace + "/TaskQueues", refusing(inWorkspace(listTaskQueues), "EvaluateWorkerAttributes")},
	{post, workspace + "/TaskQueues", inWorkspace(createTaskQueue)},
	{get, taskQueuePath, inWorkspace(fetchTaskQueue)},
	{post, taskQueuePath, inWorkspace(updateTaskQueue)},
	{del, taskQueuePath, inWorkspace(deleteTaskQueue)},

	{get, workspace + "/Workflows", inWorkspace(listWorkflows)},
	{post, workspace + "/Workflows", refusing(inWorkspace(createWorkflow), "AssignmentCallbackUrl", "AssignmentCallbackUrl=",
		"FallbackAssignmentCallbackUrl", "FallbackAssignmentCallbackUrl=")},
	{get, workflowPath, inWorkspace(fetchWorkflow)},
	{post, workflowPath, refusing(inWorkspace(updateWorkflow), "AssignmentCallbackUrl", "AssignmentCallbackUrl=",
		"FallbackAssignmentCallbackUrl", "FallbackAssignmentCallbackUrl=")},
	{del, workflowPath, inWorkspace(deleteWorkflow)},

	{get, workspace + "/Tasks", inWorkspace(listTasks)},
	{post, workspace + "/Tasks", inWorkspace(createTask)},
	{get, task, inWorkspace(fetchTask)},
	{post, task, inWorkspace(updateTask)},
	{del, task, inWorkspace(deleteTask)},
	{get, task + "/Reservations", inWorkspace(listTaskReservations)},
	{get, task + "/Reservations/{reservation}", inWorkspace(fetchReservation)},
	{post, task + "/Reservations/{reservation}", refusing(refusing(inWorkspace(updateReservation), voiceOfReservation...), "Supervisor", "SupervisorMode")},

	{get, workspace + "/Workers", inWorkspace(listWorkers)},
	{post, workspace + "/Workers", inWorkspace(createWorker)},
	{get, worker, inWorkspace(fetchWorker)},
	{post, worker, inWorkspace(updateWorker)},
	{del, worker, inWorkspace(deleteWorker)},
	{get, worker + "/Channels", inWorkspace(listWorkerChannels)},
	{get, workerChannelPath, inWorkspace(fetchWorkerChannel)},
	{post, workerChannelPath, inWorkspace(updateWorkerChannel)},
	{get, worker + "/Reservations", inWorkspace(listWorkerReservations)},
	{get, worker + "/Reservations/{reservation}", inWorkspace(fetchReservation)},
	{post, worker + "/Reservations/{reservation}", refusing(inWorkspace(updateReservation), voiceOfReservation...)},
}

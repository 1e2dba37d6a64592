package rest

import "net/http"

// handler answers one operation, or returns the error that fail writes.
type handler func(*call) error

// route is one operation of a product.
type route struct {
	method, path string
	do           handler
}

const (
	get  = http.MethodGet
	post = http.MethodPost
	del  = http.MethodDelete
)

// Paths that many begin with.
const (
	room         = "/v1/Rooms/{room}"
	participant  = room + "/Participants/{participant}"
	service      = "/v1/Services/{service}"
	document     = service + "/Documents/{document}"
	workspace    = "/v1/Workspaces/{workspace}"
	task         = workspace + "/Tasks/{task}"
	worker       = workspace + "/Workers/{worker}"
	conversation = "/v1/Conversations/{conversation}"
)

// Products are the names of the products: the first label of their host names.
var Products = []string{"video", "sync", "taskrouter", "conversations", "iam"}

// routes are all operations that local Twilio speaks, by product.
//
// To add one: a line here; its handler in the file of its product, which shows
// its resource with the fields that Twilio's document gives it; and, if the store
// lacks what it needs, a method in the store's file of that family of things.
// Nothing else has to know. The tests of package localtwilio hold every answer
// against Twilio's own documents.
var routes = map[string][]route{
	"video": {
		{post, "/v1/Rooms", createRoom},
		{get, "/v1/Rooms", listRooms},
		{get, room, fetchRoom},
		{post, room, updateRoom},
		{get, room + "/RecordingRules", fetchRecordingRules},
		{post, room + "/RecordingRules", updateRecordingRules},
		{get, room + "/Participants", listParticipants},
		{get, participant, fetchParticipant},
		{post, participant, updateParticipant},
		{post, participant + "/Anonymize", anonymizeParticipant},
		{get, participant + "/PublishedTracks", listPublishedTracks},
		{get, participant + "/PublishedTracks/{track}", fetchPublishedTrack},
		{get, participant + "/SubscribedTracks", listSubscribedTracks},
		{get, participant + "/SubscribedTracks/{track}", fetchSubscribedTrack},
		{get, participant + "/SubscribeRules", fetchSubscribeRules},
		{post, participant + "/SubscribeRules", updateSubscribeRules},

		{get, "/v1/Recordings", listRecordings},
		{get, "/v1/Recordings/{recording}", fetchRecording},
		{del, "/v1/Recordings/{recording}", deleteRecording},
		{get, "/v1/Recordings/{recording}/Media", recordingMedia},
		{get, room + "/Recordings", listRecordings},
		{get, room + "/Recordings/{recording}", fetchRecording},
		{del, room + "/Recordings/{recording}", deleteRecording},
		{get, room + "/Recordings/{recording}/Media", recordingMedia},

		{get, "/v1/Compositions", listCompositions},
		{post, "/v1/Compositions", createComposition},
		{get, "/v1/Compositions/{composition}", fetchComposition},
		{del, "/v1/Compositions/{composition}", deleteComposition},
		{get, "/v1/Compositions/{composition}/Media", compositionMedia},
	},
	"sync": {
		{get, "/v1/Services", listSyncServices},
		{get, service, inService(fetchSyncService)},
		{post, service + "/Documents", inService(createDocument)},
		{get, service + "/Documents", inService(listDocuments)},
		{get, document, inService(limitedRead(fetchDocument))},
		{post, document, inService(limitedWrite(updateDocument))},
		{del, document, inService(limitedWrite(deleteDocument))},
		{get, document + "/Permissions", inService(listPermissions)},
		{get, document + "/Permissions/{identity}", inService(fetchPermission)},
		{post, document + "/Permissions/{identity}", inService(updatePermission)},
		{del, document + "/Permissions/{identity}", inService(deletePermission)},
	},
	"taskrouter": {
		{get, workspace, inWorkspace(fetchWorkspace)},
		{post, workspace + "/Tasks", inWorkspace(createTask)},
		{get, workspace + "/Tasks", inWorkspace(listTasks)},
		{get, task, inWorkspace(fetchTask)},
		{post, task, inWorkspace(updateTask)},
		{del, task, inWorkspace(deleteTask)},
		{get, workspace + "/Workers", inWorkspace(listWorkers)},
		{get, worker, inWorkspace(fetchWorker)},
		{post, worker, inWorkspace(updateWorker)},
		{get, task + "/Reservations", inWorkspace(listTaskReservations)},
		{get, task + "/Reservations/{reservation}", inWorkspace(fetchReservation)},
		{post, task + "/Reservations/{reservation}", inWorkspace(updateReservation)},
		{get, worker + "/Reservations", inWorkspace(listWorkerReservations)},
		{get, worker + "/Reservations/{reservation}", inWorkspace(fetchReservation)},
		{post, worker + "/Reservations/{reservation}", inWorkspace(updateReservation)},
	},
	"conversations": {
		{post, "/v1/Conversations", createConversation},
		{get, "/v1/Conversations", listConversations},
		{get, conversation, fetchConversation},
		{post, conversation, updateConversation},
		{post, conversation + "/Messages", createMessage},
		{get, conversation + "/Messages", listMessages},
		{get, conversation + "/Messages/{message}", fetchMessage},
		{post, conversation + "/Participants", addChatParticipant},
		{get, conversation + "/Participants", listChatParticipants},
		{get, conversation + "/Participants/{participant}", fetchChatParticipant},
		{del, conversation + "/Participants/{participant}", removeChatParticipant},
	},
	"iam": {
		{post, "/v1/Accounts/{account}/Tokens/validate", validateToken},
	},
}

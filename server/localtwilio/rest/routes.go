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
	room        = "/v1/Rooms/{room}"
	participant = room + "/Participants/{participant}"
	service     = "/v1/Services/{service}"
	document    = service + "/Documents/{object}"
	syncList    = service + "/Lists/{object}"
	syncMap     = service + "/Maps/{object}"
	syncStream  = service + "/Streams/{object}"

	interactionPath    = "/v1/Interactions/{interaction}"
	interactionChannel = interactionPath + "/Channels/{channel}"
	flexFlowPath       = "/v1/FlexFlows/{flow}"
	webChannel         = "/v1/WebChannels/{channel}"
	roomSummary        = "/v1/Video/Rooms/{room}"
	addressPath        = "/v1/Configuration/Addresses/{address}"
)

// Products are the names of the products: the first label of their host names.
var Products = []string{"video", "sync", "taskrouter", "conversations", "iam", "flex-api", "api", "insights"}

// routes are all operations that local Twilio speaks, by product.
//
// To add one: a line here; its handler in the file of its product, which shows
// its resource with the fields that Twilio's document gives it; and, if the store
// lacks what it needs, a method in the store's file of that family of things.
// Nothing else has to know. The tests of package localtwilio hold every answer
// against Twilio's own documents.
//
// What Twilio's document says that the operation takes, in its query, its form or its
// headers, is carried out, or stands in the route as an argument of refusing. A test
// reads the source and names what is neither; another writes the table of
// docs/local-twilio-rest.md: go test ./server/localtwilio/rest -run TestTable -update.
var routes = map[string][]route{
	"video": {
		{post, "/v1/Rooms", refusing(createRoom, "EnableTurn", "EnableTurn=true")},
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

		{post, room + "/Transcriptions", createTranscription},
		{get, room + "/Transcriptions", listTranscriptions},
		{get, room + "/Transcriptions/{transcription}", fetchTranscription},
		{post, room + "/Transcriptions/{transcription}", updateTranscription},

		{get, "/v1/Compositions", listCompositions},
		{post, "/v1/Compositions", createComposition},
		{get, "/v1/Compositions/{composition}", fetchComposition},
		{del, "/v1/Compositions/{composition}", deleteComposition},
		{get, "/v1/Compositions/{composition}/Media", compositionMedia},

		{get, "/v1/CompositionHooks", listCompositionHooks},
		{post, "/v1/CompositionHooks", createCompositionHook},
		{get, "/v1/CompositionHooks/{hook}", fetchCompositionHook},
		{post, "/v1/CompositionHooks/{hook}", updateCompositionHook},
		{del, "/v1/CompositionHooks/{hook}", deleteCompositionHook},
		{get, "/v1/CompositionSettings/Default", fetchCompositionSettings},
		{post, "/v1/CompositionSettings/Default", refusing(createCompositionSettings, storageElsewhere...)},
		{get, "/v1/RecordingSettings/Default", fetchRecordingSettings},
		{post, "/v1/RecordingSettings/Default", refusing(createRecordingSettings, storageElsewhere...)},
	},
	"sync": {
		{get, "/v1/Services", listSyncServices},
		{post, "/v1/Services", refusing(createSyncService, "WebhookUrl", "WebhookUrl=")},
		{get, service, inService(fetchSyncService)},
		{post, service, refusing(inService(updateSyncService), "WebhookUrl", "WebhookUrl=")},
		{del, service, inService(deleteSyncService)},

		{post, service + "/Documents", inService(createDocument)},
		{get, service + "/Documents", inService(listDocuments)},
		{get, document, inService(syncDocuments.reading(fetchDocument))},
		{post, document, inService(syncDocuments.writing(updateDocument))},
		{del, document, inService(syncDocuments.writing(deleteDocument))},
		{get, document + "/Permissions", inService(syncDocuments.listPermissions)},
		{get, document + "/Permissions/{identity}", inService(syncDocuments.fetchPermission)},
		{post, document + "/Permissions/{identity}", inService(syncDocuments.updatePermission)},
		{del, document + "/Permissions/{identity}", inService(syncDocuments.deletePermission)},

		{post, service + "/Lists", inService(syncLists.createObject("CollectionTtl", "Ttl"))},
		{get, service + "/Lists", inService(syncLists.listObjects)},
		{get, syncList, inService(syncLists.reading(syncLists.fetchObject))},
		{post, syncList, inService(syncLists.writing(syncLists.updateObject("CollectionTtl", "Ttl")))},
		{del, syncList, inService(syncLists.writing(syncLists.deleteObject))},
		{post, syncList + "/Items", inService(syncLists.writing(syncLists.addItem))},
		{get, syncList + "/Items", inService(syncLists.reading(syncLists.listItems))},
		{get, syncList + "/Items/{item}", inService(syncLists.reading(syncLists.fetchItem))},
		{post, syncList + "/Items/{item}", inService(syncLists.writing(syncLists.updateItem))},
		{del, syncList + "/Items/{item}", inService(syncLists.writing(syncLists.deleteItem))},
		{get, syncList + "/Permissions", inService(syncLists.listPermissions)},
		{get, syncList + "/Permissions/{identity}", inService(syncLists.fetchPermission)},
		{post, syncList + "/Permissions/{identity}", inService(syncLists.updatePermission)},
		{del, syncList + "/Permissions/{identity}", inService(syncLists.deletePermission)},

		{post, service + "/Maps", inService(syncMaps.createObject("CollectionTtl", "Ttl"))},
		{get, service + "/Maps", inService(syncMaps.listObjects)},
		{get, syncMap, inService(syncMaps.reading(syncMaps.fetchObject))},
		{post, syncMap, inService(syncMaps.writing(syncMaps.updateObject("CollectionTtl", "Ttl")))},
		{del, syncMap, inService(syncMaps.writing(syncMaps.deleteObject))},
		{post, syncMap + "/Items", inService(syncMaps.writing(syncMaps.addItem))},
		{get, syncMap + "/Items", inService(syncMaps.reading(syncMaps.listItems))},
		{get, syncMap + "/Items/{item}", inService(syncMaps.reading(syncMaps.fetchItem))},
		{post, syncMap + "/Items/{item}", inService(syncMaps.writing(syncMaps.updateItem))},
		{del, syncMap + "/Items/{item}", inService(syncMaps.writing(syncMaps.deleteItem))},
		{get, syncMap + "/Permissions", inService(syncMaps.listPermissions)},
		{get, syncMap + "/Permissions/{identity}", inService(syncMaps.fetchPermission)},
		{post, syncMap + "/Permissions/{identity}", inService(syncMaps.updatePermission)},
		{del, syncMap + "/Permissions/{identity}", inService(syncMaps.deletePermission)},

		{post, service + "/Streams", inService(syncStreams.createObject("Ttl"))},
		{get, service + "/Streams", inService(syncStreams.listObjects)},
		{get, syncStream, inService(syncStreams.reading(syncStreams.fetchObject))},
		{post, syncStream, inService(syncStreams.writing(syncStreams.updateObject("Ttl")))},
		{del, syncStream, inService(syncStreams.writing(syncStreams.deleteObject))},
		{post, syncStream + "/Messages", inService(syncStreams.writing(publishStreamMessage))},
	},
	"taskrouter":    taskRouterRoutes,
	"conversations": chatRoutes,
	"flex-api":      flexRoutes,
	"api":           apiRoutes,
	"insights": {
		{get, "/v1/Video/Rooms", listRoomSummaries},
		{get, roomSummary, fetchRoomSummary},
		{get, roomSummary + "/Participants", listParticipantSummaries},
		{get, roomSummary + "/Participants/{participant}", fetchParticipantSummary},
	},
	"iam": {
		{get, "/v1/Keys", managing(listIAMKeys)},
		{post, "/v1/Keys", refusing(managing(createIAMKey), "KeyType", "KeyType=standard", "Policy")},
		{get, "/v1/Keys/{key}", managing(fetchIAMKey)},
		{post, "/v1/Keys/{key}", refusing(managing(updateIAMKey), "Policy")},
		{del, "/v1/Keys/{key}", managing(deleteAPIKey)},
		{post, "/v1/Accounts/{account}/Tokens/validate", validateToken},
	},
}

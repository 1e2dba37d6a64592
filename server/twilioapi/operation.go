package twilioapi

import "net/http"

// operation is one call of Twilio's REST API that the product makes. A call
// states its operation before it is sent, and nothing else gets through: see
// admit. The metrics are labeled with it.
type operation struct {
	product string // the first label of the host name
	name    string // as twilio-go calls it
	method  string
	path    string // as Twilio's OpenAPI document writes it
}

// What the product asks of Twilio, all of it.
var (
	opFetchService             = operation{"sync", "FetchService", http.MethodGet, "/v1/Services/{Sid}"}
	opCreateDocument           = operation{"sync", "CreateDocument", http.MethodPost, "/v1/Services/{ServiceSid}/Documents"}
	opFetchDocument            = operation{"sync", "FetchDocument", http.MethodGet, "/v1/Services/{ServiceSid}/Documents/{Sid}"}
	opUpdateDocument           = operation{"sync", "UpdateDocument", http.MethodPost, "/v1/Services/{ServiceSid}/Documents/{Sid}"}
	opUpdateDocumentPermission = operation{"sync", "UpdateDocumentPermission", http.MethodPost, "/v1/Services/{ServiceSid}/Documents/{DocumentSid}/Permissions/{Identity}"}
	opListDocument             = operation{"sync", "ListDocument", http.MethodGet, "/v1/Services/{ServiceSid}/Documents"}

	opCreateRoom        = operation{"video", "CreateRoom", http.MethodPost, "/v1/Rooms"}
	opFetchRoom         = operation{"video", "FetchRoom", http.MethodGet, "/v1/Rooms/{Sid}"}
	opUpdateRoom        = operation{"video", "UpdateRoom", http.MethodPost, "/v1/Rooms/{Sid}"}
	opListParticipant   = operation{"video", "ListRoomParticipant", http.MethodGet, "/v1/Rooms/{RoomSid}/Participants"}
	opUpdateParticipant = operation{"video", "UpdateRoomParticipant", http.MethodPost, "/v1/Rooms/{RoomSid}/Participants/{Sid}"}
	opUpdateRules       = operation{"video", "UpdateRoomRecordingRule", http.MethodPost, "/v1/Rooms/{RoomSid}/RecordingRules"}

	opFetchTask       = operation{"taskrouter", "FetchTask", http.MethodGet, "/v1/Workspaces/{WorkspaceSid}/Tasks/{Sid}"}
	opUpdateTask      = operation{"taskrouter", "UpdateTask", http.MethodPost, "/v1/Workspaces/{WorkspaceSid}/Tasks/{Sid}"}
	opListReservation = operation{"taskrouter", "ListTaskReservation", http.MethodGet, "/v1/Workspaces/{WorkspaceSid}/Tasks/{TaskSid}/Reservations"}
	opFetchWorker     = operation{"taskrouter", "FetchWorker", http.MethodGet, "/v1/Workspaces/{WorkspaceSid}/Workers/{Sid}"}

	opFetchConversation = operation{"conversations", "FetchConversation", http.MethodGet, "/v1/Conversations/{Sid}"}
	opListMessage       = operation{"conversations", "ListConversationMessage", http.MethodGet, "/v1/Conversations/{ConversationSid}/Messages"}
	opCreateMessage     = operation{"conversations", "CreateConversationMessage", http.MethodPost, "/v1/Conversations/{ConversationSid}/Messages"}

	// In none of the OpenAPI documents, and not in twilio-go.
	opValidateToken = operation{"iam", "ValidateToken", http.MethodPost, "/v1/Accounts/{AccountSid}/Tokens/validate"}
)

// operations is the table of them; one that is not in it is never sent.
func operations() []operation {
	return []operation{
		opFetchService, opCreateDocument, opFetchDocument, opUpdateDocument, opListDocument, opUpdateDocumentPermission,
		opCreateRoom, opFetchRoom, opUpdateRoom, opListParticipant, opUpdateParticipant, opUpdateRules,
		opFetchTask, opUpdateTask, opListReservation, opFetchWorker,
		opFetchConversation, opListMessage, opCreateMessage,
		opValidateToken,
	}
}

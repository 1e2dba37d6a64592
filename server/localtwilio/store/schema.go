package store

// The buckets. Things are kept as JSON under their SID; the others are indexes,
// written in the same transaction as what they point at.
const (
	bMeta = "meta"

	bRooms            = "rooms"
	bRoomNames        = "room_names" // unique name -> SID, in-progress Rooms only
	bRoomOrder        = "room_order" // number -> SID, as created
	bParticipants     = "participants"
	bRoomParticipants = "room_participants" // Room SID + number -> SID
	bRoomConnected    = "room_connected"    // Room SID + Participant SID, those not disconnected
	bTracks           = "tracks"
	bParticipantTrack = "participant_tracks" // Participant SID + number -> SID

	bRecordings     = "recordings"
	bRecordingOrder = "recording_order" // number -> SID, as started

	bCompositions     = "compositions"
	bCompositionOrder = "composition_order"

	bCompositionHooks     = "composition_hooks"
	bCompositionHookOrder = "composition_hook_order"

	bTranscriptions = "transcriptions" // by Room SID

	bDocuments     = "documents"
	bDocumentNames = "document_names"
	bDocumentOrder = "document_order"
	bPermissions   = "permissions" // SID of the object + identity

	bSyncServices     = "sync_services"
	bSyncServiceOrder = "sync_service_order"

	bCollections     = "collections" // Sync Maps, Lists and Streams
	bCollectionNames = "collection_names"
	bCollectionOrder = "collection_order"
	bItems           = "items" // Collection SID + key

	bRouting            = "task_router"     // kind + number -> Activity, TaskChannel, TaskQueue or Workflow; and the Workspace
	bWorkerChannels     = "worker_channels" // Worker SID + TaskChannel, those that were changed
	bWorkers            = "workers"
	bWorkerOrder        = "worker_order"
	bTasks              = "tasks"
	bTaskOrder          = "task_order"
	bReservations       = "reservations"
	bTaskReservations   = "task_reservations"
	bWorkerReservations = "worker_reservations"

	bConversations     = "conversations"
	bConversationNames = "conversation_names"
	bConversationOrder = "conversation_order"
	bMessages          = "messages"          // Conversation SID + index
	bChatParticipants  = "chat_participants" // Conversation SID + identity
	bChatSeats         = "chat_seats"        // identity + NUL + Conversation SID -> identity
	bChatUsers         = "chat_users"        // identity; of another Service than the account's its SID + NUL + identity
	bChatUserSIDs      = "chat_user_sids"    // SID of the user or of one of their maps -> key of chat_users
	bRemovedMessages   = "removed_messages"  // as bMessages
	bChatServices      = "chat_services"
	bChatServiceOrder  = "chat_service_order"
	bChatRoles         = "chat_roles"
	bChatRoleOrder     = "chat_role_order"    // Service + number
	bChatWebhooks      = "chat_webhooks"      // of one Conversation
	bChatWebhookOrder  = "chat_webhook_order" // Conversation SID + number

	bMedia = "chat_media" // files of Messages

	bFlexTokens = "flex_tokens" // SHA-256 of the token

	// Of the Shelves of Flex, each with its order of creation.
	bInteractions     = "interactions"
	bInteractionOrder = "interaction_order"
	bFlexFlows        = "flex_flows"
	bFlexFlowOrder    = "flex_flow_order"
	bWebChannels      = "web_channels"
	bWebChannelOrder  = "web_channel_order"
	bAddresses        = "addresses"
	bAddressOrder     = "address_order"

	bAPIKeys     = "api_keys"
	bAPIKeyOrder = "api_key_order"

	bDue = "due" // timetable: Unix nanoseconds + name -> name; see schedule
)

var buckets = []string{
	bMeta, bAPIKeys, bAPIKeyOrder, bRooms, bRoomNames, bRoomOrder, bParticipants, bRoomParticipants, bRoomConnected, bTracks, bParticipantTrack,
	bRecordings, bRecordingOrder, bCompositions, bCompositionOrder, bCompositionHooks, bCompositionHookOrder, bTranscriptions,
	bDocuments, bDocumentNames, bDocumentOrder, bPermissions, bSyncServices, bSyncServiceOrder,
	bRouting, bWorkerChannels, bWorkers, bWorkerOrder, bTasks, bTaskOrder, bReservations, bTaskReservations, bWorkerReservations,
	bConversations, bConversationNames, bConversationOrder, bMessages, bFlexTokens, bDue,
	bChatParticipants, bChatSeats, bChatUsers, bChatUserSIDs, bRemovedMessages, bMedia,
	bChatServices, bChatServiceOrder, bChatRoles, bChatRoleOrder, bChatWebhooks, bChatWebhookOrder, bCollections, bCollectionNames, bCollectionOrder, bItems,
	bInteractions, bInteractionOrder, bFlexFlows, bFlexFlowOrder, bWebChannels, bWebChannelOrder, bAddresses, bAddressOrder,
}

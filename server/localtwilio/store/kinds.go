package store

import "encoding/json"

// decodable reports whether what a bucket has under a key is what this version reads there. Of
// indexes and of buckets that it does not know it says nothing.
func decodable(bucket, key string, raw []byte) bool {
	v := kind(bucket, key)
	return v == nil || json.Unmarshal(raw, v) == nil
}

// kind is an empty thing of the kind that a bucket has under a key; nil where there is none.
func kind(bucket, key string) any {
	switch bucket {
	case bMeta:
		return kindOfMeta(key)
	case bRouting:
		return kindOfRouting(key)
	case bAPIKeys:
		return new(APIKey)
	case bFlexTokens:
		return new(FlexToken)
	case bDocuments:
		return new(Document)
	case bPermissions:
		return new(Permission)
	case bSyncServices:
		return new(SyncService)
	case bCollections:
		return new(Collection)
	case bItems:
		return new(Item)
	case bWorkerChannels:
		return new(WorkerChannel)
	case bWorkers:
		return new(Worker)
	case bTasks:
		return new(Task)
	case bReservations:
		return new(Reservation)
	case bInteractions:
		return new(Interaction)
	case bFlexFlows:
		return new(FlexFlow)
	case bWebChannels:
		return new(WebChannel)
	case bAddresses:
		return new(Address)
	}
	if v := kindOfVideo(bucket); v != nil {
		return v
	}
	return kindOfChat(bucket)
}

func kindOfVideo(bucket string) any {
	switch bucket {
	case bRooms:
		return new(Room)
	case bParticipants:
		return new(Participant)
	case bTracks:
		return new(Track)
	case bRecordings:
		return new(Recording)
	case bCompositions:
		return new(Composition)
	case bCompositionHooks:
		return new(CompositionHook)
	case bTranscriptions:
		return new(Transcription)
	}
	return nil
}

func kindOfChat(bucket string) any {
	switch bucket {
	case bConversations:
		return new(Conversation)
	case bMessages, bRemovedMessages:
		return new(Message)
	case bChatParticipants:
		return new(ChatParticipant)
	case bChatUsers:
		return new(ChatUser)
	case bChatServices:
		return new(ChatService)
	case bChatRoles:
		return new(ChatRole)
	case bChatWebhooks:
		return new(ChatWebhook)
	case bMedia:
		return new(Media)
	}
	return nil
}

func kindOfMeta(key string) any {
	switch key {
	case accountKey:
		return new(Account)
	case "chat":
		return new(ChatConfiguration)
	case "flex_configuration":
		return new(map[string]json.RawMessage)
	case formatKey:
		return new(int)
	case RecordingSettings, CompositionSettings:
		return new(FileSettings)
	}
	return nil
}

func kindOfRouting(key string) any {
	if key == workspaceKey {
		return new(Workspace)
	}
	switch key[:min(2, len(key))] {
	case "WA":
		return new(Activity)
	case "TC":
		return new(TaskChannel)
	case "WQ":
		return new(TaskQueue)
	case "WW":
		return new(Workflow)
	}
	return nil
}

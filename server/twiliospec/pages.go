package twiliospec

// pages adds what Twilio's pages and its libraries have and its OpenAPI document of
// Video lacks: of Transcriptions the field configuration (page "Real-time
// Transcriptions for Video", and twilio-go 1.31), which an update takes too, and the
// list by the name of transcriptions.
func pages(tree map[string]any) {
	transcription := object(object(object(tree["components"])["schemas"])["video.v1.room.room_transcriptions"])
	if transcription == nil {
		return // another document
	}
	text := map[string]any{"type": "string"}
	object(transcription["properties"])["configuration"] = map[string]any{"type": "object", "nullable": true, "additionalProperties": text}

	paths := object(tree["paths"])
	one := object(paths["/v1/Rooms/{RoomSid}/Transcriptions/{Ttid}"])
	body := object(object(object(object(one["post"])["requestBody"])["content"])["application/x-www-form-urlencoded"])
	object(object(body["schema"])["properties"])["Configuration"] = text

	all := object(paths["/v1/Rooms/{RoomSid}/Transcriptions"])
	answer := object(object(object(object(object(all["get"])["responses"])["200"])["content"])["application/json"])
	list := object(object(answer["schema"])["properties"])
	list["transcriptions"] = list["extensions"]
}

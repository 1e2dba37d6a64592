package wire

// Invite is the attributes of the chat message that carries a join link, whoever
// posts it: the server, or the plugin as the agent's own message. The names are
// those of Twilio's video template for Flex, so that a chat window that was made
// for it shows its button.
type Invite struct {
	HasVideo   bool   `json:"hasVideo"`
	VideoURL   string `json:"videoUrl"`   // the join link, absolute
	UniqueCode string `json:"uniqueCode"` // the join code
}

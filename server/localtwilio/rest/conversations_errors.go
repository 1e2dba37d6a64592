package rest

// Codes of Conversations, from Twilio's error dictionary.
const (
	codeFriendlyNameMissing   = 50000
	codeFriendlyNameTooLong   = 50003
	codeUniqueNameTooLong     = 50004
	codeChatService           = 50050
	codeWebhookMethod         = 50055
	codePreURL                = 50077
	codePostURL               = 50078
	codeChatRole              = 50100
	codePermission            = 50104
	codeRoleType              = 50105
	codeChatUserExists        = 50201
	codeIdentityMissing       = 50204
	codeIdentitySID           = 50206
	codeIdentityTooLong       = 50207
	codeNotificationLevel     = 50210
	codeIdentityAndAddress    = 50211
	codeChatAttributesTooLong = 50303
	codeChatAttributes        = 50304
	codeChatCreated           = 50308
	codeChatUpdated           = 50309
	codeAuthorTooLong         = 50310
	codeMessagingService      = 50341
	codeMessagingForeign      = 50342
	codeWebhookLimit          = 50361
	codeWebhookType           = 50364
	codeWebhookFilter         = 50365
	codeWebhookTypeMissing    = 50368
	codeWebhookURLMissing     = 50369
	codeWebhookFilterMissing  = 50370
	codeWebhookURLTooLong     = 50372
	codeStateEmpty            = 50374
	codeInactiveShort         = 50375
	codeClosedShort           = 50376
	codeState                 = 50378
	codeInactiveFormat        = 50379
	codeClosedFormat          = 50380
	codeInitialClosed         = 50384
	codeUniqueNameSID         = 50390
	codeLastReadTime          = 50405
	codeAddressEqual          = 50409
	codeAddressEmpty          = 50411
	codeProxyEmpty            = 50412
	codeProxyAddress          = 50413
	codeLastRead              = 50421
	codeProjectedAddress      = 50439
	codeProxyWithoutAddress   = 50441
	codeIdentityGiven         = 50444
	codeIdentityOrAddress     = 50451

	codeConversationExists    = 50353
	codeConversationClosed    = 50377
	codeChatParticipantExists = 50433
	codeMessageBodyTooLong    = 50504
)

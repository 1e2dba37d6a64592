package web

import "escalate/app/wire"

var english = speech{
	Lang: "en", Dir: "ltr",

	Title: titleSpeech{Home: "Join your video call", Join: "Video call", JoinWith: "Video call with %s", Agent: "Video Room"},

	Shell: shellSpeech{
		NoScriptHeading: "JavaScript is switched off",
		NoScriptHome:    "You can type your code here; for the call itself your browser has to run JavaScript. Switch it on in the browser’s settings, then reload this page.",
		NoScriptCall:    "A video call needs JavaScript. Switch it on in the browser’s settings and reload this page, or open the link in another browser, such as Safari, Chrome, Firefox or Edge. You can also go on in the chat.",
		OldHeading:      "This browser cannot do video calls",
		OldLead:         "Copy this link and open it in a current Chrome, Safari, Firefox or Edge. You can also go on in the chat.",
		InsecureHeading: "This page was not opened securely",
		InsecureLead:    "Browsers give camera and microphone only to pages whose address starts with https. Open this link instead:",
		StoppedHeading:  "This page has stopped",
		StoppedLead:     "Something went wrong on this page. Your camera and microphone are off. Reload the page to go on.",
		Reload:          "Reload the page",
	},
	Page: pageSpeech{
		Unknown: plainPage{
			Heading: "We do not know this code",
			Lead:    "The link may be incomplete, or the code may have been mistyped.",
			Steps:   []string{"Go back to your chat and tap the link there again.", "Or type the code here, without spaces."},
			Note:    "Still no luck? Ask in your chat for a new link.",
		},
		Expired: plainPage{
			Heading: "This link has expired",
			Lead:    "For your safety, video links work for a limited time only.",
			Steps:   []string{"Go back to your chat.", "Ask for a new video link. It takes the agent one click."},
		},
		Ended: plainPage{
			Heading: "This call is over",
			Lead:    "Thank you for talking with us. This link cannot be used again.",
			Steps:   []string{"Need more help? Go back to your chat and write there.", "The agent can send you a new video link at any time."},
			Note:    "You can close this page now.",
		},
		Rate: plainPage{
			Heading: "This call is over",
			Lead:    "Thank you for talking with us. How was it?",
			Note:    "Need more help? Go back to your chat and write there. The agent can send you a new video link at any time.",
		},
		Rated: plainPage{
			Heading: "Thank you",
			Lead:    "Your rating has arrived, and the call is over.",
			Steps:   []string{"Need more help? Go back to your chat and write there.", "The agent can send you a new video link at any time."},
			Note:    "You can close this page now.",
		},
		InApp: plainPage{
			Heading: "Open this link in your browser",
			Lead:    "You are inside another app, where camera and microphone often do not work. Use Safari on an iPhone or iPad, Chrome on Android:",
			Steps: []string{
				"Press and hold the link above until it is selected, and choose Copy.",
				"Open Safari or Chrome.",
				"Paste the link into the address bar at the top, and open it.",
			},
			Note: "Often the app’s own menu (⋯ or the share sign) has “Open in browser”, which does the same.",
		},
		TooMany: plainPage{
			Heading: "Please wait a minute",
			Lead:    "There were a lot of tries from your network in a short time.",
			Steps:   []string{"Wait a minute.", "Then reload this page, or tap the link in your chat again."},
		},
		Trouble: plainPage{
			Heading: "That did not work",
			Lead:    "Something went wrong on our side.",
			Steps:   []string{"Reload this page in a few seconds.", "If it keeps failing, go on in your chat."},
		},
		NotFound: plainPage{
			Heading: "There is nothing here",
			Lead:    "The address may be incomplete.",
			Steps:   []string{"Go back to your chat and tap the link there again.", "Or type your code here."},
		},
		Offline: plainPage{
			Heading: "You are offline",
			Lead:    "This device has no internet connection just now, so the video call cannot be reached.",
			Steps:   []string{"Check Wi-Fi or mobile data, and switch off flight mode.", "This page goes on by itself as soon as the connection is back."},
			Note:    "Your link keeps working while the agent waits for you.",
		},
		Away: plainPage{
			Heading: "The video service does not answer",
			Lead:    "Our server cannot be reached at the moment; it is not your fault, and nothing is lost.",
			Steps:   []string{"Wait a moment: this page goes on by itself as soon as the server answers.", "If other websites do not open either, check Wi-Fi or mobile data."},
			Note:    "Your link keeps working while the agent waits for you.",
		},
	},
	Form: formSpeech{
		CodeLabel: "Code from your chat", CodeOpen: "Open",
		RateLegend: "Your rating", RateComment: "Anything to add? (optional)", RateSend: "Send rating",
		Scores:   [5]string{"Very good", "Good", "So-so", "Bad", "Very bad"},
		Onward:   "Try it here anyway",
		TryAgain: "Try again",
	},

	BadRating: "Please choose one to five stars and keep the comment under %d characters.",
	RatingKey: "Only a customer who was in the call can rate it, in the browser they used for it. Open the link there, or write in your chat how it was.",
	MustLeave: "The video call is still running. Leave the Video Room first, then wrap up.",

	Errors: map[wire.Code]string{
		wire.CodeBadRequest:       "The request could not be understood. Reload the page and try again.",
		wire.CodeUnknownCode:      "We do not know this code. Check it against the link in your chat, or ask there for a new one.",
		wire.CodeExpired:          "This link has expired. Ask in your chat for a new one.",
		wire.CodeEnded:            "This call is over. If you need more help, write in your chat.",
		wire.CodeUnauthorized:     "Your sign-in to Flex has run out. It is usually renewed by itself: try again in a moment. If that does not help, finish your call first, then sign in to Flex again.",
		wire.CodeForbidden:        "Your role does not allow this. Ask your supervisor or administrator.",
		wire.CodeTaskNotYours:     "This task is assigned to another agent. Ask them, or have it transferred to you.",
		wire.CodeTaskNotFound:     "This task does not exist any more. Refresh your task list.",
		wire.CodeTaskNotChat:      "This task has no chat to send a link to. Start the video from a chat task.",
		wire.CodeTaskClosed:       "This task is being wrapped up or is completed, so no video can be started from it.",
		wire.CodeTaskFull:         "This task’s attributes are full, so the video link has no place there. Start the video from a new task of this chat, or ask your administrator to shorten what other tools write there.",
		wire.CodeNotInCall:        "No customer was in this call, so there is nothing to rate yet. Join the call first, or write in your chat.",
		wire.CodeAgentBusy:        "You are already in another video call. End that one first.",
		wire.CodeConsentRequired:  "This call is recorded. Please agree to the recording to join, or go on in the chat.",
		wire.CodeNotFound:         "There is nothing at this address. Check the link.",
		wire.CodeMethodNotAllowed: "This address does not take that kind of request.",
		wire.CodeTooLarge:         "That is too much at once. Shorten your text and try again.",
		wire.CodeUnsupportedMedia: "The request must be sent as JSON (Content-Type: application/json).",
		wire.CodeForbiddenOrigin:  "This website may not call the video service. An administrator can add it to ALLOWED_ORIGINS.",
		wire.CodeRateLimited:      "That was a lot of tries in a short time. Wait a minute, then try again.",
		wire.CodeUnavailable:      "The video service cannot be reached just now. Try again in a few seconds.",
		wire.CodeInternal:         "Something went wrong on our side. Try again, or go on in the chat.",
	},

	TooMuch: map[string]string{
		limitRequests:                      "There were very many requests from your network just now. Wait half a minute and try again, or open the link in your chat, which has a limit of its own.",
		limitLinks:                         "This link was used very often in a short time. Close other windows that have it open, wait half a minute, then try again.",
		limitAgents:                        "Your desktop has asked very often in a short time. Close other windows with Flex, wait a few seconds, then try again.",
		limitCodes:                         "There were a lot of wrong codes from your network. Open the link in your chat instead of typing the code, or wait a minute and try again.",
		limitCodes + limitOfEverybody:      "Very many wrong codes are being typed just now, so typed codes have to wait. Open the link in your chat, or try again in a minute.",
		limitAgentCodes:                    "You have given a lot of wrong codes. Start the video from its task, or wait a minute and try again.",
		limitAgentCodes + limitOfEverybody: "Very many wrong codes are being given just now. Start the video from its task, or try again in a minute.",
		limitTokens:                        "There were a lot of failed sign-ins to the video service from your network. Wait a minute, then try again. If it goes on, tell your administrator.",
		limitTokens + limitOfEverybody:     "The video service has a lot of failed sign-ins just now. Wait a minute, then try again. If it goes on, tell your administrator.",
		limitCodeStreams:                   "This call is open in too many windows. Close some of them, then reload this page.",
		limitStreams:                       "Too many calls are open in your network at the same time. This page goes on, only slower: close windows that you no longer need.",
		limitAllStreams:                    "Very many people are waiting just now. This page goes on, only slower: keep it open.",
		limitOfOneDocument:                 "This call was joined or rated very often in a short time. Wait a few seconds, then try again.",
		limitOfAllWrites:                   "Very much happened in this call in a short time. Wait a few seconds, then try again.",
	},
}

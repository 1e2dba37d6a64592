package web

import "escalate/app/wire"

var german = speech{
	Lang: "de", Dir: "ltr",

	Title: titleSpeech{Home: "Zu Ihrem Videoanruf", Join: "Videoanruf", JoinWith: "Videoanruf mit %s", Agent: "Videoraum"},

	Shell: shellSpeech{
		NoScriptHeading: "JavaScript ist ausgeschaltet",
		NoScriptHome:    "Sie können Ihren Code hier eingeben; für den Anruf selbst braucht Ihr Browser JavaScript. Schalten Sie es in den Einstellungen des Browsers ein und laden Sie diese Seite neu.",
		NoScriptCall:    "Ein Videoanruf braucht JavaScript. Schalten Sie es in den Einstellungen des Browsers ein und laden Sie diese Seite neu, oder öffnen Sie den Link in einem anderen Browser, zum Beispiel Safari, Chrome, Firefox oder Edge. Sie können auch im Chat weitermachen.",
		OldHeading:      "Dieser Browser beherrscht keine Videoanrufe",
		OldLead:         "Kopieren Sie diesen Link und öffnen Sie ihn in einem aktuellen Chrome, Safari, Firefox oder Edge. Sie können auch im Chat weitermachen.",
		InsecureHeading: "Diese Seite wurde nicht sicher geöffnet",
		InsecureLead:    "Browser geben Kamera und Mikrofon nur für Seiten frei, deren Adresse mit https beginnt. Öffnen Sie stattdessen diesen Link:",
		StoppedHeading:  "Diese Seite wurde angehalten",
		StoppedLead:     "Auf dieser Seite ist etwas schiefgegangen. Ihre Kamera und Ihr Mikrofon sind aus. Laden Sie die Seite neu, um fortzufahren.",
		Reload:          "Seite neu laden",
	},
	Page: pageSpeech{
		Unknown: plainPage{
			Heading: "Diesen Code kennen wir nicht",
			Lead:    "Vielleicht ist der Link unvollständig, oder der Code enthält einen Tippfehler.",
			Steps:   []string{"Gehen Sie zurück zu Ihrem Chat und tippen Sie den Link dort noch einmal an.", "Oder geben Sie den Code hier ein, ohne Leerzeichen."},
			Note:    "Es klappt immer noch nicht? Bitten Sie in Ihrem Chat um einen neuen Link.",
		},
		Expired: plainPage{
			Heading: "Dieser Link ist abgelaufen",
			Lead:    "Zu Ihrer Sicherheit gelten Video-Links nur für begrenzte Zeit.",
			Steps:   []string{"Gehen Sie zurück zu Ihrem Chat.", "Bitten Sie um einen neuen Video-Link. Das ist mit einem Klick getan."},
		},
		Ended: plainPage{
			Heading: "Dieser Anruf ist beendet",
			Lead:    "Vielen Dank für das Gespräch. Dieser Link kann nicht noch einmal benutzt werden.",
			Steps:   []string{"Brauchen Sie noch Hilfe? Gehen Sie zurück zu Ihrem Chat und schreiben Sie dort.", "Sie können dort jederzeit einen neuen Video-Link bekommen."},
			Note:    "Sie können diese Seite jetzt schließen.",
		},
		Rate: plainPage{
			Heading: "Dieser Anruf ist beendet",
			Lead:    "Vielen Dank für das Gespräch. Wie war es?",
			Note:    "Brauchen Sie noch Hilfe? Gehen Sie zurück zu Ihrem Chat und schreiben Sie dort. Sie können dort jederzeit einen neuen Video-Link bekommen.",
		},
		Rated: plainPage{
			Heading: "Vielen Dank",
			Lead:    "Ihre Bewertung ist angekommen, und der Anruf ist beendet.",
			Steps:   []string{"Brauchen Sie noch Hilfe? Gehen Sie zurück zu Ihrem Chat und schreiben Sie dort.", "Sie können dort jederzeit einen neuen Video-Link bekommen."},
			Note:    "Sie können diese Seite jetzt schließen.",
		},
		InApp: plainPage{
			Heading: "Öffnen Sie diesen Link in Ihrem Browser",
			Lead:    "Sie befinden sich in einer anderen App, in der Kamera und Mikrofon oft nicht funktionieren. Nutzen Sie Safari auf iPhone oder iPad, Chrome auf Android:",
			Steps: []string{
				"Halten Sie den Link oben gedrückt, bis er markiert ist, und wählen Sie „Kopieren“.",
				"Öffnen Sie Safari oder Chrome.",
				"Fügen Sie den Link oben in die Adresszeile ein und öffnen Sie ihn.",
			},
			Note: "Oft hat das Menü der App (⋯ oder das Teilen-Zeichen) den Punkt „Im Browser öffnen“, der dasselbe tut.",
		},
		TooMany: plainPage{
			Heading: "Bitte warten Sie eine Minute",
			Lead:    "Aus Ihrem Netzwerk kamen in kurzer Zeit sehr viele Versuche.",
			Steps:   []string{"Warten Sie eine Minute.", "Laden Sie diese Seite dann neu, oder tippen Sie den Link in Ihrem Chat noch einmal an."},
		},
		Trouble: plainPage{
			Heading: "Das hat nicht geklappt",
			Lead:    "Bei uns ist etwas schiefgegangen.",
			Steps:   []string{"Laden Sie diese Seite in einigen Sekunden neu.", "Wenn es weiterhin nicht klappt, machen Sie in Ihrem Chat weiter."},
		},
		NotFound: plainPage{
			Heading: "Hier ist nichts",
			Lead:    "Vielleicht ist die Adresse unvollständig.",
			Steps:   []string{"Gehen Sie zurück zu Ihrem Chat und tippen Sie den Link dort noch einmal an.", "Oder geben Sie Ihren Code hier ein."},
		},
		Offline: plainPage{
			Heading: "Sie sind offline",
			Lead:    "Dieses Gerät hat gerade keine Internetverbindung, deshalb ist der Videoanruf nicht erreichbar.",
			Steps:   []string{"Prüfen Sie WLAN oder mobile Daten und schalten Sie den Flugmodus aus.", "Diese Seite macht von selbst weiter, sobald die Verbindung wieder da ist."},
			Note:    "Ihr Link funktioniert weiter, solange auf Sie gewartet wird.",
		},
		Away: plainPage{
			Heading: "Der Videodienst antwortet nicht",
			Lead:    "Unser Server ist gerade nicht erreichbar. Das liegt nicht an Ihnen, und es ist nichts verloren.",
			Steps:   []string{"Warten Sie einen Moment: Diese Seite macht von selbst weiter, sobald der Server antwortet.", "Wenn sich auch andere Websites nicht öffnen, prüfen Sie WLAN oder mobile Daten."},
			Note:    "Ihr Link funktioniert weiter, solange auf Sie gewartet wird.",
		},
	},
	Form: formSpeech{
		CodeLabel: "Code aus Ihrem Chat", CodeOpen: "Öffnen",
		RateLegend: "Ihre Bewertung", RateComment: "Möchten Sie etwas hinzufügen? (freiwillig)", RateSend: "Bewertung senden",
		Scores:   [5]string{"Sehr gut", "Gut", "Mittelmäßig", "Schlecht", "Sehr schlecht"},
		Onward:   "Hier trotzdem versuchen",
		TryAgain: "Erneut versuchen",
	},

	BadRating: "Bitte wählen Sie einen bis fünf Sterne und schreiben Sie höchstens %d Zeichen.",
	RatingKey: "Bewerten kann nur, wer als Kunde oder Kundin im Anruf war, und zwar im selben Browser. Öffnen Sie den Link dort, oder schreiben Sie in Ihrem Chat, wie es war.",
	MustLeave: "Der Videoanruf läuft noch. Verlassen Sie zuerst den Videoraum und beginnen Sie dann mit der Nachbearbeitung.",

	Errors: map[wire.Code]string{
		wire.CodeBadRequest:       "Die Anfrage war nicht verständlich. Laden Sie die Seite neu und versuchen Sie es erneut.",
		wire.CodeUnknownCode:      "Diesen Code kennen wir nicht. Vergleichen Sie ihn mit dem Link in Ihrem Chat, oder bitten Sie dort um einen neuen.",
		wire.CodeExpired:          "Dieser Link ist abgelaufen. Bitten Sie in Ihrem Chat um einen neuen.",
		wire.CodeEnded:            "Dieser Anruf ist beendet. Wenn Sie noch Hilfe brauchen, schreiben Sie in Ihrem Chat.",
		wire.CodeUnauthorized:     "Ihre Anmeldung bei Flex ist abgelaufen. Meist wird sie von selbst erneuert: Versuchen Sie es gleich noch einmal. Hilft das nicht, beenden Sie erst Ihren Anruf und melden Sie sich dann neu bei Flex an.",
		wire.CodeForbidden:        "Ihre Rolle erlaubt das nicht. Fragen Sie Ihre Teamleitung oder Administration.",
		wire.CodeTaskNotYours:     "Diese Aufgabe ist jemand anderem zugewiesen. Fragen Sie dort nach, oder lassen Sie sich die Aufgabe übertragen.",
		wire.CodeTaskNotFound:     "Diese Aufgabe gibt es nicht mehr. Aktualisieren Sie Ihre Aufgabenliste.",
		wire.CodeTaskNotChat:      "Diese Aufgabe hat keinen Chat, in den ein Link gesendet werden könnte. Starten Sie das Video aus einer Chat-Aufgabe.",
		wire.CodeTaskClosed:       "Diese Aufgabe wird nachbearbeitet oder ist abgeschlossen, daher kann kein Video mehr gestartet werden.",
		wire.CodeTaskFull:         "Die Attribute dieser Aufgabe sind voll, der Video-Link hat dort keinen Platz mehr. Starten Sie das Video aus einer neuen Aufgabe zu diesem Chat, oder bitten Sie Ihre Administration, zu kürzen, was andere Programme dort ablegen.",
		wire.CodeNotInCall:        "In diesem Anruf war noch niemand, deshalb gibt es nichts zu bewerten. Treten Sie zuerst dem Anruf bei, oder schreiben Sie in Ihrem Chat.",
		wire.CodeAgentBusy:        "Sie sind bereits in einem anderen Videoanruf. Beenden Sie zuerst diesen.",
		wire.CodeConsentRequired:  "Dieser Anruf wird aufgezeichnet. Bitte stimmen Sie der Aufzeichnung zu, um teilzunehmen, oder machen Sie im Chat weiter.",
		wire.CodeNotFound:         "Unter dieser Adresse gibt es nichts. Prüfen Sie den Link.",
		wire.CodeMethodNotAllowed: "Diese Adresse nimmt solche Anfragen nicht an.",
		wire.CodeTooLarge:         "Das ist zu viel auf einmal. Kürzen Sie Ihren Text und versuchen Sie es erneut.",
		wire.CodeUnsupportedMedia: "Die Anfrage muss als JSON gesendet werden (Content-Type: application/json).",
		wire.CodeForbiddenOrigin:  "Diese Website darf den Videodienst nicht aufrufen. Die Administration kann sie in ALLOWED_ORIGINS eintragen.",
		wire.CodeRateLimited:      "Das waren sehr viele Versuche in kurzer Zeit. Warten Sie eine Minute und versuchen Sie es dann erneut.",
		wire.CodeUnavailable:      "Der Videodienst ist gerade nicht erreichbar. Versuchen Sie es in einigen Sekunden erneut.",
		wire.CodeInternal:         "Bei uns ist etwas schiefgegangen. Versuchen Sie es erneut, oder machen Sie im Chat weiter.",
	},

	TooMuch: map[string]string{
		limitRequests:                      "Aus Ihrem Netzwerk kamen gerade sehr viele Anfragen. Warten Sie eine halbe Minute und versuchen Sie es erneut, oder öffnen Sie den Link in Ihrem Chat, der eigens gezählt wird.",
		limitLinks:                         "Dieser Link wurde in kurzer Zeit sehr oft verwendet. Schließen Sie andere Fenster, in denen er offen ist, warten Sie eine halbe Minute und versuchen Sie es dann erneut.",
		limitAgents:                        "Ihr Arbeitsplatz hat in kurzer Zeit sehr oft angefragt. Schließen Sie andere Fenster mit Flex, warten Sie einige Sekunden und versuchen Sie es dann erneut.",
		limitCodes:                         "Aus Ihrem Netzwerk kamen viele falsche Codes. Öffnen Sie den Link in Ihrem Chat, statt den Code einzutippen, oder warten Sie eine Minute und versuchen Sie es erneut.",
		limitCodes + limitOfEverybody:      "Gerade werden sehr viele falsche Codes eingetippt, darum müssen eingetippte Codes warten. Öffnen Sie den Link in Ihrem Chat, oder versuchen Sie es in einer Minute erneut.",
		limitAgentCodes:                    "Sie haben viele falsche Codes angegeben. Starten Sie das Video aus der Aufgabe, oder warten Sie eine Minute und versuchen Sie es erneut.",
		limitAgentCodes + limitOfEverybody: "Gerade werden sehr viele falsche Codes angegeben. Starten Sie das Video aus der Aufgabe, oder versuchen Sie es in einer Minute erneut.",
		limitTokens:                        "Aus Ihrem Netzwerk kamen viele fehlgeschlagene Anmeldungen beim Videodienst. Warten Sie eine Minute und versuchen Sie es dann erneut. Hält es an, sagen Sie es Ihrer Administration.",
		limitTokens + limitOfEverybody:     "Beim Videodienst schlagen gerade viele Anmeldungen fehl. Warten Sie eine Minute und versuchen Sie es dann erneut. Hält es an, sagen Sie es Ihrer Administration.",
		limitCodeStreams:                   "Dieser Anruf ist in zu vielen Fenstern offen. Schließen Sie einige davon und laden Sie diese Seite dann neu.",
		limitStreams:                       "In Ihrem Netzwerk sind zu viele Anrufe gleichzeitig offen. Diese Seite läuft weiter, nur langsamer: Schließen Sie Fenster, die Sie nicht mehr brauchen.",
		limitAllStreams:                    "Gerade warten sehr viele Menschen. Diese Seite läuft weiter, nur langsamer: Lassen Sie sie offen.",
		limitOfOneDocument:                 "Diesem Anruf wurde in kurzer Zeit sehr oft beigetreten, oder er wurde sehr oft bewertet. Warten Sie einige Sekunden und versuchen Sie es dann erneut.",
		limitOfAllWrites:                   "In diesem Anruf ist in kurzer Zeit sehr viel geschehen. Warten Sie einige Sekunden und versuchen Sie es dann erneut.",
	},
}

package words

// The text beside a call.
var (
	TalkTitle = Text{
		en: "Text",
		es: "Texto",
		de: "Text",
		fr: "Texte",
		pt: "Texto",
	}
	TalkHint = Text{
		en: "If you cannot hear each other, write here. Messages are gone when the call is over.",
		es: "Si no se oyen, escriban aquí. Los mensajes desaparecen cuando termina la llamada.",
		de: "Wenn Sie einander nicht hören, schreiben Sie hier. Nach dem Anruf sind die Nachrichten weg.",
		fr: "Si vous ne vous entendez pas, écrivez ici. Les messages disparaissent à la fin de l’appel.",
		pt: "Se não se ouvirem, escrevam aqui. As mensagens desaparecem quando a chamada termina.",
	}
	TalkLabel = Text{
		en: "Write a message",
		es: "Escriba un mensaje",
		de: "Nachricht schreiben",
		fr: "Écrire un message",
		pt: "Escreva uma mensagem",
	}
	TalkFailed = Text{
		en: "Not delivered.",
		es: "No entregado.",
		de: "Nicht zugestellt.",
		fr: "Non remis.",
		pt: "Não entregue.",
	}
	Unread = Text{
		en: "new",
		es: "sin leer",
		de: "neu",
		fr: "non lus",
		pt: "não lidas",
	}

	// DidWrite has a gap for the name.
	DidWrite = Text{
		en: "%s writes:",
		es: "%s escribe:",
		de: "%s schreibt:",
		fr: "%s écrit :",
		pt: "%s escreve:",
	}
)

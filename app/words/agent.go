package words

// The agent's tab.
var (
	AgentTitle = Text{
		en: "Video Room",
		es: "Sala de vídeo",
		de: "Videoraum",
		fr: "Salle vidéo",
		pt: "Sala de vídeo",
	}
	ConnectingHeading = Text{
		en: "Video Room",
		es: "Sala de vídeo",
		de: "Videoraum",
		fr: "Salle vidéo",
		pt: "Sala de vídeo",
	}
	ConnectingLead = Text{
		en: "Waiting for the agent desktop…",
		es: "Esperando al escritorio del agente…",
		de: "Warten auf den Agent Desktop …",
		fr: "En attente du poste de l’agent…",
		pt: "Aguardando o painel do agente…",
	}
	NoTask = Text{
		en: "Choose a chat Task and press the Video icon in its header.",
		es: "Elija una tarea de chat y pulse el icono de vídeo de su cabecera.",
		de: "Wählen Sie eine Chat-Aufgabe und drücken Sie auf das Videosymbol in ihrer Kopfzeile.",
		fr: "Choisissez une tâche de discussion et appuyez sur l’icône vidéo dans son en-tête.",
		pt: "Escolha uma tarefa de chat e clique no ícone de vídeo no cabeçalho dela.",
	}
	IdleHeading = Text{
		en: "Video Room",
		es: "Sala de vídeo",
		de: "Videoraum",
		fr: "Salle vidéo",
		pt: "Sala de vídeo",
	}
	SendAgain = Text{
		en: "Send link again",
		es: "Enviar el enlace otra vez",
		de: "Link erneut senden",
		fr: "Renvoyer le lien",
		pt: "Enviar o link de novo",
	}
	SentAgain = Text{
		en: "Link sent into the chat.",
		es: "Enlace enviado al chat.",
		de: "Der Link wurde in den Chat gesendet.",
		fr: "Lien envoyé dans la discussion.",
		pt: "Link enviado no chat.",
	}
	End = Text{
		en: "End for everyone",
		es: "Terminar para todos",
		de: "Für alle beenden",
		fr: "Terminer pour tous",
		pt: "Encerrar para todos",
	}
	EndSure = Text{
		en: "Really end for everyone?",
		es: "¿Terminar de verdad para todos?",
		de: "Wirklich für alle beenden?",
		fr: "Vraiment terminer pour tous\u00a0?",
		pt: "Encerrar mesmo para todos?",
	}
	BusyHeading = Text{
		en: "You are already in a video call",
		es: "Ya está en una videollamada",
		de: "Sie sind bereits in einem Videoanruf",
		fr: "Vous êtes déjà dans un appel vidéo",
		pt: "Você já está em uma chamada de vídeo",
	}

	// BusyLead has a gap for the code.
	BusyLead = Text{
		en: "Leave or end the call with code %s first. One agent can be in one video call at a time.",
		es: "Salga antes de la llamada con el código %s, o termínela. Solo puede estar en una videollamada a la vez.",
		de: "Verlassen oder beenden Sie zuerst den Anruf mit dem Code %s. Sie können nur an einem Videoanruf zugleich teilnehmen.",
		fr: "Quittez ou terminez d’abord l’appel avec le code %s. Vous ne pouvez être que dans un appel vidéo à la fois.",
		pt: "Saia antes da chamada com o código %s, ou encerre-a. Você só pode estar em uma chamada de vídeo por vez.",
	}
	LeftHeading = Text{
		en: "You have left the call",
		es: "Ha salido de la llamada",
		de: "Sie haben den Anruf verlassen",
		fr: "Vous avez quitté l’appel",
		pt: "Você saiu da chamada",
	}
	AgentEnded = Text{
		en: "The Task can be wrapped up now.",
		es: "La tarea ya se puede cerrar.",
		de: "Die Aufgabe kann jetzt nachbearbeitet werden.",
		fr: "La tâche peut maintenant être clôturée.",
		pt: "A tarefa já pode ser finalizada.",
	}
	SignInStale = Text{
		en: "The call goes on. Your sign-in to Flex has run out and is usually renewed by itself: try again in a moment.",
		es: "La llamada sigue. Su sesión de Flex ha caducado y normalmente se renueva sola: inténtelo de nuevo en un momento.",
		de: "Der Anruf geht weiter. Ihre Anmeldung bei Flex ist abgelaufen und wird meist von selbst erneuert: Versuchen Sie es gleich noch einmal.",
		fr: "L’appel continue. Votre session Flex a expiré et se renouvelle en général d’elle-même : réessayez dans un instant.",
		pt: "A chamada continua. Sua sessão do Flex expirou e em geral se renova sozinha: tente de novo em instantes.",
	}

	// Around the call with the customer.
	AgentCallHeading = OfCustomer{
		Unnamed: Text{
			en: "Video call with the customer",
			es: "Videollamada con el cliente",
			de: "Videoanruf mit Kundin oder Kunde",
			fr: "Appel vidéo avec le client",
			pt: "Chamada de vídeo com o cliente",
		},
		Named: Text{
			en: "Video call with %s",
			es: "Videollamada con %s",
			de: "Videoanruf mit %s",
			fr: "Appel vidéo avec %s",
			pt: "Chamada de vídeo com %s",
		},
	}
	LinkLabel = OfCustomer{
		Unnamed: Text{
			en: "Join link for the customer",
			es: "Enlace para el cliente",
			de: "Teilnahmelink für die Kundschaft",
			fr: "Lien pour le client",
			pt: "Link para o cliente",
		},
		Named: Text{
			en: "Join link for %s",
			es: "Enlace para %s",
			de: "Teilnahmelink für %s",
			fr: "Lien pour %s",
			pt: "Link para %s",
		},
	}
	AgentJoinHint = OfCustomer{
		Unnamed: Text{
			en: "The customer is let in as soon as you have joined.",
			es: "El cliente podrá entrar en cuanto usted haya entrado.",
			de: "Die Kundin oder der Kunde wird eingelassen, sobald Sie teilnehmen.",
			fr: "Le client peut entrer dès que vous avez rejoint l’appel.",
			pt: "O cliente pode entrar assim que você entrar.",
		},
		Named: Text{
			en: "%s is let in as soon as you have joined.",
			es: "%s podrá entrar en cuanto usted haya entrado.",
			de: "%s wird eingelassen, sobald Sie teilnehmen.",
			fr: "%s pourra entrer dès que vous aurez rejoint l’appel.",
			pt: "%s poderá entrar assim que você entrar.",
		},
	}
)

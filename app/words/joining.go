package words

// Between the click on Join and the call.
var (
	// WaitHeading and WaitLead have a gap for the agent.
	WaitHeading = Text{
		en: "Waiting for %s",
		es: "Esperando a %s",
		de: "Warten auf %s",
		fr: "En attente\u00a0: %s",
		pt: "Aguardando %s",
	}
	WaitLead = Text{
		en: "You are all set. The call starts by itself as soon as %s is in the Video Room.",
		es: "Todo está listo. La llamada empezará sola en cuanto %s esté en la sala de vídeo.",
		de: "Bei Ihnen ist alles bereit. Der Anruf beginnt von selbst, sobald %s im Videoraum ist.",
		fr: "Tout est prêt de votre côté. L’appel commence de lui-même dès que %s entre dans la salle vidéo.",
		pt: "Está tudo pronto. A chamada começa sozinha assim que %s estiver na sala de vídeo.",
	}
	WaitTitle = Text{
		en: "Waiting – video call",
		es: "En espera – videollamada",
		de: "Warten – Videoanruf",
		fr: "En attente – appel vidéo",
		pt: "Aguardando – chamada de vídeo",
	}
	WaitCancel = Text{
		en: "Back",
		es: "Volver",
		de: "Zurück",
		fr: "Retour",
		pt: "Voltar",
	}
	Cancel = Text{
		en: "Cancel",
		es: "Cancelar",
		de: "Abbrechen",
		fr: "Annuler",
		pt: "Cancelar",
	}
	JoiningHeading = Text{
		en: "Joining the call…",
		es: "Entrando en la llamada…",
		de: "Der Anruf wird verbunden …",
		fr: "Connexion à l’appel…",
		pt: "Entrando na chamada…",
	}
	JoiningTitle = Text{
		en: "Joining – video call",
		es: "Entrando – videollamada",
		de: "Verbinden – Videoanruf",
		fr: "Connexion – appel vidéo",
		pt: "Entrando – chamada de vídeo",
	}
	Loading = Text{
		en: "One moment…",
		es: "Un momento…",
		de: "Einen Moment …",
		fr: "Un instant…",
		pt: "Um momento…",
	}
)

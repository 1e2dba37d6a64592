package words

// The post-video page.
var (
	AfterHeading = Text{
		en: "You have left the call",
		es: "Ha salido de la llamada",
		de: "Sie haben den Anruf verlassen",
		fr: "Vous avez quitté l’appel",
		pt: "Você saiu da chamada",
	}
	AfterLead = Text{
		en: "Thank you for your time.",
		es: "Gracias por su tiempo.",
		de: "Vielen Dank für Ihre Zeit.",
		fr: "Merci pour votre temps.",
		pt: "Obrigado pelo seu tempo.",
	}

	// AfterTitle has a gap for the brand.
	AfterTitle = Text{
		en: "Call over – %s",
		es: "Llamada terminada – %s",
		de: "Anruf beendet – %s",
		fr: "Appel terminé – %s",
		pt: "Chamada encerrada – %s",
	}
	RateLegend = Text{
		en: "How was the video call?",
		es: "¿Qué le ha parecido la videollamada?",
		de: "Wie war der Videoanruf?",
		fr: "Comment s’est passé l’appel vidéo\u00a0?",
		pt: "Como foi a chamada de vídeo?",
	}
	RateComment = Text{
		en: "Anything you want to tell us? (optional)",
		es: "¿Quiere decirnos algo más? (opcional)",
		de: "Möchten Sie uns noch etwas sagen? (freiwillig)",
		fr: "Souhaitez-vous nous dire autre chose\u00a0? (facultatif)",
		pt: "Quer nos dizer mais alguma coisa? (opcional)",
	}
	RateSend = Text{
		en: "Send",
		es: "Enviar",
		de: "Senden",
		fr: "Envoyer",
		pt: "Enviar",
	}
	RateSending = Text{
		en: "Sending…",
		es: "Enviando…",
		de: "Wird gesendet …",
		fr: "Envoi…",
		pt: "Enviando…",
	}
	RateKept = Text{
		en: "Your rating is kept on this device and will be sent as soon as the connection is back.",
		es: "Su valoración está guardada en este dispositivo y se enviará en cuanto vuelva la conexión.",
		de: "Ihre Bewertung ist auf diesem Gerät gespeichert und wird gesendet, sobald die Verbindung wieder da ist.",
		fr: "Votre avis est conservé sur cet appareil et sera envoyé dès que la connexion sera rétablie.",
		pt: "Sua avaliação está guardada neste dispositivo e será enviada assim que a conexão voltar.",
	}
	RateMissing = Text{
		en: "Please choose 1 to 5 stars first.",
		es: "Elija primero de 1 a 5 estrellas.",
		de: "Bitte wählen Sie zuerst 1 bis 5 Sterne.",
		fr: "Veuillez d’abord choisir de 1 à 5 étoiles.",
		pt: "Escolha primeiro de 1 a 5 estrelas.",
	}
	RateThanks = Text{
		en: "Thank you. Your rating has been sent.",
		es: "Gracias. Su valoración se ha enviado.",
		de: "Vielen Dank. Ihre Bewertung wurde gesendet.",
		fr: "Merci. Votre avis a été envoyé.",
		pt: "Obrigado. Sua avaliação foi enviada.",
	}

	// Stars are what one star to five stars mean.
	Stars = [5]Text{
		{
			en: "Very bad",
			es: "Muy mal",
			de: "Sehr schlecht",
			fr: "Très mauvais",
			pt: "Muito ruim",
		},
		{
			en: "Bad",
			es: "Mal",
			de: "Schlecht",
			fr: "Mauvais",
			pt: "Ruim",
		},
		{
			en: "Okay",
			es: "Regular",
			de: "In Ordnung",
			fr: "Correct",
			pt: "Regular",
		},
		{
			en: "Good",
			es: "Bien",
			de: "Gut",
			fr: "Bon",
			pt: "Boa",
		},
		{
			en: "Very good",
			es: "Muy bien",
			de: "Sehr gut",
			fr: "Très bon",
			pt: "Muito boa",
		},
	}
	StillOpen = Text{
		en: "Left by mistake? The call is still open.",
		es: "¿Ha salido por error? La llamada sigue abierta.",
		de: "Versehentlich verlassen? Der Anruf läuft noch.",
		fr: "Sorti par erreur\u00a0? L’appel est toujours ouvert.",
		pt: "Saiu sem querer? A chamada ainda está aberta.",
	}
	EndedNote = Text{
		en: "The call has ended.",
		es: "La llamada ha terminado.",
		de: "Der Anruf ist beendet.",
		fr: "L’appel est terminé.",
		pt: "A chamada terminou.",
	}
	Close = Text{
		en: "You can close this page now.",
		es: "Ya puede cerrar esta página.",
		de: "Sie können diese Seite jetzt schließen.",
		fr: "Vous pouvez fermer cette page.",
		pt: "Você já pode fechar esta página.",
	}
	TryAgain = Text{
		en: "Try again",
		es: "Intentar de nuevo",
		de: "Erneut versuchen",
		fr: "Réessayer",
		pt: "Tentar de novo",
	}
)

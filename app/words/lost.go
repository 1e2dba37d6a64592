package words

// A call that broke, or goes on without this page.
var (
	RejoinHeading = Text{
		en: "The connection was lost",
		es: "Se ha perdido la conexión",
		de: "Die Verbindung ist abgebrochen",
		fr: "La connexion a été perdue",
		pt: "A conexão caiu",
	}
	RejoinLead = Text{
		en: "We are bringing you back into the call. This takes a few seconds; you need not do anything.",
		es: "Le estamos devolviendo a la llamada. Tardará unos segundos; no tiene que hacer nada.",
		de: "Wir holen Sie in den Anruf zurück. Das dauert einige Sekunden; Sie müssen nichts tun.",
		fr: "Nous vous ramenons dans l’appel. Cela prend quelques secondes\u00a0; vous n’avez rien à faire.",
		pt: "Estamos trazendo você de volta à chamada. Isso leva alguns segundos; você não precisa fazer nada.",
	}
	LostHeading = Text{
		en: "We could not bring you back",
		es: "No hemos podido devolverle a la llamada",
		de: "Wir konnten Sie nicht zurückholen",
		fr: "Nous n’avons pas pu vous ramener dans l’appel",
		pt: "Não conseguimos trazer você de volta",
	}
	LostLead = Text{
		en: "The connection was lost and did not come back. Check your internet connection, then join again.",
		es: "La conexión se perdió y no se ha recuperado. Compruebe su conexión a internet y vuelva a entrar.",
		de: "Die Verbindung ist abgebrochen und kam nicht wieder zustande. Prüfen Sie Ihre Internetverbindung und nehmen Sie dann erneut teil.",
		fr: "La connexion a été perdue et n’est pas revenue. Vérifiez votre connexion internet, puis rejoignez l’appel à nouveau.",
		pt: "A conexão caiu e não voltou. Verifique sua internet e entre de novo.",
	}
	LostTitle = Text{
		en: "Connection lost – video call",
		es: "Conexión perdida – videollamada",
		de: "Verbindung verloren – Videoanruf",
		fr: "Connexion perdue – appel vidéo",
		pt: "Conexão perdida – chamada de vídeo",
	}
	Rejoin = Text{
		en: "Rejoin the call",
		es: "Volver a la llamada",
		de: "Wieder teilnehmen",
		fr: "Revenir dans l’appel",
		pt: "Voltar à chamada",
	}
	ElsewhereHeading = Text{
		en: "The call goes on elsewhere",
		es: "La llamada sigue en otro lugar",
		de: "Der Anruf geht woanders weiter",
		fr: "L’appel continue ailleurs",
		pt: "A chamada continua em outro lugar",
	}
	ElsewhereLead = Text{
		en: "This page has left the call, because it was joined in another tab or window or on another device. Go on there, or take it back to this page.",
		es: "Esta página salió de la llamada porque se abrió en otra pestaña o ventana, o en otro dispositivo. Siga allí, o recupérela en esta página.",
		de: "Diese Seite hat den Anruf verlassen, weil er in einem anderen Tab oder Fenster oder auf einem anderen Gerät geöffnet wurde. Machen Sie dort weiter, oder holen Sie ihn auf diese Seite zurück.",
		fr: "Cette page a quitté l’appel, car il a été ouvert dans un autre onglet ou une autre fenêtre, ou sur un autre appareil. Continuez là-bas, ou reprenez-le sur cette page.",
		pt: "Esta página saiu da chamada porque ela foi aberta em outra aba ou janela, ou em outro dispositivo. Continue lá, ou traga a chamada de volta para esta página.",
	}
)

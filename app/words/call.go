package words

// The call: its controls, and what goes on in it.
var (
	// CallHeading and Alone have a gap for the agent, CallTitle for the brand.
	CallHeading = Text{
		en: "Video call with %s",
		es: "Videollamada con %s",
		de: "Videoanruf mit %s",
		fr: "Appel vidéo avec %s",
		pt: "Chamada de vídeo com %s",
	}
	CallNobody = Text{
		en: "Video call",
		es: "Videollamada",
		de: "Videoanruf",
		fr: "Appel vidéo",
		pt: "Chamada de vídeo",
	}
	CallTitle = Text{
		en: "In call – %s",
		es: "En llamada – %s",
		de: "Im Anruf – %s",
		fr: "En appel – %s",
		pt: "Em chamada – %s",
	}
	Alone = Text{
		en: "Waiting for %s to come in…",
		es: "Esperando a que entre %s…",
		de: "Warten, bis %s dazukommt …",
		fr: "En attente de l’arrivée\u00a0: %s…",
		pt: "Aguardando %s entrar…",
	}

	// The controls.
	Mute = Text{
		en: "Mute",
		es: "Silenciar",
		de: "Stumm",
		fr: "Couper le micro",
		pt: "Silenciar",
	}
	Share = Text{
		en: "Share screen",
		es: "Compartir pantalla",
		de: "Bildschirm teilen",
		fr: "Partager l’écran",
		pt: "Compartilhar tela",
	}
	Flip = Text{
		en: "Flip camera",
		es: "Cambiar de cámara",
		de: "Kamera wechseln",
		fr: "Changer de caméra",
		pt: "Trocar câmera",
	}
	More = Text{
		en: "More",
		es: "Más",
		de: "Mehr",
		fr: "Plus",
		pt: "Mais",
	}
	Leave = Text{
		en: "Leave",
		es: "Salir",
		de: "Verlassen",
		fr: "Quitter",
		pt: "Sair",
	}
	FullScreen = Text{
		en: "Full screen",
		es: "Pantalla completa",
		de: "Vollbild",
		fr: "Plein écran",
		pt: "Tela cheia",
	}
	Settings = Text{
		en: "Settings",
		es: "Ajustes",
		de: "Einstellungen",
		fr: "Réglages",
		pt: "Configurações",
	}
	Controls = Text{
		en: "Call controls",
		es: "Controles de la llamada",
		de: "Anrufsteuerung",
		fr: "Commandes de l’appel",
		pt: "Controles da chamada",
	}
	Resume = Text{
		en: "Tap to hear the call",
		es: "Toque para oír la llamada",
		de: "Tippen, um den Anruf zu hören",
		fr: "Touchez pour entendre l’appel",
		pt: "Toque para ouvir a chamada",
	}
	Mini = Text{
		en: "Small window",
		es: "Ventana pequeña",
		de: "Kleines Fenster",
		fr: "Petite fenêtre",
		pt: "Janela pequena",
	}
	NoMini = Text{
		en: "This browser cannot show the call in a small window now.",
		es: "Este navegador no puede mostrar ahora la llamada en una ventana pequeña.",
		de: "Dieser Browser kann den Anruf gerade nicht in einem kleinen Fenster zeigen.",
		fr: "Ce navigateur ne peut pas afficher l’appel dans une petite fenêtre pour le moment.",
		pt: "Este navegador não consegue mostrar agora a chamada em uma janela pequena.",
	}

	// How a picture stands in its tile.
	Fill = Text{
		en: "Fill the frame",
		es: "Llenar el marco",
		de: "Rahmen ausfüllen",
		fr: "Remplir le cadre",
		pt: "Preencher o quadro",
	}
	Filled = Text{
		en: "The picture fills the frame; its edges are cut off.",
		es: "La imagen llena el marco; los bordes quedan cortados.",
		de: "Das Bild füllt den Rahmen; die Ränder sind abgeschnitten.",
		fr: "L’image remplit le cadre ; ses bords sont coupés.",
		pt: "A imagem preenche o quadro; as bordas ficam cortadas.",
	}
	Whole = Text{
		en: "The whole picture is shown.",
		es: "Se muestra la imagen completa.",
		de: "Das ganze Bild ist zu sehen.",
		fr: "L’image entière est affichée.",
		pt: "A imagem inteira é mostrada.",
	}
	Muted = Text{
		en: "Muted",
		es: "En silencio",
		de: "Stummgeschaltet",
		fr: "Micro coupé",
		pt: "Microfone silenciado",
	}
	Recording = Text{
		en: "Recording",
		es: "Grabando",
		de: "Aufzeichnung",
		fr: "Enregistrement",
		pt: "Gravando",
	}
	RecordOn = Text{
		en: "The call is being recorded.",
		es: "La llamada se está grabando.",
		de: "Der Anruf wird aufgezeichnet.",
		fr: "L’appel est en cours d’enregistrement.",
		pt: "A chamada está sendo gravada.",
	}
	RecordOff = Text{
		en: "The recording has stopped.",
		es: "La grabación se ha detenido.",
		de: "Die Aufzeichnung ist beendet.",
		fr: "L’enregistrement est arrêté.",
		pt: "A gravação parou.",
	}

	// What somebody did; each has a gap for the name.
	DidJoin = Text{
		en: "%s is in the call.",
		es: "%s está en la llamada.",
		de: "Jetzt im Anruf: %s.",
		fr: "%s est dans l’appel.",
		pt: "%s está na chamada.",
	}
	DidLeave = Text{
		en: "%s has left the call.",
		es: "%s ha salido de la llamada.",
		de: "Nicht mehr im Anruf: %s.",
		fr: "%s a quitté l’appel.",
		pt: "%s saiu da chamada.",
	}
	Sharing = Text{
		en: "%s is sharing the screen",
		es: "%s está compartiendo la pantalla",
		de: "%s: Bildschirm wird geteilt",
		fr: "%s partage son écran",
		pt: "%s está compartilhando a tela",
	}
	ShareReplaced = Text{
		en: "%s is sharing now, so your screen is no longer shared.",
		es: "%s está compartiendo ahora, así que su pantalla ya no se comparte.",
		de: "%s teilt jetzt, deshalb wird Ihr Bildschirm nicht mehr geteilt.",
		fr: "%s partage maintenant, votre écran n’est donc plus partagé.",
		pt: "%s está compartilhando agora, por isso a sua tela já não é compartilhada.",
	}
	SharingOver = Text{
		en: "%s has stopped sharing.",
		es: "%s ha dejado de compartir.",
		de: "%s teilt den Bildschirm nicht mehr.",
		fr: "%s ne partage plus son écran.",
		pt: "%s parou de compartilhar.",
	}
	DidPause = Text{
		en: "The call is paused on the device of %s.",
		es: "La llamada está en pausa en el dispositivo de %s.",
		de: "Der Anruf ist auf dem Gerät von %s unterbrochen.",
		fr: "L’appel est en pause sur l’appareil de %s.",
		pt: "A chamada está em pausa no dispositivo de %s.",
	}
	DidResume = Text{
		en: "%s is back.",
		es: "%s ha vuelto.",
		de: "%s ist wieder da.",
		fr: "%s est de retour.",
		pt: "%s está de volta.",
	}
	SelfSharing = Text{
		en: "You are sharing your screen",
		es: "Está compartiendo su pantalla",
		de: "Sie teilen Ihren Bildschirm",
		fr: "Vous partagez votre écran",
		pt: "Você está compartilhando sua tela",
	}
	ScreenStopped = Text{
		en: "Your screen is no longer shared.",
		es: "Su pantalla ya no se comparte.",
		de: "Ihr Bildschirm wird nicht mehr geteilt.",
		fr: "Votre écran n’est plus partagé.",
		pt: "A sua tela já não é compartilhada.",
	}

	// A phone call or the like has taken microphone or camera: ours, or another's.
	PhonePaused = Text{
		en: "Your microphone or camera was interrupted. Tap to resume.",
		es: "Su micrófono o su cámara se ha interrumpido. Toque para reanudar.",
		de: "Ihr Mikrofon oder Ihre Kamera wurde unterbrochen. Zum Fortsetzen tippen.",
		fr: "Votre micro ou votre caméra a été interrompu. Touchez pour reprendre.",
		pt: "Seu microfone ou sua câmera foi interrompido. Toque para retomar.",
	}
	MicTaken = Text{
		en: "Your microphone was interrupted. Tap to resume.",
		es: "Su micrófono se interrumpió. Toque para reanudar.",
		de: "Ihr Mikrofon wurde unterbrochen. Tippen Sie, um fortzufahren.",
		fr: "Votre micro a été interrompu. Touchez pour reprendre.",
		pt: "O seu microfone foi interrompido. Toque para retomar.",
	}
	CameraTaken = Text{
		en: "Your camera was interrupted. Tap to resume.",
		es: "Su cámara se interrumpió. Toque para reanudar.",
		de: "Ihre Kamera wurde unterbrochen. Tippen Sie, um fortzufahren.",
		fr: "Votre caméra a été interrompue. Touchez pour reprendre.",
		pt: "A sua câmera foi interrompida. Toque para retomar.",
	}
	Paused = Text{
		en: "Paused by their device",
		es: "En pausa por su dispositivo",
		de: "Vom Gerät unterbrochen",
		fr: "En pause sur son appareil",
		pt: "Em pausa pelo dispositivo",
	}
	Reconnecting = Text{
		en: "Your connection broke. Reconnecting…",
		es: "Se ha cortado su conexión. Reconectando…",
		de: "Ihre Verbindung ist abgebrochen. Sie wird wiederhergestellt …",
		fr: "Votre connexion a été coupée. Reconnexion…",
		pt: "Sua conexão caiu. Reconectando…",
	}
	OtherReconnecting = Text{
		en: "Reconnecting…",
		es: "Reconectando…",
		de: "Verbindung wird wiederhergestellt …",
		fr: "Reconnexion…",
		pt: "Reconectando…",
	}
	Stalled = Text{
		en: "Nothing is arriving any more. Waiting for the connection…",
		es: "Ya no llega nada. Esperando la conexión…",
		de: "Es kommt nichts mehr an. Warten auf die Verbindung …",
		fr: "Plus rien n’arrive. En attente de la connexion…",
		pt: "Já não chega nada. Aguardando a conexão…",
	}
	Back = Text{
		en: "You are back in the call.",
		es: "Está de nuevo en la llamada.",
		de: "Sie sind wieder im Anruf.",
		fr: "Vous êtes de retour dans l’appel.",
		pt: "Você está de volta à chamada.",
	}
)

package words

// Camera, microphone and speaker, before a call and in it.
var (
	Check = Text{
		en: "Check camera and microphone",
		es: "Comprobar cámara y micrófono",
		de: "Kamera und Mikrofon prüfen",
		fr: "Vérifier la caméra et le micro",
		pt: "Testar câmera e microfone",
	}
	CheckHint = Text{
		en: "Only you see this picture until you join.",
		es: "Solo usted ve esta imagen hasta que entre.",
		de: "Bis Sie teilnehmen, sehen nur Sie dieses Bild.",
		fr: "Vous seul voyez cette image tant que vous n’avez pas rejoint l’appel.",
		pt: "Só você vê esta imagem até entrar.",
	}

	// While the browser asks, for long, and while what asks it is still loading.
	Asking = Text{
		en: "Your browser is asking. Please choose “Allow”.",
		es: "Su navegador le está preguntando. Elija «Permitir».",
		de: "Ihr Browser fragt nach. Bitte wählen Sie „Zulassen“.",
		fr: "Votre navigateur vous pose une question. Veuillez choisir «\u00a0Autoriser\u00a0».",
		pt: "O navegador está perguntando. Escolha “Permitir”.",
	}
	AskUnanswered = Text{
		en: "Your browser is still asking for camera and microphone. Look for its question at the top of the window and choose “Allow”, or join without.",
		es: "Su navegador sigue pidiendo la cámara y el micrófono. Busque la pregunta en la parte superior de la ventana y elija «Permitir», o entre sin ellos.",
		de: "Ihr Browser fragt noch nach Kamera und Mikrofon. Suchen Sie seine Frage oben im Fenster und wählen Sie „Zulassen“, oder nehmen Sie ohne teil.",
		fr: "Votre navigateur demande toujours la caméra et le micro. Cherchez sa question en haut de la fenêtre et choisissez « Autoriser », ou participez sans.",
		pt: "O navegador ainda está pedindo a câmera e o microfone. Procure a pergunta no alto da janela e escolha “Permitir”, ou entre sem eles.",
	}
	SDKLoading = Text{
		en: "Still loading the video call. On a slow line this takes up to half a minute…",
		es: "La videollamada aún se está cargando. Con una conexión lenta tarda hasta medio minuto…",
		de: "Der Videoanruf wird noch geladen. Bei einer langsamen Verbindung dauert das bis zu einer halben Minute …",
		fr: "L’appel vidéo est encore en cours de chargement. Avec une connexion lente, cela prend jusqu’à une demi-minute…",
		pt: "A chamada de vídeo ainda está carregando. Com uma conexão lenta, isso leva até meio minuto…",
	}
	Preview = Text{
		en: "Your camera picture, mirrored",
		es: "La imagen de su cámara, reflejada",
		de: "Ihr Kamerabild, gespiegelt",
		fr: "L’image de votre caméra, en miroir",
		pt: "A imagem da sua câmera, espelhada",
	}
	PreviewOff = Text{
		en: "Your camera is off",
		es: "Su cámara está apagada",
		de: "Ihre Kamera ist aus",
		fr: "Votre caméra est éteinte",
		pt: "Sua câmera está desligada",
	}
	NoCamera = Text{
		en: "No camera",
		es: "Sin cámara",
		de: "Keine Kamera",
		fr: "Pas de caméra",
		pt: "Sem câmera",
	}
	Mic = Text{
		en: "Microphone",
		es: "Micrófono",
		de: "Mikrofon",
		fr: "Micro",
		pt: "Microfone",
	}
	Camera = Text{
		en: "Camera",
		es: "Cámara",
		de: "Kamera",
		fr: "Caméra",
		pt: "Câmera",
	}
	Microphone = Text{
		en: "Microphone",
		es: "Micrófono",
		de: "Mikrofon",
		fr: "Micro",
		pt: "Microfone",
	}
	Speaker = Text{
		en: "Speaker",
		es: "Altavoz",
		de: "Lautsprecher",
		fr: "Haut-parleur",
		pt: "Alto-falante",
	}
	DefaultDevice = Text{
		en: "Default",
		es: "Predeterminado",
		de: "Standard",
		fr: "Par défaut",
		pt: "Padrão",
	}
	MicLevel = Text{
		en: "Say something: the bars move when we hear you.",
		es: "Diga algo: las barras se mueven cuando le oímos.",
		de: "Sagen Sie etwas: Die Balken bewegen sich, wenn wir Sie hören.",
		fr: "Dites quelque chose\u00a0: les barres bougent quand nous vous entendons.",
		pt: "Diga alguma coisa: as barras se mexem quando ouvimos você.",
	}
	MicOff = Text{
		en: "Your microphone is off.",
		es: "Su micrófono está apagado.",
		de: "Ihr Mikrofon ist aus.",
		fr: "Votre micro est coupé.",
		pt: "Seu microfone está desligado.",
	}

	// What is said when they were switched.
	MuteOn = Text{
		en: "Your microphone is muted.",
		es: "Su micrófono está en silencio.",
		de: "Ihr Mikrofon ist stummgeschaltet.",
		fr: "Votre micro est coupé.",
		pt: "Seu microfone está silenciado.",
	}
	MuteOff = Text{
		en: "Your microphone is on.",
		es: "Su micrófono está activado.",
		de: "Ihr Mikrofon ist an.",
		fr: "Votre micro est activé.",
		pt: "Seu microfone está ligado.",
	}
	CameraOn = Text{
		en: "Your camera is on.",
		es: "Su cámara está encendida.",
		de: "Ihre Kamera ist an.",
		fr: "Votre caméra est allumée.",
		pt: "Sua câmera está ligada.",
	}
	CameraStopped = Text{
		en: "Your camera is off.",
		es: "Su cámara está apagada.",
		de: "Ihre Kamera ist ausgeschaltet.",
		fr: "Votre caméra est éteinte.",
		pt: "Sua câmera está parada.",
	}
	ChimeButton = Text{
		en: "Test the speaker",
		es: "Probar el altavoz",
		de: "Lautsprecher testen",
		fr: "Tester le haut-parleur",
		pt: "Testar o alto-falante",
	}
	ChimePlaying = Text{
		en: "You should hear two notes now.",
		es: "Ahora debería oír dos notas.",
		de: "Sie sollten jetzt zwei Töne hören.",
		fr: "Vous devriez entendre deux notes.",
		pt: "Você deve ouvir duas notas agora.",
	}
	ChimeFailed = Text{
		en: "The test sound could not be played.",
		es: "No se pudo reproducir el sonido de prueba.",
		de: "Der Testton konnte nicht abgespielt werden.",
		fr: "Le son de test n’a pas pu être joué.",
		pt: "Não foi possível tocar o som de teste.",
	}

	// What was plugged in or out; the others have a gap for the device.
	DeviceNew = Text{
		en: "Another device was plugged in or out. You can choose below.",
		es: "Se ha conectado o desconectado un dispositivo. Puede elegir abajo.",
		de: "Ein Gerät wurde angeschlossen oder getrennt. Unten können Sie wählen.",
		fr: "Un appareil a été branché ou débranché. Vous pouvez choisir ci-dessous.",
		pt: "Um dispositivo foi conectado ou desconectado. Você pode escolher abaixo.",
	}
	MicGone = Text{
		en: "“%s” is gone, and there is no other microphone. Plug one in, or write under Text.",
		es: "«%s» ya no está y no hay otro micrófono. Conecte uno o escriba en Texto.",
		de: "„%s“ ist weg, und es gibt kein anderes Mikrofon. Schließen Sie eines an, oder schreiben Sie unter „Text“.",
		fr: "« %s » n’est plus là, et il n’y a pas d’autre micro. Branchez-en un, ou écrivez sous Texte.",
		pt: "“%s” já não está presente e não há outro microfone. Conecte um, ou escreva em Texto.",
	}
	CameraGone = Text{
		en: "“%s” is gone, and there is no other camera. The call goes on without your picture.",
		es: "«%s» ya no está y no hay otra cámara. La llamada sigue sin su imagen.",
		de: "„%s“ ist weg, und es gibt keine andere Kamera. Der Anruf geht ohne Ihr Bild weiter.",
		fr: "« %s » n’est plus là, et il n’y a pas d’autre caméra. L’appel continue sans votre image.",
		pt: "“%s” já não está presente e não há outra câmera. A chamada continua sem a sua imagem.",
	}
	NowUsing = Text{
		en: "The device was unplugged. “%s” is used now.",
		es: "El dispositivo se desconectó. Ahora se usa «%s».",
		de: "Das Gerät wurde getrennt. Jetzt wird „%s“ verwendet.",
		fr: "L’appareil a été débranché. « %s » est utilisé maintenant.",
		pt: "O dispositivo foi desconectado. Agora é usado “%s”.",
	}
	Blur = Text{
		en: "Blur background",
		es: "Desenfocar el fondo",
		de: "Hintergrund unscharf",
		fr: "Flouter l’arrière-plan",
		pt: "Desfocar o fundo",
	}
	BlurOn = Text{
		en: "Your background is blurred.",
		es: "Su fondo está desenfocado.",
		de: "Ihr Hintergrund ist unscharf.",
		fr: "Votre arrière-plan est flouté.",
		pt: "O seu fundo está desfocado.",
	}
	BlurOff = Text{
		en: "Your background is not blurred any more.",
		es: "Su fondo ya no está desenfocado.",
		de: "Ihr Hintergrund ist wieder scharf.",
		fr: "Votre arrière-plan n’est plus flouté.",
		pt: "O seu fundo já não está desfocado.",
	}
	NoBlur = Text{
		en: "The background cannot be blurred in this browser.",
		es: "En este navegador no se puede desenfocar el fondo.",
		de: "In diesem Browser lässt sich der Hintergrund nicht unscharf machen.",
		fr: "Ce navigateur ne peut pas flouter l’arrière-plan.",
		pt: "Não é possível desfocar o fundo neste navegador.",
	}
	BareCamera = Text{
		en: "The background could not be blurred again, so your camera is off. You can switch it on without the blur.",
		es: "No se pudo volver a desenfocar el fondo, así que su cámara está apagada. Puede encenderla sin desenfoque.",
		de: "Der Hintergrund ließ sich nicht wieder unscharf machen, deshalb ist Ihre Kamera aus. Sie können sie ohne Unschärfe einschalten.",
		fr: "L’arrière-plan n’a pas pu être flouté de nouveau, votre caméra est donc éteinte. Vous pouvez l’allumer sans flou.",
		pt: "Não foi possível desfocar o fundo de novo, por isso a sua câmera está desligada. Você pode ligá-la sem o desfoque.",
	}
)

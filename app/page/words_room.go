package page

// roomWords are the sentences of the green room's details and of the keyboard
// shortcuts.
type roomWords struct {
	StepsTitle string // above one of the lists of steps
	// What to press where, so that the browser allows camera and microphone.
	StepsChrome, StepsAndroid, StepsSafari, StepsIOS, StepsFirefox [3]string

	ChimeButton, ChimePlaying, ChimeFailed   string
	DeviceNew                                string
	NetChecking, NetGood, NetNoUDP, NetNone  string
	KeysTitle, KeysHelp, KeysMic, KeysCamera string
	KeysOn, KeysOff, CameraOn, CameraStopped string
}

var roomEnglish = roomWords{
	StepsTitle:    "How to allow it",
	ChimeButton:   "Test the speaker",
	ChimePlaying:  "You should hear two notes now.",
	ChimeFailed:   "The test sound could not be played.",
	DeviceNew:     "Another device was plugged in or out. You can choose below.",
	NetChecking:   "Checking your connection…",
	NetGood:       "Your connection is ready for the call.",
	NetNoUDP:      "Your network holds back part of what a video call needs. Try joining; if sound or picture is poor, use another network, such as mobile data.",
	NetNone:       "The video service cannot be reached from your network. You can still try to join, or use another network, such as mobile data.",
	KeysTitle:     "Keyboard shortcuts",
	KeysHelp:      "Show this list",
	KeysMic:       "Microphone on or off",
	KeysCamera:    "Camera on or off",
	KeysOn:        "Use shortcuts",
	KeysOff:       "Shortcuts are off.",
	CameraOn:      "Your camera is on.",
	CameraStopped: "Your camera is off.",
	StepsChrome: [3]string{
		"Press the sign to the left of the address.",
		"Switch on Camera and Microphone.",
		"Come back here and press Try again.",
	},
	StepsAndroid: [3]string{
		"Tap the sign to the left of the address.",
		"Tap Permissions and allow Camera and Microphone.",
		"Come back here and tap Try again.",
	},
	StepsSafari: [3]string{
		"In the menu bar open Safari, then Settings for This Website.",
		"Set Camera and Microphone to Allow.",
		"Reload this page and press Join.",
	},
	StepsIOS: [3]string{
		"Tap the page sign at the edge of the address bar.",
		"Open Website Settings and allow Camera and Microphone.",
		"Reload this page and tap Join.",
	},
	StepsFirefox: [3]string{
		"Press the crossed-out camera or microphone beside the address.",
		"Remove the block on both.",
		"Come back here, press Try again and choose Allow.",
	},
}

var roomSpanish = roomWords{
	StepsTitle:    "Cómo permitirlo",
	ChimeButton:   "Probar el altavoz",
	ChimePlaying:  "Ahora debería oír dos notas.",
	ChimeFailed:   "No se pudo reproducir el sonido de prueba.",
	DeviceNew:     "Se ha conectado o desconectado un dispositivo. Puede elegir abajo.",
	NetChecking:   "Comprobando su conexión…",
	NetGood:       "Su conexión está lista para la llamada.",
	NetNoUDP:      "Su red retiene parte de lo que necesita una videollamada. Intente entrar; si el sonido o la imagen son malos, use otra red, por ejemplo los datos móviles.",
	NetNone:       "No se puede llegar al servicio de vídeo desde su red. Puede intentar entrar de todos modos o usar otra red, por ejemplo los datos móviles.",
	KeysTitle:     "Atajos de teclado",
	KeysHelp:      "Mostrar esta lista",
	KeysMic:       "Activar o silenciar el micrófono",
	KeysCamera:    "Encender o apagar la cámara",
	KeysOn:        "Usar los atajos",
	KeysOff:       "Los atajos están desactivados.",
	CameraOn:      "Su cámara está encendida.",
	CameraStopped: "Su cámara está apagada.",
	StepsChrome: [3]string{
		"Pulse el icono a la izquierda de la dirección.",
		"Active la cámara y el micrófono.",
		"Vuelva aquí e inténtelo de nuevo.",
	},
	StepsAndroid: [3]string{
		"Toque el icono a la izquierda de la dirección.",
		"Toque Permisos y permita la cámara y el micrófono.",
		"Vuelva aquí e inténtelo de nuevo.",
	},
	StepsSafari: [3]string{
		"En la barra de menús abra Safari y los ajustes para este sitio web.",
		"Elija Permitir para la cámara y el micrófono.",
		"Recargue esta página y entre en la sala.",
	},
	StepsIOS: [3]string{
		"Toque el icono de página junto a la barra de direcciones.",
		"Abra Ajustes del sitio web y permita la cámara y el micrófono.",
		"Recargue esta página y entre en la sala.",
	},
	StepsFirefox: [3]string{
		"Pulse la cámara o el micrófono tachado junto a la dirección.",
		"Quite el bloqueo de ambos.",
		"Vuelva aquí, inténtelo de nuevo y elija Permitir.",
	},
}

var roomGerman = roomWords{
	StepsTitle:    "So erlauben Sie es",
	ChimeButton:   "Lautsprecher testen",
	ChimePlaying:  "Sie sollten jetzt zwei Töne hören.",
	ChimeFailed:   "Der Testton konnte nicht abgespielt werden.",
	DeviceNew:     "Ein Gerät wurde angeschlossen oder getrennt. Unten können Sie wählen.",
	NetChecking:   "Ihre Verbindung wird geprüft …",
	NetGood:       "Ihre Verbindung ist bereit für den Anruf.",
	NetNoUDP:      "Ihr Netzwerk hält einen Teil dessen zurück, was ein Videoanruf braucht. Versuchen Sie es; sind Ton oder Bild schlecht, nehmen Sie ein anderes Netzwerk, zum Beispiel mobile Daten.",
	NetNone:       "Der Videodienst ist aus Ihrem Netzwerk nicht erreichbar. Sie können es trotzdem versuchen oder ein anderes Netzwerk nehmen, zum Beispiel mobile Daten.",
	KeysTitle:     "Tastenkürzel",
	KeysHelp:      "Diese Liste zeigen",
	KeysMic:       "Mikrofon ein oder aus",
	KeysCamera:    "Kamera ein oder aus",
	KeysOn:        "Tastenkürzel verwenden",
	KeysOff:       "Tastenkürzel sind ausgeschaltet.",
	CameraOn:      "Ihre Kamera ist an.",
	CameraStopped: "Ihre Kamera ist ausgeschaltet.",
	StepsChrome: [3]string{
		"Drücken Sie auf das Zeichen links neben der Adresse.",
		"Schalten Sie Kamera und Mikrofon ein.",
		"Kommen Sie zurück und drücken Sie auf „Erneut versuchen“.",
	},
	StepsAndroid: [3]string{
		"Tippen Sie auf das Zeichen links neben der Adresse.",
		"Tippen Sie auf Berechtigungen und erlauben Sie Kamera und Mikrofon.",
		"Kommen Sie zurück und tippen Sie auf „Erneut versuchen“.",
	},
	StepsSafari: [3]string{
		"Öffnen Sie in der Menüleiste Safari und dort die Einstellungen für diese Website.",
		"Stellen Sie Kamera und Mikrofon auf „Erlauben“.",
		"Laden Sie diese Seite neu und nehmen Sie teil.",
	},
	StepsIOS: [3]string{
		"Tippen Sie auf das Seitensymbol am Rand der Adressleiste.",
		"Öffnen Sie die Website-Einstellungen und erlauben Sie Kamera und Mikrofon.",
		"Laden Sie diese Seite neu und nehmen Sie teil.",
	},
	StepsFirefox: [3]string{
		"Drücken Sie auf das durchgestrichene Kamera- oder Mikrofonzeichen neben der Adresse.",
		"Heben Sie die Sperre für beide auf.",
		"Kommen Sie zurück, versuchen Sie es erneut und wählen Sie „Erlauben“.",
	},
}

var roomFrench = roomWords{
	StepsTitle:    "Comment l’autoriser",
	ChimeButton:   "Tester le haut-parleur",
	ChimePlaying:  "Vous devriez entendre deux notes.",
	ChimeFailed:   "Le son de test n’a pas pu être joué.",
	DeviceNew:     "Un appareil a été branché ou débranché. Vous pouvez choisir ci-dessous.",
	NetChecking:   "Vérification de votre connexion…",
	NetGood:       "Votre connexion est prête pour l’appel.",
	NetNoUDP:      "Votre réseau retient une partie de ce qu’il faut à un appel vidéo. Essayez de participer ; si le son ou l’image est mauvais, prenez un autre réseau, par exemple les données mobiles.",
	NetNone:       "Le service vidéo est injoignable depuis votre réseau. Vous pouvez tout de même essayer, ou prendre un autre réseau, par exemple les données mobiles.",
	KeysTitle:     "Raccourcis clavier",
	KeysHelp:      "Afficher cette liste",
	KeysMic:       "Activer ou couper le micro",
	KeysCamera:    "Activer ou arrêter la caméra",
	KeysOn:        "Utiliser les raccourcis",
	KeysOff:       "Les raccourcis sont désactivés.",
	CameraOn:      "Votre caméra est allumée.",
	CameraStopped: "Votre caméra est éteinte.",
	StepsChrome: [3]string{
		"Appuyez sur l’icône à gauche de l’adresse.",
		"Activez la caméra et le micro.",
		"Revenez ici et réessayez.",
	},
	StepsAndroid: [3]string{
		"Touchez l’icône à gauche de l’adresse.",
		"Touchez Autorisations et autorisez la caméra et le micro.",
		"Revenez ici et réessayez.",
	},
	StepsSafari: [3]string{
		"Dans la barre des menus, ouvrez Safari puis les réglages pour ce site web.",
		"Choisissez Autoriser pour la caméra et le micro.",
		"Rechargez cette page et participez.",
	},
	StepsIOS: [3]string{
		"Touchez l’icône de page au bord de la barre d’adresse.",
		"Ouvrez les réglages du site web et autorisez la caméra et le micro.",
		"Rechargez cette page et participez.",
	},
	StepsFirefox: [3]string{
		"Appuyez sur la caméra ou le micro barré à côté de l’adresse.",
		"Levez le blocage des deux.",
		"Revenez ici, réessayez et choisissez Autoriser.",
	},
}

var roomPortuguese = roomWords{
	StepsTitle:    "Como permitir",
	ChimeButton:   "Testar o alto-falante",
	ChimePlaying:  "Você deve ouvir duas notas agora.",
	ChimeFailed:   "Não foi possível tocar o som de teste.",
	DeviceNew:     "Um dispositivo foi conectado ou desconectado. Você pode escolher abaixo.",
	NetChecking:   "Verificando sua conexão…",
	NetGood:       "Sua conexão está pronta para a chamada.",
	NetNoUDP:      "Sua rede retém parte do que uma chamada de vídeo precisa. Tente entrar; se o som ou a imagem ficarem ruins, use outra rede, como os dados móveis.",
	NetNone:       "Não é possível alcançar o serviço de vídeo a partir da sua rede. Você pode tentar entrar mesmo assim ou usar outra rede, como os dados móveis.",
	KeysTitle:     "Atalhos de teclado",
	KeysHelp:      "Mostrar esta lista",
	KeysMic:       "Ligar ou desligar o microfone",
	KeysCamera:    "Ligar ou desligar a câmera",
	KeysOn:        "Usar os atalhos",
	KeysOff:       "Os atalhos estão desativados.",
	CameraOn:      "Sua câmera está ligada.",
	CameraStopped: "Sua câmera está parada.",
	StepsChrome: [3]string{
		"Pressione o ícone à esquerda do endereço.",
		"Ative a câmera e o microfone.",
		"Volte aqui e tente de novo.",
	},
	StepsAndroid: [3]string{
		"Toque no ícone à esquerda do endereço.",
		"Toque em Permissões e permita a câmera e o microfone.",
		"Volte aqui e tente de novo.",
	},
	StepsSafari: [3]string{
		"Na barra de menus, abra o Safari e os ajustes deste site.",
		"Escolha Permitir para a câmera e o microfone.",
		"Recarregue esta página e entre na sala.",
	},
	StepsIOS: [3]string{
		"Toque no ícone de página junto à barra de endereço.",
		"Abra os ajustes do site e permita a câmera e o microfone.",
		"Recarregue esta página e entre na sala.",
	},
	StepsFirefox: [3]string{
		"Pressione a câmera ou o microfone riscado ao lado do endereço.",
		"Remova o bloqueio dos dois.",
		"Volte aqui, tente de novo e escolha Permitir.",
	},
}

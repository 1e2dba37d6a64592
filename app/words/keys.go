package words

// The keyboard shortcuts.
var (
	KeysTitle = Text{
		en: "Keyboard shortcuts",
		es: "Atajos de teclado",
		de: "Tastenkürzel",
		fr: "Raccourcis clavier",
		pt: "Atalhos de teclado",
	}
	KeysHelp = Text{
		en: "Show this list",
		es: "Mostrar esta lista",
		de: "Diese Liste zeigen",
		fr: "Afficher cette liste",
		pt: "Mostrar esta lista",
	}
	KeysMic = Text{
		en: "Microphone on or off",
		es: "Activar o silenciar el micrófono",
		de: "Mikrofon ein oder aus",
		fr: "Activer ou couper le micro",
		pt: "Ligar ou desligar o microfone",
	}
	KeysCamera = Text{
		en: "Camera on or off",
		es: "Encender o apagar la cámara",
		de: "Kamera ein oder aus",
		fr: "Activer ou arrêter la caméra",
		pt: "Ligar ou desligar a câmera",
	}
	KeysOn = Text{
		en: "Use shortcuts",
		es: "Usar los atajos",
		de: "Tastenkürzel verwenden",
		fr: "Utiliser les raccourcis",
		pt: "Usar os atalhos",
	}
	KeysOff = Text{
		en: "Shortcuts are off.",
		es: "Los atajos están desactivados.",
		de: "Tastenkürzel sind ausgeschaltet.",
		fr: "Les raccourcis sont désactivés.",
		pt: "Os atalhos estão desativados.",
	}
)

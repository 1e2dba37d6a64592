package words

// The landing page.
var (
	HomeHeading = Text{
		en: "Join your video call",
		es: "Entre en su videollamada",
		de: "Zu Ihrem Videoanruf",
		fr: "Rejoignez votre appel vidéo",
		pt: "Entre na sua chamada de vídeo",
	}
	HomeLead = Text{
		en: "Type the code from your chat. If you have a link, simply open it.",
		es: "Escriba el código que aparece en su chat. Si tiene un enlace, simplemente ábralo.",
		de: "Geben Sie den Code aus Ihrem Chat ein. Wenn Sie einen Link haben, öffnen Sie einfach diesen.",
		fr: "Saisissez le code reçu dans votre discussion. Si vous avez un lien, ouvrez-le simplement.",
		pt: "Digite o código recebido no chat. Se você tem um link, basta abri-lo.",
	}
	CodeLabel = Text{
		en: "Your code",
		es: "Su código",
		de: "Ihr Code",
		fr: "Votre code",
		pt: "Seu código",
	}
	CodeHint = Text{
		en: "Small letters and digits, as the agent sent them.",
		es: "Letras minúsculas y cifras, tal como se las envió su agente.",
		de: "Kleinbuchstaben und Ziffern, so wie sie im Chat stehen.",
		fr: "Lettres minuscules et chiffres, tels que vous les avez reçus.",
		pt: "Letras minúsculas e números, como foram enviados a você.",
	}
	CodeSubmit = Text{
		en: "Continue",
		es: "Continuar",
		de: "Weiter",
		fr: "Continuer",
		pt: "Continuar",
	}
)

package words

import (
	"errors"

	"escalate/app/video"
	"escalate/app/wire"
)

// Advice is what went wrong and how to go on.
type Advice struct {
	Heading, Text Text
	// Trouble is what the agent is told.
	Trouble string
}

// In returns the advice as one line.
func (a *Advice) In(l Language) string { return a.Heading.In(l) + ". " + a.Text.In(l) }

// What went wrong, and what to do about it.
var (
	// Camera and microphone.
	MediaDenied = Advice{
		Heading: Text{
			en: "Camera and microphone are blocked",
			es: "La cámara y el micrófono están bloqueados",
			de: "Kamera und Mikrofon sind blockiert",
			fr: "La caméra et le micro sont bloqués",
			pt: "A câmera e o microfone estão bloqueados",
		},
		Text: Text{
			en: "This page may not use them. Press the camera or lock sign beside the address, allow both, and try again.",
			es: "Esta página no puede usarlos. Pulse el símbolo de la cámara o del candado junto a la dirección, permita ambos e inténtelo de nuevo.",
			de: "Diese Seite darf sie nicht nutzen. Drücken Sie auf das Kamera- oder Schlosszeichen neben der Adresse, erlauben Sie beides, und versuchen Sie es erneut.",
			fr: "Cette page ne peut pas les utiliser. Appuyez sur le symbole de caméra ou de cadenas à côté de l’adresse, autorisez les deux, puis réessayez.",
			pt: "Esta página não pode usá-los. Toque no símbolo de câmera ou de cadeado ao lado do endereço, permita os dois e tente de novo.",
		},
		Trouble: wire.TroubleDenied,
	}
	MediaDismissed = Advice{
		Heading: Text{
			en: "The question was closed",
			es: "Se cerró la pregunta",
			de: "Die Frage wurde geschlossen",
			fr: "La question a été fermée",
			pt: "A pergunta foi fechada",
		},
		Text: Text{
			en: "Your browser asked for camera and microphone, and got no answer. Try again and choose “Allow”.",
			es: "Su navegador pidió la cámara y el micrófono, y no recibió respuesta. Inténtelo de nuevo y elija «Permitir».",
			de: "Ihr Browser hat nach Kamera und Mikrofon gefragt und keine Antwort erhalten. Versuchen Sie es erneut und wählen Sie „Zulassen“.",
			fr: "Votre navigateur a demandé la caméra et le micro, et n’a pas reçu de réponse. Réessayez et choisissez «\u00a0Autoriser\u00a0».",
			pt: "O navegador pediu a câmera e o microfone e não recebeu resposta. Tente de novo e escolha “Permitir”.",
		},
		Trouble: wire.TroubleDenied,
	}
	MediaSystem = Advice{
		Heading: Text{
			en: "Your device blocks camera or microphone",
			es: "Su dispositivo bloquea la cámara o el micrófono",
			de: "Ihr Gerät blockiert Kamera oder Mikrofon",
			fr: "Votre appareil bloque la caméra ou le micro",
			pt: "Seu dispositivo bloqueia a câmera ou o microfone",
		},
		Text: Text{
			en: "Open the system settings of your device, allow this browser to use camera and microphone, and try again.",
			es: "Abra los ajustes del sistema de su dispositivo, permita que este navegador use la cámara y el micrófono, e inténtelo de nuevo.",
			de: "Öffnen Sie die Systemeinstellungen Ihres Geräts, erlauben Sie diesem Browser Kamera und Mikrofon, und versuchen Sie es erneut.",
			fr: "Ouvrez les réglages système de votre appareil, autorisez ce navigateur à utiliser la caméra et le micro, puis réessayez.",
			pt: "Abra as configurações do sistema do seu dispositivo, permita que este navegador use a câmera e o microfone, e tente de novo.",
		},
		Trouble: wire.TroubleSystem,
	}
	MediaInUse = Advice{
		Heading: Text{
			en: "Camera or microphone is in use",
			es: "La cámara o el micrófono están en uso",
			de: "Kamera oder Mikrofon wird gerade benutzt",
			fr: "La caméra ou le micro est déjà utilisé",
			pt: "A câmera ou o microfone está em uso",
		},
		Text: Text{
			en: "Another program or tab is using it. Close that one and try again.",
			es: "Otro programa o pestaña los está usando. Ciérrelo e inténtelo de nuevo.",
			de: "Ein anderes Programm oder ein anderer Tab benutzt das Gerät. Schließen Sie es und versuchen Sie es erneut.",
			fr: "Un autre programme ou un autre onglet s’en sert. Fermez-le, puis réessayez.",
			pt: "Outro programa ou outra aba está usando. Feche e tente de novo.",
		},
		Trouble: wire.TroubleInUse,
	}
	MediaNone = Advice{
		Heading: Text{
			en: "No camera or microphone found",
			es: "No se encontró cámara ni micrófono",
			de: "Keine Kamera und kein Mikrofon gefunden",
			fr: "Aucune caméra ni aucun micro trouvés",
			pt: "Nenhuma câmera ou microfone encontrado",
		},
		Text: Text{
			en: "Plug one in and try again, or join without.",
			es: "Conecte un dispositivo e inténtelo de nuevo, o entre sin él.",
			de: "Schließen Sie ein Gerät an und versuchen Sie es erneut, oder nehmen Sie ohne teil.",
			fr: "Branchez un appareil et réessayez, ou participez sans.",
			pt: "Conecte um dispositivo e tente de novo, ou entre sem ele.",
		},
		Trouble: wire.TroubleNoDevice,
	}
	MediaMisfit = Advice{
		Heading: Text{
			en: "This device does not fit",
			es: "Este dispositivo no sirve",
			de: "Dieses Gerät passt nicht",
			fr: "Cet appareil ne convient pas",
			pt: "Este dispositivo não serve",
		},
		Text: Text{
			en: "Choose another camera or microphone and try again.",
			es: "Elija otra cámara u otro micrófono e inténtelo de nuevo.",
			de: "Wählen Sie eine andere Kamera oder ein anderes Mikrofon und versuchen Sie es erneut.",
			fr: "Choisissez une autre caméra ou un autre micro, puis réessayez.",
			pt: "Escolha outra câmera ou outro microfone e tente de novo.",
		},
		Trouble: wire.TroubleNoDevice,
	}
	MediaOther = Advice{
		Heading: Text{
			en: "Camera or microphone did not start",
			es: "La cámara o el micrófono no se iniciaron",
			de: "Kamera oder Mikrofon ist nicht gestartet",
			fr: "La caméra ou le micro n’a pas démarré",
			pt: "A câmera ou o microfone não iniciou",
		},
		Text: Text{
			en: "Try again. If it keeps failing, close other programs that use them, or restart your device.",
			es: "Inténtelo de nuevo. Si sigue sin funcionar, cierre otros programas que los usen o reinicie su dispositivo.",
			de: "Versuchen Sie es erneut. Wenn es weiterhin nicht klappt, schließen Sie andere Programme, die sie nutzen, oder starten Sie Ihr Gerät neu.",
			fr: "Réessayez. Si cela ne suffit pas, fermez les autres programmes qui s’en servent, ou redémarrez votre appareil.",
			pt: "Tente de novo. Se continuar sem funcionar, feche outros programas que os usem ou reinicie seu dispositivo.",
		},
		Trouble: wire.TroubleInUse,
	}

	// twilio-video.js: something holds it back, or it has not arrived.
	SDKBlocked = Advice{
		Heading: Text{
			en: "A part of this page is held back",
			es: "Algo retiene una parte de esta página",
			de: "Ein Teil dieser Seite wird zurückgehalten",
			fr: "Une partie de cette page est retenue",
			pt: "Uma parte desta página foi retida",
		},
		Text: Text{
			en: "An ad blocker, a security program or a company network may keep it away. Allow this page there and try again, or open the link in another browser or network, such as mobile data.",
			es: "Puede ser un bloqueador de anuncios, un programa de seguridad o la red de una empresa. Permita allí esta página e inténtelo de nuevo, o abra el enlace en otro navegador o en otra red, por ejemplo con los datos móviles.",
			de: "Ein Werbeblocker, ein Sicherheitsprogramm oder ein Firmennetz kann ihn fernhalten. Erlauben Sie dort diese Seite und versuchen Sie es erneut, oder öffnen Sie den Link in einem anderen Browser oder Netzwerk, zum Beispiel über mobile Daten.",
			fr: "Un bloqueur de publicité, un programme de sécurité ou un réseau d’entreprise peut l’arrêter. Autorisez-y cette page et réessayez, ou ouvrez le lien dans un autre navigateur ou sur un autre réseau, par exemple avec les données mobiles.",
			pt: "Pode ser um bloqueador de anúncios, um programa de segurança ou a rede de uma empresa. Permita esta página e tente de novo, ou abra o link em outro navegador ou em outra rede, como os dados móveis.",
		},
		Trouble: wire.TroubleSDKBlocked,
	}
	SDKSlow = Advice{
		Heading: Text{
			en: "A part of this page has not arrived",
			es: "Una parte de esta página no ha llegado",
			de: "Ein Teil dieser Seite ist nicht angekommen",
			fr: "Une partie de cette page n’est pas arrivée",
			pt: "Uma parte desta página não chegou",
		},
		Text: Text{
			en: "Your connection may be slow or interrupted, or something in your network holds it back. Wait a moment and try again, or use another network, such as mobile data.",
			es: "Puede que su conexión sea lenta o se corte, o que algo en su red la retenga. Espere un momento e inténtelo de nuevo, o use otra red, por ejemplo los datos móviles.",
			de: "Ihre Verbindung ist vielleicht langsam oder unterbrochen, oder etwas in Ihrem Netzwerk hält ihn zurück. Warten Sie einen Moment und versuchen Sie es erneut, oder nehmen Sie ein anderes Netzwerk, zum Beispiel mobile Daten.",
			fr: "Votre connexion est peut-être lente ou coupée, ou quelque chose la retient dans votre réseau. Attendez un instant et réessayez, ou prenez un autre réseau, par exemple les données mobiles.",
			pt: "Sua conexão pode estar lenta ou interrompida, ou algo na sua rede a retém. Espere um momento e tente de novo, ou use outra rede, como os dados móveis.",
		},
		Trouble: wire.TroubleSDKSlow,
	}

	// Why a call could not be joined, or broke.
	CallFull = Text{
		en: "The Video Room is full. Wait a minute and join again, or tell the agent in the chat.",
		es: "La sala de vídeo está llena. Espere un minuto y vuelva a unirse, o dígaselo al agente en el chat.",
		de: "Der Videoraum ist voll. Warten Sie eine Minute und treten Sie dann noch einmal bei, oder schreiben Sie es im Chat.",
		fr: "La salle vidéo est pleine. Attendez une minute et rejoignez-la à nouveau, ou dites-le à l’agent dans le chat.",
		pt: "A sala de vídeo está cheia. Espere um minuto e entre de novo, ou avise o agente no chat.",
	}
	CallElsewhere = Text{
		en: "You joined this call in another tab or window. Go on there, or join here again.",
		es: "Ha entrado en esta llamada desde otra pestaña o ventana. Continúe allí, o vuelva a entrar aquí.",
		de: "Sie nehmen bereits in einem anderen Tab oder Fenster teil. Machen Sie dort weiter, oder nehmen Sie hier erneut teil.",
		fr: "Vous avez rejoint cet appel dans un autre onglet ou une autre fenêtre. Continuez là-bas, ou rejoignez-le de nouveau ici.",
		pt: "Você entrou nesta chamada em outra aba ou janela. Continue por lá, ou entre aqui de novo.",
	}
	CallStale = Text{
		en: "Your way into the call has run out. Join again.",
		es: "Su acceso a la llamada ha caducado. Vuelva a entrar.",
		de: "Ihr Zugang zum Anruf ist abgelaufen. Nehmen Sie erneut teil.",
		fr: "Votre accès à l’appel a expiré. Rejoignez-le de nouveau.",
		pt: "Seu acesso à chamada expirou. Entre de novo.",
	}
	CallNoMedia = Text{
		en: "Sound and picture do not get through your network. Try another network, such as mobile data, and join again.",
		es: "El sonido y la imagen no pasan por su red. Pruebe con otra red, por ejemplo los datos móviles, y vuelva a entrar.",
		de: "Ton und Bild kommen durch Ihr Netzwerk nicht durch. Versuchen Sie es mit einem anderen Netzwerk, zum Beispiel mobilen Daten, und nehmen Sie erneut teil.",
		fr: "Le son et l’image ne passent pas par votre réseau. Essayez un autre réseau, par exemple les données mobiles, puis rejoignez l’appel.",
		pt: "O som e a imagem não passam pela sua rede. Tente outra rede, como os dados móveis, e entre de novo.",
	}
	CallBroke = Text{
		en: "The call broke off. Join again.",
		es: "La llamada se ha cortado. Vuelva a entrar.",
		de: "Der Anruf ist abgebrochen. Nehmen Sie erneut teil.",
		fr: "L’appel a été interrompu. Rejoignez-le de nouveau.",
		pt: "A chamada caiu. Entre de novo.",
	}
	CallNoReply = Text{
		en: "The video service does not answer. Join again; if it keeps failing, use another network, such as mobile data.",
		es: "El servicio de vídeo no responde. Vuelva a entrar; si sigue fallando, use otra red, por ejemplo los datos móviles.",
		de: "Der Videodienst antwortet nicht. Nehmen Sie erneut teil; klappt es weiterhin nicht, nehmen Sie ein anderes Netzwerk, zum Beispiel mobile Daten.",
		fr: "Le service vidéo ne répond pas. Rejoignez l’appel de nouveau ; si cela échoue encore, prenez un autre réseau, par exemple les données mobiles.",
		pt: "O serviço de vídeo não responde. Entre de novo; se continuar falhando, use outra rede, como os dados móveis.",
	}
	Problem = Text{
		en: "That did not work. Check your connection and try again.",
		es: "No ha funcionado. Compruebe su conexión e inténtelo de nuevo.",
		de: "Das hat nicht geklappt. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
		fr: "Cela n’a pas fonctionné. Vérifiez votre connexion et réessayez.",
		pt: "Não funcionou. Verifique sua conexão e tente de novo.",
	}

	// NoAnswer is where our server is away, Offline where this device is.
	NoAnswer = Text{
		en: "Our server does not answer at the moment. Try again in a minute. If other websites do not open either, check your internet connection.",
		es: "Nuestro servidor no responde en este momento. Inténtelo de nuevo en un minuto. Si tampoco se abren otras páginas web, compruebe su conexión a internet.",
		de: "Unser Server antwortet gerade nicht. Versuchen Sie es in einer Minute erneut. Wenn sich auch andere Websites nicht öffnen, prüfen Sie Ihre Internetverbindung.",
		fr: "Notre serveur ne répond pas en ce moment. Réessayez dans une minute. Si d’autres sites ne s’ouvrent pas non plus, vérifiez votre connexion internet.",
		pt: "Nosso servidor não responde neste momento. Tente de novo em um minuto. Se outros sites também não abrirem, verifique sua conexão com a internet.",
	}
	Offline = Text{
		en: "This device has no internet connection just now. Check Wi-Fi or mobile data, then try again.",
		es: "Este dispositivo no tiene conexión a internet en este momento. Compruebe la wifi o los datos móviles e inténtelo de nuevo.",
		de: "Dieses Gerät hat gerade keine Internetverbindung. Prüfen Sie WLAN oder mobile Daten und versuchen Sie es dann erneut.",
		fr: "Cet appareil n’a pas de connexion internet en ce moment. Vérifiez le Wi-Fi ou les données mobiles, puis réessayez.",
		pt: "Este dispositivo está sem conexão com a internet. Verifique o Wi-Fi ou os dados móveis e tente de novo.",
	}
)

// Media returns the advice for an error of video.Devices.
func Media(e *video.Error) *Advice {
	switch e.Reason {
	case video.MediaDenied:
		return &MediaDenied
	case video.MediaDismissed:
		return &MediaDismissed
	case video.MediaSystem:
		return &MediaSystem
	case video.MediaInUse:
		return &MediaInUse
	case video.MediaNotFound:
		return &MediaNone
	case video.MediaConstraints:
		return &MediaMisfit
	case video.SDKBlocked:
		return &SDKBlocked
	case video.SDKSlow:
		return &SDKSlow
	case video.Unsupported:
		return &OldBrowser
	}
	return &MediaOther
}

// Call returns what to say about a call that could not be joined or was lost.
func Call(l Language, e *video.Error) string {
	switch e.Reason {
	case video.RoomFull:
		return CallFull.In(l)
	case video.RoomNotFound, video.RoomCompleted:
		return EndedNote.In(l)
	case video.DuplicateIdentity:
		return CallElsewhere.In(l)
	case video.TokenInvalid:
		return CallStale.In(l)
	case video.MediaLost:
		return CallNoMedia.In(l)
	case video.TimedOut:
		return CallNoReply.In(l)
	case video.SignalingLost:
		return LostLead.In(l)
	case video.SDKBlocked, video.SDKSlow:
		return Media(e).In(l)
	}
	return CallBroke.In(l)
}

// Of returns a sentence for any error of a collaborator. No answer at all is
// either this device's or our server's fault, and people are told which.
func Of(l Language, err error, online bool) string {
	var ours *wire.Error
	var media *video.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &media):
		return Call(l, media)
	case !errors.As(err, &ours):
	case ours.Message != "":
		return ours.Message
	case ours.Code == wire.CodeUnavailable && !online:
		return Offline.In(l)
	case ours.Code == wire.CodeUnavailable: // or a proxy's answer
		return NoAnswer.In(l)
	}
	return Problem.In(l)
}

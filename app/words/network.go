package words

// What the look at the connection before a call has found.
var (
	NetChecking = Text{
		en: "Checking your connection…",
		es: "Comprobando su conexión…",
		de: "Ihre Verbindung wird geprüft …",
		fr: "Vérification de votre connexion…",
		pt: "Verificando sua conexão…",
	}
	NetGood = Text{
		en: "Your connection is ready for the call.",
		es: "Su conexión está lista para la llamada.",
		de: "Ihre Verbindung ist bereit für den Anruf.",
		fr: "Votre connexion est prête pour l’appel.",
		pt: "Sua conexão está pronta para a chamada.",
	}
	NetNoUDP = Text{
		en: "Your network holds back part of what a video call needs. Try joining; if sound or picture is poor, use another network, such as mobile data.",
		es: "Su red retiene parte de lo que necesita una videollamada. Intente entrar; si el sonido o la imagen son malos, use otra red, por ejemplo los datos móviles.",
		de: "Ihr Netzwerk hält einen Teil dessen zurück, was ein Videoanruf braucht. Versuchen Sie es; sind Ton oder Bild schlecht, nehmen Sie ein anderes Netzwerk, zum Beispiel mobile Daten.",
		fr: "Votre réseau retient une partie de ce qu’il faut à un appel vidéo. Essayez de participer ; si le son ou l’image est mauvais, prenez un autre réseau, par exemple les données mobiles.",
		pt: "Sua rede retém parte do que uma chamada de vídeo precisa. Tente entrar; se o som ou a imagem ficarem ruins, use outra rede, como os dados móveis.",
	}
	NetNone = Text{
		en: "The video service cannot be reached from your network. You can still try to join, or use another network, such as mobile data.",
		es: "No se puede llegar al servicio de vídeo desde su red. Puede intentar entrar de todos modos o usar otra red, por ejemplo los datos móviles.",
		de: "Der Videodienst ist aus Ihrem Netzwerk nicht erreichbar. Sie können es trotzdem versuchen oder ein anderes Netzwerk nehmen, zum Beispiel mobile Daten.",
		fr: "Le service vidéo est injoignable depuis votre réseau. Vous pouvez tout de même essayer, ou prendre un autre réseau, par exemple les données mobiles.",
		pt: "Não é possível alcançar o serviço de vídeo a partir da sua rede. Você pode tentar entrar mesmo assim ou usar outra rede, como os dados móveis.",
	}
)

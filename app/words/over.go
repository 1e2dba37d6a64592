package words

import (
	"escalate/app/video"
	"escalate/app/wire"
)

// Where nothing can be joined.
var (
	OverEndedHeading = Text{
		en: "This video call has ended",
		es: "Esta videollamada ha terminado",
		de: "Dieser Videoanruf ist beendet",
		fr: "Cet appel vidéo est terminé",
		pt: "Esta chamada de vídeo terminou",
	}
	OverEndedLead = Text{
		en: "If you still need help, go back to your chat and ask the agent for a new link.",
		es: "Si todavía necesita ayuda, vuelva a su chat y pida un enlace nuevo.",
		de: "Wenn Sie noch Hilfe brauchen, bitten Sie in Ihrem Chat um einen neuen Link.",
		fr: "Si vous avez encore besoin d’aide, revenez à votre discussion et demandez un nouveau lien.",
		pt: "Se você ainda precisa de ajuda, volte ao chat e peça um novo link.",
	}
	OverExpiredHeading = Text{
		en: "This link has expired",
		es: "Este enlace ha caducado",
		de: "Dieser Link ist abgelaufen",
		fr: "Ce lien a expiré",
		pt: "Este link expirou",
	}
	OverExpiredLead = Text{
		en: "For your safety a link works only for a while. Go back to your chat and ask the agent for a new one.",
		es: "Por su seguridad, los enlaces solo son válidos durante un tiempo. Vuelva a su chat y pida uno nuevo.",
		de: "Zu Ihrer Sicherheit gilt ein Link nur eine Zeit lang. Bitten Sie in Ihrem Chat um einen neuen.",
		fr: "Pour votre sécurité, un lien n’est valable qu’un certain temps. Revenez à votre discussion et demandez-en un nouveau.",
		pt: "Para sua segurança, um link só vale por algum tempo. Volte ao chat e peça um novo.",
	}
	OverUnknownHeading = Text{
		en: "We do not know this code",
		es: "No conocemos este código",
		de: "Diesen Code kennen wir nicht",
		fr: "Nous ne connaissons pas ce code",
		pt: "Não conhecemos este código",
	}
	OverUnknownLead = Text{
		en: "Check it against the message in your chat, or ask the agent for a new link.",
		es: "Compárelo con el mensaje de su chat, o pida allí un enlace nuevo.",
		de: "Vergleichen Sie ihn mit der Nachricht in Ihrem Chat, oder bitten Sie dort um einen neuen Link.",
		fr: "Comparez-le avec le message de votre discussion, ou demandez-y un nouveau lien.",
		pt: "Compare com a mensagem do chat, ou peça por lá um novo link.",
	}
	BlockedTitle = Text{
		en: "This browser cannot join",
		es: "Este navegador no puede entrar",
		de: "Dieser Browser kann nicht teilnehmen",
		fr: "Ce navigateur ne peut pas rejoindre l’appel",
		pt: "Este navegador não consegue entrar",
	}
	CopyLink = Text{
		en: "Copy link",
		es: "Copiar enlace",
		de: "Link kopieren",
		fr: "Copier le lien",
		pt: "Copiar link",
	}
	Copied = Text{
		en: "Copied",
		es: "Copiado",
		de: "Kopiert",
		fr: "Copié",
		pt: "Copiado",
	}
	CopyByHand = Text{
		en: "Select the link and copy it by hand.",
		es: "Seleccione el enlace y cópielo a mano.",
		de: "Markieren Sie den Link und kopieren Sie ihn von Hand.",
		fr: "Sélectionnez le lien et copiez-le à la main.",
		pt: "Selecione o link e copie manualmente.",
	}

	// Why a browser cannot.
	InAppBrowser = Advice{
		Heading: Text{
			en: "Please open this link in your browser",
			es: "Abra este enlace en su navegador",
			de: "Bitte öffnen Sie diesen Link in Ihrem Browser",
			fr: "Veuillez ouvrir ce lien dans votre navigateur",
			pt: "Abra este link no seu navegador",
		},
		Text: Text{
			en: "You are inside another app, which cannot use your camera and microphone. Copy the link and open it in Safari or Chrome.",
			es: "Está dentro de otra aplicación, que no puede usar su cámara ni su micrófono. Copie el enlace y ábralo en Safari o Chrome.",
			de: "Sie befinden sich in einer anderen App, die Kamera und Mikrofon nicht nutzen kann. Kopieren Sie den Link und öffnen Sie ihn in Safari oder Chrome.",
			fr: "Vous êtes dans une autre application, qui ne peut pas utiliser votre caméra ni votre micro. Copiez le lien et ouvrez-le dans Safari ou Chrome.",
			pt: "Você está dentro de outro aplicativo, que não pode usar sua câmera e seu microfone. Copie o link e abra no Safari ou no Chrome.",
		},
		Trouble: wire.TroubleInAppBrowser,
	}
	OldBrowser = Advice{
		Heading: Text{
			en: "This browser cannot do video calls",
			es: "Este navegador no admite videollamadas",
			de: "Dieser Browser beherrscht keine Videoanrufe",
			fr: "Ce navigateur ne permet pas les appels vidéo",
			pt: "Este navegador não faz chamadas de vídeo",
		},
		Text: Text{
			en: "Copy the link and open it in a current Chrome, Safari, Firefox or Edge.",
			es: "Copie el enlace y ábralo en una versión actual de Chrome, Safari, Firefox o Edge.",
			de: "Kopieren Sie den Link und öffnen Sie ihn in einem aktuellen Chrome, Safari, Firefox oder Edge.",
			fr: "Copiez le lien et ouvrez-le dans une version récente de Chrome, Safari, Firefox ou Edge.",
			pt: "Copie o link e abra em uma versão atual do Chrome, Safari, Firefox ou Edge.",
		},
		Trouble: wire.TroubleUnsupported,
	}
	Insecure = Advice{
		Heading: Text{
			en: "This page was not opened securely",
			es: "Esta página no se abrió de forma segura",
			de: "Diese Seite wurde nicht sicher geöffnet",
			fr: "Cette page n’a pas été ouverte de façon sécurisée",
			pt: "Esta página não foi aberta de forma segura",
		},
		Text: Text{
			en: "Browsers give camera and microphone only to pages whose address starts with https. Open the link exactly as it was sent to you.",
			es: "Los navegadores solo dan acceso a la cámara y al micrófono a las páginas cuya dirección empieza por https. Abra el enlace exactamente como se lo enviaron.",
			de: "Browser geben Kamera und Mikrofon nur für Seiten frei, deren Adresse mit https beginnt. Öffnen Sie den Link genau so, wie Sie ihn erhalten haben.",
			fr: "Les navigateurs ne donnent accès à la caméra et au micro qu’aux pages dont l’adresse commence par https. Ouvrez le lien exactement tel que vous l’avez reçu.",
			pt: "Os navegadores só liberam a câmera e o microfone para páginas cujo endereço começa com https. Abra o link exatamente como foi enviado a você.",
		},
		Trouble: wire.TroubleInsecure,
	}
)

// Blocked returns why a browser cannot do video calls, nil if it can.
func Blocked(u video.Support) *Advice {
	switch {
	case u.WebRTC && u.Secure:
		return nil
	case u.InApp:
		return &InAppBrowser
	case !u.Secure:
		return &Insecure
	}
	return &OldBrowser
}

package words

import (
	"escalate/app/wire"
)

// OfCustomer is a sentence for the agent about the customer: one for whom nobody
// knows by name, and one with a gap for the name.
type OfCustomer struct{ Unnamed, Named Text }

// Of returns the sentence about a customer, whose name may be "".
func (o *OfCustomer) Of(l Language, name string) Sentence {
	if name == "" {
		return o.Unnamed.Plain(l)
	}
	return o.Named.About(l, name)
}

// How far the customer is, for the agent.
var (
	CustomerInvited = OfCustomer{
		Unnamed: Text{
			en: "The link has been sent. The customer has not opened it yet.",
			es: "El enlace se ha enviado. El cliente todavía no lo ha abierto.",
			de: "Der Link wurde gesendet und noch nicht geöffnet.",
			fr: "Le lien a été envoyé. Le client ne l’a pas encore ouvert.",
			pt: "O link foi enviado. O cliente ainda não o abriu.",
		},
		Named: Text{
			en: "The link has been sent. %s has not opened it yet.",
			es: "El enlace se ha enviado. %s todavía no lo ha abierto.",
			de: "Der Link wurde gesendet. %s hat ihn noch nicht geöffnet.",
			fr: "Le lien a été envoyé. %s ne l’a pas encore ouvert.",
			pt: "O link foi enviado. %s ainda não o abriu.",
		},
	}
	CustomerOpened = OfCustomer{
		Unnamed: Text{
			en: "The customer has opened the link.",
			es: "El cliente ha abierto el enlace.",
			de: "Der Link wurde geöffnet.",
			fr: "Le client a ouvert le lien.",
			pt: "O cliente abriu o link.",
		},
		Named: Text{
			en: "%s has opened the link.",
			es: "%s ha abierto el enlace.",
			de: "%s hat den Link geöffnet.",
			fr: "%s a ouvert le lien.",
			pt: "%s abriu o link.",
		},
	}
	CustomerPermission = OfCustomer{
		Unnamed: Text{
			en: "The customer is at the permission prompt.",
			es: "El navegador del cliente le está pidiendo permiso.",
			de: "Der Browser auf der Kundenseite fragt gerade nach Kamera und Mikrofon.",
			fr: "Le navigateur du client lui demande l’autorisation.",
			pt: "O navegador do cliente está pedindo permissão.",
		},
		Named: Text{
			en: "%s is at the permission prompt.",
			es: "El navegador de %s está pidiendo permiso.",
			de: "%s wird vom Browser gerade nach Kamera und Mikrofon gefragt.",
			fr: "Le navigateur de %s demande l’autorisation.",
			pt: "O navegador de %s está pedindo permissão.",
		},
	}
	CustomerReady = OfCustomer{
		Unnamed: Text{
			en: "The customer is checking camera and microphone.",
			es: "El cliente está comprobando la cámara y el micrófono.",
			de: "Auf der Kundenseite werden Kamera und Mikrofon geprüft.",
			fr: "Le client vérifie sa caméra et son micro.",
			pt: "O cliente está testando a câmera e o microfone.",
		},
		Named: Text{
			en: "%s is checking camera and microphone.",
			es: "%s está comprobando la cámara y el micrófono.",
			de: "%s prüft gerade Kamera und Mikrofon.",
			fr: "%s vérifie la caméra et le micro.",
			pt: "%s está testando a câmera e o microfone.",
		},
	}
	CustomerWaiting = OfCustomer{
		Unnamed: Text{
			en: "The customer is waiting for you.",
			es: "El cliente le está esperando.",
			de: "Sie werden im Videoraum erwartet.",
			fr: "Le client vous attend.",
			pt: "O cliente está esperando por você.",
		},
		Named: Text{
			en: "%s is waiting for you.",
			es: "%s le está esperando.",
			de: "%s wartet im Videoraum auf Sie.",
			fr: "%s vous attend.",
			pt: "%s está esperando por você.",
		},
	}
	CustomerJoining = OfCustomer{
		Unnamed: Text{
			en: "The customer is joining.",
			es: "El cliente está entrando.",
			de: "Die Kundenseite wird gerade verbunden.",
			fr: "Le client rejoint l’appel.",
			pt: "O cliente está entrando.",
		},
		Named: Text{
			en: "%s is joining.",
			es: "%s está entrando.",
			de: "%s wird gerade verbunden.",
			fr: "%s rejoint l’appel.",
			pt: "%s está entrando.",
		},
	}
	CustomerInCall = OfCustomer{
		Unnamed: Text{
			en: "The customer is in the call.",
			es: "El cliente está en la llamada.",
			de: "Die Kundin oder der Kunde ist im Anruf.",
			fr: "Le client est dans l’appel.",
			pt: "O cliente está na chamada.",
		},
		Named: Text{
			en: "%s is in the call.",
			es: "%s está en la llamada.",
			de: "%s ist im Anruf.",
			fr: "%s est dans l’appel.",
			pt: "%s está na chamada.",
		},
	}
	CustomerBack = OfCustomer{
		Unnamed: Text{
			en: "The customer was in the call and may be reconnecting.",
			es: "El cliente estaba en la llamada y quizá se esté reconectando.",
			de: "Die Kundin oder der Kunde war im Anruf und verbindet sich vielleicht gerade neu.",
			fr: "Le client était dans l’appel et se reconnecte peut-être.",
			pt: "O cliente estava na chamada e talvez esteja se reconectando.",
		},
		Named: Text{
			en: "%s was in the call and may be reconnecting.",
			es: "%s estaba en la llamada y quizá se esté reconectando.",
			de: "%s war im Anruf und verbindet sich vielleicht gerade neu.",
			fr: "%s était dans l’appel et se reconnecte peut-être.",
			pt: "%s estava na chamada e talvez esteja se reconectando.",
		},
	}
	CustomerLeft = OfCustomer{
		Unnamed: Text{
			en: "The customer has left.",
			es: "El cliente ha salido.",
			de: "Die Kundin oder der Kunde hat den Anruf verlassen.",
			fr: "Le client a quitté l’appel.",
			pt: "O cliente saiu.",
		},
		Named: Text{
			en: "%s has left.",
			es: "%s ha salido.",
			de: "%s hat den Anruf verlassen.",
			fr: "%s a quitté l’appel.",
			pt: "%s saiu.",
		},
	}

	// What keeps them from joining.
	CustomerDenied = OfCustomer{
		Unnamed: Text{
			en: "The customer’s browser was not allowed to use camera or microphone. Ask them to allow it, or to join without.",
			es: "El navegador del cliente no tiene permiso para usar la cámara o el micrófono. Pídale que lo permita, o que entre sin ellos.",
			de: "Der Browser auf der Kundenseite darf Kamera oder Mikrofon nicht nutzen. Bitten Sie darum, es zu erlauben oder ohne teilzunehmen.",
			fr: "Le navigateur du client n’a pas le droit d’utiliser la caméra ou le micro. Demandez-lui de l’autoriser, ou de participer sans.",
			pt: "O navegador do cliente não tem permissão para usar a câmera ou o microfone. Peça que ele permita, ou que entre sem eles.",
		},
		Named: Text{
			en: "The browser of %s was not allowed to use camera or microphone. Ask them to allow it, or to join without.",
			es: "El navegador de %s no tiene permiso para usar la cámara o el micrófono. Pídale que lo permita, o que entre sin ellos.",
			de: "Der Browser von %s darf Kamera oder Mikrofon nicht nutzen. Bitten Sie darum, es zu erlauben oder ohne teilzunehmen.",
			fr: "Le navigateur de %s n’a pas le droit d’utiliser la caméra ou le micro. Demandez-lui de l’autoriser, ou de participer sans.",
			pt: "O navegador de %s não tem permissão para usar a câmera ou o microfone. Peça que permita, ou que entre sem eles.",
		},
	}
	CustomerSystem = OfCustomer{
		Unnamed: Text{
			en: "The customer’s device blocks camera or microphone in its system settings.",
			es: "El dispositivo del cliente bloquea la cámara o el micrófono en los ajustes del sistema.",
			de: "Das Gerät auf der Kundenseite blockiert Kamera oder Mikrofon in den Systemeinstellungen.",
			fr: "L’appareil du client bloque la caméra ou le micro dans ses réglages système.",
			pt: "O dispositivo do cliente bloqueia a câmera ou o microfone nas configurações do sistema.",
		},
		Named: Text{
			en: "The device of %s blocks camera or microphone in its system settings.",
			es: "El dispositivo de %s bloquea la cámara o el micrófono en los ajustes del sistema.",
			de: "Das Gerät von %s blockiert Kamera oder Mikrofon in den Systemeinstellungen.",
			fr: "L’appareil de %s bloque la caméra ou le micro dans ses réglages système.",
			pt: "O dispositivo de %s bloqueia a câmera ou o microfone nas configurações do sistema.",
		},
	}
	CustomerInUse = OfCustomer{
		Unnamed: Text{
			en: "Another program on the customer’s device is using camera or microphone.",
			es: "Otro programa del dispositivo del cliente está usando la cámara o el micrófono.",
			de: "Ein anderes Programm auf dem Gerät der Kundenseite benutzt Kamera oder Mikrofon.",
			fr: "Un autre programme utilise la caméra ou le micro sur l’appareil du client.",
			pt: "Outro programa no dispositivo do cliente está usando a câmera ou o microfone.",
		},
		Named: Text{
			en: "Another program on the device of %s is using camera or microphone.",
			es: "Otro programa del dispositivo de %s está usando la cámara o el micrófono.",
			de: "Ein anderes Programm auf dem Gerät von %s benutzt Kamera oder Mikrofon.",
			fr: "Un autre programme utilise la caméra ou le micro sur l’appareil de %s.",
			pt: "Outro programa no dispositivo de %s está usando a câmera ou o microfone.",
		},
	}
	CustomerNoDevice = OfCustomer{
		Unnamed: Text{
			en: "The customer’s device has no camera or microphone. They can join without.",
			es: "El dispositivo del cliente no tiene cámara ni micrófono. Puede entrar sin ellos.",
			de: "Das Gerät auf der Kundenseite hat weder Kamera noch Mikrofon. Die Teilnahme geht auch ohne.",
			fr: "L’appareil du client n’a ni caméra ni micro. Il est possible de participer sans.",
			pt: "O dispositivo do cliente não tem câmera nem microfone. Ele pode entrar sem.",
		},
		Named: Text{
			en: "The device of %s has no camera or microphone. They can join without.",
			es: "El dispositivo de %s no tiene cámara ni micrófono. Puede entrar sin ellos.",
			de: "Das Gerät von %s hat weder Kamera noch Mikrofon. Die Teilnahme geht auch ohne.",
			fr: "L’appareil de %s n’a ni caméra ni micro. Il est possible de participer sans.",
			pt: "O dispositivo de %s não tem câmera nem microfone. É possível entrar sem.",
		},
	}
	CustomerInApp = OfCustomer{
		Unnamed: Text{
			en: "The customer opened the link inside another app. Ask them to open it in Safari or Chrome.",
			es: "El cliente abrió el enlace dentro de otra aplicación. Pídale que lo abra en Safari o Chrome.",
			de: "Der Link wurde in einer anderen App geöffnet. Bitten Sie darum, ihn in Safari oder Chrome zu öffnen.",
			fr: "Le client a ouvert le lien dans une autre application. Demandez-lui de l’ouvrir dans Safari ou Chrome.",
			pt: "O cliente abriu o link dentro de outro aplicativo. Peça que abra no Safari ou no Chrome.",
		},
		Named: Text{
			en: "%s opened the link inside another app. Ask them to open it in Safari or Chrome.",
			es: "%s abrió el enlace dentro de otra aplicación. Pídale que lo abra en Safari o Chrome.",
			de: "%s hat den Link in einer anderen App geöffnet. Bitten Sie darum, ihn in Safari oder Chrome zu öffnen.",
			fr: "%s a ouvert le lien dans une autre application. Demandez-lui de l’ouvrir dans Safari ou Chrome.",
			pt: "%s abriu o link dentro de outro aplicativo. Peça que abra no Safari ou no Chrome.",
		},
	}
	CustomerOld = OfCustomer{
		Unnamed: Text{
			en: "The customer’s browser cannot do video calls. Ask them to use a current Chrome, Safari, Firefox or Edge.",
			es: "El navegador del cliente no admite videollamadas. Pídale que use una versión actual de Chrome, Safari, Firefox o Edge.",
			de: "Der Browser auf der Kundenseite beherrscht keine Videoanrufe. Empfehlen Sie einen aktuellen Chrome, Safari, Firefox oder Edge.",
			fr: "Le navigateur du client ne permet pas les appels vidéo. Demandez-lui d’utiliser une version récente de Chrome, Safari, Firefox ou Edge.",
			pt: "O navegador do cliente não faz chamadas de vídeo. Peça que use uma versão atual do Chrome, Safari, Firefox ou Edge.",
		},
		Named: Text{
			en: "The browser of %s cannot do video calls. Ask them to use a current Chrome, Safari, Firefox or Edge.",
			es: "El navegador de %s no admite videollamadas. Pídale que use una versión actual de Chrome, Safari, Firefox o Edge.",
			de: "Der Browser von %s beherrscht keine Videoanrufe. Empfehlen Sie einen aktuellen Chrome, Safari, Firefox oder Edge.",
			fr: "Le navigateur de %s ne permet pas les appels vidéo. Demandez-lui d’utiliser une version récente de Chrome, Safari, Firefox ou Edge.",
			pt: "O navegador de %s não faz chamadas de vídeo. Peça que use uma versão atual do Chrome, Safari, Firefox ou Edge.",
		},
	}
	CustomerInsecure = OfCustomer{
		Unnamed: Text{
			en: "The customer opened the link with http instead of https, which gives no camera and no call. Send the link again and ask them to open it exactly as it is.",
			es: "El cliente abrió el enlace con http en lugar de https, y así no hay ni cámara ni llamada. Envíe el enlace otra vez y pídale que lo abra tal cual.",
			de: "Der Link wurde mit http statt https geöffnet; so gibt es weder Kamera noch Anruf. Senden Sie den Link noch einmal und bitten Sie darum, ihn genau so zu öffnen.",
			fr: "Le client a ouvert le lien en http au lieu de https : il n’y a alors ni caméra ni appel. Renvoyez le lien et demandez-lui de l’ouvrir tel quel.",
			pt: "O cliente abriu o link com http em vez de https, e assim não há câmera nem chamada. Envie o link de novo e peça que abra exatamente como está.",
		},
		Named: Text{
			en: "%s opened the link with http instead of https, which gives no camera and no call. Send the link again and ask them to open it exactly as it is.",
			es: "%s abrió el enlace con http en lugar de https, y así no hay ni cámara ni llamada. Envíe el enlace otra vez y pídale que lo abra tal cual.",
			de: "%s hat den Link mit http statt https geöffnet; so gibt es weder Kamera noch Anruf. Senden Sie den Link noch einmal und bitten Sie darum, ihn genau so zu öffnen.",
			fr: "%s a ouvert le lien en http au lieu de https : il n’y a alors ni caméra ni appel. Renvoyez le lien et demandez-lui de l’ouvrir tel quel.",
			pt: "%s abriu o link com http em vez de https, e assim não há câmera nem chamada. Envie o link de novo e peça que abra exatamente como está.",
		},
	}
	CustomerSDKBlocked = OfCustomer{
		Unnamed: Text{
			en: "An ad blocker or a network keeps a part of the page from the customer. Ask them to allow this page, or to open the link in another browser or with mobile data.",
			es: "Un bloqueador de anuncios o una red impide que le llegue al cliente una parte de la página. Pídale que permita esta página, o que abra el enlace en otro navegador o con datos móviles.",
			de: "Ein Werbeblocker oder ein Netzwerk hält auf der Kundenseite einen Teil der Seite zurück. Bitten Sie darum, diese Seite zu erlauben oder den Link in einem anderen Browser oder über mobile Daten zu öffnen.",
			fr: "Un bloqueur de publicité ou un réseau retient une partie de la page chez le client. Demandez-lui d’autoriser cette page, ou d’ouvrir le lien dans un autre navigateur ou avec les données mobiles.",
			pt: "Um bloqueador de anúncios ou uma rede retém uma parte da página no lado do cliente. Peça que permita esta página, ou que abra o link em outro navegador ou com dados móveis.",
		},
		Named: Text{
			en: "An ad blocker or a network keeps a part of the page from %s. Ask them to allow this page, or to open the link in another browser or with mobile data.",
			es: "Un bloqueador de anuncios o una red impide que le llegue a %s una parte de la página. Pídale que permita esta página, o que abra el enlace en otro navegador o con datos móviles.",
			de: "Ein Werbeblocker oder ein Netzwerk hält bei %s einen Teil der Seite zurück. Bitten Sie darum, diese Seite zu erlauben oder den Link in einem anderen Browser oder über mobile Daten zu öffnen.",
			fr: "Un bloqueur de publicité ou un réseau retient une partie de la page chez %s. Demandez-lui d’autoriser cette page, ou d’ouvrir le lien dans un autre navigateur ou avec les données mobiles.",
			pt: "Um bloqueador de anúncios ou uma rede retém uma parte da página de %s. Peça que permita esta página, ou que abra o link em outro navegador ou com dados móveis.",
		},
	}
	CustomerSDKSlow = OfCustomer{
		Unnamed: Text{
			en: "A part of the page has not reached the customer: their connection is slow or holds it back. Ask them to try again, or to use another network.",
			es: "Una parte de la página no le ha llegado al cliente: su conexión es lenta o la retiene. Pídale que lo intente de nuevo o que use otra red.",
			de: "Ein Teil der Seite ist auf der Kundenseite nicht angekommen: Die Verbindung ist langsam oder hält ihn zurück. Bitten Sie darum, es erneut zu versuchen oder ein anderes Netzwerk zu nehmen.",
			fr: "Une partie de la page n’est pas arrivée chez le client : sa connexion est lente ou la retient. Demandez-lui de réessayer, ou de prendre un autre réseau.",
			pt: "Uma parte da página não chegou ao cliente: a conexão dele é lenta ou a retém. Peça que tente de novo ou que use outra rede.",
		},
		Named: Text{
			en: "A part of the page has not reached %s: their connection is slow or holds it back. Ask them to try again, or to use another network.",
			es: "Una parte de la página no le ha llegado a %s: su conexión es lenta o la retiene. Pídale que lo intente de nuevo o que use otra red.",
			de: "Ein Teil der Seite ist bei %s nicht angekommen: Die Verbindung ist langsam oder hält ihn zurück. Bitten Sie darum, es erneut zu versuchen oder ein anderes Netzwerk zu nehmen.",
			fr: "Une partie de la page n’est pas arrivée chez %s : sa connexion est lente ou la retient. Demandez-lui de réessayer, ou de prendre un autre réseau.",
			pt: "Uma parte da página não chegou a %s: a conexão está lenta ou a retém. Peça que tente de novo ou que use outra rede.",
		},
	}
	CustomerNetwork = OfCustomer{
		Unnamed: Text{
			en: "The customer’s network does not let the call through.",
			es: "La red del cliente no deja pasar la llamada.",
			de: "Das Netzwerk auf der Kundenseite lässt den Anruf nicht durch.",
			fr: "Le réseau du client ne laisse pas passer l’appel.",
			pt: "A rede do cliente não deixa a chamada passar.",
		},
		Named: Text{
			en: "The network of %s does not let the call through.",
			es: "La red de %s no deja pasar la llamada.",
			de: "Das Netzwerk von %s lässt den Anruf nicht durch.",
			fr: "Le réseau de %s ne laisse pas passer l’appel.",
			pt: "A rede de %s não deixa a chamada passar.",
		},
	}
	CustomerTrouble = OfCustomer{
		Unnamed: Text{
			en: "The customer has trouble joining.",
			es: "El cliente tiene dificultades para entrar.",
			de: "Auf der Kundenseite gibt es Schwierigkeiten bei der Teilnahme.",
			fr: "Le client a du mal à rejoindre l’appel.",
			pt: "O cliente está com dificuldade para entrar.",
		},
		Named: Text{
			en: "%s has trouble joining.",
			es: "%s tiene dificultades para entrar.",
			de: "%s hat Schwierigkeiten bei der Teilnahme.",
			fr: "%s a du mal à rejoindre l’appel.",
			pt: "%s está com dificuldade para entrar.",
		},
	}
)

// Progress returns how far the customer is.
func Progress(s wire.State) *OfCustomer {
	if s.CustomerPresent {
		return &CustomerInCall
	}
	switch s.Customer.Phase {
	case wire.PhaseOpened:
		return &CustomerOpened
	case wire.PhasePermission:
		return &CustomerPermission
	case wire.PhaseReady:
		return &CustomerReady
	case wire.PhaseWaiting:
		return &CustomerWaiting
	case wire.PhaseJoining:
		return &CustomerJoining
	case wire.PhaseInCall:
		return &CustomerBack
	case wire.PhaseLeft:
		return &CustomerLeft
	case wire.PhaseTrouble:
		return trouble(s.Customer.Detail)
	}
	return &CustomerInvited
}

func trouble(detail string) *OfCustomer {
	switch detail {
	case wire.TroubleDenied:
		return &CustomerDenied
	case wire.TroubleSystem:
		return &CustomerSystem
	case wire.TroubleInUse:
		return &CustomerInUse
	case wire.TroubleNoDevice:
		return &CustomerNoDevice
	case wire.TroubleInAppBrowser:
		return &CustomerInApp
	case wire.TroubleUnsupported:
		return &CustomerOld
	case wire.TroubleInsecure:
		return &CustomerInsecure
	case wire.TroubleSDKBlocked:
		return &CustomerSDKBlocked
	case wire.TroubleSDKSlow:
		return &CustomerSDKSlow
	case wire.TroubleNetwork:
		return &CustomerNetwork
	}
	return &CustomerTrouble
}

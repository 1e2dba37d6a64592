package page

// namedWords are the sentences for the agent about a customer whose name is known;
// each has a gap for it. The others of words are for one without.
type namedWords struct {
	_ [0]func() // nobody compares them, which spares the program 6 kB of code that could

	// How far the customer is.
	Invited, Opened, Permission, Ready, Waiting, Joining, InCall, Back, Left string
	// What keeps them from joining.
	Denied, System, InUse, NoDevice, InApp, Old, Insecure, SDKBlocked, SDKSlow, Network, Trouble string
	// Around the call.
	CallHeading, LinkLabel, JoinHint string
}

var namedEnglish = namedWords{
	Invited:     "The link has been sent. %s has not opened it yet.",
	Opened:      "%s has opened the link.",
	Permission:  "%s is at the permission prompt.",
	Ready:       "%s is checking camera and microphone.",
	Waiting:     "%s is waiting for you.",
	Joining:     "%s is joining.",
	InCall:      "%s is in the call.",
	Back:        "%s was in the call and may be reconnecting.",
	Left:        "%s has left.",
	Denied:      "The browser of %s was not allowed to use camera or microphone. Ask them to allow it, or to join without.",
	System:      "The device of %s blocks camera or microphone in its system settings.",
	InUse:       "Another program on the device of %s is using camera or microphone.",
	NoDevice:    "The device of %s has no camera or microphone. They can join without.",
	InApp:       "%s opened the link inside another app. Ask them to open it in Safari or Chrome.",
	Old:         "The browser of %s cannot do video calls. Ask them to use a current Chrome, Safari, Firefox or Edge.",
	Insecure:    "%s opened the link with http instead of https, which gives no camera and no call. Send the link again and ask them to open it exactly as it is.",
	SDKBlocked:  "An ad blocker or a network keeps a part of the page from %s. Ask them to allow this page, or to open the link in another browser or with mobile data.",
	SDKSlow:     "A part of the page has not reached %s: their connection is slow or holds it back. Ask them to try again, or to use another network.",
	Network:     "The network of %s does not let the call through.",
	Trouble:     "%s has trouble joining.",
	CallHeading: "Video call with %s",
	LinkLabel:   "Join link for %s",
	JoinHint:    "%s is let in as soon as you have joined.",
}

var namedSpanish = namedWords{
	Invited:     "El enlace se ha enviado. %s todavía no lo ha abierto.",
	Opened:      "%s ha abierto el enlace.",
	Permission:  "El navegador de %s está pidiendo permiso.",
	Ready:       "%s está comprobando la cámara y el micrófono.",
	Waiting:     "%s le está esperando.",
	Joining:     "%s está entrando.",
	InCall:      "%s está en la llamada.",
	Back:        "%s estaba en la llamada y quizá se esté reconectando.",
	Left:        "%s ha salido.",
	Denied:      "El navegador de %s no tiene permiso para usar la cámara o el micrófono. Pídale que lo permita, o que entre sin ellos.",
	System:      "El dispositivo de %s bloquea la cámara o el micrófono en los ajustes del sistema.",
	InUse:       "Otro programa del dispositivo de %s está usando la cámara o el micrófono.",
	NoDevice:    "El dispositivo de %s no tiene cámara ni micrófono. Puede entrar sin ellos.",
	InApp:       "%s abrió el enlace dentro de otra aplicación. Pídale que lo abra en Safari o Chrome.",
	Old:         "El navegador de %s no admite videollamadas. Pídale que use una versión actual de Chrome, Safari, Firefox o Edge.",
	Insecure:    "%s abrió el enlace con http en lugar de https, y así no hay ni cámara ni llamada. Envíe el enlace otra vez y pídale que lo abra tal cual.",
	SDKBlocked:  "Un bloqueador de anuncios o una red impide que le llegue a %s una parte de la página. Pídale que permita esta página, o que abra el enlace en otro navegador o con datos móviles.",
	SDKSlow:     "Una parte de la página no le ha llegado a %s: su conexión es lenta o la retiene. Pídale que lo intente de nuevo o que use otra red.",
	Network:     "La red de %s no deja pasar la llamada.",
	Trouble:     "%s tiene dificultades para entrar.",
	CallHeading: "Videollamada con %s",
	LinkLabel:   "Enlace para %s",
	JoinHint:    "%s podrá entrar en cuanto usted haya entrado.",
}

var namedGerman = namedWords{
	Invited:     "Der Link wurde gesendet. %s hat ihn noch nicht geöffnet.",
	Opened:      "%s hat den Link geöffnet.",
	Permission:  "%s wird vom Browser gerade nach Kamera und Mikrofon gefragt.",
	Ready:       "%s prüft gerade Kamera und Mikrofon.",
	Waiting:     "%s wartet im Videoraum auf Sie.",
	Joining:     "%s wird gerade verbunden.",
	InCall:      "%s ist im Anruf.",
	Back:        "%s war im Anruf und verbindet sich vielleicht gerade neu.",
	Left:        "%s hat den Anruf verlassen.",
	Denied:      "Der Browser von %s darf Kamera oder Mikrofon nicht nutzen. Bitten Sie darum, es zu erlauben oder ohne teilzunehmen.",
	System:      "Das Gerät von %s blockiert Kamera oder Mikrofon in den Systemeinstellungen.",
	InUse:       "Ein anderes Programm auf dem Gerät von %s benutzt Kamera oder Mikrofon.",
	NoDevice:    "Das Gerät von %s hat weder Kamera noch Mikrofon. Die Teilnahme geht auch ohne.",
	InApp:       "%s hat den Link in einer anderen App geöffnet. Bitten Sie darum, ihn in Safari oder Chrome zu öffnen.",
	Old:         "Der Browser von %s beherrscht keine Videoanrufe. Empfehlen Sie einen aktuellen Chrome, Safari, Firefox oder Edge.",
	Insecure:    "%s hat den Link mit http statt https geöffnet; so gibt es weder Kamera noch Anruf. Senden Sie den Link noch einmal und bitten Sie darum, ihn genau so zu öffnen.",
	SDKBlocked:  "Ein Werbeblocker oder ein Netzwerk hält bei %s einen Teil der Seite zurück. Bitten Sie darum, diese Seite zu erlauben oder den Link in einem anderen Browser oder über mobile Daten zu öffnen.",
	SDKSlow:     "Ein Teil der Seite ist bei %s nicht angekommen: Die Verbindung ist langsam oder hält ihn zurück. Bitten Sie darum, es erneut zu versuchen oder ein anderes Netzwerk zu nehmen.",
	Network:     "Das Netzwerk von %s lässt den Anruf nicht durch.",
	Trouble:     "%s hat Schwierigkeiten bei der Teilnahme.",
	CallHeading: "Videoanruf mit %s",
	LinkLabel:   "Teilnahmelink für %s",
	JoinHint:    "%s wird eingelassen, sobald Sie teilnehmen.",
}

var namedFrench = namedWords{
	Invited:     "Le lien a été envoyé. %s ne l’a pas encore ouvert.",
	Opened:      "%s a ouvert le lien.",
	Permission:  "Le navigateur de %s demande l’autorisation.",
	Ready:       "%s vérifie la caméra et le micro.",
	Waiting:     "%s vous attend.",
	Joining:     "%s rejoint l’appel.",
	InCall:      "%s est dans l’appel.",
	Back:        "%s était dans l’appel et se reconnecte peut-être.",
	Left:        "%s a quitté l’appel.",
	Denied:      "Le navigateur de %s n’a pas le droit d’utiliser la caméra ou le micro. Demandez-lui de l’autoriser, ou de participer sans.",
	System:      "L’appareil de %s bloque la caméra ou le micro dans ses réglages système.",
	InUse:       "Un autre programme utilise la caméra ou le micro sur l’appareil de %s.",
	NoDevice:    "L’appareil de %s n’a ni caméra ni micro. Il est possible de participer sans.",
	InApp:       "%s a ouvert le lien dans une autre application. Demandez-lui de l’ouvrir dans Safari ou Chrome.",
	Old:         "Le navigateur de %s ne permet pas les appels vidéo. Demandez-lui d’utiliser une version récente de Chrome, Safari, Firefox ou Edge.",
	Insecure:    "%s a ouvert le lien en http au lieu de https : il n’y a alors ni caméra ni appel. Renvoyez le lien et demandez-lui de l’ouvrir tel quel.",
	SDKBlocked:  "Un bloqueur de publicité ou un réseau retient une partie de la page chez %s. Demandez-lui d’autoriser cette page, ou d’ouvrir le lien dans un autre navigateur ou avec les données mobiles.",
	SDKSlow:     "Une partie de la page n’est pas arrivée chez %s : sa connexion est lente ou la retient. Demandez-lui de réessayer, ou de prendre un autre réseau.",
	Network:     "Le réseau de %s ne laisse pas passer l’appel.",
	Trouble:     "%s a du mal à rejoindre l’appel.",
	CallHeading: "Appel vidéo avec %s",
	LinkLabel:   "Lien pour %s",
	JoinHint:    "%s pourra entrer dès que vous aurez rejoint l’appel.",
}

var namedPortuguese = namedWords{
	Invited:     "O link foi enviado. %s ainda não o abriu.",
	Opened:      "%s abriu o link.",
	Permission:  "O navegador de %s está pedindo permissão.",
	Ready:       "%s está testando a câmera e o microfone.",
	Waiting:     "%s está esperando por você.",
	Joining:     "%s está entrando.",
	InCall:      "%s está na chamada.",
	Back:        "%s estava na chamada e talvez esteja se reconectando.",
	Left:        "%s saiu.",
	Denied:      "O navegador de %s não tem permissão para usar a câmera ou o microfone. Peça que permita, ou que entre sem eles.",
	System:      "O dispositivo de %s bloqueia a câmera ou o microfone nas configurações do sistema.",
	InUse:       "Outro programa no dispositivo de %s está usando a câmera ou o microfone.",
	NoDevice:    "O dispositivo de %s não tem câmera nem microfone. É possível entrar sem.",
	InApp:       "%s abriu o link dentro de outro aplicativo. Peça que abra no Safari ou no Chrome.",
	Old:         "O navegador de %s não faz chamadas de vídeo. Peça que use uma versão atual do Chrome, Safari, Firefox ou Edge.",
	Insecure:    "%s abriu o link com http em vez de https, e assim não há câmera nem chamada. Envie o link de novo e peça que abra exatamente como está.",
	SDKBlocked:  "Um bloqueador de anúncios ou uma rede retém uma parte da página de %s. Peça que permita esta página, ou que abra o link em outro navegador ou com dados móveis.",
	SDKSlow:     "Uma parte da página não chegou a %s: a conexão está lenta ou a retém. Peça que tente de novo ou que use outra rede.",
	Network:     "A rede de %s não deixa a chamada passar.",
	Trouble:     "%s está com dificuldade para entrar.",
	CallHeading: "Chamada de vídeo com %s",
	LinkLabel:   "Link para %s",
	JoinHint:    "%s poderá entrar assim que você entrar.",
}

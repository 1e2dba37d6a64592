package words

import (
	"fmt"
	"time"
)

// The green room: who invites, what will happen, and how to go in.
var (
	// InviteHeading has a gap for the agent.
	InviteHeading = Text{
		en: "%s invites you to a video call",
		es: "%s le invita a una videollamada",
		de: "%s lädt Sie zu einem Videoanruf ein",
		fr: "%s vous invite à un appel vidéo",
		pt: "%s convida você para uma chamada de vídeo",
	}
	InviteLead = Text{
		en: "You will see and hear each other in this browser. Nothing has to be installed.",
		es: "Podrán verse y oírse en este navegador. No hay que instalar nada.",
		de: "Sie sehen und hören einander in diesem Browser. Sie müssen nichts installieren.",
		fr: "Vous vous verrez et vous entendrez dans ce navigateur. Il n’y a rien à installer.",
		pt: "Vocês vão se ver e se ouvir neste navegador. Não é preciso instalar nada.",
	}

	// InviteTitle has a gap for the brand.
	InviteTitle = Text{
		en: "Video call – %s",
		es: "Videollamada – %s",
		de: "Videoanruf – %s",
		fr: "Appel vidéo – %s",
		pt: "Chamada de vídeo – %s",
	}

	// Steps are what happens after the click on Join.
	Steps = [3]Text{
		{
			en: "Press Join. Your browser asks to use your camera and microphone.",
			es: "Pulse «Entrar en la sala de vídeo». Su navegador le pedirá permiso para usar la cámara y el micrófono.",
			de: "Drücken Sie „Videoraum betreten“. Ihr Browser fragt, ob er Kamera und Mikrofon nutzen darf.",
			fr: "Appuyez sur «\u00a0Rejoindre la salle vidéo\u00a0». Votre navigateur demande à utiliser la caméra et le micro.",
			pt: "Toque em “Entrar na sala de vídeo”. O navegador pede para usar a câmera e o microfone.",
		},
		{
			en: "Allow it, or join without a camera.",
			es: "Permítalo, o entre sin cámara.",
			de: "Erlauben Sie es, oder nehmen Sie ohne Kamera teil.",
			fr: "Autorisez-le, ou participez sans caméra.",
			pt: "Permita, ou entre sem câmera.",
		},
		{
			en: "You can mute, stop your camera or leave at any time.",
			es: "Puede silenciarse, apagar la cámara o salir en cualquier momento.",
			de: "Sie können sich jederzeit stummschalten, die Kamera ausschalten oder den Anruf verlassen.",
			fr: "Vous pouvez couper le micro, arrêter la caméra ou quitter l’appel à tout moment.",
			pt: "Você pode silenciar o microfone, desligar a câmera ou sair a qualquer momento.",
		},
	}
	Recorded = Text{
		en: "This call is recorded.",
		es: "Esta llamada se graba.",
		de: "Dieser Anruf wird aufgezeichnet.",
		fr: "Cet appel est enregistré.",
		pt: "Esta chamada é gravada.",
	}
	NotRecorded = Text{
		en: "This call is not recorded.",
		es: "Esta llamada no se graba.",
		de: "Dieser Anruf wird nicht aufgezeichnet.",
		fr: "Cet appel n’est pas enregistré.",
		pt: "Esta chamada não é gravada.",
	}
	Consent = Text{
		en: "I agree that this video call is recorded.",
		es: "Acepto que se grabe esta videollamada.",
		de: "Ich bin damit einverstanden, dass dieser Videoanruf aufgezeichnet wird.",
		fr: "J’accepte que cet appel vidéo soit enregistré.",
		pt: "Concordo que esta chamada de vídeo seja gravada.",
	}
	ConsentMissing = Text{
		en: "Please tick this box to join, because the call is recorded.",
		es: "Marque esta casilla para entrar, porque la llamada se graba.",
		de: "Bitte setzen Sie dieses Häkchen, um teilzunehmen, denn der Anruf wird aufgezeichnet.",
		fr: "Veuillez cocher cette case pour participer, car l’appel est enregistré.",
		pt: "Marque esta caixa para entrar, porque a chamada é gravada.",
	}
	ConsentRefuse = Text{
		en: "If you do not agree, stay in the chat: the agent can help you there.",
		es: "Si no está de acuerdo, siga en el chat: su agente puede ayudarle allí.",
		de: "Wenn Sie nicht einverstanden sind, bleiben Sie im Chat: Dort wird Ihnen ebenfalls geholfen.",
		fr: "Si vous n’êtes pas d’accord, restez dans la discussion\u00a0: votre conseiller peut vous y aider.",
		pt: "Se você não concordar, continue no chat: seu atendente pode ajudar por lá.",
	}
	Join = Text{
		en: "Join Video Room",
		es: "Entrar en la sala de vídeo",
		de: "Videoraum betreten",
		fr: "Rejoindre la salle vidéo",
		pt: "Entrar na sala de vídeo",
	}

	// JoinQuiet joins without a camera, JoinNothing without a microphone too.
	JoinQuiet = Text{
		en: "Join without camera",
		es: "Entrar sin cámara",
		de: "Ohne Kamera teilnehmen",
		fr: "Participer sans caméra",
		pt: "Entrar sem câmera",
	}
	JoinNothing = Text{
		en: "Join without camera and microphone",
		es: "Entrar sin cámara ni micrófono",
		de: "Ohne Kamera und Mikrofon teilnehmen",
		fr: "Participer sans caméra ni micro",
		pt: "Entrar sem câmera e sem microfone",
	}

	// LinkUntil has a gap for the time of day. Where the reader's time zone is not
	// known, those after it name minutes or hours: see Lasts.
	LinkUntil = Text{
		en: "This link works until %s.",
		es: "Este enlace es válido hasta: %s.",
		de: "Dieser Link gilt bis %s.",
		fr: "Ce lien est valable jusqu’à %s.",
		pt: "Este link é válido até %s.",
	}
	LinkMinute = Text{
		en: "This link works for one more minute.",
		es: "Este enlace es válido durante un minuto más.",
		de: "Dieser Link gilt noch eine Minute.",
		fr: "Ce lien est encore valable une minute.",
		pt: "Este link é válido por mais um minuto.",
	}
	LinkMinutes = Text{
		en: "This link works for %d more minutes.",
		es: "Este enlace es válido durante %d minutos más.",
		de: "Dieser Link gilt noch %d Minuten.",
		fr: "Ce lien est encore valable %d minutes.",
		pt: "Este link é válido por mais %d minutos.",
	}
	LinkHour = Text{
		en: "This link works for one more hour.",
		es: "Este enlace es válido durante una hora más.",
		de: "Dieser Link gilt noch eine Stunde.",
		fr: "Ce lien est encore valable une heure.",
		pt: "Este link é válido por mais uma hora.",
	}
	LinkHours = Text{
		en: "This link works for %d more hours.",
		es: "Este enlace es válido durante %d horas más.",
		de: "Dieser Link gilt noch %d Stunden.",
		fr: "Ce lien est encore valable %d heures.",
		pt: "Este link é válido por mais %d horas.",
	}

	// What start.js says before the program is up.
	Starting = Text{
		en: "One moment, getting the video call ready…",
		es: "Un momento, estamos preparando la videollamada…",
		de: "Einen Moment, der Videoanruf wird vorbereitet …",
		fr: "Un instant, l’appel vidéo se prépare…",
		pt: "Um momento, estamos preparando a chamada de vídeo…",
	}
	StartFailed = Text{
		en: "The video call could not be loaded. Check your connection, then reload this page. If it keeps failing, open the link in Chrome, Safari, Firefox or Edge.",
		es: "No se pudo cargar la videollamada. Compruebe su conexión y vuelva a cargar la página. Si sigue sin funcionar, abra el enlace en Chrome, Safari, Firefox o Edge.",
		de: "Der Videoanruf konnte nicht geladen werden. Prüfen Sie Ihre Verbindung und laden Sie die Seite neu. Wenn es weiterhin nicht klappt, öffnen Sie den Link in Chrome, Safari, Firefox oder Edge.",
		fr: "L’appel vidéo n’a pas pu être chargé. Vérifiez votre connexion, puis rechargez cette page. Si cela ne suffit pas, ouvrez le lien dans Chrome, Safari, Firefox ou Edge.",
		pt: "Não foi possível carregar a chamada de vídeo. Verifique sua conexão e recarregue esta página. Se continuar sem funcionar, abra o link no Chrome, Safari, Firefox ou Edge.",
	}
)

// Lasts returns how much longer a link works. It rounds up: a link that works a
// little longer than said disappoints nobody.
func Lasts(l Language, d time.Duration) string {
	minutes := int((d + time.Minute - 1) / time.Minute)
	hours := (minutes + 59) / 60
	switch {
	case minutes <= 1:
		return LinkMinute.In(l)
	case minutes == 60:
		return LinkHour.In(l)
	case minutes < 120:
		return fmt.Sprintf(LinkMinutes.In(l), minutes)
	}
	return fmt.Sprintf(LinkHours.In(l), hours)
}

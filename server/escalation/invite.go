package escalation

import (
	"fmt"
	"strings"
	"time"

	"escalate/app/wire"
)

// inviter writes what the customer gets to read in the chat.
type inviter struct {
	publicURL string
	link      func(code string) string
	brand     string
	now       func() time.Time
}

// joinURL is Service.JoinURL.
func (i *inviter) joinURL(code string) string {
	return wire.JoinURL(i.publicURL, i.link(code))
}

// phrasebook is the invite in one language. The verbs of invite are who and
// link, those of the times a number.
type phrasebook struct {
	invite, nobody, minutes, hours, recorded, unrecorded string
}

var phrasebooks = map[string]phrasebook{
	"en": {
		invite:     "%s invites you to a video call: %s",
		nobody:     "Your agent",
		minutes:    "The link works for %d minutes. It opens in your browser; there is nothing to install.",
		hours:      "The link works for %d hours. It opens in your browser; there is nothing to install.",
		recorded:   "The call will be recorded; you are asked for your consent before you join.",
		unrecorded: "The call is not recorded.",
	},
	"es": {
		invite:     "%s le invita a una videollamada: %s",
		nobody:     "Su agente",
		minutes:    "El enlace es válido durante %d minutos. Se abre en su navegador; no hay que instalar nada.",
		hours:      "El enlace es válido durante %d horas. Se abre en su navegador; no hay que instalar nada.",
		recorded:   "La llamada se grabará; le pediremos su consentimiento antes de entrar.",
		unrecorded: "La llamada no se graba.",
	},
	"de": {
		invite:     "%s lädt Sie zu einem Videoanruf ein: %s",
		nobody:     "Ihre Ansprechperson",
		minutes:    "Der Link gilt %d Minuten. Er öffnet sich in Ihrem Browser; Sie müssen nichts installieren.",
		hours:      "Der Link gilt %d Stunden. Er öffnet sich in Ihrem Browser; Sie müssen nichts installieren.",
		recorded:   "Der Anruf wird aufgezeichnet; vor dem Beitritt bitten wir Sie um Ihre Zustimmung.",
		unrecorded: "Der Anruf wird nicht aufgezeichnet.",
	},
	"fr": {
		invite:     "%s vous invite à un appel vidéo : %s",
		nobody:     "Votre conseiller",
		minutes:    "Le lien est valable %d minutes. Il s’ouvre dans votre navigateur, sans rien installer.",
		hours:      "Le lien est valable %d heures. Il s’ouvre dans votre navigateur, sans rien installer.",
		recorded:   "L’appel sera enregistré ; votre accord vous sera demandé avant de rejoindre l’appel.",
		unrecorded: "L’appel n’est pas enregistré.",
	},
	"pt": {
		invite:     "%s convida você para uma chamada de vídeo: %s",
		nobody:     "Seu atendente",
		minutes:    "O link é válido por %d minutos. Ele abre no navegador; não é preciso instalar nada.",
		hours:      "O link é válido por %d horas. Ele abre no navegador; não é preciso instalar nada.",
		recorded:   "A chamada será gravada; pediremos seu consentimento antes de você entrar.",
		unrecorded: "A chamada não é gravada.",
	},
}

// invite is Service.Invite.
func (i *inviter) invite(e Escalation, lang string) string {
	primary, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-")
	p, ok := phrasebooks[primary]
	if !ok {
		p = phrasebooks["en"]
	}
	// A Conversation's Message takes 1 600 characters.
	who := cut(e.Agent.Name, 80)
	if who == "" {
		who = p.nobody
	}
	if i.brand != "" {
		who += " (" + cut(i.brand, 80) + ")"
	}
	lines := []string{fmt.Sprintf(p.invite, who, i.joinURL(e.Code))}
	// Once the agent is in, the link works as long as the call goes on. Less
	// than two minutes are not worth a sentence, and "1 minutes" is none.
	if left := e.ValidUntil.Sub(i.now()); e.Status == Invited && left >= 2*time.Minute {
		lines = append(lines, p.lasts(left))
	}
	if e.Recording {
		lines = append(lines, p.recorded)
	} else {
		lines = append(lines, p.unrecorded)
	}
	return strings.Join(lines, "\n")
}

// lasts says how long the link works. The message is read a moment after it was
// made: "works for 59 minutes" for an hour would look wrong and help nobody.
func (p phrasebook) lasts(d time.Duration) string {
	d = (d + time.Minute - 1).Truncate(time.Minute)
	if d >= 2*time.Hour {
		return fmt.Sprintf(p.hours, int(d.Hours()))
	}
	return fmt.Sprintf(p.minutes, int(d.Minutes()))
}

package words

import (
	"escalate/app/call"
)

// How good a connection is.
var (
	QualityFair = Text{
		en: "Fair connection",
		es: "Conexión regular",
		de: "Mäßige Verbindung",
		fr: "Connexion moyenne",
		pt: "Conexão razoável",
	}
	QualityWeak = Text{
		en: "Weak connection",
		es: "Conexión débil",
		de: "Schwache Verbindung",
		fr: "Connexion faible",
		pt: "Conexão fraca",
	}
	QualityBad = Text{
		en: "Very weak connection",
		es: "Conexión muy débil",
		de: "Sehr schwache Verbindung",
		fr: "Connexion très faible",
		pt: "Conexão muito fraca",
	}

	// Why it is weak: it follows "Weak connection:". Their is of the other
	// Participant.
	WhyUp = Text{
		en: "your upload is slow",
		es: "su subida es lenta",
		de: "Ihr Upload ist langsam",
		fr: "votre envoi est lent",
		pt: "o seu envio está lento",
	}
	WhyDown = Text{
		en: "your download is slow",
		es: "su bajada es lenta",
		de: "Ihr Download ist langsam",
		fr: "votre réception est lente",
		pt: "a sua recepção está lenta",
	}
	WhyLossUp = Text{
		en: "what you send gets lost",
		es: "se pierde lo que usted envía",
		de: "was Sie senden, geht verloren",
		fr: "ce que vous envoyez se perd",
		pt: "o que você envia se perde",
	}
	WhyLoss = Text{
		en: "what you receive gets lost",
		es: "se pierde lo que usted recibe",
		de: "was Sie empfangen, geht verloren",
		fr: "ce que vous recevez se perd",
		pt: "o que você recebe se perde",
	}
	WhyDelay = Text{
		en: "there is a long delay",
		es: "hay mucho retraso",
		de: "es gibt eine lange Verzögerung",
		fr: "le délai est long",
		pt: "há um atraso longo",
	}
	WhyUneven = Text{
		en: "it comes in bursts",
		es: "llega a saltos",
		de: "es kommt stoßweise an",
		fr: "cela arrive par à-coups",
		pt: "chega aos saltos",
	}
	WhyDevice = Text{
		en: "this device is too busy",
		es: "este dispositivo está sobrecargado",
		de: "dieses Gerät ist überlastet",
		fr: "cet appareil est surchargé",
		pt: "este dispositivo está sobrecarregado",
	}
	WhyTheirUp = Text{
		en: "their upload is slow",
		es: "la subida del otro lado es lenta",
		de: "der Upload dort ist langsam",
		fr: "l’envoi de l’autre côté est lent",
		pt: "o envio do outro lado está lento",
	}
	WhyTheirDown = Text{
		en: "their download is slow",
		es: "la bajada del otro lado es lenta",
		de: "der Download dort ist langsam",
		fr: "la réception de l’autre côté est lente",
		pt: "a recepção do outro lado está lenta",
	}
)

// Quality returns a connection in words, "" when there is nothing to worry about:
// how it is and, where that is known, why. own says whether it is the reader's.
func Quality(l Language, level int, c call.Cause, own bool) string {
	var how *Text
	switch call.QualityWords(level) {
	case "fair":
		how = &QualityFair
	case "weak":
		how = &QualityWeak
	case "bad", "broken":
		how = &QualityBad
	default:
		return ""
	}
	if why := why(c, own); why != nil {
		return how.In(l) + ": " + why.In(l)
	}
	return how.In(l)
}

func why(c call.Cause, own bool) *Text {
	switch c {
	case call.CauseUp:
		if own {
			return &WhyUp
		}
		return &WhyTheirUp
	case call.CauseDown:
		if own {
			return &WhyDown
		}
		return &WhyTheirDown
	case call.CauseLossUp:
		return &WhyLossUp
	case call.CauseLoss:
		return &WhyLoss
	case call.CauseDelay:
		return &WhyDelay
	case call.CauseUneven:
		return &WhyUneven
	case call.CauseDevice:
		return &WhyDevice
	}
	return nil
}

package web

import "escalate/app/wire"

var french = speech{
	Lang: "fr", Dir: "ltr",

	Title: titleSpeech{Home: "Rejoignez votre appel vidéo", Join: "Appel vidéo", JoinWith: "Appel vidéo avec %s", Agent: "Salle vidéo"},

	Shell: shellSpeech{
		NoScriptHeading: "JavaScript est désactivé",
		NoScriptHome:    "Vous pouvez saisir votre code ici ; pour l’appel lui-même, votre navigateur a besoin de JavaScript. Activez-le dans les réglages du navigateur, puis rechargez cette page.",
		NoScriptCall:    "Un appel vidéo a besoin de JavaScript. Activez-le dans les réglages du navigateur et rechargez cette page, ou ouvrez le lien dans un autre navigateur, comme Safari, Chrome, Firefox ou Edge. Vous pouvez aussi continuer dans la discussion.",
		OldHeading:      "Ce navigateur ne permet pas les appels vidéo",
		OldLead:         "Copiez ce lien et ouvrez-le dans une version récente de Chrome, Safari, Firefox ou Edge. Vous pouvez aussi continuer dans la discussion.",
		InsecureHeading: "Cette page n’a pas été ouverte de façon sécurisée",
		InsecureLead:    "Les navigateurs ne donnent accès à la caméra et au micro qu’aux pages dont l’adresse commence par https. Ouvrez plutôt ce lien :",
		StoppedHeading:  "Cette page s’est arrêtée",
		StoppedLead:     "Un problème est survenu sur cette page. Votre caméra et votre micro sont éteints. Rechargez la page pour continuer.",
		Reload:          "Recharger la page",
	},
	Page: pageSpeech{
		Unknown: plainPage{
			Heading: "Nous ne connaissons pas ce code",
			Lead:    "Le lien est peut-être incomplet, ou le code contient une faute de frappe.",
			Steps:   []string{"Revenez à votre discussion et touchez de nouveau le lien.", "Ou saisissez le code ici, sans espaces."},
			Note:    "Toujours rien ? Demandez un nouveau lien dans votre discussion.",
		},
		Expired: plainPage{
			Heading: "Ce lien a expiré",
			Lead:    "Pour votre sécurité, les liens vidéo ne sont valables qu’un temps limité.",
			Steps:   []string{"Revenez à votre discussion.", "Demandez un nouveau lien vidéo. Un clic suffit à votre conseiller."},
		},
		Ended: plainPage{
			Heading: "Cet appel est terminé",
			Lead:    "Merci pour cet échange. Ce lien ne peut plus être utilisé.",
			Steps:   []string{"Besoin d’aide supplémentaire ? Revenez à votre discussion et écrivez-y.", "Votre conseiller peut vous envoyer un nouveau lien vidéo à tout moment."},
			Note:    "Vous pouvez fermer cette page.",
		},
		Rate: plainPage{
			Heading: "Cet appel est terminé",
			Lead:    "Merci pour cet échange. Comment s’est-il passé ?",
			Note:    "Besoin d’aide supplémentaire ? Revenez à votre discussion et écrivez-y. Votre conseiller peut vous envoyer un nouveau lien vidéo à tout moment.",
		},
		Rated: plainPage{
			Heading: "Merci",
			Lead:    "Votre avis est bien arrivé, et l’appel est terminé.",
			Steps:   []string{"Besoin d’aide supplémentaire ? Revenez à votre discussion et écrivez-y.", "Votre conseiller peut vous envoyer un nouveau lien vidéo à tout moment."},
			Note:    "Vous pouvez fermer cette page.",
		},
		InApp: plainPage{
			Heading: "Ouvrez ce lien dans votre navigateur",
			Lead:    "Vous êtes dans une autre application, où la caméra et le micro ne fonctionnent souvent pas. Utilisez Safari sur iPhone ou iPad, Chrome sur Android :",
			Steps: []string{
				"Appuyez longuement sur le lien ci-dessus jusqu’à ce qu’il soit sélectionné, puis choisissez « Copier ».",
				"Ouvrez Safari ou Chrome.",
				"Collez le lien dans la barre d’adresse en haut, puis ouvrez-le.",
			},
			Note: "Souvent, le menu de l’application (⋯ ou le symbole de partage) propose « Ouvrir dans le navigateur », qui fait la même chose.",
		},
		TooMany: plainPage{
			Heading: "Veuillez patienter une minute",
			Lead:    "Il y a eu beaucoup d’essais depuis votre réseau en peu de temps.",
			Steps:   []string{"Patientez une minute.", "Puis rechargez cette page, ou touchez de nouveau le lien dans votre discussion."},
		},
		Trouble: plainPage{
			Heading: "Cela n’a pas fonctionné",
			Lead:    "Un problème est survenu de notre côté.",
			Steps:   []string{"Rechargez cette page dans quelques secondes.", "Si cela ne suffit pas, continuez dans votre discussion."},
		},
		NotFound: plainPage{
			Heading: "Il n’y a rien ici",
			Lead:    "L’adresse est peut-être incomplète.",
			Steps:   []string{"Revenez à votre discussion et touchez de nouveau le lien.", "Ou saisissez votre code ici."},
		},
		Offline: plainPage{
			Heading: "Vous êtes hors ligne",
			Lead:    "Cet appareil n’a pas de connexion internet en ce moment ; l’appel vidéo n’est donc pas accessible.",
			Steps:   []string{"Vérifiez le Wi-Fi ou les données mobiles, et désactivez le mode avion.", "Cette page reprend d’elle-même dès que la connexion est rétablie."},
			Note:    "Votre lien reste valable tant que votre conseiller vous attend.",
		},
		Away: plainPage{
			Heading: "Le service vidéo ne répond pas",
			Lead:    "Notre serveur est injoignable en ce moment. Vous n’y êtes pour rien, et rien n’est perdu.",
			Steps:   []string{"Patientez un instant : cette page reprend d’elle-même dès que le serveur répond.", "Si d’autres sites ne s’ouvrent pas non plus, vérifiez le Wi-Fi ou les données mobiles."},
			Note:    "Votre lien reste valable tant que votre conseiller vous attend.",
		},
	},
	Form: formSpeech{
		CodeLabel: "Code reçu dans votre discussion", CodeOpen: "Ouvrir",
		RateLegend: "Votre avis", RateComment: "Quelque chose à ajouter ? (facultatif)", RateSend: "Envoyer l’avis",
		Scores:   [5]string{"Très bon", "Bon", "Moyen", "Mauvais", "Très mauvais"},
		Onward:   "Essayer ici quand même",
		TryAgain: "Réessayer",
	},

	BadRating: "Veuillez choisir de une à cinq étoiles et écrire moins de %d caractères.",
	RatingKey: "Seul le client qui a participé à l’appel peut l’évaluer, dans le navigateur utilisé pour l’appel. Ouvrez-y le lien, ou dites-nous dans votre chat comment cela s’est passé.",
	MustLeave: "L’appel vidéo est encore en cours. Quittez d’abord la salle vidéo, puis clôturez la tâche.",

	Errors: map[wire.Code]string{
		wire.CodeBadRequest:       "La demande n’a pas été comprise. Rechargez la page et réessayez.",
		wire.CodeUnknownCode:      "Nous ne connaissons pas ce code. Comparez-le avec le lien de votre discussion, ou demandez-y un nouveau lien.",
		wire.CodeExpired:          "Ce lien a expiré. Demandez-en un nouveau dans votre discussion.",
		wire.CodeEnded:            "Cet appel est terminé. Si vous avez encore besoin d’aide, écrivez dans votre discussion.",
		wire.CodeUnauthorized:     "Votre session Flex a expiré. En général, elle se renouvelle d’elle-même : réessayez dans un instant. Sinon, terminez d’abord votre appel, puis reconnectez-vous à Flex.",
		wire.CodeForbidden:        "Votre rôle ne le permet pas. Adressez-vous à votre superviseur ou administrateur.",
		wire.CodeTaskNotYours:     "Cette tâche est attribuée à un autre agent. Demandez-lui, ou faites-vous transférer la tâche.",
		wire.CodeTaskNotFound:     "Cette tâche n’existe plus. Actualisez votre liste de tâches.",
		wire.CodeTaskNotChat:      "Cette tâche n’a pas de discussion où envoyer un lien. Lancez la vidéo depuis une tâche de discussion.",
		wire.CodeTaskClosed:       "Cette tâche est en cours de clôture ou terminée ; aucune vidéo ne peut en être lancée.",
		wire.CodeTaskFull:         "Les attributs de cette tâche sont pleins : le lien vidéo n’y a plus de place. Lancez la vidéo depuis une autre tâche de ce chat, ou demandez à votre administrateur de raccourcir ce que d’autres outils y inscrivent.",
		wire.CodeNotInCall:        "Aucun client n’a participé à cet appel : il n’y a encore rien à évaluer. Rejoignez d’abord l’appel, ou écrivez dans votre chat.",
		wire.CodeAgentBusy:        "Vous êtes déjà dans un autre appel vidéo. Terminez-le d’abord.",
		wire.CodeConsentRequired:  "Cet appel est enregistré. Veuillez accepter l’enregistrement pour participer, ou continuez dans la discussion.",
		wire.CodeNotFound:         "Il n’y a rien à cette adresse. Vérifiez le lien.",
		wire.CodeMethodNotAllowed: "Cette adresse n’accepte pas ce type de demande.",
		wire.CodeTooLarge:         "C’est trop à la fois. Raccourcissez votre texte et réessayez.",
		wire.CodeUnsupportedMedia: "La demande doit être envoyée en JSON (Content-Type: application/json).",
		wire.CodeForbiddenOrigin:  "Ce site web ne peut pas appeler le service vidéo. Un administrateur peut l’ajouter à ALLOWED_ORIGINS.",
		wire.CodeRateLimited:      "Cela fait beaucoup d’essais en peu de temps. Patientez une minute, puis réessayez.",
		wire.CodeUnavailable:      "Le service vidéo n’est pas joignable en ce moment. Réessayez dans quelques secondes.",
		wire.CodeInternal:         "Un problème est survenu de notre côté. Réessayez, ou continuez dans la discussion.",
	},

	TooMuch: map[string]string{
		limitRequests:                      "Votre réseau vient d’envoyer un très grand nombre de demandes. Patientez une demi-minute puis réessayez, ou ouvrez le lien de votre chat, qui est compté à part.",
		limitLinks:                         "Ce lien a été utilisé très souvent en peu de temps. Fermez les autres fenêtres où il est ouvert, patientez une demi-minute, puis réessayez.",
		limitAgents:                        "Votre poste a envoyé un très grand nombre de demandes en peu de temps. Fermez les autres fenêtres de Flex, patientez quelques secondes, puis réessayez.",
		limitCodes:                         "Votre réseau a envoyé beaucoup de codes erronés. Ouvrez le lien de votre chat au lieu de saisir le code, ou patientez une minute puis réessayez.",
		limitCodes + limitOfEverybody:      "Un très grand nombre de codes erronés sont saisis en ce moment, les codes saisis doivent donc attendre. Ouvrez le lien de votre chat, ou réessayez dans une minute.",
		limitAgentCodes:                    "Vous avez donné beaucoup de codes erronés. Lancez la vidéo depuis sa tâche, ou patientez une minute puis réessayez.",
		limitAgentCodes + limitOfEverybody: "Un très grand nombre de codes erronés sont donnés en ce moment. Lancez la vidéo depuis sa tâche, ou réessayez dans une minute.",
		limitTokens:                        "Beaucoup de connexions au service vidéo ont échoué depuis votre réseau. Patientez une minute, puis réessayez. Si cela continue, prévenez votre administrateur.",
		limitTokens + limitOfEverybody:     "Beaucoup de connexions au service vidéo échouent en ce moment. Patientez une minute, puis réessayez. Si cela continue, prévenez votre administrateur.",
		limitCodeStreams:                   "Cet appel est ouvert dans trop de fenêtres. Fermez-en quelques-unes, puis rechargez cette page.",
		limitStreams:                       "Trop d’appels sont ouverts en même temps dans votre réseau. Cette page continue, seulement plus lentement : fermez les fenêtres dont vous n’avez plus besoin.",
		limitAllStreams:                    "Un très grand nombre de personnes attendent en ce moment. Cette page continue, seulement plus lentement : laissez-la ouverte.",
		limitOfOneDocument:                 "Cet appel a été rejoint ou noté très souvent en peu de temps. Patientez quelques secondes, puis réessayez.",
		limitOfAllWrites:                   "Il s’est passé beaucoup de choses dans cet appel en peu de temps. Patientez quelques secondes, puis réessayez.",
	},
}

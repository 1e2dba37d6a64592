package words

// How the people in a call are called whose names are not known, or not told.
var (
	Agent = Text{
		en: "the agent",
		es: "su agente",
		de: "Ihre Ansprechperson",
		fr: "votre conseiller",
		pt: "seu atendente",
	}
	Customer = Text{
		en: "Customer",
		es: "Cliente",
		de: "Kundin oder Kunde",
		fr: "Client",
		pt: "Cliente",
	}
	Colleague = Text{
		en: "Colleague",
		es: "Colega",
		de: "Teammitglied",
		fr: "Collègue",
		pt: "Colega",
	}
	You = Text{
		en: "You",
		es: "Usted",
		de: "Sie",
		fr: "Vous",
		pt: "Você",
	}
)

package web

import "escalate/app/wire"

var spanish = speech{
	Lang: "es", Dir: "ltr",

	Title: titleSpeech{Home: "Entre en su videollamada", Join: "Videollamada", JoinWith: "Videollamada con %s", Agent: "Sala de vídeo"},

	Shell: shellSpeech{
		NoScriptHeading: "JavaScript está desactivado",
		NoScriptHome:    "Puede escribir su código aquí; para la llamada, su navegador necesita JavaScript. Actívelo en los ajustes del navegador y vuelva a cargar esta página.",
		NoScriptCall:    "Una videollamada necesita JavaScript. Actívelo en los ajustes del navegador y vuelva a cargar esta página, o abra el enlace en otro navegador, como Safari, Chrome, Firefox o Edge. También puede seguir en el chat.",
		OldHeading:      "Este navegador no admite videollamadas",
		OldLead:         "Copie este enlace y ábralo en una versión actual de Chrome, Safari, Firefox o Edge. También puede seguir en el chat.",
		InsecureHeading: "Esta página no se abrió de forma segura",
		InsecureLead:    "Los navegadores solo dan acceso a la cámara y al micrófono a las páginas cuya dirección empieza por https. Abra este enlace:",
		StoppedHeading:  "Esta página se ha detenido",
		StoppedLead:     "Algo ha fallado en esta página. Su cámara y su micrófono están apagados. Vuelva a cargar la página para continuar.",
		Reload:          "Volver a cargar la página",
	},
	Page: pageSpeech{
		Unknown: plainPage{
			Heading: "No conocemos este código",
			Lead:    "Puede que el enlace esté incompleto o que haya un error en el código.",
			Steps:   []string{"Vuelva a su chat y toque el enlace de nuevo.", "O escriba el código aquí, sin espacios."},
			Note:    "¿Sigue sin funcionar? Pida un enlace nuevo en su chat.",
		},
		Expired: plainPage{
			Heading: "Este enlace ha caducado",
			Lead:    "Por su seguridad, los enlaces de vídeo solo son válidos durante un tiempo limitado.",
			Steps:   []string{"Vuelva a su chat.", "Pida un enlace de vídeo nuevo. A su agente le basta un clic."},
		},
		Ended: plainPage{
			Heading: "Esta llamada ha terminado",
			Lead:    "Gracias por hablar con nosotros. Este enlace ya no se puede usar.",
			Steps:   []string{"¿Necesita más ayuda? Vuelva a su chat y escriba allí.", "Su agente puede enviarle un enlace de vídeo nuevo en cualquier momento."},
			Note:    "Ya puede cerrar esta página.",
		},
		Rate: plainPage{
			Heading: "Esta llamada ha terminado",
			Lead:    "Gracias por hablar con nosotros. ¿Qué le ha parecido?",
			Note:    "¿Necesita más ayuda? Vuelva a su chat y escriba allí. Su agente puede enviarle un enlace de vídeo nuevo en cualquier momento.",
		},
		Rated: plainPage{
			Heading: "Gracias",
			Lead:    "Hemos recibido su valoración y la llamada ha terminado.",
			Steps:   []string{"¿Necesita más ayuda? Vuelva a su chat y escriba allí.", "Su agente puede enviarle un enlace de vídeo nuevo en cualquier momento."},
			Note:    "Ya puede cerrar esta página.",
		},
		InApp: plainPage{
			Heading: "Abra este enlace en su navegador",
			Lead:    "Está dentro de otra aplicación, donde la cámara y el micrófono a menudo no funcionan. Use Safari en un iPhone o iPad, o Chrome en Android:",
			Steps: []string{
				"Mantenga pulsado el enlace de arriba hasta que quede seleccionado y elija «Copiar».",
				"Abra Safari o Chrome.",
				"Pegue el enlace en la barra de direcciones y ábralo.",
			},
			Note: "A menudo el menú de la propia aplicación (⋯ o el símbolo de compartir) tiene «Abrir en el navegador», que hace lo mismo.",
		},
		TooMany: plainPage{
			Heading: "Espere un minuto",
			Lead:    "Ha habido muchos intentos desde su red en poco tiempo.",
			Steps:   []string{"Espere un minuto.", "Después vuelva a cargar esta página, o toque de nuevo el enlace de su chat."},
		},
		Trouble: plainPage{
			Heading: "No ha funcionado",
			Lead:    "Algo ha fallado por nuestra parte.",
			Steps:   []string{"Vuelva a cargar esta página dentro de unos segundos.", "Si sigue sin funcionar, continúe en su chat."},
		},
		NotFound: plainPage{
			Heading: "Aquí no hay nada",
			Lead:    "Puede que la dirección esté incompleta.",
			Steps:   []string{"Vuelva a su chat y toque el enlace de nuevo.", "O escriba su código aquí."},
		},
		Offline: plainPage{
			Heading: "No tiene conexión",
			Lead:    "Este dispositivo no tiene conexión a internet en este momento, así que no se puede llegar a la videollamada.",
			Steps:   []string{"Compruebe la wifi o los datos móviles y desactive el modo avión.", "Esta página continuará sola en cuanto vuelva la conexión."},
			Note:    "Su enlace sigue siendo válido mientras su agente le espera.",
		},
		Away: plainPage{
			Heading: "El servicio de vídeo no responde",
			Lead:    "En este momento no se puede llegar a nuestro servidor. No es culpa suya y no se ha perdido nada.",
			Steps:   []string{"Espere un momento: esta página continuará sola en cuanto el servidor responda.", "Si tampoco se abren otras páginas web, compruebe la wifi o los datos móviles."},
			Note:    "Su enlace sigue siendo válido mientras su agente le espera.",
		},
	},
	Form: formSpeech{
		CodeLabel: "Código de su chat", CodeOpen: "Abrir",
		RateLegend: "Su valoración", RateComment: "¿Quiere añadir algo? (opcional)", RateSend: "Enviar valoración",
		Scores:   [5]string{"Muy bien", "Bien", "Regular", "Mal", "Muy mal"},
		Onward:   "Probar aquí de todos modos",
		TryAgain: "Intentar de nuevo",
	},

	BadRating: "Elija de una a cinco estrellas y escriba menos de %d caracteres.",
	RatingKey: "Solo quien participó como cliente en la llamada puede valorarla, en el mismo navegador. Abra el enlace allí o cuéntenos en su chat qué le pareció.",
	MustLeave: "La videollamada sigue en curso. Salga primero de la sala de vídeo y después cierre la tarea.",

	Errors: map[wire.Code]string{
		wire.CodeBadRequest:       "No se ha entendido la petición. Vuelva a cargar la página e inténtelo de nuevo.",
		wire.CodeUnknownCode:      "No conocemos este código. Compárelo con el enlace de su chat, o pida allí uno nuevo.",
		wire.CodeExpired:          "Este enlace ha caducado. Pida uno nuevo en su chat.",
		wire.CodeEnded:            "Esta llamada ha terminado. Si necesita más ayuda, escriba en su chat.",
		wire.CodeUnauthorized:     "Su sesión de Flex ha caducado. Normalmente se renueva sola: inténtelo de nuevo en un momento. Si no funciona, termine primero su llamada y luego vuelva a iniciar sesión en Flex.",
		wire.CodeForbidden:        "Su rol no permite hacer esto. Consulte con su supervisor o administrador.",
		wire.CodeTaskNotYours:     "Esta tarea está asignada a otro agente. Consúltelo, o pida que se la transfieran.",
		wire.CodeTaskNotFound:     "Esta tarea ya no existe. Actualice su lista de tareas.",
		wire.CodeTaskNotChat:      "Esta tarea no tiene un chat al que enviar el enlace. Inicie el vídeo desde una tarea de chat.",
		wire.CodeTaskClosed:       "Esta tarea se está cerrando o está terminada, así que no se puede iniciar un vídeo.",
		wire.CodeTaskFull:         "Los atributos de esta tarea están llenos y el enlace de vídeo ya no cabe. Inicie el vídeo desde otra tarea de este chat o pida a su administrador que acorte lo que otras herramientas escriben ahí.",
		wire.CodeNotInCall:        "Ningún cliente ha estado en esta llamada, así que aún no hay nada que valorar. Entre primero en la llamada o escriba en su chat.",
		wire.CodeAgentBusy:        "Ya está en otra videollamada. Termínela primero.",
		wire.CodeConsentRequired:  "Esta llamada se graba. Acepte la grabación para entrar, o siga en el chat.",
		wire.CodeNotFound:         "No hay nada en esta dirección. Compruebe el enlace.",
		wire.CodeMethodNotAllowed: "Esta dirección no admite ese tipo de petición.",
		wire.CodeTooLarge:         "Es demasiado de una vez. Acorte su texto e inténtelo de nuevo.",
		wire.CodeUnsupportedMedia: "La petición debe enviarse como JSON (Content-Type: application/json).",
		wire.CodeForbiddenOrigin:  "Este sitio web no puede llamar al servicio de vídeo. Un administrador puede añadirlo a ALLOWED_ORIGINS.",
		wire.CodeRateLimited:      "Han sido muchos intentos en poco tiempo. Espere un minuto e inténtelo de nuevo.",
		wire.CodeUnavailable:      "No se puede llegar al servicio de vídeo en este momento. Inténtelo de nuevo dentro de unos segundos.",
		wire.CodeInternal:         "Algo ha fallado por nuestra parte. Inténtelo de nuevo, o siga en el chat.",
	},

	TooMuch: map[string]string{
		limitRequests:                      "Desde su red han llegado muchísimas peticiones en este momento. Espere medio minuto e inténtelo de nuevo, o abra el enlace de su chat, que se cuenta aparte.",
		limitLinks:                         "Este enlace se ha usado muchas veces en poco tiempo. Cierre las otras ventanas que lo tengan abierto, espere medio minuto e inténtelo de nuevo.",
		limitAgents:                        "Su escritorio ha preguntado muchas veces en poco tiempo. Cierre las otras ventanas de Flex, espere unos segundos e inténtelo de nuevo.",
		limitCodes:                         "Desde su red han llegado muchos códigos incorrectos. Abra el enlace de su chat en lugar de escribir el código, o espere un minuto e inténtelo de nuevo.",
		limitCodes + limitOfEverybody:      "En este momento se escriben muchísimos códigos incorrectos, por eso los códigos escritos tienen que esperar. Abra el enlace de su chat o inténtelo de nuevo en un minuto.",
		limitAgentCodes:                    "Ha indicado muchos códigos incorrectos. Inicie el vídeo desde su tarea, o espere un minuto e inténtelo de nuevo.",
		limitAgentCodes + limitOfEverybody: "En este momento se indican muchísimos códigos incorrectos. Inicie el vídeo desde su tarea o inténtelo de nuevo en un minuto.",
		limitTokens:                        "Desde su red ha habido muchos inicios de sesión fallidos en el servicio de vídeo. Espere un minuto e inténtelo de nuevo. Si continúa, avise a su administrador.",
		limitTokens + limitOfEverybody:     "El servicio de vídeo tiene muchos inicios de sesión fallidos en este momento. Espere un minuto e inténtelo de nuevo. Si continúa, avise a su administrador.",
		limitCodeStreams:                   "Esta llamada está abierta en demasiadas ventanas. Cierre algunas y recargue después esta página.",
		limitStreams:                       "En su red hay demasiadas llamadas abiertas a la vez. Esta página sigue funcionando, solo que más despacio: cierre las ventanas que ya no necesite.",
		limitAllStreams:                    "En este momento espera muchísima gente. Esta página sigue funcionando, solo que más despacio: déjela abierta.",
		limitOfOneDocument:                 "En poco tiempo se ha entrado en esta llamada, o se ha valorado, demasiadas veces. Espere unos segundos e inténtelo de nuevo.",
		limitOfAllWrites:                   "Han pasado muchas cosas en esta llamada en poco tiempo. Espere unos segundos e inténtelo de nuevo.",
	},
}

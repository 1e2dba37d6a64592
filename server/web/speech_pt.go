package web

import "escalate/app/wire"

var portuguese = speech{
	Lang: "pt", Dir: "ltr",

	Title: titleSpeech{Home: "Entre na sua chamada de vídeo", Join: "Chamada de vídeo", JoinWith: "Chamada de vídeo com %s", Agent: "Sala de vídeo"},

	Shell: shellSpeech{
		NoScriptHeading: "O JavaScript está desativado",
		NoScriptHome:    "Você pode digitar seu código aqui; para a chamada, o navegador precisa de JavaScript. Ative-o nas configurações do navegador e recarregue esta página.",
		NoScriptCall:    "Uma chamada de vídeo precisa de JavaScript. Ative-o nas configurações do navegador e recarregue esta página, ou abra o link em outro navegador, como Safari, Chrome, Firefox ou Edge. Você também pode continuar no chat.",
		OldHeading:      "Este navegador não faz chamadas de vídeo",
		OldLead:         "Copie este link e abra em uma versão atual do Chrome, Safari, Firefox ou Edge. Você também pode continuar no chat.",
		InsecureHeading: "Esta página não foi aberta de forma segura",
		InsecureLead:    "Os navegadores só liberam a câmera e o microfone para páginas cujo endereço começa com https. Abra este link:",
		StoppedHeading:  "Esta página parou",
		StoppedLead:     "Algo deu errado nesta página. Sua câmera e seu microfone estão desligados. Recarregue a página para continuar.",
		Reload:          "Recarregar a página",
	},
	Page: pageSpeech{
		Unknown: plainPage{
			Heading: "Não conhecemos este código",
			Lead:    "Talvez o link esteja incompleto, ou o código tenha sido digitado errado.",
			Steps:   []string{"Volte ao chat e toque no link de novo.", "Ou digite o código aqui, sem espaços."},
			Note:    "Ainda não deu certo? Peça um novo link no chat.",
		},
		Expired: plainPage{
			Heading: "Este link expirou",
			Lead:    "Para sua segurança, os links de vídeo só valem por tempo limitado.",
			Steps:   []string{"Volte ao chat.", "Peça um novo link de vídeo. Basta um clique do atendente."},
		},
		Ended: plainPage{
			Heading: "Esta chamada terminou",
			Lead:    "Obrigado por conversar conosco. Este link não pode ser usado de novo.",
			Steps:   []string{"Precisa de mais ajuda? Volte ao chat e escreva por lá.", "O atendente pode enviar um novo link de vídeo a qualquer momento."},
			Note:    "Você já pode fechar esta página.",
		},
		Rate: plainPage{
			Heading: "Esta chamada terminou",
			Lead:    "Obrigado por conversar conosco. Como foi?",
			Note:    "Precisa de mais ajuda? Volte ao chat e escreva por lá. O atendente pode enviar um novo link de vídeo a qualquer momento.",
		},
		Rated: plainPage{
			Heading: "Obrigado",
			Lead:    "Sua avaliação chegou, e a chamada terminou.",
			Steps:   []string{"Precisa de mais ajuda? Volte ao chat e escreva por lá.", "O atendente pode enviar um novo link de vídeo a qualquer momento."},
			Note:    "Você já pode fechar esta página.",
		},
		InApp: plainPage{
			Heading: "Abra este link no seu navegador",
			Lead:    "Você está dentro de outro aplicativo, onde a câmera e o microfone muitas vezes não funcionam. Use o Safari no iPhone ou iPad, ou o Chrome no Android:",
			Steps: []string{
				"Mantenha o link acima pressionado até que fique selecionado e escolha “Copiar”.",
				"Abra o Safari ou o Chrome.",
				"Cole o link na barra de endereço e abra.",
			},
			Note: "Muitas vezes o menu do próprio aplicativo (⋯ ou o símbolo de compartilhar) tem “Abrir no navegador”, que faz o mesmo.",
		},
		TooMany: plainPage{
			Heading: "Aguarde um minuto",
			Lead:    "Houve muitas tentativas da sua rede em pouco tempo.",
			Steps:   []string{"Aguarde um minuto.", "Depois recarregue esta página, ou toque de novo no link do chat."},
		},
		Trouble: plainPage{
			Heading: "Não funcionou",
			Lead:    "Algo deu errado do nosso lado.",
			Steps:   []string{"Recarregue esta página em alguns segundos.", "Se continuar sem funcionar, siga pelo chat."},
		},
		NotFound: plainPage{
			Heading: "Não há nada aqui",
			Lead:    "Talvez o endereço esteja incompleto.",
			Steps:   []string{"Volte ao chat e toque no link de novo.", "Ou digite seu código aqui."},
		},
		Offline: plainPage{
			Heading: "Você está sem conexão",
			Lead:    "Este dispositivo está sem internet no momento, por isso a chamada de vídeo não pode ser acessada.",
			Steps:   []string{"Verifique o Wi-Fi ou os dados móveis e desative o modo avião.", "Esta página continua sozinha assim que a conexão voltar."},
			Note:    "Seu link continua valendo enquanto o atendente espera por você.",
		},
		Away: plainPage{
			Heading: "O serviço de vídeo não responde",
			Lead:    "No momento não é possível acessar nosso servidor. Não é culpa sua, e nada se perdeu.",
			Steps:   []string{"Espere um momento: esta página continua sozinha assim que o servidor responder.", "Se outros sites também não abrirem, verifique o Wi-Fi ou os dados móveis."},
			Note:    "Seu link continua valendo enquanto o atendente espera por você.",
		},
	},
	Form: formSpeech{
		CodeLabel: "Código do seu chat", CodeOpen: "Abrir",
		RateLegend: "Sua avaliação", RateComment: "Quer acrescentar algo? (opcional)", RateSend: "Enviar avaliação",
		Scores:   [5]string{"Muito boa", "Boa", "Regular", "Ruim", "Muito ruim"},
		Onward:   "Tentar aqui mesmo assim",
		TryAgain: "Tentar de novo",
	},

	BadRating: "Escolha de uma a cinco estrelas e escreva menos de %d caracteres.",
	RatingKey: "Só quem participou da chamada como cliente pode avaliá-la, no mesmo navegador. Abra o link nele ou conte no seu chat como foi.",
	MustLeave: "A chamada de vídeo ainda está em andamento. Saia primeiro da sala de vídeo e depois finalize a tarefa.",

	Errors: map[wire.Code]string{
		wire.CodeBadRequest:       "Não foi possível entender o pedido. Recarregue a página e tente de novo.",
		wire.CodeUnknownCode:      "Não conhecemos este código. Compare com o link do chat, ou peça um novo por lá.",
		wire.CodeExpired:          "Este link expirou. Peça um novo no chat.",
		wire.CodeEnded:            "Esta chamada terminou. Se precisar de mais ajuda, escreva no chat.",
		wire.CodeUnauthorized:     "Sua sessão do Flex expirou. Em geral ela se renova sozinha: tente de novo em instantes. Se não resolver, termine primeiro a chamada e depois entre de novo no Flex.",
		wire.CodeForbidden:        "Seu papel não permite isso. Fale com seu supervisor ou administrador.",
		wire.CodeTaskNotYours:     "Esta tarefa está atribuída a outro agente. Fale com ele, ou peça a transferência.",
		wire.CodeTaskNotFound:     "Esta tarefa não existe mais. Atualize sua lista de tarefas.",
		wire.CodeTaskNotChat:      "Esta tarefa não tem um chat para onde enviar o link. Inicie o vídeo a partir de uma tarefa de chat.",
		wire.CodeTaskClosed:       "Esta tarefa está sendo finalizada ou já terminou, por isso não é possível iniciar um vídeo.",
		wire.CodeTaskFull:         "Os atributos desta tarefa estão cheios e o link de vídeo não cabe mais. Inicie o vídeo em outra tarefa deste chat ou peça ao administrador que encurte o que outras ferramentas gravam nela.",
		wire.CodeNotInCall:        "Nenhum cliente esteve nesta chamada, então ainda não há o que avaliar. Entre na chamada primeiro ou escreva no seu chat.",
		wire.CodeAgentBusy:        "Você já está em outra chamada de vídeo. Encerre aquela primeiro.",
		wire.CodeConsentRequired:  "Esta chamada é gravada. Concorde com a gravação para entrar, ou continue no chat.",
		wire.CodeNotFound:         "Não há nada neste endereço. Verifique o link.",
		wire.CodeMethodNotAllowed: "Este endereço não aceita esse tipo de pedido.",
		wire.CodeTooLarge:         "É muito de uma vez. Encurte o texto e tente de novo.",
		wire.CodeUnsupportedMedia: "O pedido deve ser enviado como JSON (Content-Type: application/json).",
		wire.CodeForbiddenOrigin:  "Este site não pode chamar o serviço de vídeo. Um administrador pode incluí-lo em ALLOWED_ORIGINS.",
		wire.CodeRateLimited:      "Foram muitas tentativas em pouco tempo. Aguarde um minuto e tente de novo.",
		wire.CodeUnavailable:      "O serviço de vídeo não pode ser acessado agora. Tente de novo em alguns segundos.",
		wire.CodeInternal:         "Algo deu errado do nosso lado. Tente de novo, ou continue no chat.",
	},

	TooMuch: map[string]string{
		limitRequests:                      "Chegaram muitíssimos pedidos da sua rede neste momento. Aguarde meio minuto e tente de novo, ou abra o link do seu chat, que é contado à parte.",
		limitLinks:                         "Este link foi usado muitas vezes em pouco tempo. Feche as outras janelas em que está aberto, aguarde meio minuto e tente de novo.",
		limitAgents:                        "O seu painel fez muitos pedidos em pouco tempo. Feche as outras janelas do Flex, aguarde alguns segundos e tente de novo.",
		limitCodes:                         "Chegaram muitos códigos errados da sua rede. Abra o link do seu chat em vez de digitar o código, ou aguarde um minuto e tente de novo.",
		limitCodes + limitOfEverybody:      "Neste momento estão sendo digitados muitíssimos códigos errados, por isso os códigos digitados têm de esperar. Abra o link do seu chat, ou tente de novo em um minuto.",
		limitAgentCodes:                    "Você informou muitos códigos errados. Inicie o vídeo pela tarefa, ou aguarde um minuto e tente de novo.",
		limitAgentCodes + limitOfEverybody: "Neste momento estão sendo informados muitíssimos códigos errados. Inicie o vídeo pela tarefa, ou tente de novo em um minuto.",
		limitTokens:                        "Muitos acessos ao serviço de vídeo falharam a partir da sua rede. Aguarde um minuto e tente de novo. Se continuar, avise o administrador.",
		limitTokens + limitOfEverybody:     "Muitos acessos ao serviço de vídeo estão falhando neste momento. Aguarde um minuto e tente de novo. Se continuar, avise o administrador.",
		limitCodeStreams:                   "Esta chamada está aberta em janelas demais. Feche algumas e depois recarregue esta página.",
		limitStreams:                       "Há chamadas demais abertas ao mesmo tempo na sua rede. Esta página continua, só que mais devagar: feche as janelas de que não precisa mais.",
		limitAllStreams:                    "Muitíssimas pessoas estão esperando neste momento. Esta página continua, só que mais devagar: deixe-a aberta.",
		limitOfOneDocument:                 "Em pouco tempo, muitas vezes se entrou nesta chamada, ou ela foi avaliada. Aguarde alguns segundos e tente de novo.",
		limitOfAllWrites:                   "Muita coisa aconteceu nesta chamada em pouco tempo. Aguarde alguns segundos e tente de novo.",
	},
}

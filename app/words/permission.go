package words

import (
	"escalate/app/video"
)

// What to press where, so that a browser allows camera and microphone.
var (
	StepsTitle = Text{
		en: "How to allow it",
		es: "Cómo permitirlo",
		de: "So erlauben Sie es",
		fr: "Comment l’autoriser",
		pt: "Como permitir",
	}
	StepsChrome = [3]Text{
		{
			en: "Press the sign to the left of the address.",
			es: "Pulse el icono a la izquierda de la dirección.",
			de: "Drücken Sie auf das Zeichen links neben der Adresse.",
			fr: "Appuyez sur l’icône à gauche de l’adresse.",
			pt: "Pressione o ícone à esquerda do endereço.",
		},
		{
			en: "Switch on Camera and Microphone.",
			es: "Active la cámara y el micrófono.",
			de: "Schalten Sie Kamera und Mikrofon ein.",
			fr: "Activez la caméra et le micro.",
			pt: "Ative a câmera e o microfone.",
		},
		{
			en: "Come back here and press Try again.",
			es: "Vuelva aquí e inténtelo de nuevo.",
			de: "Kommen Sie zurück und drücken Sie auf „Erneut versuchen“.",
			fr: "Revenez ici et réessayez.",
			pt: "Volte aqui e tente de novo.",
		},
	}
	StepsAndroid = [3]Text{
		{
			en: "Tap the sign to the left of the address.",
			es: "Toque el icono a la izquierda de la dirección.",
			de: "Tippen Sie auf das Zeichen links neben der Adresse.",
			fr: "Touchez l’icône à gauche de l’adresse.",
			pt: "Toque no ícone à esquerda do endereço.",
		},
		{
			en: "Tap Permissions and allow Camera and Microphone.",
			es: "Toque Permisos y permita la cámara y el micrófono.",
			de: "Tippen Sie auf Berechtigungen und erlauben Sie Kamera und Mikrofon.",
			fr: "Touchez Autorisations et autorisez la caméra et le micro.",
			pt: "Toque em Permissões e permita a câmera e o microfone.",
		},
		{
			en: "Come back here and tap Try again.",
			es: "Vuelva aquí e inténtelo de nuevo.",
			de: "Kommen Sie zurück und tippen Sie auf „Erneut versuchen“.",
			fr: "Revenez ici et réessayez.",
			pt: "Volte aqui e tente de novo.",
		},
	}
	StepsSafari = [3]Text{
		{
			en: "In the menu bar open Safari, then Settings for This Website.",
			es: "En la barra de menús abra Safari y los ajustes para este sitio web.",
			de: "Öffnen Sie in der Menüleiste Safari und dort die Einstellungen für diese Website.",
			fr: "Dans la barre des menus, ouvrez Safari puis les réglages pour ce site web.",
			pt: "Na barra de menus, abra o Safari e os ajustes deste site.",
		},
		{
			en: "Set Camera and Microphone to Allow.",
			es: "Elija Permitir para la cámara y el micrófono.",
			de: "Stellen Sie Kamera und Mikrofon auf „Erlauben“.",
			fr: "Choisissez Autoriser pour la caméra et le micro.",
			pt: "Escolha Permitir para a câmera e o microfone.",
		},
		{
			en: "Reload this page and press Join.",
			es: "Recargue esta página y entre en la sala.",
			de: "Laden Sie diese Seite neu und nehmen Sie teil.",
			fr: "Rechargez cette page et participez.",
			pt: "Recarregue esta página e entre na sala.",
		},
	}
	StepsIOS = [3]Text{
		{
			en: "Tap the page sign at the edge of the address bar.",
			es: "Toque el icono de página junto a la barra de direcciones.",
			de: "Tippen Sie auf das Seitensymbol am Rand der Adressleiste.",
			fr: "Touchez l’icône de page au bord de la barre d’adresse.",
			pt: "Toque no ícone de página junto à barra de endereço.",
		},
		{
			en: "Open Website Settings and allow Camera and Microphone.",
			es: "Abra Ajustes del sitio web y permita la cámara y el micrófono.",
			de: "Öffnen Sie die Website-Einstellungen und erlauben Sie Kamera und Mikrofon.",
			fr: "Ouvrez les réglages du site web et autorisez la caméra et le micro.",
			pt: "Abra os ajustes do site e permita a câmera e o microfone.",
		},
		{
			en: "Reload this page and tap Join.",
			es: "Recargue esta página y entre en la sala.",
			de: "Laden Sie diese Seite neu und nehmen Sie teil.",
			fr: "Rechargez cette page et participez.",
			pt: "Recarregue esta página e entre na sala.",
		},
	}
	StepsFirefox = [3]Text{
		{
			en: "Press the crossed-out camera or microphone beside the address.",
			es: "Pulse la cámara o el micrófono tachado junto a la dirección.",
			de: "Drücken Sie auf das durchgestrichene Kamera- oder Mikrofonzeichen neben der Adresse.",
			fr: "Appuyez sur la caméra ou le micro barré à côté de l’adresse.",
			pt: "Pressione a câmera ou o microfone riscado ao lado do endereço.",
		},
		{
			en: "Remove the block on both.",
			es: "Quite el bloqueo de ambos.",
			de: "Heben Sie die Sperre für beide auf.",
			fr: "Levez le blocage des deux.",
			pt: "Remova o bloqueio dos dois.",
		},
		{
			en: "Come back here, press Try again and choose Allow.",
			es: "Vuelva aquí, inténtelo de nuevo y elija Permitir.",
			de: "Kommen Sie zurück, versuchen Sie es erneut und wählen Sie „Erlauben“.",
			fr: "Revenez ici, réessayez et choisissez Autoriser.",
			pt: "Volte aqui, tente de novo e escolha Permitir.",
		},
	}
)

// PermissionSteps returns what to press in a browser.
func PermissionSteps(b video.Browser) *[3]Text {
	switch b {
	case video.ChromeAndroid:
		return &StepsAndroid
	case video.Safari:
		return &StepsSafari
	case video.SafariIOS:
		return &StepsIOS
	case video.Firefox:
		return &StepsFirefox
	}
	return &StepsChrome
}

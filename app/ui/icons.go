package ui

import "github.com/maxence-charriere/go-app/v9/pkg/app"

// The icons are drawn on a 24 by 24 grid with a stroke of the text's colour.
const (
	IconMic       = `<path d="M12 3.5a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0v-5a3 3 0 0 0-3-3z"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`
	IconMicOff    = `<path d="M9 9.5v2a3 3 0 0 0 4.6 2.5M15 11V6.5a3 3 0 0 0-5.8-1"/><path d="M5.5 11.5a6.5 6.5 0 0 0 10 5.5M18.5 11.5c0 1-.2 1.9-.6 2.7M12 18v3M4 4l16 16"/>`
	IconCam       = `<rect x="3" y="6.5" width="12.5" height="11" rx="2.5"/><path d="m15.5 11 5-3v8l-5-3"/>`
	IconCamOff    = `<path d="M10.5 6.5H13a2.5 2.5 0 0 1 2.5 2.5v2l5-3v8M15.5 15a2.5 2.5 0 0 1-2.5 2.5H5.5A2.5 2.5 0 0 1 3 15V9c0-1 .6-1.9 1.5-2.3M4 4l16 16"/>`
	IconShare     = `<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M12 13.5v-6m-2.5 2.5L12 7.5l2.5 2.5M8.5 20h7"/>`
	IconShareStop = `<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="m10 8.5 4 4m0-4-4 4M8.5 20h7"/>`
	IconFlip      = `<path d="M4 12a8 8 0 0 1 13.7-5.6L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.7 5.6L4 15.5M4 20v-4.5h4.5"/>`
	IconMore      = `<circle cx="5" cy="12" r="1.3"/><circle cx="12" cy="12" r="1.3"/><circle cx="19" cy="12" r="1.3"/>`
	IconLeave     = `<path d="M3.5 14.5c-.7-.7-.6-2 .3-2.9 4.5-4.3 11.9-4.3 16.4 0 .9.9 1 2.2.3 2.9l-1.2 1.2c-.6.6-1.5.7-2.2.2l-1.7-1.2a1.5 1.5 0 0 1-.6-1.5l.2-1c-2-.6-4-.6-6 0l.2 1c.1.6-.1 1.2-.6 1.5l-1.7 1.2c-.7.5-1.6.4-2.2-.2z"/>`
	IconFull      = `<path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9m6 0h3.5A1.5 1.5 0 0 1 20 5.5V9m0 6v3.5a1.5 1.5 0 0 1-1.5 1.5H15m-6 0H5.5A1.5 1.5 0 0 1 4 18.5V15"/>`
	IconSound     = `<path d="M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`
	IconCopy      = `<rect x="8.5" y="8.5" width="11.5" height="11.5" rx="2"/><path d="M15.5 5.5v0A1.5 1.5 0 0 0 14 4H5.5A1.5 1.5 0 0 0 4 5.5V14a1.5 1.5 0 0 0 1.5 1.5"/>`
	IconSend      = `<path d="m20.5 3.5-7 17-3.5-7-7-3.5zM10 13.5l4-4"/>`
	IconUser      = `<circle cx="12" cy="8.5" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>`
	IconWarn      = `<path d="M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.2"/>`
	IconCheck     = `<path d="m5 12.5 4.5 4.5L19 7.5"/>`
	IconTalk      = `<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5zM8 8.5h8M8 11.5h5"/>`
	IconBlur      = `<circle cx="12" cy="9" r="3.5"/><path d="M5.5 19.5a6.5 6.5 0 0 1 13 0M3 5v.2M3 10v.2M5.5 14v.2M21 5v.2M21 10v.2M18.5 14v.2M6.5 2.5v.2M17.5 2.5v.2"/>`
	IconMini      = `<path d="M4 9V6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5V10M4 13v4.5A1.5 1.5 0 0 0 5.5 19H9"/><rect x="12" y="13" width="9" height="6.5" rx="1.5"/>`
	IconFill      = `<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M10 12H6.5m0 0 2-2m-2 2 2 2M14 12h3.5m0 0-2-2m2 2-2 2"/>`
	IconWhole     = `<rect x="3" y="5.5" width="18" height="13" rx="2"/><path d="M8.5 5.5v13m7-13v13"/>`
	IconSignal    = `<path d="M5 18.5v-3M10 18.5v-6M15 18.5v-9M20 18.5v-13"/>`
)

// Icon is an icon; the words beside it are what it means.
func Icon(path string) app.UI {
	return app.Raw(`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">` + path + `</svg>`)
}

// Star is one star of the rating.
func Star() app.UI {
	return app.Raw(`<svg class="star" viewBox="0 0 24 24" width="36" height="36" aria-hidden="true" focusable="false"><path d="m12 2.8 2.8 5.9 6.4.8-4.7 4.4 1.2 6.4L12 17.2l-5.7 3.1 1.2-6.4L2.8 9.5l6.4-.8z"/></svg>`)
}

// Mark is the product's sign.
func Mark() app.UI {
	return app.Raw(`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false"><rect width="32" height="32" rx="9"/><path d="M7 12.5A2.5 2.5 0 0 1 9.5 10h7a2.5 2.5 0 0 1 2.5 2.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 7 19.5zM20.5 14.6l3.3-2.3a.8.8 0 0 1 1.2.7v6a.8.8 0 0 1-1.2.7l-3.3-2.3z"/></svg>`)
}

package core

import (
	"os"

	"escalate/server/web"
)

// look reads what the brand looks like; what is wrong with it is left out and
// gathered in e.
func (b Brand) look(e *env) web.Look {
	var l web.Look
	picture := func(name, file string, square bool) *web.Picture {
		if file == "" {
			return nil
		}
		body, err := os.ReadFile(file)
		if err != nil {
			e.fault(name, "cannot be read: "+err.Error())
			return nil
		}
		p, err := web.ReadPicture(body, square)
		if err != nil {
			e.fault(name, err.Error())
		}
		return p
	}
	l.Logo = picture("BRAND_LOGO", b.Logo, false)
	l.Icon = picture("BRAND_ICON", b.Icon, true)
	if b.Accent != "" {
		var err error
		if l.Accent, err = web.ParseAccent(b.Accent); err != nil {
			e.fault("BRAND_ACCENT", err.Error())
		}
	}
	return l
}

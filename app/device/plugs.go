package device

import (
	"context"
	"slices"

	"escalate/app/ui"
	"escalate/app/video"
	"escalate/app/words"
)

// Plugs are the devices that are plugged in, those in use, and what becomes of
// one that is pulled out.
type Plugs struct {
	kit   *Kit // whose devices they are
	all   []video.Device
	using map[video.Kind]string       // device in use, by id
	gone  map[video.Kind]video.Device // unplugged, and not replaced yet
}

func newPlugs(k *Kit) Plugs {
	return Plugs{kit: k, using: map[video.Kind]string{}, gone: map[video.Kind]video.Device{}}
}

// changed looks at the devices anew. In a call the Room tells which are gone;
// before it we have to look.
func (p *Plugs) changed() {
	k := p.kit
	if k.capture != nil && k.call.Room() == nil {
		for kind := range kinds {
			if !k.capture.Has(kind) && k.capture.Missing(kind) == nil && (kind == video.Audio || k.camOn) {
				p.gone[kind], _ = p.find(kinds[kind], p.using[kind])
			}
		}
		if len(p.gone) == 0 {
			k.screen.Say(words.DeviceNew.In(k.screen.Lang))
		}
	}
	p.list()
}

// list looks what is there.
func (p *Plugs) list() {
	if p.kit.capture == nil {
		return // the names are hidden until permission was given
	}
	p.kit.screen.Go(func(ctx context.Context) func() {
		d, err := p.kit.devices.List(ctx)
		return func() {
			if err == nil {
				p.all = d
				p.inUse()
				p.replace()
			}
		}
	})
}

// inUse notes which devices are in use, for when they are gone and nobody can
// say any more.
func (p *Plugs) inUse() {
	c := p.kit.capture
	if c == nil {
		return
	}
	for k := range kinds {
		if id := c.Device(k); id != "" && !p.kit.call.Interrupted(k) {
			p.using[k] = id
		}
	}
}

// shown returns the id of the device to show as chosen.
func (p *Plugs) shown(kind string) string {
	chosen := p.kit.Choices.Device(kind)
	for k, dk := range kinds {
		if dk == kind && chosen == "" {
			return p.using[k]
		}
	}
	return chosen
}

// find returns a device by its id.
func (p *Plugs) find(kind, id string) (d video.Device, ok bool) {
	i := slices.IndexFunc(p.all, func(d video.Device) bool { return d.Kind == kind && d.ID == id })
	if i < 0 {
		return video.Device{}, false
	}
	return p.all[i], true
}

// Gone says whether a device was unplugged and is not replaced yet.
func (p *Plugs) Gone(k video.Kind) bool {
	_, gone := p.gone[k]
	return gone
}

// Stopped is told that a device has stopped by itself: unplugged, or taken by a
// phone call. Of the first the list of devices tells.
func (p *Plugs) Stopped(k video.Kind) {
	was, known := p.find(kinds[k], p.using[k])
	p.kit.screen.Go(func(ctx context.Context) func() {
		d, err := p.kit.devices.List(ctx)
		return func() {
			if err != nil || !p.kit.call.Interrupted(k) {
				return
			}
			p.all = d
			if _, here := p.find(kinds[k], p.using[k]); here || !known {
				return // taken, not gone: the page offers to take it back
			}
			p.gone[k] = was
			p.replace()
		}
	})
}

// replace goes on with another device in place of each that is gone.
func (p *Plugs) replace() {
	c, screen := p.kit.capture, p.kit.screen
	if c == nil {
		return
	}
	for k, was := range p.gone {
		kind := kinds[k]
		if !slices.ContainsFunc(p.all, func(d video.Device) bool { return d.Kind == kind }) {
			why := ui.Pick(k == video.Audio, &words.MicGone, &words.CameraGone).About(screen.Lang, was.Label)
			if screen.Notice == why {
				continue // known
			}
			screen.Tell(why)
			if room := p.kit.call.Room(); k == video.Video && room != nil {
				// Off, or the others would look at its last picture.
				screen.Act(func(ctx context.Context) error { return room.SetEnabled(ctx, k, false) }, func(error) {})
			}
			continue
		}
		p.kit.switches.Run(k, func(ctx context.Context) error { return c.Use(ctx, k, "") }, func() {
			delete(p.gone, k)
			p.kit.Choices.forget(kind)
			p.inUse()
			now, _ := p.find(kind, p.using[k])
			screen.Tell(words.NowUsing.About(screen.Lang, now.Label))
		})
	}
}

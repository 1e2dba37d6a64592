package videotest

import (
	"context"
	"sync"

	"escalate/app/video"
)

// Devices is a scripted video.Devices. Set the fields before use.
type Devices struct {
	Calls
	// Support is what Supported returns.
	Support video.Support
	// Devices are what List returns.
	Devices []video.Device
	// Fail makes Capture fail with it.
	Fail *video.Error
	// Missing are the kinds that Capture cannot give, and why.
	Missing map[video.Kind]*video.Error
	// FailBlur and FailSet make Blur and SetEnabled of the Captures fail.
	FailBlur, FailSet error
	// Gate, if not nil, holds Capture until it is closed.
	Gate chan struct{}

	mu       sync.Mutex
	captures []*Capture
	want     video.Want
	changed  map[int]func()
	next     int
}

// NewDevices makes Devices of a capable browser with one of each device.
func NewDevices() *Devices {
	return &Devices{
		Support: video.Support{WebRTC: true, Secure: true, ScreenShare: true, Sink: true, PiP: true, Blur: true},
		Devices: []video.Device{
			{ID: "mic1", Kind: "audioinput", Label: "Microphone 1"},
			{ID: "cam1", Kind: "videoinput", Label: "Camera 1"},
			{ID: "out1", Kind: "audiooutput", Label: "Speaker 1"},
		},
	}
}

// Supported implements video.Devices.
func (d *Devices) Supported() video.Support { return d.Support }

// Capture implements video.Devices.
func (d *Devices) Capture(ctx context.Context, w video.Want) (video.Capture, error) {
	d.add("Capture audio=%t video=%t", w.Audio, w.Video)
	d.mu.Lock()
	d.want = w
	d.mu.Unlock()
	if err := wait(ctx, d.gate()); err != nil {
		d.add("Capture given up")
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Fail != nil {
		return nil, d.Fail
	}
	c := &Capture{has: map[video.Kind]bool{}, missing: map[video.Kind]*video.Error{}, failBlur: d.FailBlur, failSet: d.FailSet}
	for k, wanted := range map[video.Kind]bool{video.Audio: w.Audio, video.Video: w.Video} {
		if !wanted {
			continue
		}
		if e := d.Missing[k]; e != nil {
			c.missing[k] = e
		} else {
			c.has[k] = true
		}
	}
	d.captures = append(d.captures, c)
	return c, nil
}

// SetGate changes what holds Capture from now on; nil holds nothing.
func (d *Devices) SetGate(gate chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Gate = gate
}

func (d *Devices) gate() chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.Gate
}

// Wanted is what the newest Capture asked for.
func (d *Devices) Wanted() video.Want {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.want
}

// SetFail changes what Capture fails with; nil lets it succeed.
func (d *Devices) SetFail(e *video.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Fail = e
}

// Captures are those made so far.
func (d *Devices) Captures() []*Capture {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]*Capture(nil), d.captures...)
}

// Newest is the newest Capture, or nil.
func (d *Devices) Newest() *Capture {
	if c := d.Captures(); len(c) > 0 {
		return c[len(c)-1]
	}
	return nil
}

// List implements video.Devices.
func (d *Devices) List(ctx context.Context) ([]video.Device, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]video.Device(nil), d.Devices...), ctx.Err()
}

// OnChange implements video.Devices.
func (d *Devices) OnChange(f func()) (stop func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.changed == nil {
		d.changed = map[int]func(){}
	}
	id := d.next
	d.next++
	d.changed[id] = f
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.changed, id)
	}
}

// SetDevices changes the list of devices and tells nobody yet.
func (d *Devices) SetDevices(devices ...video.Device) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.Devices = devices
}

// Plug changes the list of devices and tells who listens.
func (d *Devices) Plug(devices ...video.Device) {
	d.mu.Lock()
	d.Devices = devices
	var fs []func()
	for _, f := range d.changed {
		fs = append(fs, f)
	}
	d.mu.Unlock()
	for _, f := range fs {
		f()
	}
}

// Capture is a scripted video.Capture.
type Capture struct {
	Calls

	mu                sync.Mutex
	has               map[video.Kind]bool
	missing           map[video.Kind]*video.Error
	level             float64
	device            map[video.Kind]string
	fail              error
	failBlur, failSet error
	hold              chan struct{}
	muted             bool
	closed            bool
}

// Muted says whether the microphone is muted.
func (c *Capture) Muted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.muted
}

// NewCapture makes a Capture that has the kinds.
func NewCapture(kinds ...video.Kind) *Capture {
	c := &Capture{has: map[video.Kind]bool{}, missing: map[video.Kind]*video.Error{}}
	for _, k := range kinds {
		c.has[k] = true
	}
	return c
}

// Has implements video.Capture.
func (c *Capture) Has(k video.Kind) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.has[k]
}

// Missing implements video.Capture.
func (c *Capture) Missing(k video.Kind) *video.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.missing[k]
}

// Attach implements video.Capture.
func (c *Capture) Attach(elementID string) error {
	c.add("Attach %s", elementID)
	return nil
}

// Level implements video.Capture.
func (c *Capture) Level() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.level
}

// SetLevel sets what Level returns.
func (c *Capture) SetLevel(l float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.level = l
}

// SetFail makes the commands fail with err; nil lets them succeed.
func (c *Capture) SetFail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

func (c *Capture) failing() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fail
}

// SetEnabled implements video.Capture.
func (c *Capture) SetEnabled(_ context.Context, k video.Kind, on bool) error {
	c.add("SetEnabled %s %t", k, on)
	if c.failSet != nil {
		return c.failSet
	}
	if err := c.failing(); err != nil {
		return err
	}
	c.switched(k, on)
	return nil
}

func (c *Capture) switched(k video.Kind, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// A muted microphone is still there; a camera that is off is not.
	if k == video.Video {
		c.has[k] = on
	} else {
		c.muted = !on
	}
}

// Hold makes Use wait until ready is closed.
func (c *Capture) Hold(ready chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hold = ready
}

// Use implements video.Capture.
func (c *Capture) Use(_ context.Context, k video.Kind, deviceID string) error {
	c.add("Use %s %s", k, deviceID)
	c.mu.Lock()
	ready := c.hold
	c.mu.Unlock()
	if ready != nil {
		<-ready
	}
	if err := c.failing(); err != nil {
		return err
	}
	c.SetDevice(k, deviceID)
	return nil
}

// Device implements video.Capture.
func (c *Capture) Device(k video.Kind) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.device[k]
}

// SetDevice sets what Device returns.
func (c *Capture) SetDevice(k video.Kind, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.device == nil {
		c.device = map[video.Kind]string{}
	}
	c.device[k] = id
}

// Blur implements video.Capture.
func (c *Capture) Blur(_ context.Context, on bool) error {
	c.add("Blur %t", on)
	if c.failBlur != nil {
		return c.failBlur
	}
	return c.failing()
}

// Flip implements video.Capture.
func (c *Capture) Flip(context.Context) error {
	c.add("Flip")
	return c.failing()
}

// Close implements video.Capture.
func (c *Capture) Close() {
	c.add("Close")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	clear(c.has)
}

// Closed says whether Close was called.
func (c *Capture) Closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

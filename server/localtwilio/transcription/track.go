package transcription

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"escalate/server/localtwilio/sfu"
)

const (
	// lastWords is how long a recognizer may take to end after its Track has. What it says
	// later, nobody waits for.
	lastWords = 5 * time.Second
	// idle is after how long without packets a pause is filled with silence: Opus sends none
	// while nobody speaks, and engines find the end of a sentence by the pause after it.
	// Longer than packets may be late.
	idle = 200 * time.Millisecond
	// idleTick is how much silence that is at a time.
	idleTick = 100 * time.Millisecond
	// lead is how much of what was heard before the first speech a recognizer gets: a
	// word's beginning is soft.
	lead = 500 * time.Millisecond
)

var (
	errHangs = errors.New("the engine does not take sound")
	errEnded = errors.New("the engine has ended by itself")
)

// track is an audio Track that is transcribed. It belongs to one goroutine, but for
// cancel and tap.
type track struct {
	room          *Room
	source        Source
	configuration configuration
	tap           *sfu.Tap
	ctx           context.Context // ends when nothing more is to be said
	cancel        context.CancelFunc

	decoder decoder
	voice   voice
	before  []int16    // what was heard before the first speech, at most lead
	sound   *backlog   // to the recognizer; nil before the first speech
	done    chan error // from the recognizer
	last    time.Time  // when sound last came
}

func newTrack(r *Room, source Source, c configuration) *track {
	x := &track{room: r, source: source, configuration: c, tap: r.media.Tap(source.TrackSID), done: make(chan error, 1)}
	x.ctx, x.cancel = context.WithCancel(r.srv.ctx)
	return x
}

// run transcribes until the Tap is closed, and waits for the recognizer.
func (x *track) run() {
	defer x.cancel()
	defer x.tap.Close()
	err := x.listen()
	aborted := x.ctx.Err() != nil
	if x.sound != nil {
		x.sound.finish()
		if err != nil {
			x.cancel()
		}
		if !errors.Is(err, errEnded) {
			err = cmp.Or(err, x.wait())
		}
	}
	if err != nil && !aborted {
		x.room.fail(x, err)
	}
}

// listen takes sound until the Track ends. Its error is the recognizer's fault.
func (x *track) listen() error {
	tick := time.NewTicker(idleTick)
	defer tick.Stop()
	for {
		var pcm []int16
		select {
		case <-x.ctx.Done():
			return nil
		case err := <-x.done:
			return fmt.Errorf("%w: %w", errEnded, cmp.Or(err, io.EOF))
		case item, ok := <-x.tap.Items():
			if !ok {
				return x.push(x.decoder.flush())
			}
			if item.Packet == nil {
				continue
			}
			x.last = time.Now()
			pcm = x.decoder.packet(item.Packet)
		case now := <-tick.C:
			if x.sound == nil || now.Sub(x.last) < idle {
				continue
			}
			pcm = append(x.decoder.flush(), x.decoder.silence(idleTick)...)
		}
		if err := x.push(pcm); err != nil {
			return err
		}
	}
}

// push gives sound to the recognizer, which begins with the first speech.
func (x *track) push(pcm []int16) error {
	if x.sound == nil {
		x.before = append(x.before, pcm...)
		x.before = x.before[max(0, len(x.before)-samples(lead)):]
		if !x.voice.push(pcm) {
			return nil
		}
		x.begin()
		pcm, x.before = x.before, nil
	}
	if !x.sound.write(pcm) {
		return fmt.Errorf("%w for %v", errHangs, x.room.srv.backlog)
	}
	return nil
}

// begin starts the recognizer.
func (x *track) begin() {
	x.sound = newBacklog(x.room.srv.backlog)
	recognize := recognizerOf(x.room.srv.engine)
	go func() { x.done <- recognize(x.ctx, x.configuration, x.sound, x.say) }()
}

// wait is for what the recognizer still has to say.
func (x *track) wait() error {
	late := time.AfterFunc(lastWords, x.cancel)
	defer late.Stop()
	if err := <-x.done; x.ctx.Err() == nil {
		return err
	}
	return nil
}

// say passes on what the recognizer has understood.
func (x *track) say(r result) {
	if x.ctx.Err() != nil || r.Text == "" || r.Partial && !x.configuration.partial() {
		return
	}
	l := Line{Source: x.source, Text: r.Text, Language: r.Language, Partial: r.Partial}
	if l.Language == "" {
		l.Language = x.configuration.language()
	}
	if r.Partial {
		l.Stability = r.Stability
	}
	x.room.said(l)
}

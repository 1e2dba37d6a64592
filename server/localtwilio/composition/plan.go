package composition

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"escalate/server/localtwilio/store"
)

// rate is how many frames a second a Composition has.
const rate = 25

// errNothing is the answer where a Composition would be empty.
var errNothing = errors.New("nothing was recorded that could be composed")

// plan is how Recordings become one file.
type plan struct {
	c      store.Composition
	total  time.Duration
	videos []placed
	audios []placed
}

// placed is a Recording with its place in the Composition.
type placed struct {
	store.Recording
	start      time.Duration
	x, y, w, h int // of a picture
}

// planOf places Recordings: in time by when they began, in the picture by whose they are. The
// cells of the grid go to Participants, in the order of their first pictures; what somebody
// publishes beside something else (a screen) covers it.
func planOf(c store.Composition, recordings []store.Recording) (plan, error) {
	p := plan{c: c}
	list := slices.Clone(recordings)
	slices.SortStableFunc(list, func(a, b store.Recording) int { return a.Began.Compare(b.Began) })
	var people []string
	for _, r := range list {
		v := placed{Recording: r, start: max(r.Began.Sub(list[0].Began), 0)}
		switch {
		case r.Type == "audio":
			p.audios = append(p.audios, v)
		case c.Video:
			p.videos = append(p.videos, v)
			if !slices.Contains(people, r.ParticipantSID) {
				people = append(people, r.ParticipantSID)
			}
		default:
			continue
		}
		p.total = max(p.total, v.start+r.Duration)
	}
	if p.total <= 0 {
		return p, errNothing
	}
	columns := 1
	for columns*columns < len(people) {
		columns++
	}
	rows := (len(people) + columns - 1) / columns
	for i := range p.videos {
		v := &p.videos[i]
		cell := slices.Index(people, v.ParticipantSID)
		// Encoders want even numbers.
		v.w, v.h = c.Width/columns&^1, c.Height/rows&^1
		v.x, v.y = cell%columns*v.w, cell/columns*v.h
	}
	return p, nil
}

// args are ffmpeg's.
func (p plan) args(dir, target string) []string {
	args := []string{"-nostdin", "-v", "error", "-y", "-threads", "1"}
	var graph []string
	for _, r := range slices.Concat(p.videos, p.audios) {
		// The size of a picture may change in the middle. That must not set the graph back.
		args = append(args, "-reinit_filter", "0", "-i", filepath.Join(dir, r.File()))
	}
	shown := "base"
	for i, v := range p.videos {
		graph = append(graph,
			fmt.Sprintf("[%d:v]setpts=PTS-STARTPTS+%.3f/TB,scale=%d:%d:force_original_aspect_ratio=decrease:force_divisible_by=2,"+
				"pad=%d:%d:(ow-iw)/2:(oh-ih)/2:eval=frame,setsar=1[v%d]", i, v.start.Seconds(), v.w, v.h, v.w, v.h, i),
			fmt.Sprintf("[%s][v%d]overlay=%d:%d:eof_action=pass:enable='between(t,%.3f,%.3f)'[o%d]",
				shown, i, v.x, v.y, v.start.Seconds(), (v.start+v.Duration).Seconds(), i))
		shown = fmt.Sprintf("o%d", i)
	}
	var heard strings.Builder
	for i, a := range p.audios {
		// Where nothing was sent there is silence, as long as it took.
		graph = append(graph, fmt.Sprintf("[%d:a]aresample=48000:async=1000:first_pts=0,adelay=%d:all=1[a%d]",
			len(p.videos)+i, a.start.Milliseconds(), i))
		fmt.Fprintf(&heard, "[a%d]", i)
	}
	var maps []string
	if len(p.videos) > 0 {
		graph = append([]string{fmt.Sprintf("color=black:size=%dx%d:rate=%d:duration=%.3f,format=yuv420p[base]", p.c.Width, p.c.Height, rate, p.total.Seconds())}, graph...)
		maps = append(maps, "-map", "["+shown+"]")
	}
	if len(p.audios) > 0 {
		graph = append(graph, fmt.Sprintf("%samix=inputs=%d:normalize=0:dropout_transition=0[heard]", heard.String(), len(p.audios)))
		maps = append(maps, "-map", "[heard]")
	}
	args = append(append(args, "-filter_complex_threads", "1", "-filter_complex", strings.Join(graph, ";")), maps...)
	codecs := []string{"-c:v", "libvpx", "-pix_fmt", "yuv420p", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-c:a", "libopus"}
	if p.c.Format == "mp4" {
		codecs = []string{"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"}
	}
	return append(append(args, codecs...), "-t", fmt.Sprintf("%.3f", p.total.Seconds()), target)
}

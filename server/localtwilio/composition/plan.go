package composition

import (
	"errors"
	"fmt"
	"iter"
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
	recipe store.Recipe
	total  time.Duration
	videos []placed // those that are covered first
	audios []placed
}

// placed is a Recording with its place in the Composition.
type placed struct {
	store.Recording
	start      time.Duration
	x, y, w, h int // of a picture
}

// planOf places Recordings of a Room: in time by when they began, in the picture by whose they
// are. The cells of a grid go to Participants, in the order of their first pictures; what somebody
// publishes beside something else (a screen) covers it. It returns errNothing.
func planOf(recipe store.Recipe, room store.Room, recordings []store.Recording) (plan, error) {
	p := plan{recipe: recipe}
	list := slices.Clone(recordings)
	slices.SortStableFunc(list, func(a, b store.Recording) int { return a.Began.Compare(b.Began) })
	if recipe.Video {
		for _, r := range regions(recipe) {
			p.videos = append(p.videos, grid(r, list)...)
		}
	}
	for _, r := range list {
		if r.Type == "audio" && recipe.Heard(r) {
			p.audios = append(p.audios, placed{Recording: r})
		}
	}
	if len(p.videos)+len(p.audios) == 0 {
		return p, errNothing
	}
	if recipe.Trim {
		p.trim()
	} else {
		p.total = room.Ended.Sub(room.Created)
		for v := range p.all() {
			v.start = max(v.Began.Sub(room.Created), 0)
			p.total = max(p.total, v.start+v.Duration)
		}
	}
	if p.total <= 0 {
		return p, errNothing
	}
	return p, nil
}

// all are the placed Recordings.
func (p *plan) all() iter.Seq[*placed] {
	return func(yield func(*placed) bool) {
		for _, list := range [][]placed{p.videos, p.audios} {
			for i := range list {
				if !yield(&list[i]) {
					return
				}
			}
		}
	}
}

// trim places Recordings in time without the gaps in which there was none.
func (p *plan) trim() {
	all := slices.SortedStableFunc(p.all(), func(a, b *placed) int { return a.Began.Compare(b.Began) })
	gaps, end := time.Duration(0), all[0].Began
	for _, v := range all {
		if gap := v.Began.Sub(end); gap > 0 {
			gaps += gap
		}
		v.start = v.Began.Sub(all[0].Began) - gaps
		p.total = max(p.total, v.start+v.Duration)
		if e := v.Began.Add(v.Duration); e.After(end) {
			end = e
		}
	}
}

// regions are the parts of a picture, in the order in which they cover each other, with the
// sizes that they have.
func regions(recipe store.Recipe) []store.Region {
	list := slices.Clone(recipe.Layout)
	if len(list) == 0 {
		list = []store.Region{{Sources: []string{"*"}}}
	}
	slices.SortStableFunc(list, func(a, b store.Region) int { return a.Z - b.Z })
	for i := range list {
		r := &list[i]
		if r.Width == 0 {
			r.Width = recipe.Width - r.X
		}
		if r.Height == 0 {
			r.Height = recipe.Height - r.Y
		}
	}
	return list
}

// grid places those of list that a region shows, in its picture.
func grid(r store.Region, list []store.Recording) (all []placed) {
	var people []string
	for _, x := range list {
		if x.Type == "audio" || !r.Shows(x) {
			continue
		}
		all = append(all, placed{Recording: x})
		if !slices.Contains(people, x.ParticipantSID) {
			people = append(people, x.ParticipantSID)
		}
	}
	columns := 1
	for columns*columns < len(people) {
		columns++
	}
	rows := (len(people) + columns - 1) / columns
	for i := range all {
		v := &all[i]
		cell := slices.Index(people, v.ParticipantSID)
		// Encoders want even numbers.
		v.w, v.h = r.Width/columns&^1, r.Height/rows&^1
		v.x, v.y = r.X+cell%columns*v.w, r.Y+cell/columns*v.h
	}
	return all
}

// args are ffmpeg's.
func (p plan) args(dir, target string) []string {
	args := []string{"-nostdin", "-v", "error", "-nostats", "-progress", "pipe:1", "-y", "-threads", "1"}
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
		graph = append([]string{fmt.Sprintf("color=black:size=%dx%d:rate=%d:duration=%.3f,format=yuv420p[base]", p.recipe.Width, p.recipe.Height, rate, p.total.Seconds())}, graph...)
		maps = append(maps, "-map", "["+shown+"]")
	}
	if len(p.audios) > 0 {
		graph = append(graph, fmt.Sprintf("%samix=inputs=%d:normalize=0:dropout_transition=0[heard]", heard.String(), len(p.audios)))
		maps = append(maps, "-map", "[heard]")
	}
	args = append(append(args, "-filter_complex_threads", "1", "-filter_complex", strings.Join(graph, ";")), maps...)
	codecs := []string{"-c:v", "libvpx", "-pix_fmt", "yuv420p", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-c:a", "libopus"}
	if p.recipe.Format == "mp4" {
		codecs = []string{"-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-movflags", "+faststart"}
	}
	return append(append(args, codecs...), "-t", fmt.Sprintf("%.3f", p.total.Seconds()), target)
}

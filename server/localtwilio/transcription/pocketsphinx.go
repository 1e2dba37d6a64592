package transcription

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// sphinx is the program of Debian's package pocketsphinx.
const sphinx = "pocketsphinx_continuous"

// pocketsphinx is the recognizer of CMU Sphinx. The program finds sentences by the
// pauses between them and prints one a line, in small letters without punctuation. more
// are further arguments, such as a grammar (-jsgf) or another language's model (-hmm,
// -lm, -dict).
func pocketsphinx(more []string) recognizer {
	return func(ctx context.Context, c configuration, pcm io.ReadCloser, say func(result)) error {
		if language := c.language(); !strings.HasPrefix(language, "en") && !strings.Contains(strings.Join(more, " "), "-hmm") {
			_ = pcm.Close() // of a backlog it never fails
			return fmt.Errorf("pocketsphinx understands English here, not %s (-hmm, -lm and -dict give it another model)", language)
		}
		argv := append([]string{sphinx, "-infile", "/dev/stdin", "-logfn", "/dev/null"}, more...)
		return engine(ctx, argv, c, pcm, func(line []byte) error {
			say(result{Text: string(line)})
			return nil
		})
	}
}

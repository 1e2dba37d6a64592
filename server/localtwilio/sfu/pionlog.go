package sfu

import (
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// pionLog lets pion write to our logger. pion's warnings and errors are mostly about
// packets that came late or for streams that just ended, so they are details here: what
// matters comes back as an error or a state as well.
type pionLog struct{ log *slog.Logger }

func (p pionLog) NewLogger(scope string) logging.LeveledLogger {
	return pionScope{log: p.log.With("scope", scope)}
}

type pionScope struct{ log *slog.Logger }

func (pionScope) Trace(string)          {}
func (pionScope) Tracef(string, ...any) {}
func (pionScope) Debug(string)          {}
func (pionScope) Debugf(string, ...any) {}
func (pionScope) Info(string)           {}
func (pionScope) Infof(string, ...any)  {}
func (s pionScope) Warn(m string)       { s.log.Debug(m) }
func (s pionScope) Warnf(f string, a ...any) {
	s.log.Debug(fmt.Sprintf(f, a...))
}
func (s pionScope) Error(m string) { s.log.Debug(m) }
func (s pionScope) Errorf(f string, a ...any) {
	s.log.Debug(fmt.Sprintf(f, a...))
}

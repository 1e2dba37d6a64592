package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"escalate/server/standalone"
)

// serveProfiled is a child's life: the command local-twilio until ctx ends, with
// a CPU profile of it all and a heap profile of the end.
func serveProfiled(ctx context.Context, dir string, args []string) (err error) {
	create := func(kind string) (*os.File, error) {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", kind, os.Getpid())))
		if err != nil {
			return nil, fmt.Errorf("create profile: %w", err)
		}
		return f, nil
	}
	cpu, err := create("cpu")
	if err != nil {
		return err
	}
	heap, err := create("heap")
	if err != nil {
		return errors.Join(err, cpu.Close())
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(fmt.Errorf("start profile: %w", err), cpu.Close(), heap.Close())
	}
	// The heap as it is while people are there: when Main returns, they have gone.
	stopped := context.AfterFunc(ctx, func() {
		pprof.StopCPUProfile()
		runtime.GC()
		if e := pprof.Lookup("heap").WriteTo(heap, 0); e != nil {
			fmt.Fprintln(os.Stderr, "write profile:", e)
		}
	})
	defer stopped()
	err = standalone.Main(ctx, args, os.Getenv, os.Stdout, os.Stderr)
	return errors.Join(err, cpu.Close(), heap.Close())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"time"

	"escalate/server/standalone"
)

// serveProfiled is a child's life: the command local-twilio until ctx ends, with
// a CPU profile of it all and a heap profile of when it was fullest.
func serveProfiled(ctx context.Context, dir string, args []string) (err error) {
	file := func(kind string) string {
		return filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", kind, os.Getpid()))
	}
	cpu, err := os.Create(file("cpu"))
	if err != nil {
		return fmt.Errorf("create profile: %w", err)
	}
	defer func() { err = errors.Join(err, cpu.Close()) }()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return fmt.Errorf("start profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	watching, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { profileHeap(watching, file("heap")) })
	defer wg.Wait()
	defer stop()
	return standalone.Main(ctx, args, os.Getenv, os.Stdout, os.Stderr)
}

// heapEvery is how often it is looked whether the heap has grown.
const heapEvery = 2 * time.Second

// profileHeap writes a profile each time that more is in use than ever before.
// At the end nothing is: by then everybody has left.
func profileHeap(ctx context.Context, file string) {
	var fullest uint64
	for pause(ctx, heapEvery) == nil {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if m.HeapAlloc <= fullest {
			continue
		}
		fullest = m.HeapAlloc
		if err := writeHeap(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func writeHeap(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("create profile: %w", err)
	}
	if err := errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close()); err != nil {
		return fmt.Errorf("write profile: %w", err)
	}
	return nil
}

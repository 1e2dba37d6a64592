package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/bench/measure"
	"escalate/server/token"
)

// What a child process of this program may be.
const (
	roleMint    = "mint"    // an HTTP server that only mints
	roleProduct = "product" // the whole product on local Twilio
	roleAlone   = "alone"   // no server: mints in a loop
)

// ttl is how long the minted tokens live; the product's live as long.
const ttl = 4 * time.Hour

// key is made up. The secret has the length of Twilio's.
var key = token.Key{
	AccountSID: "AC" + strings.Repeat("0", 32),
	KeySID:     "SK" + strings.Repeat("1", 32),
	Secret:     "b3NlY3JldDEyMzQ1Njc4OTBhYmNkZWZn",
}

// serveRole is a child's life: serve, say where, stop at the end of standard input.
func serveRole(ctx context.Context, role string, s settings) error {
	if s.profile != "" {
		f, err := os.Create(filepath.Join(s.profile, role+".pprof"))
		if err != nil {
			return fmt.Errorf("create profile: %w", err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return fmt.Errorf("start profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	serve := serveMint
	if role == roleProduct {
		serve = func() (hello, func(), error) { return serveProduct(ctx, s.rounds*s.connections) }
	}
	h, stop, err := serve()
	if err != nil {
		return err
	}
	defer stop()
	if err := json.NewEncoder(os.Stdout).Encode(h); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// mintRequest and mintAnswer are what both minting servers talk.
type mintRequest struct {
	Identity string `json:"identity"`
	Room     string `json:"room"`
}

type mintAnswer struct {
	Token string `json:"token"`
	mintRequest
}

// serveMint is the counterpart of node/server.js.
func serveMint() (hello, func(), error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return hello{}, nil, fmt.Errorf("listen: %w", err)
	}
	routes := mux.NewRouter()
	routes.HandleFunc("/token", mint).Methods(http.MethodPost)
	// The product's time limits, which cost a little on each request.
	srv := &http.Server{
		Handler: routes, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = srv.Serve(ln) // ends with Close
	}()
	return hello{URL: "http://" + ln.Addr().String()}, func() { srv.Close(); <-done }, nil
}

func mint(w http.ResponseWriter, r *http.Request) {
	var a mintAnswer
	if err := json.NewDecoder(r.Body).Decode(&a.mintRequest); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var err error
	if a.Token, err = token.Mint(key, token.Video{Identity: a.Identity, Room: a.Room}, time.Now(), ttl); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, err := json.Marshal(a)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // an error here means that the client has gone
}

// alone is the CPU time for one mint without HTTP.
type alone struct {
	Micros float64 `json:"micros"`
}

// mintAlone mints for d and prints what one costs.
func mintAlone(d time.Duration) error {
	who := token.Video{Identity: "customer:abc2345:4f6c1d2e", Room: "RM" + strings.Repeat("0", 32)}
	n := 0
	hundred := func() error {
		for range 100 {
			if _, err := token.Mint(key, who, time.Now(), ttl); err != nil {
				return err
			}
		}
		n += 100
		return nil
	}
	if err := hundred(); err != nil {
		return err
	}
	n = 0
	before, err := measure.OwnCPU()
	if err != nil {
		return err
	}
	for end := time.Now().Add(d); time.Now().Before(end); {
		if err := hundred(); err != nil {
			return err
		}
	}
	after, err := measure.OwnCPU()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(alone{Micros: float64((after - before).Microseconds()) / float64(n)})
}

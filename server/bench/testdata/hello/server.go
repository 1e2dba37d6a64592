//go:build !wasm

package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Usage: hello app.wasm.br. It ends when its standard input does.
func main() {
	packed, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	app.Route("/", &hello{})
	http.Handle("/", &app.Handler{Name: "Hello"})
	http.HandleFunc("/web/app.wasm", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		w.Header().Set("Content-Encoding", "br")
		_, _ = w.Write(packed)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("{\"url\":\"http://%s\"}\n", l.Addr())
	go func() { log.Fatal(http.Serve(l, nil)) }()
	_, _ = io.Copy(io.Discard, os.Stdin)
}

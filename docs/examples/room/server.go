//go:build !js

package main

import (
	"context"
	"crypto/rand"
	"io"
	"log"
	"net/http"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"escalate/server/localtwilio"
	"escalate/server/token"
	"escalate/static"
)

func main() {
	twilio, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		log.Fatal(err)
	}
	a := twilio.Account()
	key := token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret}
	log.Print("open http://127.0.0.1:8000/kitchen in two tabs")
	log.Fatal(http.ListenAndServe("127.0.0.1:8000", handler(key, twilio.SignalingURL())))
}

// handler serves the page, built to web/app.wasm, and Access Tokens signed
// with key. signaling is where the browser finds its Rooms.
func handler(key token.Key, signaling string) http.Handler {
	app.RouteWithRegexp(`^/\w+$`, &room{}) // rendered here, run in the browser
	mux := http.NewServeMux()
	mux.Handle("/", &app.Handler{
		Name: "Room", Icon: app.Icon{Default: "/static/icon.svg", SVG: "/static/icon.svg"},
		Env: app.Environment{"SIGNALING": signaling},
	})
	mux.HandleFunc("POST /token/{room}", func(w http.ResponseWriter, r *http.Request) {
		who := token.Video{Identity: rand.Text(), Room: r.PathValue("room")}
		t, err := token.Mint(key, who, time.Now(), time.Hour)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, t)
	})
	if files, err := static.Files(); err == nil { // twilio-video.js among them
		mux.Handle("/static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	}
	return mux
}

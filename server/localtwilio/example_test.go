package localtwilio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/twilio/twilio-go/client"
	video "github.com/twilio/twilio-go/rest/video/v1"

	"escalate/server/localtwilio"
)

// Twilio as a double in your own tests: the client is Twilio's, unmodified, and so
// are the answers' codes.
func ExampleStart() {
	twilio, err := localtwilio.Start(context.Background(), localtwilio.Config{Addr: "127.0.0.1:0"})
	if err != nil {
		log.Fatal(err)
	}
	defer twilio.Close()

	// This is all that tells your program from one in production.
	account := twilio.Account()
	rest := &client.Client{
		Credentials: client.NewCredentials(account.KeySID, account.KeySecret),
		HTTPClient:  &http.Client{Transport: twilio.Transport()},
	}
	rest.SetAccountSid(account.SID)
	rooms := video.NewApiService(client.NewRequestHandler(rest))

	demo := new(video.CreateRoomParams).SetUniqueName("demo").SetType("group")
	room, err := rooms.CreateRoom(demo)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*room.UniqueName, *room.Status)

	_, err = rooms.CreateRoom(demo)
	if refused, ok := errors.AsType[*client.TwilioRestError](err); ok {
		fmt.Println(refused.Status, refused.Code, refused.Message)
	}

	// Output:
	// demo in-progress
	// 400 53113 Room exists
}

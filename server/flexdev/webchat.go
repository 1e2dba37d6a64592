package flexdev

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"escalate/server/token"
)

const (
	// chatTokenTTL is how long a customer's Access Token lasts; their page asks for
	// a new one before.
	chatTokenTTL = time.Hour
	// beginWithin bounds the request that begins a chat.
	beginWithin = 10 * time.Second
	// maxChatBody bounds what the customer's page sends here: a form of two lines.
	maxChatBody = 16 << 10
)

// chatServer is what the server of a customer's page does for a web chat: it
// begins one at Twilio, and makes Access Tokens for the customer.
type chatServer struct{ c Config }

// routes adds the customer's page under /webchat.
func (s chatServer) routes(r *mux.Router, p *Page) {
	w := r.PathPrefix("/webchat").Subrouter()
	w.Use(p.guard)
	w.HandleFunc("", p.file("webchat.html")).Methods(http.MethodGet)
	w.HandleFunc("/api/begin", s.handle(s.begin)).Methods(http.MethodPost)
	w.HandleFunc("/api/refresh", s.handle(s.refresh)).Methods(http.MethodPost)
	w.HandleFunc("/api/end", s.handle(s.end)).Methods(http.MethodPost)
	w.HandleFunc("/{file:webchat\\.(?:js|css)}", func(w http.ResponseWriter, r *http.Request) {
		p.file(mux.Vars(r)["file"])(w, r)
	}).Methods(http.MethodGet)
}

// chatRequest is what the customer's page asks with.
type chatRequest struct {
	Name            string `json:"name"`
	Query           string `json:"query"`
	Token           string `json:"token"`
	ConversationSID string `json:"conversationSid"`
}

func (s chatServer) handle(f func(*http.Request, chatRequest) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in chatRequest
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxChatBody)).Decode(&in); err != nil {
			http.Error(w, "The request is no JSON object.", http.StatusBadRequest)
			return
		}
		v, err := f(r, in)
		if err != nil {
			s.c.Log.Error("web chat", "err", err)
			http.Error(w, "Twilio did not do it.", http.StatusBadGateway)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_ = json.NewEncoder(w).Encode(v) // the page has gone if this fails
	}
}

// begin begins a chat; the customer's first words are the first Message.
func (s chatServer) begin(r *http.Request, in chatRequest) (any, error) {
	data, err := json.Marshal(map[string]string{"friendlyName": in.Name, "query": in.Query})
	if err != nil {
		return nil, fmt.Errorf("write the form: %w", err)
	}
	var begun struct {
		ConversationSID string `json:"conversation_sid"`
		Identity        string `json:"identity"`
	}
	err = s.ask(r, "/flex-api/v2/WebChats", url.Values{
		"AddressSid": {s.c.Account.AddressSID}, "ChatFriendlyName": {"Web chat"}, "CustomerFriendlyName": {in.Name}, "PreEngagementData": {string(data)},
	}, &begun)
	if err != nil {
		return nil, err
	}
	if in.Query != "" {
		err := s.ask(r, "/conversations/v1/Conversations/"+begun.ConversationSID+"/Messages", url.Values{"Author": {begun.Identity}, "Body": {in.Query}}, nil)
		if err != nil {
			return nil, err
		}
	}
	return s.access(begun.ConversationSID, begun.Identity)
}

// refresh makes another token for the holder of one.
func (s chatServer) refresh(_ *http.Request, in chatRequest) (any, error) {
	identity, err := s.holder(in)
	if err != nil {
		return nil, err
	}
	return s.access(in.ConversationSID, identity)
}

// end closes the chat that a customer is in.
func (s chatServer) end(r *http.Request, in chatRequest) (any, error) {
	identity, err := s.holder(in)
	if err != nil {
		return nil, err
	}
	path := "/conversations/v1/Conversations/" + url.PathEscape(in.ConversationSID)
	if err := s.do(r, http.MethodGet, path+"/Participants/"+url.PathEscape(identity), nil, nil); err != nil {
		return nil, err
	}
	return map[string]bool{"ended": true}, s.ask(r, path, url.Values{"State": {"closed"}}, nil)
}

func (s chatServer) holder(in chatRequest) (identity string, err error) {
	a := s.c.Account
	claims, err := token.Verify(in.Token, a.SID, func(key string) (string, bool) { return a.KeySecret, key == a.KeySID }, time.Now())
	if err != nil {
		return "", fmt.Errorf("look at the token: %w", err)
	}
	return claims.Identity, nil
}

func (s chatServer) access(conversation, identity string) (any, error) {
	a := s.c.Account
	raw, err := token.MintChat(token.Key{AccountSID: a.SID, KeySID: a.KeySID, Secret: a.KeySecret}, identity, a.ChatServiceSID, time.Now(), chatTokenTTL)
	if err != nil {
		return nil, fmt.Errorf("make an Access Token: %w", err)
	}
	return map[string]string{
		"token": raw, "conversationSid": conversation, "identity": identity,
		"twilsock": "ws" + strings.TrimPrefix(s.c.Twilio, "http") + "/tsock/v3/wsconnect",
	}, nil
}

// ask posts a form to Twilio's REST API and reads the answer into v.
func (s chatServer) ask(r *http.Request, path string, form url.Values, v any) error {
	return s.do(r, http.MethodPost, path, strings.NewReader(form.Encode()), v)
}

func (s chatServer) do(r *http.Request, method, path string, body io.Reader, v any) error {
	req, err := http.NewRequestWithContext(r.Context(), method, s.c.Twilio+path, body)
	if err != nil {
		return fmt.Errorf("ask %s: %w", path, err)
	}
	req.SetBasicAuth(s.c.Account.KeySID, s.c.Account.KeySecret)
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := (&http.Client{Timeout: beginWithin}).Do(req)
	if err != nil {
		return fmt.Errorf("ask %s: %w", path, err)
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<10)) // what there is of it
		return fmt.Errorf("ask %s: %s: %s", path, res.Status, text)
	}
	if v == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(v); err != nil {
		return fmt.Errorf("read the answer of %s: %w", path, err)
	}
	return nil
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// audit asks local Twilio, as anybody with the account's key could, whether everything that
// people were told is there, and nothing else.
type audit struct {
	tree *tree
	rest *http.Client
}

// document is a Sync Document of the product's, as far as it matters.
type document struct {
	Code         string `json:"code"`
	Status       string `json:"status"`
	Task         string `json:"task"`
	Settled      bool   `json:"settled"`
	Holder       string `json:"holder"` // of a lock
	Participants []struct {
		Identity string `json:"identity"`
	} `json:"participants"`
	Rating *struct {
		Score int `json:"score"`
	} `json:"rating"`
	Room struct {
		SID string `json:"sid"`
	} `json:"room"`
}

func (d document) live() bool {
	return d.Status == "invited" || d.Status == "open" || d.Status == "in_call"
}

// task is what a Task says of its calls.
type task struct {
	SyncDocument string `json:"syncDocument"`
	Escalation   struct {
		Code  string `json:"code"`
		Score int    `json:"score"`
	} `json:"escalation"`
	Conversations struct {
		Score int `json:"conversation_measure_1"`
	} `json:"conversations"`
}

// books are all that local Twilio keeps of the product.
type books struct {
	codes map[string]document
	locks map[string]document // by Worker
	tasks map[string]task
	rooms map[string]string // SID to unique name, of those in progress
}

// get reads an answer of REST, and those at the addresses that each returns: all pages of a list.
func (a *audit) get(ctx context.Context, url string, each func(page []byte) (next string, err error)) error {
	for url != "" {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		r.SetBasicAuth(a.tree.account.KeySID, a.tree.account.KeySecret)
		resp, err := a.rest.Do(r)
		if err != nil {
			return fmt.Errorf("ask local Twilio: %w", err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", resp.Status, b)
		}
		if err == nil {
			url, err = each(b)
		}
		if err != nil {
			return fmt.Errorf("ask local Twilio for %s: %w", r.URL.Path, err)
		}
	}
	return nil
}

// read reads all books.
func (a *audit) read(ctx context.Context) (*books, error) {
	b := &books{codes: map[string]document{}, locks: map[string]document{}, tasks: map[string]task{}, rooms: map[string]string{}}
	base, acc := "http://"+a.tree.addr, a.tree.account
	type meta struct {
		Next string `json:"next_page_url"`
	}
	if err := a.get(ctx, base+"/sync/v1/Services/"+acc.SyncServiceSID+"/Documents?PageSize=100", func(raw []byte) (string, error) {
		var page struct {
			Meta      meta
			Documents []struct {
				Name string `json:"unique_name"`
				Data document
			}
		}
		err := json.Unmarshal(raw, &page)
		for _, d := range page.Documents {
			if worker, ok := strings.CutPrefix(d.Name, "agentlock."); ok {
				b.locks[worker] = d.Data
			} else if d.Data.Code != "" {
				b.codes[d.Name] = d.Data
			}
		}
		return page.Meta.Next, err
	}); err != nil {
		return nil, err
	}
	if err := a.get(ctx, base+"/taskrouter/v1/Workspaces/"+acc.WorkspaceSID+"/Tasks?PageSize=1000", func(raw []byte) (string, error) {
		var page struct {
			Meta  meta
			Tasks []struct{ SID, Attributes string }
		}
		err := json.Unmarshal(raw, &page)
		for _, k := range page.Tasks {
			var t task
			if err := json.Unmarshal([]byte(k.Attributes), &t); err != nil {
				return "", fmt.Errorf("attributes of %s: %w", k.SID, err)
			}
			b.tasks[k.SID] = t
		}
		return page.Meta.Next, err
	}); err != nil {
		return nil, err
	}
	return b, a.get(ctx, base+"/video/v1/Rooms?Status=in-progress&PageSize=100", func(raw []byte) (string, error) {
		var page struct {
			Meta  meta
			Rooms []struct {
				SID  string
				Name string `json:"unique_name"`
			}
		}
		err := json.Unmarshal(raw, &page)
		for _, r := range page.Rooms {
			b.rooms[r.SID] = r.Name
		}
		return page.Meta.Next, err
	})
}

// faults are what is wrong, given what people were told.
func (b *books) faults(calls []*call) (wrong []string) {
	fault := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	latest := map[string]string{} // Task to its last call's code
	for _, c := range calls {
		if c.code != "" {
			latest[c.seat.task] = c.code
		}
	}
	rated := map[string]bool{}
	for _, c := range calls {
		if c.code == "" {
			continue
		}
		d, ok := b.codes[c.code]
		switch {
		case !ok:
			fault("escalation %s was acknowledged and has no Document", c.code)
			continue
		case d.Task != c.seat.task:
			fault("escalation %s is of Task %s, not of %s", c.code, d.Task, c.seat.task)
		case c.ended && d.live():
			fault("the end of %s was acknowledged, and it is %s", c.code, d.Status)
		}
		if !c.ended && !d.live() {
			fault("nobody ended %s, and it is %s", c.code, d.Status)
		}
		t := b.tasks[d.Task]
		if d.live() && t.SyncDocument != c.code {
			fault("Task %s names %q, not its live escalation %s", d.Task, t.SyncDocument, c.code)
		}
		score := 0
		if d.Rating != nil {
			score = d.Rating.Score
		}
		if c.score != 0 && score != c.score {
			fault("rating %d of %s was acknowledged, and %d is kept", c.score, c.code, score)
		}
		if c.score == 0 && score != 0 && !c.doubt {
			fault("nobody rated %s, and %d is kept", c.code, score)
		}
		if score == 0 || latest[d.Task] != c.code {
			continue
		}
		rated[d.Task] = true
		if t.Conversations.Score != score || t.Escalation.Score != score || t.Escalation.Code != c.code {
			fault("rating %d of %s arrived at Task %s as %d and %d of %q", score, c.code, d.Task, t.Conversations.Score, t.Escalation.Score, t.Escalation.Code)
		}
	}
	for worker, l := range b.locks {
		if d, ok := b.codes[l.Holder]; l.Holder != "" && !(ok && d.live()) {
			fault("the lock of Worker %s is held by %s, which is over", worker, l.Holder)
		}
	}
	for sid, name := range b.rooms {
		if d, ok := b.codes[name]; !ok || !d.live() || d.Room.SID != "" && d.Room.SID != sid {
			fault("Room %s of %s is in progress, and its escalation is not", sid, name)
		}
	}
	for code, d := range b.codes {
		switch t, ok := b.tasks[d.Task]; {
		case !ok:
			fault("Document %s has no Task", code)
		case d.live() && t.SyncDocument != code:
			fault("Document %s is live, and Task %s does not name it", code, d.Task)
		case !d.live() && !d.Settled:
			fault("%s is over and was never settled", code)
		}
	}
	return wrong
}

// invites counts the invites of calls in their chats: once each is right, also where an answer
// got lost and the agent clicked again.
func (a *audit) invites(ctx context.Context, calls []*call) (wrong []string, err error) {
	var mu sync.Mutex
	return wrong, eachOf(ctx, 8, calls, func(c *call) error {
		if c.code == "" {
			return nil
		}
		n := 0
		err := a.get(ctx, "http://"+a.tree.addr+"/conversations/v1/Conversations/"+c.seat.conversation+"/Messages?PageSize=100", func(raw []byte) (string, error) {
			var page struct {
				Meta struct {
					Next string `json:"next_page_url"`
				}
				Messages []struct{ Body string }
			}
			err := json.Unmarshal(raw, &page)
			for _, m := range page.Messages {
				if strings.Contains(m.Body, "/join/"+c.code) {
					n++
				}
			}
			return page.Meta.Next, err
		})
		if n != 1 {
			mu.Lock()
			wrong = append(wrong, fmt.Sprintf("the invite of %s is in its chat %d times", c.code, n))
			mu.Unlock()
		}
		return err
	})
}

// check waits for a time until nothing is wrong, and returns what is.
func (a *audit) check(ctx context.Context, within time.Duration, calls []*call) (wrong []string, err error) {
	err = eventually(ctx, within, func() error {
		b, err := a.read(ctx)
		if err != nil {
			return err
		}
		if wrong = b.faults(calls); len(wrong) > 0 {
			return errInvariant
		}
		return nil
	})
	if len(wrong) > 0 {
		err = nil // they say more
	}
	return wrong, err
}

package twilioapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"time"

	sync "github.com/twilio/twilio-go/rest/sync/v1"

	"escalate/server/escalation"
)

// Documents is escalation.Documents over Twilio Sync.
type Documents struct {
	t       *Client
	service string // IS…
}

var _ escalation.Documents = (*Documents)(nil)

// maxDocumentPage is the most that Sync lists at once.
const maxDocumentPage = 100

// Create makes a Document; ErrNameTaken when the name is in use.
func (d *Documents) Create(ctx context.Context, name string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := checkName(name); err != nil {
		return escalation.Document{}, err
	}
	k := d.t.beginCreate(ctx, opCreateDocument)
	p := new(sync.CreateDocumentParams).SetUniqueName(name).SetData(data).SetTtl(seconds(ttl))
	doc, err := d.t.sync(k).CreateDocument(d.service, p)
	made, err := document("create", name, doc, k.fail(err))
	if k.unsure && errors.Is(err, escalation.ErrNameTaken) {
		// Taken, perhaps by the first of our own attempts.
		if there, fetchErr := d.Fetch(ctx, name); fetchErr == nil && sameJSON(there.Data, data) {
			return there, nil
		}
	}
	return made, err
}

// Fetch reads a Document by name; ErrNotFound when there is none.
func (d *Documents) Fetch(ctx context.Context, name string) (escalation.Document, error) {
	if err := checkName(name); err != nil {
		return escalation.Document{}, err
	}
	k := d.t.begin(ctx, opFetchDocument)
	doc, err := d.t.sync(k).FetchDocument(d.service, name)
	return document("fetch", name, doc, k.fail(err))
}

// Update replaces the data of the given revision; ErrConflict when there is a
// newer one.
func (d *Documents) Update(ctx context.Context, name, revision string, data json.RawMessage, ttl time.Duration) (escalation.Document, error) {
	if err := checkName(name); err != nil {
		return escalation.Document{}, err
	}
	k := d.t.begin(ctx, opUpdateDocument)
	p := new(sync.UpdateDocumentParams).SetData(data).SetIfMatch(revision)
	if ttl > 0 {
		p.SetTtl(seconds(ttl))
	}
	doc, err := d.t.sync(k).UpdateDocument(d.service, name, p)
	return document("update", name, doc, k.fail(err))
}

// Page returns up to a hundred Documents of the Sync Service, from where an earlier
// Page said that the next one begins.
func (d *Documents) Page(ctx context.Context, begin string) (docs []escalation.Document, next string, err error) {
	at, err := url.ParseQuery(begin)
	if err != nil {
		return nil, "", fmt.Errorf("list Documents: where the page begins: %w", err)
	}
	k := d.t.begin(ctx, opListDocument)
	page, err := d.t.sync(k).PageDocument(d.service, new(sync.ListDocumentParams).SetPageSize(maxDocumentPage), at.Get("PageToken"), at.Get("Page"))
	if err != nil {
		return nil, "", fmt.Errorf("list Documents: %w", k.fail(err))
	}
	docs = make([]escalation.Document, 0, len(page.Documents))
	for i := range page.Documents {
		doc, err := document("list", deref(page.Documents[i].UniqueName), &page.Documents[i], nil)
		if err != nil {
			return nil, "", err
		}
		docs = append(docs, doc)
	}
	next, err = nextPage(deref(page.Meta.NextPageUrl))
	if err == nil && next != "" && next == begin {
		err = errors.New("the next page is the same")
	}
	if err != nil {
		return nil, "", fmt.Errorf("list Documents: %w", err)
	}
	return docs, next, nil
}

// nextPage returns where a list goes on, as a query with Page and PageToken: of the
// address that Twilio gives nothing else is used. Empty means that it does not.
func nextPage(address string) (string, error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("address of the next page: %w", err)
	}
	q := u.Query()
	if q.Get("PageToken") == "" && q.Get("Page") == "" {
		return "", errors.New("the address of the next page names none")
	}
	return url.Values{"PageToken": {q.Get("PageToken")}, "Page": {q.Get("Page")}}.Encode(), nil
}

// document turns Sync's answer into ours. Its errors leave the name out: it is
// a join code, and errors end up in logs.
func document(doing, name string, doc *sync.SyncV1Document, err error) (escalation.Document, error) {
	if err != nil {
		return escalation.Document{}, fmt.Errorf("%s Document: %w", doing, err)
	}
	data, err := json.Marshal(doc.Data)
	if err != nil {
		return escalation.Document{}, fmt.Errorf("%s Document: encode data: %w", doing, err)
	}
	return escalation.Document{Name: name, Data: data, Revision: etag(deref(doc.Revision))}, nil
}

// sameJSON says whether two JSON texts mean the same; Sync writes the data that
// it was given in its own way.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// seconds is a TTL as Sync takes it; less than one would mean forever.
func seconds(d time.Duration) int { return max(1, int(d/time.Second)) }

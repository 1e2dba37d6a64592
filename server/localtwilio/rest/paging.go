package rest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// defaultPage is how many things a page has where the request does not say.
const defaultPage = 50

// page is the part of a list that a request asked for, and its meta object.
type page struct {
	from, to int
	meta     map[string]any
}

// asked is which page of a list a request wants.
type asked struct {
	size, number int
	after        string // the last SID of the page before; empty: Page counts
}

// asked reads which page is wanted, of limit things at most.
func (c *call) asked(limit int) (a asked, err error) {
	a.size = defaultPage
	if err := c.integer("PageSize", &a.size, 1, limit, invalid("PageSize must be between 1 and "+strconv.Itoa(limit))); err != nil {
		return a, err
	}
	if err := c.integer("Page", &a.number, 0, 1<<30, invalid("Page must not be negative")); err != nil {
		return a, err
	}
	if token, ok := strings.CutPrefix(c.form("PageToken"), "PA"); ok {
		a.after = token
	}
	return a, nil
}

// meta is the meta object of a page; last is its last SID where another follows.
func (c *call) meta(key string, a asked, last string) map[string]any {
	at := func(n int, token string) string {
		q := url.Values{}
		for k, v := range c.r.URL.Query() {
			if k != "PageToken" {
				q[k] = v
			}
		}
		q.Set("PageSize", strconv.Itoa(a.size))
		q.Set("Page", strconv.Itoa(n))
		if token != "" {
			q.Set("PageToken", "PA"+token)
		}
		return c.target.base + c.r.URL.EscapedPath() + "?" + q.Encode()
	}
	meta := map[string]any{
		"page": a.number, "page_size": a.size, "key": key,
		"first_page_url": at(0, ""), "previous_page_url": nil, "url": at(a.number, ""), "next_page_url": nil,
	}
	if a.number > 0 {
		meta["previous_page_url"] = at(a.number-1, "")
	}
	if last != "" {
		meta["next_page_url"] = at(a.number+1, last)
	}
	return meta
}

// page cuts a list whose things have the given SIDs. A PageToken names the last
// thing of the page before, so that what is added or removed meanwhile neither
// repeats nor hides others; without one, Page counts.
func (c *call) page(key string, sids []string, limit int) (page, error) {
	a, err := c.asked(limit)
	if err != nil {
		return page{}, err
	}
	from := min(a.number*a.size, len(sids))
	if i := slices.Index(sids, a.after); a.after != "" && i >= 0 {
		from = i + 1
	}
	to := min(from+a.size, len(sids))
	last := ""
	if to < len(sids) {
		last = sids[to-1]
	}
	return page{from: from, to: to, meta: c.meta(key, a, last)}, nil
}

// list answers one page of all, each shown by show.
func list[T any](c *call, key string, limit int, all []T, sid func(T) string, show func(T) any) error {
	sids := make([]string, len(all))
	for i, v := range all {
		sids[i] = sid(v)
	}
	p, err := c.page(key, sids, limit)
	if err != nil {
		return err
	}
	out := make([]any, 0, p.to-p.from)
	for _, v := range all[p.from:p.to] {
		out = append(out, show(v))
	}
	return c.json(200, map[string]any{key: out, "meta": p.meta})
}

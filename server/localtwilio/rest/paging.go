package rest

import (
	"net/url"
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

// page cuts a list whose things have the given SIDs. A PageToken names the last
// thing of the page before, so that what is added or removed meanwhile neither
// repeats nor hides others; without one, Page counts.
func (c *call) page(key string, sids []string, limit int) (page, error) {
	size, number := defaultPage, 0
	if err := c.integer("PageSize", &size, 1, limit, invalid("PageSize must be between 1 and "+strconv.Itoa(limit))); err != nil {
		return page{}, err
	}
	if err := c.integer("Page", &number, 0, 1<<30, invalid("Page must not be negative")); err != nil {
		return page{}, err
	}
	from := min(number*size, len(sids))
	if token, ok := strings.CutPrefix(c.form("PageToken"), "PA"); ok {
		for i, sid := range sids {
			if sid == token {
				from = i + 1
			}
		}
	}
	to := min(from+size, len(sids))
	at := func(n int, token string) string {
		q := url.Values{}
		for k, v := range c.r.URL.Query() {
			if k != "PageToken" {
				q[k] = v
			}
		}
		q.Set("PageSize", strconv.Itoa(size))
		q.Set("Page", strconv.Itoa(n))
		if token != "" {
			q.Set("PageToken", "PA"+token)
		}
		return c.target.base + c.r.URL.EscapedPath() + "?" + q.Encode()
	}
	meta := map[string]any{
		"page": number, "page_size": size, "key": key,
		"first_page_url": at(0, ""), "previous_page_url": nil, "url": at(number, ""), "next_page_url": nil,
	}
	if number > 0 {
		meta["previous_page_url"] = at(number-1, "")
	}
	if to < len(sids) {
		meta["next_page_url"] = at(number+1, sids[to-1])
	}
	return page{from: from, to: to, meta: meta}, nil
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

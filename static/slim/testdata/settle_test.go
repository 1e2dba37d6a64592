// These tests are put into the copy of go-app and run there, under node, with
// as much of a document as go-app needs: pages that others change.

package app

import (
	"context"
	"fmt"
	"strings"
	"syscall/js"
	"testing"
	"time"
)

// dom is a document that refuses what the DOM standard says that it refuses.
const dom = `(() => {
	class Node {
		constructor(name, value) { Object.assign(this, {name, nodeValue: value, nodes: [], parentNode: null, attributes: {}}); }
		get firstChild() { return this.nodes[0] ?? null; }
		get nextSibling() { const all = this.parentNode?.nodes ?? []; return all[all.indexOf(this) + 1] ?? null; }
		get isConnected() { return this === document.body || Boolean(this.parentNode?.isConnected); }
		get text() { return this.name ? this.nodes.map((n) => n.text).join("") : this.nodeValue; }
		get markup() { return this.name ? "<" + this.name + ">" + this.nodes.map((n) => n.markup).join("") + "</>" : this.nodeValue; }
		contains(n) { return n === this || Boolean(n?.parentNode && this.contains(n.parentNode)); }
		remove() { if (this.parentNode) { this.parentNode.nodes.splice(this.parentNode.nodes.indexOf(this), 1); this.parentNode = null; } }
		child(n) { if (n.parentNode !== this) throw new DOMException("not a child", "NotFoundError"); }
		insertBefore(n, at) {
			if (at) this.child(at);
			if (n.contains(this)) throw new DOMException("its own child", "HierarchyRequestError");
			if (n === at) at = n.nextSibling;
			n.remove();
			this.nodes.splice(at ? this.nodes.indexOf(at) : this.nodes.length, 0, n);
			n.parentNode = this;
		}
		appendChild(n) { this.insertBefore(n, null); }
		prepend(n) { this.insertBefore(n, this.firstChild); }
		removeChild(n) { this.child(n); n.remove(); }
		replaceChild(n, old) { this.child(old); this.insertBefore(n, old); old.remove(); }
		replaceWith(n) { this.parentNode.replaceChild(n, this); }
		setAttribute(k, v) { this.attributes[k] = v; }
		removeAttribute(k) { delete this.attributes[k]; }
		addEventListener() {}
		removeEventListener() {}
		find(f) { return f(this) ? this : this.nodes.map((n) => n.find(f)).find(Boolean) ?? null; }
		set innerHTML(v) { const n = new Node(v.slice(1, v.indexOf(">"))); n.parentNode = this; this.nodes = [n]; }
	}
	const document = {
		body: new Node("body"),
		createElement: (name) => new Node(name), createTextNode: (v) => new Node("", v),
		getElementById: (id) => document.body.find((n) => n.attributes.id === id),
	};
	const made = (name, id, ...nodes) => { const n = new Node(name); if (id) n.attributes.id = id; nodes.forEach((x) => n.appendChild(x)); return n; };
	for (const n of [made("addon"), made("main", "app", made("p")), made("script")]) document.body.appendChild(n);
	globalThis.document = document;
	// all calls f with each node of the page; what f does to the page is seen.
	globalThis.all = (f, n = document.body.find((n) => n.attributes.id === "app")) => { f(n); [...n.nodes].forEach((x) => all(f, x)); };
	globalThis.made = made;
	globalThis.text = (v) => new Node("", v);
})()`

// view is a page with what pages of ours have: text, elements, pictures, and
// components in it.
type view struct {
	Compo
	Says    string
	Items   int
	Picture bool
	Root    bool // another root
	Other   bool // another root of the component inside
}

func (v *view) Render() UI {
	var items []UI
	for i := 0; i < v.Items; i++ { // go-app is go 1.18
		items = append(items, Li().Text(fmt.Sprint(v.Says, i)))
	}
	body := []UI{
		P().Text(v.Says),
		Div().Body(Span().Text("always"), If(v.Picture, Raw("<svg></svg>")).Else(Raw("<b></b>"))),
		If(v.Picture, Section().Text(v.Says)).Else(Article().Text(v.Says)),
		Ul().Body(items...),
		&inner{Other: v.Other},
	}
	if v.Root {
		return Section().ID(pageID).Body(body...)
	}
	return Main().ID(pageID).Body(body...)
}

type inner struct {
	Compo
	Other bool
}

func (v *inner) Render() UI {
	if v.Other {
		return H2().Text("other")
	}
	return H1().Text("one")
}

// page is a view in the document, drawn by an engine.
type page struct {
	t *testing.T
	engine
	view *view
}

func newPage(t *testing.T) *page {
	t.Helper()
	js.Global().Call("eval", dom)
	t.Cleanup(func() { js.Global().Delete("document") })
	p := &page{t: t, view: &view{Says: "first", Items: 2}}
	p.StaticResourceResolver = func(path string) string { return path }
	p.Body = newClientBody(&p.engine)
	p.init()
	p.Mount(p.view)
	p.Consume()
	return p
}

// draw changes the view and draws it.
func (p *page) draw(change func(*view)) {
	p.t.Helper()
	p.Dispatch(Dispatch{Mode: Update, Source: p.view, Function: func(Context) { change(p.view) }})
	p.Consume()
}

func (p *page) markup() string {
	return js.Global().Get("document").Get("body").Get("markup").String()
}

// changes are what others do to a page; n is called for each of its nodes.
var changes = map[string]string{
	"nothing":                            `(n) => {}`,
	"text is translated":                 `(n) => { if (!n.name && n.parentNode.name !== "font") n.replaceWith(made("font", "", made("font", "", text("~" + n.nodeValue)))); }`,
	"text is wrapped, and its node kept": `(n) => { if (!n.name && n.parentNode.name !== "font") { const f = made("font"); n.replaceWith(f); f.appendChild(n); } }`,
	"text is replaced by other text":     `(n) => { if (!n.name) n.replaceWith(text("~" + n.nodeValue)); }`,
	"text is changed in its node":        `(n) => { if (!n.name) n.nodeValue = "~" + n.nodeValue; }`,
	"text is split":                      `(n) => { if (!n.name && !n.split) { n.split = true; const rest = text("~rest"); rest.split = true; n.parentNode.insertBefore(rest, n.nextSibling); } }`,
	"text is removed":                    `(n) => { if (!n.name) n.remove(); }`,
	"elements are removed":               `(n) => { if (["p", "li", "h1", "h2", "svg", "b"].includes(n.name)) n.remove(); }`,
	"elements are copied over":           `(n) => { if (n.name && n.attributes.id !== "app" && n.parentNode) { const c = made(n.name, n.attributes.id); for (const x of [...n.nodes]) c.appendChild(x); n.replaceWith(c); } }`,
	"elements are wrapped":               `(n) => { if (["p", "ul", "section"].includes(n.name) && n.parentNode.name !== "wrap") { const w = made("wrap"); n.replaceWith(w); w.appendChild(n); } }`,
	"elements change places":             `(n) => { if (n.name && n.nodes.length > 1) n.prepend(n.nodes.at(-1)); }`,
	"elements are added":                 `(n) => { if (n.name && n.name !== "addon") { n.prepend(made("addon")); n.appendChild(made("addon")); } }`,
	"comments are added":                 `(n) => { if (n.name && n.name !== "#comment") n.prepend(made("#comment")); }`,
	"all is removed from the page":       `(n) => { if (n.attributes.id === "app") n.nodes.slice().forEach((x) => x.remove()); }`,
	"the page is removed":                `(n) => { if (n.attributes.id === "app") n.remove(); }`,
	"the page is moved":                  `(n) => { if (n.attributes.id === "app" && n.parentNode.name === "body") { const w = made("wrap"); n.replaceWith(w); w.appendChild(n); } }`,
	"a part is moved out of the page":    `(n) => { if (["p", "li", "section"].includes(n.name)) document.body.appendChild(n); }`,
	"the page is copied over":            `(n) => { if (n.attributes.id === "app") n.replaceWith(made("main", "app", made("p", "", text("stale")))); }`,
	"what holds it is in it":             `(n) => { if (n.name === "ul") { const main = n.parentNode, w = made("wrap"); if (main?.parentNode) { n.remove(); main.replaceWith(n); n.appendChild(main); } } }`,
	"attributes are changed":             `(n) => { if (n.name && n.attributes.id !== "app") { n.attributes = {}; n.className = "x"; } }`,
}

// TestOthersChangeThePage: whatever others have made of the page, every text
// that changes then is the new one, once, and nothing else of the old is left.
func TestOthersChangeThePage(t *testing.T) {
	steps := []func(*view){
		func(v *view) { v.Says = "second" },
		func(v *view) { v.Items = 4 },
		func(v *view) { v.Picture = true },
		func(v *view) { v.Items, v.Says = 1, "third" },
		func(v *view) { v.Other = true },
		func(v *view) { v.Picture = false },
		func(v *view) { v.Root = true },
		func(v *view) { v.Items, v.Says = 3, "fourth" },
		func(v *view) { v.Root, v.Items, v.Says = false, 0, "fifth" },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			p := newPage(t)
			for i, step := range steps {
				js.Global().Call("all", js.Global().Call("eval", change))
				said := p.view.Says
				p.draw(step)
				got := p.markup()
				for _, stale := range []string{"first", "second", "third", "fourth"} {
					if strings.Contains(got, stale) && stale != p.view.Says {
						t.Errorf("step %d: %q is still there: %s", i, stale, got)
					}
				}
				// p, section or article, and the list; an item has its number at the end.
				if n := strings.Count(got, p.view.Says); n != 2+p.view.Items || said != p.view.Says && strings.Contains(got, "~"+p.view.Says) {
					t.Errorf("step %d: %q stands there %d times, want %d: %s", i, p.view.Says, n, 2+p.view.Items, got)
				}
			}
			// Others' nodes beside the page stay where they are.
			if got := p.markup(); strings.Count(got, "<addon></>") < 1 || !strings.Contains(got, "<script></>") {
				t.Errorf("beside the page: %s", got)
			}
		})
	}
}

// TestTranslationStays: to draw a page again does not undo what a translation
// has made of texts that are the same.
func TestTranslationStays(t *testing.T) {
	p := newPage(t)
	js.Global().Call("all", js.Global().Call("eval", changes["text is translated"]))
	before := p.markup()
	for i := 0; i < 3; i++ {
		p.draw(func(*view) {})
	}
	if got := p.markup(); got != before {
		t.Errorf("drawn again: %s\nbefore: %s", got, before)
	}
}

// TestBrowserRefuses: an exception of the browser's while the page is changed
// leaves the change to the next time.
func TestBrowserRefuses(t *testing.T) {
	p := newPage(t)
	js.Global().Call("eval", `(() => {
		const proto = Object.getPrototypeOf(document.body), real = proto.insertBefore;
		proto.insertBefore = () => { proto.insertBefore = real; throw new Error("an add-on's fault"); };
	})()`)
	p.draw(func(v *view) { v.Picture = true })
	p.draw(func(v *view) { v.Says = "again" })
	if got := p.markup(); strings.Count(got, "again") != 2+p.view.Items {
		t.Errorf("after an exception: %s", got)
	}
}

// TestStorageBlocked starts the program in a browser where even to look for a
// storage throws, and one that has none.
func TestStorageBlocked(t *testing.T) {
	for name, getter := range map[string]string{"blocked": `() => { throw new DOMException("no", "SecurityError"); }`, "null": `() => null`} {
		t.Run(name, func(t *testing.T) {
			js.Global().Call("eval", `for (const name of ["localStorage", "sessionStorage", "BroadcastChannel"])
				Object.defineProperty(globalThis, name, {configurable: true, get: `+getter+`})`)
			t.Cleanup(func() {
				js.Global().Call("eval", `for (const name of ["localStorage", "sessionStorage", "BroadcastChannel"]) delete globalThis[name]`)
			})
			p := newPage(t)
			ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
			defer cancel()
			p.start(ctx)
			p.Context().SetState("a", 1)
			if got := 0; true {
				if p.Context().GetState("a", &got); got != 1 {
					t.Errorf("the state is %d", got)
				}
			}
		})
	}
}

//go:build wasm

package app

import "syscall/js"

// A browser that translates, and add-ons, change the page under the program:
// text becomes elements of theirs, elements of ours are removed, copied, moved.
// go-app as released believes its nodes to be where it put them. It ends with
// the exception of the browser when one is not, and writes into nodes that
// nobody sees any more. Here an element whose children change, or whose text
// does, gets exactly its own nodes again, and an element that is not in the
// page at all is put back when the part around it is drawn; what is no longer
// ours leaves the page, wherever it is. The rest is left as others have made
// it: a translation stays until there is a new text.

// pageID is the id of the element in the body that is ours.
const pageID = "app"

// settler is an element that has children.
type settler interface{ settle() }

// settle makes the element's nodes those of its children, in their order.
func (e *htmlElement) settle() {
	defer survive()
	if e.tag == "body" {
		settlePage(e.children[0].JSValue())
		return
	}
	at := e.jsElement.Get("firstChild")
	for _, c := range e.children {
		n := c.JSValue()
		if !e.jsElement.Equal(n.Get("parentNode")) {
			e.jsElement.Call("insertBefore", n, at)
			continue
		}
		for at.Truthy() && !at.Equal(n) {
			at = drop(at)
		}
		at = n.Get("nextSibling")
	}
	for at.Truthy() {
		at = drop(at)
	}
}

// settlePage puts the page where the one before it is. The body belongs to
// others as well; what they have in it stays.
func settlePage(page Value) {
	document := Window().Get("document")
	old := document.Call("getElementById", pageID)
	switch {
	case page.Get("isConnected").Truthy():
	case old.Truthy():
		old.Call("replaceWith", page)
	default:
		document.Get("body").Call("prepend", page)
	}
}

// settleAbove settles the element that n is in.
func settleAbove(n UI) {
	for p := n.getParent(); p != nil; p = p.getParent() {
		if e, ok := p.(settler); ok {
			e.settle()
			return
		}
	}
}

// heal puts back elements that are gone from the page, and text that nothing
// stands in for.
func (e *htmlElement) heal() {
	defer survive()
	if len(e.children) == 0 {
		return
	}
	lost := !e.jsElement.Get("firstChild").Truthy()
	for _, c := range e.children {
		lost = lost || isLost(c)
	}
	if lost {
		e.settle()
	}
}

// heal puts the component's root back.
func (c *Compo) heal() {
	defer survive()
	if isLost(c.root) {
		settleAbove(c)
	}
}

// isLost says whether an element is not in the page. Of a text that is not
// there, something else tells, such as its translation.
func isLost(n UI) bool {
	return n.Kind() != SimpleText && !n.JSValue().Get("isConnected").Truthy()
}

// drop removes a node from wherever it is, and returns the one after it.
func drop(node Value) (next Value) {
	defer survive()
	if node == nil || !node.Truthy() {
		return node
	}
	next = node.Get("nextSibling")
	node.Call("remove")
	return next
}

// survive keeps an exception of the browser's from ending the program. What
// was not done is done with the next change.
func survive() {
	switch err := recover().(type) {
	case nil:
	case js.Error:
		Log(err)
	case *js.ValueError:
		Log(err)
	default:
		panic(err)
	}
}

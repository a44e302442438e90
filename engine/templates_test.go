package engine

import (
	"fmt"
	"testing"
)

func TestTemplates(t *testing.T) {
	tm := newTemplates(nil)
	name := func(shape string) string { return tm.names[tm.resolve(shape)] }
	f := func(shape, want string) {
		t.Helper()
		if got := name(shape); got != want {
			t.Errorf("%s: %s, want %s", shape, got, want)
		}
		if tm.resolve(shape) != tm.resolve(shape) {
			t.Errorf("%s has two numbers", shape)
		}
	}
	f("GET /api/orders/{id}", "GET /api/orders/{id}")
	f("POST /api/orders/{id}", "POST /api/orders/{id}")
	f(" /api/orders", "/api/orders") // no method
	f("GET /", "GET /")
	// Sixty-four names under one prefix are endpoints, more are slugs.
	for i := range maxChildren {
		s := fmt.Sprintf("GET /blog/post-%c%c", 'a'+i/26, 'a'+i%26)
		f(s, s)
	}
	f("GET /blog/one-more", "GET /blog/{slug}")
	f("GET /blog/and-another", "GET /blog/{slug}")
	f("GET /blog/post-aa", "GET /blog/post-aa") // known before
	f("GET /blog/one-more/comments", "GET /blog/{slug}/comments")
	f("GET /blog/two-more/comments/{id}", "GET /blog/{slug}/comments/{id}")
	f("GET /shop/one-more", "GET /shop/one-more") // another prefix
	if tm.resolve("GET /blog/x1") != tm.resolve("GET /blog/x2") {
		t.Error("two slugs of one place have two numbers")
	}
}

// However many shapes a scanner makes up, the templates are bounded, and
// what was known stays known.
func TestTemplatesAreBounded(t *testing.T) {
	tm := newTemplates(nil)
	first := tm.resolve("GET /api/orders/{id}")
	for i := range 3 * maxAliases {
		tm.resolve(fmt.Sprintf("GET /%d-%d/%d-a/%d-b", i%61, i/61%61, i/61%59, i))
	}
	if len(tm.names) > maxTemplates || len(tm.aliases) > maxAliases || len(tm.nodes) > maxTemplates {
		t.Errorf("%d templates, %d aliases, %d nodes", len(tm.names), len(tm.aliases), len(tm.nodes))
	}
	if tm.resolve("GET /api/orders/{id}") != first {
		t.Error("a template changed its number")
	}
	if id := tm.resolve("PURGE /new/{id}"); id != 0 || tm.names[id] != "{other}" {
		t.Errorf("beyond the bound: %s", tm.names[id])
	}
}

func TestChild(t *testing.T) {
	tm := newTemplates(nil)
	f := func(list, of string, want bool) {
		t.Helper()
		a, b := tm.resolve(list), tm.resolve(of)
		if tm.child(uint16(a+1), b) != want {
			t.Errorf("%s belongs to %s: %v", of, list, !want)
		}
		if tm.child(0, b) {
			t.Errorf("%s belongs to no list at all", of)
		}
	}
	f("GET /api/orders", "GET /api/orders/{id}", true)
	f("GET /api/orders", "DELETE /api/orders/{uuid}", true)
	f("GET /api/orders", "GET /api/orders/{id}/items", true)
	f("GET /api/orders", "GET /api/orders/{id}/items/{id}", false)
	f("GET /api/orders/{id}/items", "GET /api/orders/{id}/items/{id}", true)
	f("GET /api/orders", "GET /api/users/{id}", false)
	f("GET /api/orders", "GET /api/orders", false)
	f("POST /api/orders", "GET /api/orders/{id}", false)
}

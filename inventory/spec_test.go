package inventory

import "testing"

func TestMatch(t *testing.T) {
	s := &Spec{}
	for _, path := range []string{"/orders", "/orders/{orderId}", "/orders/latest", "/users/{id}/files/{name}.json", "/", "/{kind}/{id}", "/users/{id}/files/{name}"} {
		s.Add(&Operation{Method: "GET", Path: path}, "", "/v1")
	}
	s.Add(&Operation{Method: "DELETE", Path: "/orders/{orderId}"}, "", "/v1")
	f := func(shape, name string, doc Doc, want string) {
		t.Helper()
		n, d, o := s.Match(shape)
		got := ""
		if o != nil {
			got = o.Method + " " + o.Path
		}
		if n != name || d != doc || got != want {
			t.Errorf("%s: %s %v %q, want %s %v %q", shape, n, d, got, name, doc, want)
		}
	}
	f("GET /v1/orders", "GET /v1/orders", Documented, "GET /orders")
	f("GET /v1/orders/", "GET /v1/orders/", Documented, "GET /orders")
	f("GET /v1/orders/{id}", "GET /v1/orders/{orderId}", Documented, "GET /orders/{orderId}")
	f("GET /orders/{uuid}", "GET /orders/{orderId}", Documented, "GET /orders/{orderId}")
	f("GET /Orders/Ann", "GET /Orders/{orderId}", Documented, "GET /orders/{orderId}")
	f("GET /v1/orders/latest", "GET /v1/orders/latest", Documented, "GET /orders/latest")
	f("HEAD /v1/orders?id={id}", "HEAD /v1/orders?id={id}", Documented, "GET /orders")
	f("OPTIONS /v1/orders/{id}", "OPTIONS /v1/orders/{orderId}", Documented, "GET /orders/{orderId}")
	f("/v1/orders", "/v1/orders", Documented, "GET /orders")
	f("DELETE /v1/orders/{id}", "DELETE /v1/orders/{orderId}", Documented, "DELETE /orders/{orderId}")
	f("DELETE /v1/orders", "DELETE /v1/orders", OtherMethod, "")
	f("PUT /v1/orders/ann", "PUT /v1/orders/{orderId}", OtherMethod, "")
	f("GET /users/{id}/files/a.json", "GET /users/{id}/files/{name}.json", Documented, "GET /users/{id}/files/{name}.json")
	f("GET /users/{id}/files/.json", "GET /users/{id}/files/{name}", Documented, "GET /users/{id}/files/{name}")
	f("GET /cars/{id}", "GET /{kind}/{id}", Documented, "GET /{kind}/{id}")
	f("GET /v1/orders/{id}/items", "GET /v1/orders/{id}/items", Undocumented, "")
	f("GET /", "GET /", Documented, "GET /")
	f("{other}", "{other}", Undescribed, "")
	f("GET {malformed}", "GET {malformed}", Undescribed, "")

	for _, none := range []*Spec{nil, {}} {
		if n, d, o := none.Match("GET /orders/{id}"); n != "GET /orders/{id}" || d != Undescribed || o != nil {
			t.Errorf("nobody described it: %s %v %v", n, d, o)
		}
	}
	o := Operation{Status: []int{4, 200}, Params: []string{"page", "size"}}
	if !o.Answers(200) || !o.Answers(404) || o.Answers(500) || !(&Operation{}).Answers(500) || !(&Operation{Status: []int{0}}).Answers(500) {
		t.Error("documented answers")
	}
	if !o.Takes("page") || o.Takes("admin") {
		t.Error("documented parameters")
	}
	if l := (Limit{100, 3600}); l.In(60) != 100 || l.In(7200) != 200 || (Limit{}).In(60) != 0 || (Limit{10, 1}).In(60) != 600 {
		t.Error("limits of other windows")
	}
}

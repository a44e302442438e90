package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"goshawk/inventory"
)

const petstore = `openapi: 3.0.3
info: {title: Orders, version: "1"}
x-ratelimit: 600
servers:
- url: https://api.example.com/v1/
- url: https://{region}.example.com/v1
  variables: {region: {default: eu}}
security:
- key: []
paths:
  /orders:
    x-rate-limit: {limit: 100, period: hour}
    parameters:
    - {name: tenant, in: query, schema: {type: string}}
    get:
      parameters:
      - {name: page, in: query, schema: {type: integer}}
      - {name: X-Trace, in: header, schema: {type: string}}
      responses: {"200": {description: all}, 4XX: {description: no}, default: {description: other}}
    post:
      x-ratelimit: 30 per 10s
      security: []
      responses: {"201": {description: made}}
  /orders/{orderId}:
    $ref: 'paths.yaml#/order'
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-API-Key}
`

const paths = `order:
  get:
    parameters:
    - {name: orderId, in: path, required: true, schema: {type: string}}
    responses: {"200": {description: one}}
`

// The same by the next version, in JSON, with a type that only it knows.
const modern = `{"openapi": "3.1.0", "info": {"title": "Users", "version": "2"},
 "paths": {"/users/{id}": {"delete": {"x-ratelimit": "5/min", "security": [{}, {"key": []}],
   "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": ["string", "null"], "const": "x"}}],
   "responses": {"204": {"description": "gone"}}}}},
 "webhooks": {"made": {"post": {"responses": {"200": {"description": "ok"}}}}}}
`

func put(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAddOpenAPI(t *testing.T) {
	dir := put(t, map[string]string{"api.yaml": petstore, "paths.yaml": paths, "users.json": modern})
	s := &inventory.Spec{}
	for _, name := range []string{"api.yaml", "users.json"} {
		if err := AddOpenAPI(s, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, o := range s.Operations {
		got = append(got, fmt.Sprintf("%s %s %v secured %v, %v, %v, %s:%d", o.Method, o.Path, o.Params, o.Secured, o.Limit, o.Status, filepath.Base(o.File), o.Line))
	}
	want := `GET /orders [page tenant] secured true, 100 an hour, [0 4 200], api.yaml:15
POST /orders [tenant] secured false, 30 in 10 seconds, [201], api.yaml:20
GET /orders/{orderId} [] secured true, 600 a minute, [200], paths.yaml:2
DELETE /users/{id} [] secured false, 5 a minute, [204], users.json:2`
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
	for shape, want := range map[string]string{"GET /v1/orders/7": "GET /v1/orders/{orderId}", "GET /orders/7": "GET /orders/{orderId}", "GET /v2/orders/7": "GET /v2/orders/7"} {
		if got, _, _ := s.Match(shape); got != want {
			t.Errorf("%s: %s, want %s", shape, got, want)
		}
	}
}

func TestSpecErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		path := filepath.Join(put(t, map[string]string{"api.yaml": text}), "api.yaml")
		s := &inventory.Spec{}
		err := AddOpenAPI(s, path)
		if len(s.Operations)+len(s.Files) > 0 {
			t.Errorf("half of it was taken: %+v", s)
		}
		if err == nil {
			t.Errorf("no error in:\n%s", text)
			return
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("in:\n%s\ngot:\n%v\nwant:\n%s", text, err, w)
			}
		}
	}
	change := func(old, with string) string {
		t.Helper()
		if !strings.Contains(petstore, old) {
			t.Fatalf("no %q", old)
		}
		whole := strings.Replace(petstore, "    $ref: 'paths.yaml#/order'\n", "    get: {responses: {default: {description: one}}}\n", 1)
		return strings.Replace(whole, old, with, 1)
	}
	f("openapi: [3", "api.yaml:1: ")
	f("openapi: 3.0.0\ninfo: {title: T}\n  x: {}", "api.yaml:2: ")
	f("swagger: \"2.0\"\npaths: {/a: {get: {responses: {default: {description: x}}}}}", "api.yaml:1: this is no description by OpenAPI 3")
	f("a log line", "api.yaml:1: ")
	f("openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}", "it describes no path")
	f(change("x-ratelimit: 30 per 10s", "x-ratelimit: often"), `api.yaml:21: x-ratelimit: "often" is no limit such as 100/minute`)
	f(change("{limit: 100, period: hour}", "{limit: 100, period: moon}"), `api.yaml:12: x-rate-limit: moon is no period`)
	f(change("x-ratelimit: 600", "x-ratelimit: -1"), `api.yaml:3: x-ratelimit: -1 requests are no limit`)
	f(change("{type: integer}", "{$ref: 'https://example.com/page.json'}"), "api.yaml:", "https://example.com/page.json is not fetched")
	f(change("{type: integer}", "{$ref: '#/components/schemas/Page'}"), "api.yaml:17: ", `"schemas" not found`)
	f(change("x-ratelimit: 600", "x-ratelimit: much")+"x-rate-limit: never\n", `"much"`)
	if err := AddOpenAPI(&inventory.Spec{}, "no/such.yaml"); err == nil || !strings.Contains(err.Error(), "no/such.yaml") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestLimit(t *testing.T) {
	f := func(v any, want string) {
		t.Helper()
		if got, err := readLimit(v); err != nil || got.String() != want {
			t.Errorf("%v: %v, %v, want %v", v, got, err, want)
		}
	}
	f(100.0, "100 a minute")
	f("100", "100 a minute")
	f("100/hour", "100 an hour")
	f("100 / h", "100 an hour")
	f("100 per 15 minutes", "100 in 900 seconds")
	f("5/s", "5 a second")
	f(map[string]any{"requests": 10.0, "window": 30.0}, "10 in 30 seconds")
	f(map[string]any{"limit": "10", "per": "1m30s"}, "10 in 90 seconds")
	f(map[string]any{"max": 24.0, "interval": "day"}, "24 a day")
}

package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"goshawk/engine"
)

// TestPosture: an endpoint that nearly everybody names themselves on, and that
// answers one who does not; and no facts about a log that names nobody.
func TestPosture(t *testing.T) {
	log := func(user func(i int) string) string {
		var b strings.Builder
		for i := range 400 {
			fmt.Fprintf(&b, "198.51.100.%d - %s [23/Nov/2026:09:%02d:%02d +0000] \"GET /api/exports/monthly HTTP/1.1\" 200 900 \"-\" \"Mozilla/5.0\"\n", i%200, user(i), i/60, i%60)
		}
		return b.String()
	}
	f := func(text string, want ...string) {
		t.Helper()
		r, err := engine.Run(context.Background(), []engine.Source{&memory{name: "x.log", text: []byte(text), most: 1 << 16, r: rand.New(rand.NewPCG(1, 1))}}, engine.Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range r.Posture {
			got += fmt.Sprintf("%s %s %d: %s\n", p.Fact, p.Endpoint, len(p.Lines), p.Evidence)
		}
		if got != strings.Join(want, "") {
			t.Errorf("got %s", got)
		}
	}
	f(log(func(i int) string {
		if i == 77 || i == 99 {
			return "-"
		}
		return fmt.Sprintf("u%d", i%200)
	}), "open_endpoint GET /api/exports/monthly 1: 2 of 400 successes went to callers whom the log does not name; 398 named theirs. Of the whole API's successes 100 % were named.\n")
	f(log(func(int) string { return "-" }))
	f(log(func(i int) string {
		if i%2 == 0 {
			return "-"
		}
		return "u1"
	}))
}

// TestCloudPosture: who gets into an AWS account without a second factor, and
// whether its owner has a key. People of single sign-on show theirs elsewhere.
func TestCloudPosture(t *testing.T) {
	record := func(who, name, more string) string {
		return fmt.Sprintf("{\"eventVersion\":\"1.08\",\"userIdentity\":{%s},\"eventTime\":\"2026-11-23T09:00:00Z\",\"eventSource\":\"signin.amazonaws.com\",\"eventName\":%q,\"awsRegion\":\"us-east-1\",\"sourceIPAddress\":\"198.51.100.7\",\"userAgent\":\"Mozilla/5.0\",%s\"requestID\":\"x\"}\n", who, name, more)
	}
	user := func(name string) string {
		return fmt.Sprintf(`"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/%s","userName":%q`, name, name)
	}
	root := `"type":"Root","arn":"arn:aws:iam::123456789012:root"`
	login := func(outcome, mfa string) string {
		return fmt.Sprintf(`"responseElements":{"ConsoleLogin":%q},"additionalEventData":{"MFAUsed":%q},`, outcome, mfa)
	}
	text := record(user("ann"), "ConsoleLogin", login("Success", "No")) +
		record(user("ann"), "ConsoleLogin", login("Success", "No")) +
		record(user("ben"), "ConsoleLogin", login("Success", "Yes")) +
		record(user("cat"), "ConsoleLogin", login("Failure", "No")) +
		record(`"type":"AssumedRole","arn":"arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/dan"`, "ConsoleLogin", login("Success", "No")) +
		record(root, "ConsoleLogin", login("Success", "Yes")) +
		record(root, "ConsoleLogin", login("Success", "No")) +
		record(root+`,"accessKeyId":"AKIAIOSFODNN7EXAMPLE"`, "GetCallerIdentity", "")
	r := run(t, engine.Options{}, 1<<16, []byte(text))
	var got []string
	for _, p := range r.Posture {
		got = append(got, fmt.Sprintf("%s %d: %s", p.Fact, p.Lines[0].Line, p.Evidence))
	}
	want := []string{
		"root_without_mfa 7: The owner of the account (root), who may do everything, got into the console once without a second factor, of 2 in all.",
		"root_key 8: The owner of the account (root), who may do everything, has an access key that does not expire; it was used once.",
		"console_without_mfa 1: Of 3 log-ins of users to the console, 2 showed no second factor; they are of 1 user.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestGuessable: what belongs to one each and is numbered in a row.
func TestGuessable(t *testing.T) {
	f := func(step int, want string) {
		t.Helper()
		var b strings.Builder
		for i := range 400 {
			k := i % 100
			fmt.Fprintf(&b, "198.51.100.%d - u%d [23/Nov/2026:09:%02d:%02d +0000] \"GET /api/orders/%d HTTP/1.1\" 200 900 \"-\" \"Mozilla/5.0\"\n", k, k, i/60, i%60, 1000+k*step)
		}
		got := ""
		for _, p := range run(t, engine.Options{}, 1<<16, []byte(b.String())).Posture {
			got += p.Fact + " " + p.Endpoint + ": " + p.Evidence
		}
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("every %d: %s", step, got)
		}
	}
	f(1, "guessable_ids GET /api/orders/{id}: 100 things with an owner of their own are numbered from 1000 to 1099: nearly every guess is somebody's.")
	f(40, "guessable_ids GET /api/orders/{id}: 100 things with an owner of their own are numbered from 1000 to 4960: one in 39 guesses is somebody's.")
	f(100_000, "")
}

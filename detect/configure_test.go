package detect_test

import (
	"strings"
	"testing"

	"goshawk/detect"
	"goshawk/event"
)

// Every detector says what it is and what each of its parameters means.
func TestEveryDetectorIsDocumented(t *testing.T) {
	for _, d := range detect.All() {
		for what, text := range map[string]string{"Name": d.Name, "Title": d.Title, "Doc": d.Doc, "Threat": d.Threat, "Family": d.Family, "Since": d.Since} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no %s", d.Name, what)
			}
		}
		if len(d.Scopes) == 0 || d.Needs == 0 || d.Impact == detect.NoSeverity {
			t.Errorf("%s lacks scopes, needs or impact", d.Name)
		}
		if _, ok := detect.Lookup(d.Over); d.Over != "" && !ok {
			t.Errorf("%s goes before %q, which is no detector", d.Name, d.Over)
		}
		for _, p := range d.Params() {
			if p.Name == "" || p.Doc == "" || p.Default == "" {
				t.Errorf("%s: parameter %+v says too little", d.Name, p)
			}
			if _, err := d.Configure(map[string]any{p.Name: 7}); err != nil {
				t.Errorf("the parameter is listed but cannot be set: %v", err)
			}
		}
	}
}

func TestConfigure(t *testing.T) {
	f := func(set map[string]any, want string) {
		t.Helper()
		got := ""
		if b, err := detect.CredentialStuffing.Configure(set); err != nil {
			got = err.Error()
		} else if b.Detector != detect.CredentialStuffing || b.Judge == nil || b.Tell == nil {
			t.Errorf("%v: bound to %v", set, b.Detector)
		}
		if got != want {
			t.Errorf("%v: %q, want %q", set, got, want)
		}
	}
	f(nil, "")
	f(map[string]any{"enabled": false}, "")
	f(map[string]any{"accounts": 30}, "")
	f(map[string]any{"accounts": uint64(30), "attempts": 12.0}, "")
	f(map[string]any{"Accounts": 30}, "")
	f(map[string]any{"account": 30}, `detect.credential_stuffing has no parameter "account"`)
	f(map[string]any{"accounts": "many"}, "detect.credential_stuffing.accounts: many is no number")
	f(map[string]any{"accounts": true}, "detect.credential_stuffing.accounts: true is no number")
	f(map[string]any{"accounts": nil}, "detect.credential_stuffing.accounts: <nil> is no number")
	f(map[string]any{"accounts": -1}, "detect.credential_stuffing.accounts: -1 is negative")
}

// A parameter set changes the judgement, and only of the detector it was set on.
func TestConfigureChangesTheBoundDetectorOnly(t *testing.T) {
	strict, err := detect.UUIDGuessing.Configure(map[string]any{"distinct": 9})
	if err != nil {
		t.Fatal(err)
	}
	if got := detect.UUIDGuessing.Params()[0].Default; got != "10" {
		t.Errorf("the default is %s now, want 10", got)
	}
	loose, err := detect.UUIDGuessing.Configure(map[string]any{"distinct": 100})
	if err != nil {
		t.Fatal(err)
	}
	c := guesses(20)
	if s := strict.Judge(c); s.LLR < 4 {
		t.Errorf("twenty guesses, nine asked for: LLR %.2f", s.LLR)
	}
	if s := loose.Judge(c); s.LLR != 0 {
		t.Errorf("twenty guesses, a hundred asked for: LLR %.2f, want 0", s.LLR)
	}
}

func TestAll(t *testing.T) {
	l := detect.All()
	for i := 1; i < len(l); i++ {
		if l[i-1].Name >= l[i].Name {
			t.Errorf("%s comes before %s", l[i-1].Name, l[i].Name)
		}
	}
	if d, ok := detect.Lookup("rate"); !ok || d != detect.Rate || !d.Has(event.IP) || d.Has(event.Account) {
		t.Errorf("Lookup(rate) = %v, %v", d, ok)
	}
	if _, ok := detect.Lookup("Rate"); ok {
		t.Error("names are lower case")
	}
}

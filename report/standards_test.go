package report

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"goshawk/detect"
	"goshawk/threat"
)

// rows are the ids that a detector's findings carry, by detector: OAT v1.30,
// OWASP API Security Top 10 2023, ATT&CK v19, CWE. A dash stands for no honest
// id: OAT catalogues automated abuse and no break-in, client impersonation and
// addresses that change are means to any of it, and a cloud's credentials are
// no weakness of the API.
const rows = `
account_takeover     | OAT-008          | API2:2023            | T1078 T1110.004           | CWE-307
aws_denied           | OAT-018          | API5:2023            | T1580 T1526 T1087.004     | -
aws_escalation       | -                | API5:2023 API8:2023  | T1098 T1685.002           | CWE-778
aws_exfiltration     | -                | API5:2023            | T1530 T1537 T1555.006     | -
aws_leaked_key       | -                | API2:2023            | T1078.004                 | CWE-522
aws_recon            | OAT-018          | API5:2023            | T1580 T1526 T1087.004     | -
bfla                 | OAT-018          | API5:2023            | T1595.003                 | CWE-285 CWE-862
bola                 | OAT-011          | API1:2023            | T1190 T1119               | CWE-639 CWE-285
brute_force          | OAT-007          | API2:2023            | T1110.001                 | CWE-307
bulk_registration    | OAT-019          | API6:2023            | T1585                     | CWE-799 CWE-837
coupon_guessing      | OAT-002          | API6:2023            | -                         | CWE-799 CWE-837
credential_stuffing  | OAT-008          | API2:2023            | T1110.004                 | CWE-307 CWE-799
distributed_scraping | OAT-011          | API4:2023 API6:2023  | T1119 T1213               | CWE-799
enumeration          | OAT-011          | API1:2023            | T1595.003                 | CWE-639
flow_bypass          | OAT-006          | API6:2023            | -                         | CWE-841
forwarded_spoofing   | -                | API8:2023            | -                         | CWE-348
function_overuse     | OAT-003          | API4:2023 API6:2023  | T1496.003                 | CWE-799 CWE-841
giftcard_guessing    | OAT-001 OAT-002  | API6:2023            | T1657                     | CWE-799 CWE-837
ignored_throttling   | OAT-015          | API4:2023            | T1499.002                 | CWE-770 CWE-799
impossible_travel    | -                | API2:2023            | T1550.004                 | CWE-294 CWE-613
inventory_hoarding   | OAT-021          | API6:2023            | -                         | CWE-799 CWE-837
ip_rotation          | -                | API4:2023            | T1090.002                 | CWE-799
key_farm             | -                | API6:2023            | T1585                     | CWE-799
leaked_key           | -                | API2:2023            | T1550.001                 | CWE-294 CWE-613
limit_pacing         | OAT-011 OAT-015  | API4:2023            | -                         | CWE-799
missing_headers      | -                | -                    | -                         | -
own_baseline         | -                | API2:2023            | T1550.001                 | CWE-294 CWE-613
password_spraying    | OAT-007          | API2:2023            | T1110.003                 | CWE-307
payload_attack       | OAT-014          | API7:2023 API8:2023  | T1190                     | CWE-22 CWE-78 CWE-79 CWE-89 CWE-918
rate                 | OAT-015          | API4:2023            | T1499.002                 | CWE-770 CWE-799
reconnaissance       | OAT-014 OAT-018  | API8:2023 API9:2023  | T1595.002 T1595.003       | CWE-200
referral_farming     | OAT-019          | API6:2023            | T1585                     | CWE-799 CWE-837
resource_exhaustion  | OAT-015          | API4:2023            | T1499.003                 | CWE-400 CWE-770
scraping             | OAT-011          | API4:2023 API6:2023  | T1119 T1213               | CWE-799
spread_probing       | OAT-014 OAT-018  | API8:2023 API9:2023  | T1595.002 T1595.003       | CWE-200
uniform_interval     | -                | API4:2023            | T1090.002                 | CWE-799
unusual_request      | -                | API9:2023            | T1190                     | CWE-1059
uuid_guessing        | OAT-011          | API1:2023            | T1595.003                 | CWE-639
wordpress            | OAT-007          | API2:2023            | T1110.001 T1595.003       | CWE-307
`

// Every detector's findings carry the ids of its row, and every row is a
// detector's.
func TestStandards(t *testing.T) {
	forms := [4]*regexp.Regexp{
		regexp.MustCompile(`^OAT-0(0[1-9]|1\d|2[01])$`), regexp.MustCompile(`^API([1-9]|10):` + owaspAPIRelease + `$`),
		regexp.MustCompile(`^T\d{4}(\.\d{3})?$`), regexp.MustCompile(`^CWE-\d+$`),
	}
	seen := 0
	for row := range strings.Lines(strings.TrimSpace(rows)) {
		cells := strings.Split(row, "|")
		name := strings.TrimSpace(cells[0])
		d, ok := detect.Lookup(name)
		if !ok {
			t.Errorf("%s is no detector", name)
			continue
		}
		seen++
		p, err := threat.Lookup(d.Threat)
		if err != nil {
			t.Error(err)
		}
		f := detect.Finding{Detector: d.Name, Threat: d.Threat}
		detect.Advise(&f)
		for i, got := range [][]string{f.Standards.OAT, f.Standards.OWASPAPI, f.Standards.Attack, f.Standards.CWE} {
			want := strings.Fields(strings.ReplaceAll(cells[i+1], "-\n", ""))
			if slices.Equal(want, []string{"-"}) {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q; see threat/%s.md", name, got, want, p.Slug)
			}
			for _, id := range got {
				if !forms[i].MatchString(id) {
					t.Errorf("%s: %q is no id of its catalogue", name, id)
				}
			}
		}
	}
	if n := len(detect.All()); seen != n || n == 0 {
		t.Errorf("%d detectors have a row, of %d", seen, n)
	}
}

func TestTechnique(t *testing.T) {
	f := func(id, parent, sub, page string) {
		t.Helper()
		if p, s := technique(id); p != parent || s != sub || attackPage(id) != "https://attack.mitre.org/techniques/"+page {
			t.Errorf("%s: %q, %q, %s", id, p, s, attackPage(id))
		}
	}
	f("T1110.004", "T1110", "T1110.004", "T1110/004/")
	f("T1190", "T1190", "", "T1190/")
}

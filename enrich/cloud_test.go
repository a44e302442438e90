package enrich

import (
	"strings"
	"testing"

	"goshawk/event"
)

func TestDeeds(t *testing.T) {
	f := func(path string, want event.Deed) {
		t.Helper()
		if got := deedOf(path).deed; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	f("/sts.amazonaws.com/GetCallerIdentity", event.WhoAmI)
	f("/iam.amazonaws.com/ListUsers", event.Look)
	f("/lambda.amazonaws.com/GetFunction20150331v2", event.Look)
	f("/s3.amazonaws.com/ListObjectsV2", event.Look)
	f("/email.amazonaws.com/SendEmail", event.Spend)
	f("/cloudtrail.amazonaws.com/StopLogging", event.Blind)
	f("/ec2.amazonaws.com/DeleteVpc", event.Undo)
	f("/ec2.amazonaws.com/DeleteFlowLogs", event.Blind)
	f("/dynamodb.amazonaws.com/GetItem", event.NoDeed)
	f("/", event.NoDeed)
}

// TestDeedsAreTold: each call is listed once, and the kinds that are counted in
// 64 bits are no more than that.
func TestDeedsAreTold(t *testing.T) {
	listed, by := 0, map[event.Deed]int{}
	for call, d := range deeds {
		by[d.deed]++
		if service, name, ok := strings.Cut(call, ":"); !ok || service == "" || name == "" {
			t.Errorf("%q is no service:Action", call)
		}
	}
	for _, calls := range deedLists {
		listed += len(strings.Fields(calls))
	}
	if listed != len(deeds) {
		t.Errorf("%d calls are listed, %d different ones", listed, len(deeds))
	}
	for d, n := range by {
		most := 64
		switch d {
		case event.Look:
			most = 256
		case event.Secret, event.Fetch:
			most = 16
		}
		if n > most {
			t.Errorf("deed %d has %d calls, more than %d", d, n, most)
		}
	}
}

func TestCallers(t *testing.T) {
	f := func(agent string, want event.Caller) {
		t.Helper()
		if got := callerOf(agent); got != want {
			t.Errorf("%s: %b, want %b", agent, got, want)
		}
	}
	f("aws-cli/2.17.44 md/awscrt#0.21.2", event.FromShell)
	f("aws-cli/1.18.136 Python/3.8.5 Darwin/19.6.0 botocore/1.17.59", event.FromShell|event.FromMac)
	f("APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io)", event.FromBuilder)
	f("[S3Console/0.4, aws-internal/3]", event.FromConsole)
	f("Mozilla/5.0 (X11; Linux x86_64)", event.FromConsole)
	f("Boto3/1.34 md/Botocore#1.34 os/linux#5.10-kali9", event.FromAttacker)
	f("Boto3/1.34.101 md/Botocore#1.34.101", 0)
}

func TestRoleOf(t *testing.T) {
	f := func(arn, want string) {
		t.Helper()
		if got := roleOf(arn); got != want {
			t.Errorf("%s: %q, want %q", arn, got, want)
		}
	}
	f("arn:aws:sts::1:assumed-role/web/i-1", "arn:aws:sts::1:assumed-role/web")
	f("arn:aws:sts::1:assumed-role/web", "arn:aws:sts::1:assumed-role/web")
	f("arn:aws:iam::1:user/anna", "")
	f("", "")
}

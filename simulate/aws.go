package simulate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"goshawk/event"
)

// cloud is an account at AWS as CloudTrail tells of it: an event is a call of
// one service by one principal, without size or duration.
type cloud struct{ account string }

// aws draws an account. Its people sign in through a portal or on the
// console's own form, its programmes with keys and roles.
func aws(r *rand.Rand) *api {
	d := dice{r}
	a := server(d)
	a.host = "aws.amazon.com"
	a.weekend = d.between(0.05, 0.3)
	a.members = true
	a.logs = logs{user: true, session: true}
	a.limit = d.wide(300, 3000)
	a.login = login{path: "/signin.amazonaws.com/ConsoleLogin", ok: 200, fail: 401}
	a.me = "/sts.amazonaws.com/GetCallerIdentity"
	a.cloud = &cloud{account: fmt.Sprintf("%012d", d.Uint64N(1e12))}
	return a
}

// asCall turns a request into CloudTrail's record of it.
func asCall(e *event.Event) {
	e.Method, e.Scheme, e.Proto, e.Query, e.Referer = "API", "", "", "", ""
	e.Host, _, _ = strings.Cut(strings.TrimPrefix(e.Path, "/"), "/")
	e.Duration, e.BytesOut, e.BytesIn = -1, -1, -1
}

// call calls "service:Action" and returns the status: 200, 403 denied, 404 no
// such thing, 400 invalid, 429 throttled.
func (c *client) call(action string, allowed bool) int {
	service, name, _ := strings.Cut(action, ":")
	a := ask{method: "API", path: "/" + service + ".amazonaws.com/" + name, status: 200}
	switch {
	case !allowed:
		a.status = 403
	case c.chance(0.004):
		a.status = c.pickInt(404, 400)
	}
	return c.send(a)
}

// someUser is the key of a user of the account: long-lived, its name begins
// with AKIA.
func (c *cast) someUser(name string) identity {
	return identity{user: "arn:aws:iam::" + c.api.cloud.account + ":user/" + name, key: "AKIA" + strings.ToUpper(token(c.dice, 16))}
}

// someRole is a role that somebody took for some hours.
func (c *cast) someRole(role, session string) identity {
	return identity{user: "arn:aws:sts::" + c.api.cloud.account + ":assumed-role/" + role + "/" + session,
		key: "ASIA" + strings.ToUpper(token(c.dice, 16)), session: "AROA" + strings.ToUpper(token(dice{rng(c.api.seed, role)}, 17)) + ":" + session}
}

// named is how a person is called in the account.
func (p person) named() string { return strings.Split(p.account, "@")[0] }

var cliAgents = []string{"aws-cli/2.17.44 md/awscrt#0.21.2 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.11.9", "aws-cli/2.15.30 Python/3.11.8 Darwin/23.4.0 exe/x86_64 prompt/off", "aws-cli/1.32.101 md/Botocore#1.34.101 ua/2.0 os/linux#5.15",
	"Boto3/1.34.101 md/Botocore#1.34.101 ua/2.0 os/linux#6.1.0 lang/python#3.12.3", "Boto3/1.28.57 Python/3.10.12 Linux/5.15 Botocore/1.31.57", "aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5", "aws-sdk-java/2.25.60 Linux/5.10 OpenJDK_64-Bit_Server_VM/17", "aws-sdk-js/3.600.0 ua/2.0 os/linux lang/js md/nodejs#20.14.0"}

// What may be called, by what it is good for.
var (
	lookCalls = strings.Fields(`iam:ListUsers iam:ListRoles iam:ListPolicies iam:ListAttachedUserPolicies iam:ListGroupsForUser iam:GetAccountSummary iam:GetAccountAuthorizationDetails iam:ListAccessKeys iam:GetUser
iam:ListMFADevices iam:GetPolicyVersion iam:SimulatePrincipalPolicy s3:ListBuckets s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketLocation s3:ListObjects ec2:DescribeInstances ec2:DescribeSecurityGroups
ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeSnapshots ec2:DescribeImages ec2:DescribeRegions ec2:DescribeKeyPairs ec2:DescribeAccountAttributes rds:DescribeDBInstances rds:DescribeDBSnapshots
lambda:ListFunctions lambda:GetFunction secretsmanager:ListSecrets ssm:DescribeParameters ssm:DescribeInstanceInformation kms:ListKeys kms:ListAliases dynamodb:ListTables ecs:ListClusters eks:ListClusters
ecr:DescribeRepositories cloudtrail:DescribeTrails cloudtrail:GetTrailStatus guardduty:ListDetectors organizations:DescribeOrganization organizations:ListAccounts ses:GetSendQuota ses:ListIdentities
ses:GetAccount bedrock:ListFoundationModels servicequotas:ListServiceQuotas support:DescribeCases route53:ListHostedZones sns:ListTopics sqs:ListQueues logs:DescribeLogGroups ce:GetCostAndUsage budgets:DescribeBudgets`)
	riseCalls = strings.Fields(`iam:AttachUserPolicy iam:PutUserPolicy iam:AttachRolePolicy iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:CreateAccessKey iam:CreateUser iam:CreateLoginProfile iam:UpdateLoginProfile
iam:AddUserToGroup iam:UpdateAssumeRolePolicy iam:PassRole iam:CreateRole sts:AssumeRole lambda:CreateFunction20150331 lambda:UpdateFunctionCode20150331v2 lambda:AddPermission20150331v2 ec2:RunInstances
ec2:AssociateIamInstanceProfile glue:CreateDevEndpoint cloudformation:CreateStack ssm:SendCommand sts:GetFederationToken iam:DeactivateMFADevice iam:PutRolePolicy`)
	blindCalls = strings.Fields(`cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail cloudtrail:PutEventSelectors guardduty:DeleteDetector guardduty:UpdateDetector guardduty:CreateIPSet ec2:DeleteFlowLogs
config:StopConfigurationRecorder config:DeleteConfigurationRecorder logs:DeleteLogGroup logs:PutRetentionPolicy securityhub:DisableSecurityHub monitoring:DeleteAlarms s3:PutBucketLogging`)
	takeCalls = strings.Fields(`secretsmanager:GetSecretValue ssm:GetParameters ssm:GetParameter s3:GetObject s3:GetObject s3:GetObject ec2:ModifySnapshotAttribute rds:ModifyDBSnapshotAttribute ec2:ModifyImageAttribute
ec2:CreateSnapshot rds:CreateDBSnapshot rds:StartExportTask s3:PutBucketPolicy dynamodb:Scan kms:Decrypt ecr:GetDownloadUrlForLayer lambda:GetFunction20150331v2 ec2:GetPasswordData`)
	workCalls = strings.Fields(`s3:GetObject s3:PutObject s3:ListObjects dynamodb:GetItem dynamodb:Query dynamodb:PutItem sqs:ReceiveMessage sqs:DeleteMessage sqs:SendMessage kms:Decrypt kms:GenerateDataKey
secretsmanager:GetSecretValue ssm:GetParameters sns:Publish logs:CreateLogStream ses:SendRawEmail ecr:BatchGetImage ecr:GetDownloadUrlForLayer sts:GetCallerIdentity monitoring:PutMetricData ses:SendEmail dynamodb:Scan bedrock:InvokeModel bedrock:InvokeModelWithResponseStream`)
	buildCalls = strings.Fields(`ec2:RunInstances ec2:CreateSecurityGroup ec2:AuthorizeSecurityGroupIngress ec2:CreateTags iam:PassRole iam:CreateRole iam:AttachRolePolicy iam:PutRolePolicy lambda:UpdateFunctionCode20150331v2 ecs:UpdateService
ecs:RegisterTaskDefinition s3:PutObject s3:CreateBucket s3:PutBucketPolicy rds:ModifyDBInstance route53:ChangeResourceRecordSets ecr:PutImage cloudformation:UpdateStack elasticloadbalancing:CreateTargetGroup ssm:PutParameter secretsmanager:CreateSecret logs:CreateLogGroup
cloudformation:CreateStack ssm:SendCommand ec2:CreateKeyPair ec2:RequestSpotInstances logs:DeleteLogGroup monitoring:DeleteAlarms ec2:ModifyImageAttribute iam:PutUserPolicy`)
)

// habitCalls draws what one programme calls.
func (c *cast) habitCalls(from []string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = c.pick(from)
	}
	return list
}

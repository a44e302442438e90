package enrich

import (
	"strings"

	"goshawk/event"
)

// deedLists says, by "service:Action", what calls of AWS are good for. Looks are
// those of them that an intruder begins with: what is here, who may do what, who
// is watching. Sources: MITRE ATT&CK, techniques of discovery, credential
// access, privilege escalation, exfiltration and defence impairment on IaaS;
// Rhino Security Labs, AWS IAM privilege escalation methods; the attacks of
// Stratus Red Team.
var deedLists = map[event.Deed]string{
	event.WhoAmI: `sts:GetCallerIdentity sts:GetAccessKeyInfo`,
	event.Look: `iam:ListUsers iam:ListRoles iam:ListPolicies iam:ListAttachedUserPolicies iam:ListAttachedRolePolicies iam:ListAttachedGroupPolicies iam:ListUserPolicies iam:ListRolePolicies
iam:ListGroups iam:ListGroupsForUser iam:GetAccountSummary iam:GetAccountAuthorizationDetails iam:GetAccountPasswordPolicy iam:ListAccessKeys iam:GetUser iam:ListMFADevices iam:ListVirtualMFADevices
iam:GetPolicyVersion iam:ListPolicyVersions iam:GetUserPolicy iam:GetLoginProfile iam:SimulatePrincipalPolicy iam:GenerateCredentialReport iam:GetCredentialReport iam:ListAccountAliases iam:ListInstanceProfiles
iam:ListServiceSpecificCredentials iam:ListSSHPublicKeys iam:ListSigningCertificates iam:ListSAMLProviders iam:ListOpenIDConnectProviders iam:ListEntitiesForPolicy iam:GetAccessKeyLastUsed
s3:ListBuckets s3:ListAllMyBuckets s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketLocation s3:GetBucketPublicAccessBlock s3:GetBucketPolicyStatus s3:GetBucketLogging s3:GetBucketVersioning s3:ListObjects s3:ListObjectVersions
ec2:DescribeInstances ec2:DescribeSecurityGroups ec2:DescribeVpcs ec2:DescribeSubnets ec2:DescribeSnapshots ec2:DescribeImages ec2:DescribeRegions ec2:DescribeKeyPairs ec2:DescribeAccountAttributes
ec2:DescribeVolumes ec2:DescribeNetworkInterfaces ec2:DescribeAddresses ec2:DescribeRouteTables ec2:DescribeFlowLogs ec2:DescribeLaunchTemplates ec2:DescribeInstanceAttribute ec2:DescribeIamInstanceProfileAssociations ec2:DescribeSnapshotAttribute
ec2:DescribeVpcEndpoints ec2:DescribeNetworkAcls ec2:DescribeInstanceTypes ec2:DescribeTags ec2:DescribeAvailabilityZones
rds:DescribeDBInstances rds:DescribeDBSnapshots rds:DescribeDBClusters rds:DescribeDBSnapshotAttributes rds:DescribeDBClusterSnapshots redshift:DescribeClusters lambda:ListFunctions lambda:GetFunction lambda:ListEventSourceMappings lambda:GetPolicy lambda:ListLayers
secretsmanager:ListSecrets secretsmanager:DescribeSecret ssm:DescribeParameters ssm:DescribeInstanceInformation ssm:ListCommands ssm:ListDocuments kms:ListKeys kms:ListAliases kms:DescribeKey kms:GetKeyPolicy
dynamodb:ListTables dynamodb:DescribeTable ecs:ListClusters ecs:ListTaskDefinitions ecs:DescribeTaskDefinition ecs:ListServices eks:ListClusters eks:DescribeCluster ecr:DescribeRepositories ecr:GetAuthorizationToken
cloudtrail:DescribeTrails cloudtrail:GetTrailStatus cloudtrail:ListTrails cloudtrail:GetEventSelectors cloudtrail:LookupEvents guardduty:ListDetectors guardduty:GetDetector guardduty:ListFindings
config:DescribeConfigurationRecorders config:DescribeConfigRules securityhub:DescribeHub securityhub:GetFindings access-analyzer:ListAnalyzers macie2:GetMacieSession
organizations:DescribeOrganization organizations:ListAccounts organizations:ListRoots organizations:ListPolicies account:GetContactInformation account:ListRegions sso:ListInstances sso-directory:ListUsers identitystore:ListUsers
ses:GetSendQuota ses:ListIdentities ses:GetAccount ses:GetAccountSendingEnabled ses:GetIdentityVerificationAttributes ses:ListEmailIdentities sns:ListTopics sns:GetSMSAttributes sns:GetSMSSandboxAccountStatus pinpoint:GetApps sqs:ListQueues
bedrock:ListFoundationModels bedrock:GetFoundationModelAvailability bedrock:GetModelInvocationLoggingConfiguration bedrock:ListInferenceProfiles bedrock:GetUseCaseForModelAccess
servicequotas:ListServiceQuotas servicequotas:GetServiceQuota support:DescribeCases route53:ListHostedZones route53domains:ListDomains logs:DescribeLogGroups ce:GetCostAndUsage budgets:DescribeBudgets
cloudformation:ListStacks cloudformation:DescribeStacks cloudformation:GetTemplate codecommit:ListRepositories codebuild:ListProjects amplify:ListApps apigateway:GetRestApis apigateway:GetApiKeys cognito-idp:ListUserPools cognito-identity:ListIdentityPools
elasticloadbalancing:DescribeLoadBalancers elasticbeanstalk:DescribeEnvironments lightsail:GetInstances glue:GetDatabases glue:GetConnections athena:ListDataCatalogs backup:ListBackupVaults elasticfilesystem:DescribeFileSystems sagemaker:ListNotebookInstances states:ListStateMachines resource-explorer-2:Search tagging:GetResources`,
	event.Secret: `secretsmanager:GetSecretValue secretsmanager:BatchGetSecretValue ssm:GetParameter ssm:GetParameters ssm:GetParametersByPath ssm:GetParameterHistory ec2:GetPasswordData redshift:GetClusterCredentials
ec2:GetConsoleOutput lightsail:GetInstanceAccessDetails lightsail:DownloadDefaultKeyPair rds:DownloadDBLogFilePortion rds:DownloadCompleteDBLogFile`,
	event.Fetch: `s3:GetObject s3:CopyObject s3:SelectObjectContent s3:HeadObject dynamodb:Scan dynamodb:ExportTableToPointInTime dynamodb:BatchGetItem dynamodb:ExecuteStatement kms:Decrypt ecr:GetDownloadUrlForLayer ecr:BatchGetImage ebs:GetSnapshotBlock ebs:ListSnapshotBlocks
athena:GetQueryResults redshift-data:GetStatementResult glue:GetTables`,
	event.Copy:  `ec2:CreateSnapshot ec2:CreateSnapshots ec2:CopySnapshot ec2:CreateImage rds:CreateDBSnapshot rds:CreateDBClusterSnapshot rds:CopyDBSnapshot`,
	event.Share: `ec2:ModifySnapshotAttribute ec2:ModifyImageAttribute ec2:ExportImage ec2:CreateInstanceExportTask ec2:CreateStoreImageTask rds:ModifyDBSnapshotAttribute rds:ModifyDBClusterSnapshotAttribute rds:StartExportTask s3:PutBucketPolicy s3:PutBucketAcl s3:PutObjectAcl s3:PutBucketReplication s3:DeletePublicAccessBlock s3:DeleteBucketPublicAccessBlock s3:PutBucketPublicAccessBlock s3:PutAccountPublicAccessBlock s3:DeleteAccountPublicAccessBlock ecr:SetRepositoryPolicy lambda:AddLayerVersionPermission secretsmanager:PutResourcePolicy kms:PutKeyPolicy kms:CreateGrant ram:CreateResourceShare ram:AssociateResourceShare redshift:AuthorizeSnapshotAccess elasticfilesystem:PutFileSystemPolicy backup:PutBackupVaultAccessPolicy ssm:ModifyDocumentPermission`,
	event.Rise: `iam:AttachUserPolicy iam:PutUserPolicy iam:AttachGroupPolicy iam:PutGroupPolicy iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:CreateAccessKey iam:CreateUser iam:CreateLoginProfile iam:UpdateLoginProfile
iam:AddUserToGroup iam:UpdateAssumeRolePolicy iam:DeactivateMFADevice iam:DeleteVirtualMFADevice iam:DeleteUserPermissionsBoundary iam:PutUserPermissionsBoundary iam:DeleteRolePermissionsBoundary iam:DetachUserPolicy iam:DeleteUserPolicy
 iam:UploadSSHPublicKey iam:CreateServiceSpecificCredential iam:CreateSAMLProvider iam:UpdateSAMLProvider iam:CreateOpenIDConnectProvider iam:AddRoleToInstanceProfile iam:UpdateAccountPasswordPolicy sts:GetFederationToken
ec2:AssociateIamInstanceProfile ec2:ReplaceIamInstanceProfileAssociation ec2:ModifyInstanceAttribute ec2-instance-connect:SendSSHPublicKey ec2-instance-connect:SendSerialConsoleSSHPublicKey glue:CreateDevEndpoint glue:UpdateDevEndpoint lambda:AddPermission
datapipeline:CreatePipeline sagemaker:CreatePresignedNotebookInstanceUrl rolesanywhere:CreateTrustAnchor rolesanywhere:CreateProfile sso:CreateAccountAssignment ssm:StartSession`,
	event.Build: `iam:PassRole iam:CreateRole iam:CreatePolicy iam:CreateInstanceProfile iam:AttachRolePolicy iam:PutRolePolicy lambda:UpdateFunctionConfiguration sts:AssumeRole lambda:CreateFunction lambda:UpdateFunctionCode ec2:RunInstances
cloudformation:CreateStack cloudformation:UpdateStack ssm:SendCommand codebuild:CreateProject codebuild:UpdateProject ecs:RegisterTaskDefinition ecs:RunTask ec2:CreateKeyPair ec2:ImportKeyPair ec2:AuthorizeSecurityGroupIngress`,
	event.Blind: `cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:PutEventSelectors cloudtrail:DeleteEventDataStore cloudtrail:StopEventDataStoreIngestion guardduty:DeleteDetector guardduty:CreateIPSet
guardduty:DisassociateFromMasterAccount guardduty:DisassociateFromAdministratorAccount guardduty:DeleteMembers guardduty:StopMonitoringMembers guardduty:DeletePublishingDestination ec2:DeleteFlowLogs config:StopConfigurationRecorder config:DeleteConfigurationRecorder
config:DeleteDeliveryChannel securityhub:DisableSecurityHub securityhub:BatchDisableStandards securityhub:DisassociateFromAdministratorAccount
organizations:LeaveOrganization macie2:DisableMacie inspector2:Disable detective:DeleteGraph access-analyzer:DeleteAnalyzer route53resolver:DeleteResolverQueryLogConfig route53resolver:DisassociateResolverQueryLogConfig
bedrock:DeleteModelInvocationLoggingConfiguration ec2:DisableEbsEncryptionByDefault`,
	event.Dim: `cloudtrail:UpdateTrail logs:DeleteLogGroup logs:DeleteLogStream logs:PutRetentionPolicy logs:DeleteSubscriptionFilter monitoring:DeleteAlarms monitoring:DisableAlarmActions s3:PutBucketLogging wafv2:DeleteWebACL wafv2:DeleteLoggingConfiguration waf:DeleteWebACL s3:DeleteBucketEncryption events:DisableRule events:DeleteRule events:RemoveTargets sns:Unsubscribe config:DeleteConfigRule guardduty:UpdateDetector guardduty:CreateFilter ses:DeleteConfigurationSetEventDestination`,
	event.Watch: `cloudtrail:CreateTrail cloudtrail:StartLogging cloudtrail:CreateEventDataStore guardduty:CreateDetector guardduty:AcceptInvitation ec2:CreateFlowLogs config:PutConfigurationRecorder config:StartConfigurationRecorder config:PutDeliveryChannel securityhub:EnableSecurityHub
securityhub:BatchEnableStandards macie2:EnableMacie inspector2:Enable access-analyzer:CreateAnalyzer`,
	event.Spend: `ec2:RequestSpotInstances ec2:RequestSpotFleet ec2:CreateFleet ses:SendEmail ses:SendRawEmail ses:SendBulkEmail ses:UpdateAccountSendingEnabled ses:VerifyEmailIdentity ses:CreateEmailIdentity ses:PutAccountDetails sns:Publish sns:CreateSMSSandboxPhoneNumber pinpoint:SendMessages
bedrock:InvokeModel bedrock:InvokeModelWithResponseStream bedrock:Converse bedrock:ConverseStream bedrock:PutUseCaseForModelAccess bedrock:PutFoundationModelEntitlement bedrock:CreateFoundationModelAgreement bedrock:CreateProvisionedModelThroughput
servicequotas:RequestServiceQuotaIncrease ecs:CreateCluster eks:CreateCluster sagemaker:CreateNotebookInstance sagemaker:CreateTrainingJob lightsail:CreateInstances batch:SubmitJob support:CreateCase account:EnableRegion`,
}

var deeds = deedTable(deedLists)

// deed is what a call is good for, and its number among such calls.
type deed struct {
	deed event.Deed
	nth  uint8
}

func deedTable(by map[event.Deed]string) map[string]deed {
	t := map[string]deed{}
	for d, calls := range by {
		for i, call := range strings.Fields(calls) {
			t[call] = deed{d, uint8(i)}
		}
	}
	return t
}

// CloudCall says whether a shape is that of a call of a cloud's API.
func CloudCall(shape string) bool {
	path, ok := strings.CutPrefix(shape, "API /")
	source, _, both := strings.Cut(path, "/")
	return ok && both && strings.HasSuffix(source, ".amazonaws.com")
}

// deedOf says what a call with this path, /<event source>/<event name>, is good
// for. Lambda puts the date of its interface behind a name; S3's bulk listings
// and the second version of some services' names are read as the first.
func deedOf(path string) deed {
	source, name, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	service := strings.TrimSuffix(source, ".amazonaws.com")
	switch service {
	case "email", "sesv2":
		service = "ses"
	case "cloudwatch":
		service = "monitoring"
	}
	if i := strings.Index(name, "20"); i > 0 && len(name) >= i+8 && dated(name[i:i+8]) {
		name = name[:i]
	}
	name = strings.TrimSuffix(name, "V2")
	call, ok := deeds[service+":"+name]
	if !ok && (strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "Terminate")) {
		call.deed = event.Undo
	}
	return call
}

func dated(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// callerOf says what a user agent tells of who calls a cloud's API.
func callerOf(agent string) (c event.Caller) {
	s := strings.ToLower(agent[:min(len(agent), 512)])
	if strings.Contains(s, " darwin/") || strings.Contains(s, "os/macos") {
		c = event.FromMac
	}
	switch {
	case has(s, attackers):
		return c | event.FromAttacker
	case has(s, builders):
		return c | event.FromBuilder
	case strings.Contains(s, "aws-cli/"):
		return c | event.FromShell
	case has(s, consoles), isBrowser(agent):
		return c | event.FromConsole
	}
	return c
}

var (
	attackers = []string{"stratus-red-team", "pacu", "cloudgoat", "enumerate-iam", "os/kali", "kali-", "-kali", "+kali", "parrot", "pentoo", "trufflehog", "cloudfox", "s3scanner", "nuclei"}
	builders  = []string{"terraform", "opentofu", "pulumi", "cloudformation", "aws-cdk", "cdktf", "crossplane", "ansible", "hashicorp"}
	consoles  = []string{"console.amazonaws.com", "console.aws.amazon.com", ".console.", "console.ec2", "s3console", "signin.amazonaws.com", "aws internal", "coral/", "awsconsole", "aws-console"}
)

// called fills what r tells of a call of a cloud's API.
func (n *Enricher) called(e *event.Event, sh *Shape, r *event.Rec) {
	r.Deed, r.Nth, r.Service, r.Caller = sh.deed, sh.nth, sh.serves, r.Caller|e.Caller
	if e.Object != "" && r.Kind == event.NoID {
		r.ID = n.hash(event.NoScope, e.Object)
	}
	if role := roleOf(e.User); role != "" {
		r.Role = uint16(n.hash(event.NoScope, role)>>1) | 1
	}
}

// roleOf is the part of a principal's ARN that its sessions share: of
// arn:aws:sts::1:assumed-role/name/session all but the session.
func roleOf(arn string) string {
	i := strings.Index(arn, ":assumed-role/")
	if i < 0 {
		return ""
	}
	i += len(":assumed-role/")
	k := strings.IndexByte(arn[i:], '/')
	if k < 0 {
		return arn
	}
	return arn[:i+k]
}

module goshawk/threat/testdata/aws

go 1.26.0

require (
	github.com/aws/aws-sdk-go-v2/service/apigateway v1.40.2
	github.com/aws/aws-sdk-go-v2/service/wafv2 v1.72.0
)

require github.com/aws/smithy-go v1.26.0 // indirect

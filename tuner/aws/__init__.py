"""The AWS account: metrics, groups, environments. Nothing else imports boto3."""

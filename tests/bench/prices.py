"""AWS's public prices for us-east-1 without any free tier, and what is assumed of times on AWS.

Read where docs/scale.md says.  Dollars for a million, where nothing else is said.
"""

REST_REQUEST = 3.50
LAMBDA_REQUEST = 0.20
LAMBDA_GB_SECOND = {"arm64": 13.3334, "x86_64": 16.6667}
SQS_FIFO_REQUEST = 0.50
DYNAMODB_WRITE = 0.625
DYNAMODB_READ = 0.125
LOGS_GB = 0.50  # dollars for one
TRACE = 5.00
SECRET_CALL = 5.00
TRANSFER_GB = 0.09  # dollars for one

# Dollars for a month.
METRIC = 0.30
ALARM = 0.10  # for each metric that it looks at
DASHBOARD = 3.00
SECRET = 0.40

LOG_EVENT = 26
"""Bytes that CloudWatch Logs adds to each line."""

AWS_SECONDS = 0.005
"""A call to DynamoDB or SQS within the region: assumed."""

UPSTREAM_SECONDS = 0.3
"""A response of Zendesk or Jira: assumed; give yours with --upstream-seconds."""

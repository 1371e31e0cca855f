"""AWS list prices in US East (N. Virginia), US dollars, as published in 2025; no free tier, no savings."""

AS_OF = "2025, us-east-1"

LAMBDA_GB_SECOND = 0.0000166667
"""x86; aws.amazon.com/lambda/pricing. Since August 2025 the start-up of a sandbox is billed like the rest."""
LAMBDA_ARM_GB_SECOND = 0.0000133334
LAMBDA_REQUEST = 0.20 / 1_000_000
LAMBDA_MB_PER_VCPU = 1769
"""docs.aws.amazon.com/lambda: at 1,769 MB a function has the equivalent of one vCPU."""

STATE_TRANSITION = 0.025 / 1000
"""Standard workflows; aws.amazon.com/step-functions/pricing. Retries count, starts do not."""

S3_PUT = 0.005 / 1000
S3_LIST = 0.005 / 1000
S3_GET = 0.0004 / 1000

DYNAMODB_WRITE = 0.625 / 1_000_000
"""On demand, a unit of 1 KB; since November 2024."""

SQS_REQUEST = 0.40 / 1_000_000
SNS_REQUEST = 0.50 / 1_000_000

REKOGNITION_MINUTE = 0.10
"""What People Pathing cost until it was closed on 2025-10-31."""

KMS_KEY_MONTH = 1.00
ALARM_METRIC_MONTH = 0.10
"""Standard resolution; an alarm on several metrics is paid by the metric."""
XRAY_TRACE = 5.00 / 1_000_000
MONTH_HOURS = 730

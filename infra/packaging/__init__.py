"""The zips of the Lambda functions: what goes in, for which platform, and what is left out."""

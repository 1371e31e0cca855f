"""Collecting a finished job's tracks, page by page, into DynamoDB and S3."""

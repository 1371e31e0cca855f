"""A video's bytes: an S3 object as a seekable file."""

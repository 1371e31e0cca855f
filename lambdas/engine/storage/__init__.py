"""S3 objects the engine reads and writes: the video, intermediate files, results."""

"""Video in: from an S3 object or a file to metadata, segments and the frames worth looking at."""

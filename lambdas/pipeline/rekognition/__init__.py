"""The Rekognition client of the pipeline, whatever stands behind it."""

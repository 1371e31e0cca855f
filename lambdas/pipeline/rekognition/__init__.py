"""The Rekognition client of the pipeline, whatever service answers it."""

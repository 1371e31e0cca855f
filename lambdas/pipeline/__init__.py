"""The pipeline: from a dropped video to each person's tracks, knowing the engine only as a Rekognition
client."""

"""From a dropped video to each person's tracks; knows the engine only as a Rekognition client."""

"""The Rekognition endpoint on loopback: HTTP in front, the engine's API function behind."""

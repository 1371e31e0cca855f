"""The pipeline: from a dropped video to per-person tracks, knowing the engine only through a Rekognition
client.
"""

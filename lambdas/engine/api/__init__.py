"""The Rekognition contract: requests checked, answers shaped, errors named."""

"""Every text of the engine that a user may read, except Rekognition's own, which are in `engine.api.errors`.

One line each: what is wrong, with what, and what to do.

request.py        members of a call that are not as the contract has them
job.py            how a job ended
video.py          what is wrong with a video, or is missing from it
s3.py             a video that S3 does not give
configuration.py  a function's environment
"""

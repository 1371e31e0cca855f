"""Messages made to break their reader."""

import json

from pipeline.video import Video

_ESCAPES = "\x1b[2J\x1b]0;owned\x07\u202e"


def poison_bodies(video: Video) -> dict[str, str]:
    """Bodies by what is wrong with them; some name `video`, but none as the stack's own messages do."""

    def upload(key: str) -> str:
        s3 = {"bucket": {"name": video.bucket}, "object": {"key": key}}
        return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]})

    tagged = {"JobId": "j" * 64, "Status": "SUCCEEDED", "Video": {"S3ObjectName": "b.mp4"}}
    return {
        "a tag of 190 KB": json.dumps({**tagged, "JobTag": "x" * 190_000}),
        "a tag of escapes": json.dumps({**tagged, "JobTag": _ESCAPES}),
        "a tag that climbs": json.dumps({**tagged, "JobTag": f"../{video.id}"}),
        "a tag of another type": json.dumps({**tagged, "JobTag": [video.id]}),
        "a job of 190 KB": json.dumps({**tagged, "JobId": "x" * 190_000, "JobTag": video.id}),
        "nested brackets": "[" * 100_000,
        "nested objects": '{"Records":' * 10_000,
        "brackets in an envelope": json.dumps({"Type": "Notification", "Message": "[" * 100_000}),
        "brackets in a record": '{"Records": [{"eventName": ' + "[" * 900 + "]" * 900 + "}]}",
        "a lone surrogate": upload("\ud800.mp4"),
        "a number of 100,000 digits": "1" * 100_000,
        "a key of 100 KB": upload("k" * 100_000 + ".mp4"),
        "an event of escapes": json.dumps(
            {"detail": {"name": _ESCAPES, "status": "FAILED", "cause": _ESCAPES * 5_000}}
        ),
        "no JSON": "\N{BELL} \\x1b[31m",
        "null": "null",
    }

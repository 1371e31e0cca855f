"""Two hundred videos dropped at once against twenty open jobs, on the real stack.

python -m bench.flood [--videos 200] [--open-jobs 20] [--job-seconds 10]

The stack is deployed to an embedded AWS with a scripted tracking endpoint behind it, which refuses a job over
the limit as the service does. Prints one JSON document; exits with 1 when a video did not finish, a message
was given up, the limit was passed or the endpoint was asked in a hot loop.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from typing import Any

from bench.flood_watch import flood
from testing.pipeline_environment import completion_message
from testing.scripted_rekognition import Job, People, ScriptedTracking, serve
from tools.arguments import Parser
from tools.commands.demo import throw_away_stack
from tools.errors import command
from tools.progress import Progress
from tools.target import Target

MOST_CALLS_A_VIDEO = 12
"""A refused video waits 2, 4, 8 … 120 s: a hot loop would call many times that often."""


def main() -> None:
    options = _options()
    script = ScriptedTracking(people=People(2, 60), open_limit=options.open_jobs)
    with serve(script), throw_away_stack(Progress(), {"tracking_endpoint": script.url}) as target:
        _complete_after(script, target, options.job_seconds)
        asked_at = _note_calls(script)
        flooded = flood(target, options.videos, b"v", options.stuck_after)
    starts = [request for operation, request in script.calls if operation == "StartPersonTracking"]
    most_calls = max(Counter(request["JobTag"] for request in starts).values())
    flooded.report(
        {
            "most jobs open": script.most_open,
            "calls of StartPersonTracking": len(starts),
            "refused": len(starts) - len(script.jobs),
            "most calls for one video": most_calls,
            "most calls in one second": max(Counter(int(moment) for moment in asked_at).values()),
        },
        {
            f"{script.most_open} jobs were open": script.most_open > options.open_jobs,
            f"{len(script.jobs)} jobs for {options.videos} videos": len(script.jobs) != options.videos,
            "a hot loop": most_calls > MOST_CALLS_A_VIDEO,
        },
    )


def _options() -> argparse.Namespace:
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument("--open-jobs", type=int, default=20)
    parser.add_argument("--job-seconds", type=float, default=10)
    parser.add_argument("--stuck-after", type=float, default=1200, help="seconds until it counts as stuck")
    return parser.parse_args()


def _complete_after(script: ScriptedTracking, target: Target, seconds: float) -> None:
    """Each job ends after so many seconds, and its channel is notified."""
    sns = target.client("sns", max_pool_connections=50)

    def complete(job: Job) -> None:
        time.sleep(seconds)
        script.finish(job)
        topic = job.request["NotificationChannel"]["SNSTopicArn"]
        sns.publish(TopicArn=topic, Message=json.dumps(completion_message(job)))

    script.after_start = complete


def _note_calls(script: ScriptedTracking) -> list[float]:
    moments: list[float] = []
    answer = script.answer

    def noting(operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation == "StartPersonTracking":
            moments.append(time.monotonic())
        return answer(operation, request)

    script.answer = noting  # type: ignore[method-assign]
    return moments


if __name__ == "__main__":
    command(main)

"""The pipeline's one way to person tracking: a boto3 `rekognition` client.

Amazon Rekognition answers it (`aws`), a Rekognition-compatible HTTP endpoint (a URL), or this deployment's
engine (`engine`), which is invoked as a Lambda function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from pipeline.rekognition.engine_call import READ_SECONDS
from pipeline.rekognition.engine_transport import EngineTransport
from pipeline.rekognition.page_body import read_page_body
from pipeline.runtime.environment import AWS, ENGINE, TrackingEnvironment

if TYPE_CHECKING:
    from mypy_boto3_rekognition.client import RekognitionClient


def tracking_client(environment: TrackingEnvironment, attempts: int = 1) -> RekognitionClient:
    """A client for person tracking.

    Args:
        environment: says which service answers (`TRACKING_ENDPOINT`).
        attempts: calls made in all before a throttle or a server fault is raised. One where the queue does
            the waiting, several where a page is read in the middle of a collection.
    """
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        read_timeout=READ_SECONDS,
        connect_timeout=10,
    )
    endpoint = environment.tracking_endpoint
    url = None if endpoint in (ENGINE, AWS) else endpoint
    client = boto3.client("rekognition", endpoint_url=url, config=config)
    client.meta.events.register("before-parse.rekognition.GetPersonTracking", read_page_body)
    if endpoint == ENGINE:
        assert environment.engine_function
        transport = EngineTransport(environment.engine_function)
        client.meta.events.register("before-send.rekognition", transport)  # type: ignore[arg-type]
    return client

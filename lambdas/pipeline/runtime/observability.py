"""One logger, tracer and metrics for the pipeline's Lambdas.

Logs carry ids, counts and reasons; never object contents, frames or faces, and keys only where an operator
needs them to find a video (they are JSON strings there, so no name can break a line).
"""

import os

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

__all__ = ["count", "logger", "metrics", "tracer"]

_SERVICE = os.environ.get("POWERTOOLS_SERVICE_NAME", "pipeline")
_NAMESPACE = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "people-pathing")

logger = Logger(service=_SERVICE)
tracer = Tracer(service=_SERVICE)
metrics = Metrics(service=_SERVICE, namespace=_NAMESPACE)


def count(name: str, value: float = 1) -> None:
    """Add to the counter `name` in the deployment's metrics namespace."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)

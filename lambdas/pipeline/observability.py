"""One logger, tracer and metrics for the pipeline's Lambdas.

Logs carry ids, counts and reasons; never object contents, frames or faces, and keys only where an operator
needs them to find a video (they are JSON strings there, so a hostile name cannot break a line).
"""

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

__all__ = ["count", "logger", "metrics", "tracer"]

logger = Logger()
tracer = Tracer()
metrics = Metrics()


def count(name: str, value: float = 1) -> None:
    """Add to the counter `name` in the deployment's metrics namespace."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)

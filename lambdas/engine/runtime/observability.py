"""One logger, one set of metrics, one tracer. None of them is ever given a frame, a face or a record."""

from aws_lambda_powertools import Logger, Metrics, Tracer

logger = Logger()
metrics = Metrics()
tracer = Tracer()

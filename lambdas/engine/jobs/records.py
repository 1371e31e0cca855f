"""Reading and changing one job's item."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.jobs.items import job_key, job_of
from engine.jobs.model import Job, NoSuchJobError, Status
from engine.jobs.open_jobs import OpenJobs

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class JobRecords:
    """Single items of the jobs table. `clock` gives epoch seconds."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._open = OpenJobs(table)
        self._clock = clock

    def find(self, job_id: str) -> Job:
        """Raises NoSuchJobError."""
        item = self._get(job_key(job_id))
        if not item:
            raise NoSuchJobError(job_id)
        return job_of(item)

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return item if item and item["ExpiresAt"] > self._clock() else None

    def _update_open(self, job_id: str, expression: str, values: dict[str, Any]) -> bool:
        """Leaves a job that is over as it is, False."""
        values = {**values, ":open": Status.IN_PROGRESS.value}
        return self._update(job_id, expression, values, condition="#status = :open")

    def _update(
        self, job_id: str, expression: str, values: dict[str, Any], condition: str | None = None
    ) -> bool:
        """False when the condition did not hold; a job that is gone is never made again."""
        conditions = ["attribute_exists(PK)", *([f"({condition})"] if condition else [])]
        arguments: dict[str, Any] = {
            "Key": job_key(job_id),
            "UpdateExpression": expression,
            "ConditionExpression": " AND ".join(conditions),
        }
        if values:
            arguments["ExpressionAttributeValues"] = values
        if "#status" in arguments["ConditionExpression"]:
            arguments["ExpressionAttributeNames"] = {"#status": "Status"}
        try:
            self._table.update_item(**arguments)
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

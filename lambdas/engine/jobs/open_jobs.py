"""The jobs that are under way, which are counted: the contract limits how many an account may have open.

They are a string set, `Jobs`, in one item of the jobs table, so that counting and accepting a job are one
transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

_KEY = {"PK": "OPEN"}


class OpenJobs:
    """The set of open jobs; it changes by items of a TransactWriteItems call."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def ids(self) -> set[str]:
        item = self._table.get_item(Key=_KEY, ConsistentRead=True).get("Item", {})
        jobs: Any = item.get("Jobs", set())
        return set(jobs)

    def adding(self, job_id: str, most: int) -> dict[str, Any]:
        """Counts a job as open; its condition fails where `most` are and the job is not one of them."""
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": _KEY,
                "UpdateExpression": "ADD Jobs :job",
                "ConditionExpression": "attribute_not_exists(Jobs) OR size(Jobs) < :most"
                " OR contains(Jobs, :id)",
                "ExpressionAttributeValues": {":job": {job_id}, ":id": job_id, ":most": most},
            }
        }

    def removing(self, *job_ids: str) -> dict[str, Any]:
        """Counts the jobs as open no longer."""
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": _KEY,
                "UpdateExpression": "DELETE Jobs :jobs",
                "ExpressionAttributeValues": {":jobs": set(job_ids)},
            }
        }

"""How sure the links inside a job's paths are: what the engine leaves of it for others to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DECIMALS = 3
"""Of a probability: finer than any measurement of them."""


def links_key(job_id: str) -> str:
    """The object's key in the engine's work bucket.

    The object is JSON, `{"Links": {"<Index>": [[ms, probability], …], …}}`: for every path that has links,
    each by time, from when on the path may be another person's, and the probability from 0 to 1 that it is
    not. It is written before the job succeeds, also where no path has a link, and expires with the job's
    other working files.
    """
    return f"jobs/{job_id}/links.json"


class Link(NamedTuple):
    """A place in a path where two pieces were taken for one person.

    Attributes:
        at_ms: the first Timestamp after it.
        confidence: the probability that both sides are one person, 0..1.
    """

    at_ms: int
    confidence: float


@dataclass(frozen=True, slots=True)
class PathLinks:
    """The links of one path, by time; none where nothing in it was in doubt."""

    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, links: Iterable[Sequence[float]]) -> Self:
        """From pairs of a Timestamp and a probability.

        Raises:
            ValueError: one is no such pair.
        """
        found = tuple(Link(int(at), float(confidence)) for at, confidence in links)
        if any(link.at_ms < 0 or not 0 <= link.confidence <= 1 for link in found):
            raise ValueError("a link is a Timestamp and a probability")
        return cls(found)

    @property
    def confidence(self) -> float:
        """Of the weakest link; 1 where there is none."""
        return 1.0 if self.weakest is None else self.weakest.confidence

    @property
    def weakest(self) -> Link | None:
        """The link of the lowest probability, the earliest of equals."""
        return min(self.links, key=lambda link: link.confidence, default=None)


def write_links(client: S3Client, bucket: str, job_id: str, links: Mapping[int, Sequence[Link]]) -> None:
    """Stores the links of a job's paths, by Index; each path's by time."""
    stored = {
        str(index): [[link.at_ms, round(link.confidence, _DECIMALS)] for link in path]
        for index, path in links.items()
        if path
    }
    body = json.dumps({"Links": stored}, separators=(",", ":")).encode()
    client.put_object(Bucket=bucket, Key=links_key(job_id), Body=body, ContentType="application/json")


def read_links(client: S3Client, bucket: str, job_id: str) -> dict[int, PathLinks]:
    """The links of a job's paths, by Index; a path that is not there has none.

    Raises:
        botocore.exceptions.ClientError: there is no such object, or it may not be read.
        ValueError: what is there is none that `write_links` wrote.
    """
    found = client.get_object(Bucket=bucket, Key=links_key(job_id))["Body"].read()
    try:
        return {int(index): PathLinks.of(links) for index, links in json.loads(found)["Links"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{links_key(job_id)} holds no links: {error}") from error

"""Records in S3: written once, read by the page, the same from any place and at the same cost."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.storage.results import MEMBER_RECORDS, Results
from shared.streamed_object import PART_BYTES, StreamedObject

_TOTAL = 3 * MEMBER_RECORDS + 17


@pytest.fixture(scope="module")
def results(aws: Any) -> Results:
    name = f"bucket-{uuid.uuid4().hex}"
    aws.client("s3").create_bucket(Bucket=name)
    stored = Results(aws.client("s3"), name, "job")
    assert stored.write("INDEX", (_record(number) for number in range(_TOTAL))) == _TOTAL
    return stored


@given(start=st.integers(0, _TOTAL - 1), count=st.integers(1, 1000))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_page_is_just_its_records(results: Results, start: int, count: int) -> None:
    count = min(count, _TOTAL - start)
    numbers = [record["number"] for record in results.page("INDEX", start, count)]
    assert numbers == list(range(start, start + count))


def test_a_page_costs_one_read_of_the_index_and_one_of_the_records_wherever_it_is(
    aws: Any, results: Results
) -> None:
    reads: list[str] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        reads.append(params["Range"])

    events = aws.client("s3").meta.events
    events.register("provide-client-params.s3.GetObject", note)
    try:
        for start in (0, _TOTAL - 1500):
            afresh = Results(aws.client("s3"), results._bucket, "job")
            afresh.page("INDEX", start, 1000)
            assert len(reads) == 2
            # The pages that follow need no more of the index.
            afresh.page("INDEX", start + 500, 1000)
            assert len(reads) == 3
            reads.clear()
    finally:
        events.unregister("provide-client-params.s3.GetObject", note)


def test_no_records_leave_an_empty_order(aws: Any, bucket: str) -> None:
    assert Results(aws.client("s3"), bucket, "empty").write("TIMESTAMP", iter(())) == 0


def test_writing_again_gives_the_same_bytes(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    results = Results(s3, bucket, "job")
    seen = []
    for _ in range(2):
        results.write("INDEX", (_record(number) for number in range(1500)))
        seen.append(s3.get_object(Bucket=bucket, Key="jobs/job/results/INDEX.jsonl.gz")["Body"].read())
    assert seen[0] == seen[1]


def test_a_large_object_goes_up_in_parts_and_reads_the_same(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    with StreamedObject(s3, bucket, "large") as stream:
        for letter in b"abcd":
            stream.write(bytes([letter]) * 3_000_000)
    stored = s3.get_object(Bucket=bucket, Key="large")
    assert stored["ETag"].endswith('-2"')
    assert stored["Body"].read() == b"".join(bytes([letter]) * 3_000_000 for letter in b"abcd")


def test_a_writer_that_fails_half_way_leaves_no_object_and_no_parts(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")
    with contextlib.suppress(RuntimeError), StreamedObject(s3, bucket, "broken") as stream:
        stream.write(b"x" * (PART_BYTES + 1))
        raise RuntimeError
    assert_nothing_is_left(s3, bucket)


def test_an_upload_that_cannot_be_completed_leaves_no_object_and_no_parts(aws: Any, bucket: str) -> None:
    s3 = aws.client("s3")

    def refuse(**_: Any) -> None:
        raise RuntimeError

    s3.meta.events.register("before-call.s3.CompleteMultipartUpload", refuse)
    try:
        with pytest.raises(RuntimeError), StreamedObject(s3, bucket, "broken") as stream:
            stream.write(b"x" * (PART_BYTES + 1))
    finally:
        s3.meta.events.unregister("before-call.s3.CompleteMultipartUpload", refuse)
    assert_nothing_is_left(s3, bucket)


def assert_nothing_is_left(s3: Any, bucket: str) -> None:
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")


def _record(number: int) -> bytes:
    return json.dumps({"number": number, "filler": "x" * (number % 97)}).encode()

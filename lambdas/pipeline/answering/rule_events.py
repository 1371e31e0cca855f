"""The event of a rule that was broken, once for each case."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pipeline import messages
from pipeline.answering.items import CASE, AnswerItems
from pipeline.answers.output.tables import Answered
from pipeline.answers.rules import Case, cases_of
from pipeline.answers.scenes.scene import Rule
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.errors import EventNotPublishedError
from pipeline.messaging.announcement import SOURCE
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.runtime.observability import count
from pipeline.services import Services
from pipeline.storage.video_record import VideoRecord

BROKEN = "Scene Rule Broken"
"""`detail-type` of a rule that was broken."""

DETAIL_VERSION = "1.0"
"""Version of the detail's layout; members are only ever added within one."""


def report_broken_rules(
    services: Services[PipelineEnvironment],
    record: VideoRecord,
    stored: StoredScene,
    answered: Answered,
    items: AnswerItems,
) -> None:
    """Send an event for each case that none was sent for, and remember that in an item.

    At least once: the item is written after the event. Raises `EventNotPublishedError`.
    """
    rules = {rule.name: rule for rule in stored.scene.rules}
    for case in cases_of(stored.scene, answered.answers):
        case_id = _case_id(record, stored, rules[case.rule], case)
        sort = f"{CASE}{case_id}"
        if items.has(sort):
            continue
        at = answered.clock.text(case.at_ms)
        _send(services, _detail(record, stored, answered, case, case_id))
        items.write(stored, iter([{"SK": sort, "Rule": case.rule, "Zone": case.zone, "BrokenAt": at}]))
        count("RulesBroken")


def _case_id(record: VideoRecord, stored: StoredScene, rule: Rule, case: Case) -> str:
    """Of the same visit of the same job under the same rule and zone always the same."""
    polygon = next(zone.polygon for zone in stored.scene.zones if zone.name == rule.zone)
    parts = [record.job_id, stored.id, rule.model_dump(mode="json"), polygon, case.person, case.begin_ms]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def _detail(
    record: VideoRecord, stored: StoredScene, answered: Answered, case: Case, case_id: str
) -> dict[str, Any]:
    video = record.video
    return {
        "SchemaVersion": DETAIL_VERSION,
        "CaseId": case_id,
        "Scene": {"Id": stored.id, "Name": stored.scene.name, "Revision": stored.revision},
        "Rule": case.rule,
        "Zone": case.zone,
        "BrokenAt": answered.clock.text(case.at_ms),
        "AtMillis": case.at_ms,
        **({} if case.person is None else {"Index": case.person}),
        **({} if case.people is None else {"People": case.people}),
        "VideoId": video.id,
        "Video": {"Bucket": video.bucket, "Key": video.key, "VersionId": video.version},
    }


def _send(services: Services[PipelineEnvironment], detail: dict[str, Any]) -> None:
    answer = services.events.put_events(
        Entries=[{"Source": SOURCE, "DetailType": BROKEN, "Detail": json.dumps(detail)}]
    )
    if answer["FailedEntryCount"]:
        code = answer["Entries"][0].get("ErrorCode", "unknown")
        raise EventNotPublishedError(messages.EVENT_NOT_PUBLISHED.format(code=code))

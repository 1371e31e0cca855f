"""A collected video's answers to its scene's questions, written before the video is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.answering.answer import VideoAnswering, VideoFacts
from pipeline.answering.path_deletion import drop_paths
from pipeline.answering.report_section import section_for_report
from pipeline.answering.stored_scenes import read_scenes
from pipeline.answers.scenes.stored_scene import scene_for
from pipeline.collection.lease import Lease
from pipeline.errors import LeaseLostError, OutOfTimeError
from pipeline.messages import reason_of
from pipeline.runtime.deadline import Deadline
from pipeline.runtime.environment import CollectTracksEnvironment
from pipeline.runtime.observability import count, logger
from pipeline.services import Services


@dataclass(frozen=True)
class SceneAnswers:
    """What the answers add to META and to the report, and whether nothing but counts is to be kept."""

    values: Mapping[str, Any] = field(default_factory=dict)
    counts_only: bool = False
    section: str = ""


def answer_collected(
    services: Services[CollectTracksEnvironment], lease: Lease, facts: VideoFacts, deadline: Deadline
) -> SceneAnswers:
    """Answer the video's scene, if it has one. May be repeated.

    Where that fails, or the deadline comes, the video is ready without answers: `answer_scenes` is asked for
    them then. Raises `LeaseLostError`.
    """
    known = {
        "ShownAspect": facts.aspect,
        **({"RecordedAt": facts.recorded_at} if facts.recorded_at else {}),
    }
    try:
        return _answered(services, lease, facts, deadline, known)
    except LeaseLostError:
        raise
    except OutOfTimeError:
        logger.info("No time left for the answers", extra={"video_id": lease.record.video.id})
    except Exception as error:
        reason = {"video_id": lease.record.video.id, "reason": reason_of(error)}
        logger.warning("Not answered", extra=reason)
        count("AnswersFailed")
    return SceneAnswers(known)


def _answered(
    services: Services[CollectTracksEnvironment],
    lease: Lease,
    facts: VideoFacts,
    deadline: Deadline,
    known: Mapping[str, Any],
) -> SceneAnswers:
    record = lease.record
    scenes = read_scenes(services.s3, services.environment.results_bucket)
    stored = scene_for(scenes.usable, record.video.key)
    answering = VideoAnswering(services, record, lease.remember_answers)
    if stored is None:
        if record.answers_keys:
            answering.remove()
        return SceneAnswers({**known, "AnswersKeys": []})
    written = answering.answer(stored, facts, deadline)
    values = {**known, "Answers": written.summary, "AnswersKeys": list(written.keys)}
    count("VideosAnswered")
    if stored.scene.keep == "all":
        return SceneAnswers(values, section=section_for_report(written.answered, stored))
    drop_paths(services, record.video.id)
    return SceneAnswers({**values, "PathsDropped": True}, counts_only=True)

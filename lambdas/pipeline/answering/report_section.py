"""The section of a video's report that shows its answers, written anew with them."""

from __future__ import annotations

from botocore.exceptions import ClientError

from pipeline.answers.output.tables import Answered
from pipeline.answers.scenes.stored_scene import StoredScene
from pipeline.report.answers.section import answers_section, with_section
from pipeline.runtime.clock import iso
from pipeline.runtime.environment import PipelineEnvironment
from pipeline.services import Services
from pipeline.storage.days_left import Kept
from pipeline.storage.tracks_folder import REPORT, TracksFolder
from shared.aws_errors import code_of


def section_for_report(answered: Answered, stored: StoredScene) -> str:
    """The section, as of now."""
    return answers_section(answered, stored, f"{iso()[:16].replace('T', ' ')} UTC")


def replace_section(services: Services[PipelineEnvironment], video_id: str, section: str, kept: Kept) -> None:
    """Put a section in place of the report's own; an empty one takes it away.

    Nothing is written where there is no report, where it has no place for the section (that of an earlier
    release), or where it would stay the same. Raises `ClientError` where another invocation writes the
    report meanwhile.
    """
    folder = TracksFolder(services.s3, services.environment.results_bucket, video_id)
    try:
        page, tag = folder.read_tagged(REPORT)
        changed = with_section(page, section)
        if changed is not None and changed != page:
            folder.replace_report(changed, tag, kept)
    except ClientError as error:
        # There is none, or the video was forgotten meanwhile.
        if code_of(error) != "NoSuchKey":
            raise

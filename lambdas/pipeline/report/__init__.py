"""The report page: one self-contained HTML file that shows the people of a video.

While the tracks are collected, a :class:`PathBuilder` a person reduces them to a bounded :class:`PersonPath`;
at the end :func:`write_report` writes the page from those.
"""

from pipeline.report.page import VideoFacts, render, write_report
from pipeline.report.person_path import PathBuilder, PersonPath

__all__ = ["PathBuilder", "PersonPath", "VideoFacts", "render", "write_report"]

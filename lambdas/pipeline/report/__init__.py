"""The report: one self-contained HTML page that shows the people of a video."""

from pipeline.report.page import render, write_report
from pipeline.report.video_facts import VideoFacts

__all__ = ["VideoFacts", "render", "write_report"]

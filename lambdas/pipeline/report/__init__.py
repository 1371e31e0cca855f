"""The report: one self-contained HTML page that shows the people of a video."""

from pipeline.report.page import VideoFacts, render, write_report

__all__ = ["VideoFacts", "render", "write_report"]

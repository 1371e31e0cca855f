"""Answers to a scene's questions from people's paths: visits, crossings, occupancy, flow, metres.

scenes/       what a scene asks, checked; the floor in metres, the time of day
geometry/     one person's positions over time, and which crossings of an edge count
person.py     the answers of one person         video.py       the answers of all people of a video
movement.py   metres walked and speed           approaches.py  who came close to whom
rules.py      cases in which rules were broken  output/        tables, CSV files, hours, minutes, summary

Pure Python: paths are culled by bounding boxes, so that numpy and shapely would save no time worth their
weight in the package.
"""

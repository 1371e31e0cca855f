"""Answers to a scene's questions from people's paths: visits, crossings, occupancy, flow, metres.

scene.py      what a scene says, checked        walk.py        one person's positions over time
geometry.py   sides, crossings, polygons        hysteresis.py  which crossings of an edge count
floor_plan.py from the picture to metres        person.py      the answers of one person
video_start.py when a video began               video.py       the answers of all people of a video
movement.py   metres walked and speed           approaches.py  who came close to whom

Pure Python: paths are culled by bounding boxes, so that numpy and shapely would save no time worth their
weight in the package.
"""

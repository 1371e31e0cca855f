"""A video's answers to its scene's questions: computed, written, announced, and written anew.

stored_scenes.py  scenes in the bucket      answer.py        one video, from its records to its answers
detections.py     a video's records         items.py         answers in the table
files.py          answers in the bucket     rule_events.py   events of rules that were broken
changed_scenes.py when a scene has changed  path_deletion.py what a scene that keeps counts only deletes
report_section.py the answers in the report
"""

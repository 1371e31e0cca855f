"""When a frame need not be analysed again."""

import numpy as np

from engine.video.frames.stillness import SLOT_MS, looks_the_same, slot_start

SCENE = np.random.default_rng(2).uniform(40, 200, (144, 256)).astype(np.float32)


def test_noise_and_a_little_more_light_are_no_change() -> None:
    noise = np.random.default_rng(3).normal(0, 2, SCENE.shape).astype(np.float32)
    assert looks_the_same(SCENE, SCENE + noise + 0.5)


def test_a_far_person_is_a_change_wherever_they_come_in() -> None:
    for top, left in ((0, 0), (67, 101), (130, 245)):
        later = SCENE.copy()
        later[top : top + 8, left : left + 3] += 35
        assert not looks_the_same(SCENE, later)


def test_pictures_of_other_or_tiny_sizes_are_never_the_same() -> None:
    assert not looks_the_same(SCENE, SCENE[:-8])
    assert not looks_the_same(SCENE[:4, :4], SCENE[:4, :4])


def test_slots_do_not_depend_on_where_one_begins() -> None:
    assert slot_start(0) == 0
    assert slot_start(SLOT_MS - 1) == 0
    assert slot_start(3 * SLOT_MS + 1) == 3 * SLOT_MS

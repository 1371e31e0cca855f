"""A flood of videos, simulated by events: who takes a function when, who is refused, what is done then.

Each function that would be the one too many is refused, and whoever called it does what AWS documents or the
product does then: Step Functions and the pipeline's clients try again with backoff and jitter, SQS's poller
tries again for a while and then lets the message come back, which counts as a receive. Turns are given by the
engine's own rules. Processes are generators that yield how many seconds pass.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from bench.cost.model import STEP_LATENCY
from engine.jobs.shares import Budget, Shares
from pipeline.messaging.backoff import delay_seconds

Process = Generator[float, None, None]

START, START_CALL = 0.2, 0.3
"""Seconds of start_tracking alone, and of its call of the API function."""

PLAN, TURN, FINISH = 1.5, 0.1, 0.5
DETECT = 7.0
"""Of a segment of 30 s in 1080p (bench-speed)."""

LINK, LINK_A_RECORD = 1.0, 20e-6
COLLECT = 1.5
"""Of collect_tracks, before the first page and after the last."""

PAGE_CALL, PAGE = 0.07, 0.03
"""Of a page of 1,000 records: the API function's part and the collector's own (bench-collect)."""

SEGMENTS_A_MINUTE = 2
RECORDS_A_MINUTE = 6 * 60 * 15
"""Six people in view, as in the demo clip."""

_RECEIVES = 6
_POLLER_WAITS = (1.0, 2.0, 4.0)
_REDELIVERED = 30.0
_PAGE_TRIES = 8
_IDLE_POLL = 0.5


@dataclass
class Video:
    """One video and what became of it; moments are seconds since the flood began, 0 while they lie ahead."""

    minutes: float
    detected: int = 0
    ended: float = 0.0
    collected: float = 0.0
    pages_read: int = 0

    @property
    def name(self) -> str:
        return str(id(self))

    @property
    def segments(self) -> int:
        return max(1, round(self.minutes * SEGMENTS_A_MINUTE))

    @property
    def records(self) -> float:
        return self.minutes * RECORDS_A_MINUTE

    @property
    def pages(self) -> int:
        return -(-round(self.records) // 1000)


@dataclass(frozen=True)
class Message:
    video: Video
    receives: int = 0
    tries: int = 0


@dataclass(frozen=True)
class Setting:
    """The account's `functions` and the stack's shares of them.

    `budget`: of detecting and reading; None: no turns, every open job detects with `at_once` functions.
    """

    functions: int
    at_once: int
    open_jobs: int
    collectors: int
    starters: int
    budget: Budget | None


@dataclass
class Flood:
    """One run. `busy`: seconds of all functions together; `detecting`: of those, in detect."""

    setting: Setting
    rng: random.Random
    now: float = 0.0
    busy: float = 0.0
    detecting: float = 0.0
    first_detect: float = 0.0
    last_detect: float = 0.0
    dead_letter_messages: int = 0
    page_tries: int = 0
    pages_refused: int = 0
    _running: int = 0
    _open: int = 0
    _shares: Shares = field(default_factory=lambda: Shares({}))
    _uploads: deque[Message] = field(default_factory=deque)
    _collects: deque[Message] = field(default_factory=deque)
    _events: list[tuple[float, int, Process]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)

    def run(self, videos: list[Video]) -> None:
        """Until every video is collected or given up."""
        self._uploads.extend(map(Message, videos))
        for _ in range(self.setting.starters):
            self._spawn(self._starter())
        for _ in range(self.setting.collectors):
            self._spawn(self._collector())
        while self.dead_letter_messages + sum(video.collected > 0 for video in videos) < len(videos):
            self.now, _, process = heapq.heappop(self._events)
            with suppress(StopIteration):
                self._spawn(process, next(process))

    @property
    def detection_a_second(self) -> float:
        """Functions detecting on average, from the first segment to the last."""
        return self.detecting / (self.last_detect - self.first_detect)

    def _spawn(self, process: Process, after: float = 0.0) -> None:
        heapq.heappush(self._events, (self.now + after, next(self._order), process))

    def _take(self) -> bool:
        if self._running >= self.setting.functions:
            return False
        self._running += 1
        return True

    def _hold(self, seconds: float) -> Process:
        yield seconds
        self.busy += seconds
        self._running -= 1

    def _step(self, seconds: float) -> Process:
        """A task of the workflow, with its retries of a throttle (see `infra.workflow`)."""
        yield STEP_LATENCY
        delay = 2.0
        while not self._take():
            yield self.rng.uniform(0, delay)
            delay = min(60.0, delay * 1.5)
        yield from self._hold(seconds)

    def _receive(self, queue: deque[Message]) -> Generator[float, None, Message | None]:
        """A message with a function to work on it, or None."""
        if not queue:
            yield _IDLE_POLL
            return None
        message = queue.popleft()
        for wait in _POLLER_WAITS:
            if self._take():
                return message
            yield wait
        if self._take():
            return message
        if message.receives + 1 >= _RECEIVES:
            self.dead_letter_messages += 1
        else:
            again = Message(message.video, message.receives + 1, message.tries)
            self._spawn(_put(queue, again), _REDELIVERED)
        return None

    def _send_back(self, queue: deque[Message], video: Video, tries: int) -> None:
        self._spawn(_put(queue, Message(video, 0, tries)), delay_seconds(tries - 1))

    def _starter(self) -> Process:
        while True:
            message = yield from self._receive(self._uploads)
            if message is None:
                continue
            yield START
            called = self._take()
            if called:
                yield from self._hold(START_CALL)
            self.busy += START
            self._running -= 1
            if called and self._open < self.setting.open_jobs:
                self._open += 1
                self._spawn(self._job(message.video))
            else:
                self._send_back(self._uploads, message.video, message.tries + 1)

    def _job(self, video: Video) -> Process:
        yield from self._step(PLAN)
        if self.setting.budget:
            yield from self._turn(video, self.setting.budget)
        self.first_detect = self.first_detect or self.now
        left = deque(range(video.segments))
        for _ in range(min(self.setting.at_once, video.segments)):
            self._spawn(self._lane(video, left))

    def _end(self, video: Video) -> Process:
        yield from self._step(LINK + LINK_A_RECORD * video.records)
        yield from self._step(FINISH)
        self._open -= 1
        video.ended = self.now
        if self.setting.budget:
            self._shares = self._shares.reading(video.name, self._millis)
        self._collects.append(Message(video))

    def _turn(self, video: Video, budget: Budget) -> Process:
        wanted = min(self.setting.at_once, video.segments)
        while True:
            yield from self._step(TURN)
            now = self._millis
            shares = self._shares.unexpired(now).waiting(video.name, wanted, now)
            if video.name in shares.of and shares.may_detect(video.name, budget):
                self._shares = shares.detecting(video.name, wanted, now)
                return
            self._shares = shares
            yield shares.wait_seconds(video.name, now)

    def _lane(self, video: Video, left: deque[int]) -> Process:
        while left:
            left.popleft()
            yield from self._step(DETECT)
            self.detecting += DETECT
            self.last_detect = self.now
            video.detected += 1
            share = self._shares.of.get(video.name)
            if share:
                remaining = max(1, min(share.functions, video.segments - video.detected))
                self._shares = self._shares.detecting(video.name, remaining, self._millis)
            if video.detected == video.segments:
                yield from self._end(video)

    def _collector(self) -> Process:
        while True:
            message = yield from self._receive(self._collects)
            if message is not None:
                begun = self.now
                yield from self._collect(message)
                self.busy += self.now - begun
                self._running -= 1

    def _collect(self, message: Message) -> Process:
        video, before = message.video, message.video.pages_read
        yield COLLECT
        while video.pages_read < video.pages:
            if not (yield from self._page(video)):
                got_further = video.pages_read > before
                self._send_back(self._collects, video, 1 if got_further else message.tries + 1)
                return
        self._shares = self._shares.without([video.name])
        video.collected = self.now

    def _page(self, video: Video) -> Generator[float, None, bool]:
        """False where the client gives up."""
        for attempt in range(_PAGE_TRIES):
            self.page_tries += 1
            if self._take():
                break
            self.pages_refused += 1
            yield self.rng.random() * min(20, 2**attempt)
        else:
            return False
        yield from self._hold(PAGE_CALL)
        yield PAGE
        video.pages_read += 1
        if self.setting.budget:
            self._shares = self._shares.unexpired(self._millis).reading(video.name, self._millis)
        return True

    @property
    def _millis(self) -> int:
        return int(self.now * 1000)


def _put(queue: deque[Message], message: Message) -> Process:
    queue.append(message)
    yield from ()

"""Work that a page waits for: done in the background, its progress asked for again and again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

Report = Callable[[int, int], None]
"""Takes how many parts of the work are done, and of how many."""

_Made = TypeVar("_Made")

_AT_ONCE = 2
_MOST_KEPT = 24
_FRESH_SECONDS = 60.0
"""How long what was made is given again; then it is made anew, since videos come in."""


@dataclass(frozen=True)
class Progress:
    """How far work is."""

    done: int
    of: int


class Work(Generic[_Made]):
    """Pieces of work, each with a key. May be used by several threads.

    Args:
        clock: in seconds, from any origin.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._pieces: OrderedDict[Hashable, _Piece[_Made]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, key: Hashable, make: Callable[[Report], _Made]) -> _Made | Progress:
        """What `make` has made; begins it where nobody has. Raises what `make` raised, once."""
        piece = self._piece(key, make)
        if not piece.future.done():
            return piece.progress
        return self._taken(key, piece)

    def wait(self, key: Hashable, make: Callable[[Report], _Made]) -> _Made:
        """As `ask`, when it is done."""
        piece = self._piece(key, make)
        piece.future.exception()
        return self._taken(key, piece)

    def _piece(self, key: Hashable, make: Callable[[Report], _Made]) -> _Piece[_Made]:
        with self._lock:
            piece = self._pieces.get(key)
            if piece is None or piece.is_older_than(self._clock() - _FRESH_SECONDS):
                piece = _Piece(self._clock)
                self._pieces[key] = piece
                # A pool's threads would keep the page from ending until their work is done.
                threading.Thread(target=piece.run, args=(make, self._slots), daemon=True).start()
            self._pieces.move_to_end(key)
            while len(self._pieces) > _MOST_KEPT:
                self._pieces.popitem(last=False)
            return piece

    def _taken(self, key: Hashable, piece: _Piece[_Made]) -> _Made:
        try:
            return piece.future.result()
        except BaseException:
            with self._lock:
                if self._pieces.get(key) is piece:
                    del self._pieces[key]
            raise


class _Piece(Generic[_Made]):
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._made_at: float | None = None
        self.future: Future[_Made] = Future()
        self.progress = Progress(0, 1)

    def run(self, make: Callable[[Report], _Made], slots: threading.BoundedSemaphore) -> None:
        with slots:
            try:
                made = make(self._note)
            except BaseException as error:
                self.future.set_exception(error)
            else:
                self._made_at = self._clock()
                self.future.set_result(made)

    def is_older_than(self, since: float) -> bool:
        return self._made_at is not None and self._made_at < since

    def _note(self, done: int, of: int) -> None:
        self.progress = Progress(done, of)

"""The one boundary around code that runs with data: what it raises leaves as one line, and nothing else does.

Others' code quotes what it was given: a chat template raises with the prompt as its message, a `KeyError` names its
key, a traceback with locals holds whole files. So no exception of others' leaves a `Boundary`: of data under an
agreement its type, module and place are told, of other data its text too, made harmless. Errors of this package are
one line already; they leave without the exceptions and frames that led to them.
"""

import copy
from collections.abc import Callable, Iterator
from traceback import walk_tb
from types import FrameType, TracebackType
from typing import Literal

from clue_lib.errors import ClueError, UnforeseenError
from clue_lib.text import shorten

WIDTH = 300
"""Characters of a foreign error's text that are told."""

_STOPS = (KeyboardInterrupt, SystemExit)
"""They end the program from wherever it was, and would show the frames there."""


def _unforeseen(told: str) -> ClueError:
    return UnforeseenError(f"{told}; this is a mistake of CLUE Gate's or of a package it uses: please report it")


class Boundary:
    """A block in which others' code runs with data, or ours, which may be mistaken.

    `is_private` says whether any of the data is under an agreement; where it is a function, it is asked when something
    was raised. `tell` makes the error that leaves of a foreign one and the words for it. `log` gets the foreign error
    as it is: only what lies beside the data may keep it. `passing` are let through.
    """

    def __init__(
        self,
        *,
        is_private: bool | Callable[[], bool],
        tell: Callable[[Exception, str], ClueError] = lambda error, told: _unforeseen(told),
        log: Callable[[Exception], object] = lambda error: None,
        passing: tuple[type[Exception], ...] = (),
    ) -> None:
        self._is_private = is_private
        self._tell = tell
        self._log = log
        self._passing = passing

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """Raise what takes the error's place."""
        instead = None if error is None else self._in_place_of(error)
        del kind, error, trace  # a traceback with locals shows this frame's
        if instead is None:
            return False
        try:
            raise instead from None
        finally:
            instead.__context__ = None  # which Python has just set to the error that must not leave

    def _in_place_of(self, error: BaseException) -> BaseException | None:
        """None where the error may leave as it is."""
        is_private = self._is_private if isinstance(self._is_private, bool) else self._is_private()
        if isinstance(error, _STOPS):
            return type(error)(*error.args) if isinstance(error, SystemExit) else type(error)()
        if not isinstance(error, Exception) or isinstance(error, self._passing):
            return None
        if isinstance(error, ClueError) and (_is_ours(error) or not is_private):
            return bare(error, is_private=is_private)
        self._log(error)
        return self._tell(error, told(error, is_private=is_private))


def bare(error: ClueError, *, is_private: bool) -> ClueError:
    """The error without frames and causes, and of private data without what it quotes."""
    alone = copy.copy(error)
    if is_private and error.unquoted is not None:
        alone.args = (error.unquoted,)
    return alone


def told(error: BaseException, *, is_private: bool) -> str:
    """A foreign error in one line: its type and text, or of data under an agreement, or without text, its place."""
    kind = type(error).__name__
    text = "" if is_private else shorten(str(error), WIDTH)
    if text:
        return f"{kind}: {text}"
    frame = _last_frame(error)
    return kind if frame is None else f"{kind} ({_place(*frame)})"


def _is_ours(error: BaseException) -> bool:
    """Whether this package raised it; one that came from another process did so there."""
    frame = _last_frame(error)
    return frame is None or _module(frame[0]).partition(".")[0] == "clue_lib"


def _last_frame(error: BaseException) -> tuple[FrameType, int] | None:
    """The frame that raised, with its line."""
    frames: Iterator[tuple[FrameType, int]] = walk_tb(error.__traceback__)
    last = None
    for frame in frames:
        last = frame
    return last


def _place(frame: FrameType, line: int) -> str:
    """Module, file and line: names of code, none of which quotes data."""
    file = frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
    return shorten(f"{_module(frame)}, {file} line {line}", WIDTH)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "no module"))

"""Stops code of a model's own, its chat template, that does not end."""

import ctypes
import faulthandler
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

HARD_SECONDS = 5.0
"""How much later than it should a process of an engine ends where nothing else could stop it."""

HARD_MARK = "Timeout ("
"""How the lines begin that such a process leaves in its log (CPython's faulthandler)."""

_ends_process = False


class _TooLong(BaseException):
    """Raised into the code that takes too long, which catches no such thing."""


def end_process_too() -> None:
    """Said in a process of an engine: where the code is inside one long step of Python's own, the process ends."""
    global _ends_process
    _ends_process = True


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """What the call gives. Raises TimeoutError where it takes longer, in whichever thread this is.

    An exception is put into the running thread, which sees it between two steps of Python: a power of numbers, say, is
    one step however long it takes.
    """
    thread, lock, is_over = threading.get_ident(), threading.Lock(), False

    def stop() -> None:
        with lock:
            if not is_over:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_TooLong))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    try:
        timer.start()
        if _ends_process:
            faulthandler.dump_traceback_later(seconds + HARD_SECONDS, exit=True)
        try:
            return call()
        finally:
            with lock:
                is_over = True
            for _ in range(3):  # what was put into the thread at the last moment shows itself here
                pass
            timer.cancel()
            if _ends_process:
                faulthandler.cancel_dump_traceback_later()
    except _TooLong:
        timer.cancel()
        raise TimeoutError from None

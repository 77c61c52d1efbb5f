"""An engine's failure, told once: to the other processes of the run as well, none of which then tries again."""

import time
from pathlib import Path

from clue_lib.boundary import Boundary
from clue_lib.errors import EngineError, StoreError

FILE = "engine-failure.txt"


class FailureNote:
    """A file in the run's folder in which the process whose engine failed says so."""

    def __init__(self, folder: Path) -> None:
        """Made before any engine of the run starts: an earlier note is another run's."""
        self._path = folder / FILE
        self._since = time.time()

    def raise_if_failed(self) -> None:
        """Raise EngineError where an engine of this run has failed already, in whichever process."""
        try:
            if self._path.stat().st_mtime >= self._since:
                raise EngineError(self._path.read_text(encoding="utf-8"))
        except OSError:  # no note
            return

    def keep(self, error: EngineError) -> None:
        """Tell the other processes. Raises StoreError where the folder can't be written to."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(str(error), encoding="utf-8")
        except OSError as problem:
            raise StoreError(f"{self._path}: {problem.strerror}; free space or name another folder") from error


def boundary(backend: str, *, is_private: bool) -> Boundary:
    """Around what an engine of this backend does in this process."""
    return Boundary(is_private=is_private, tell=lambda error, told: EngineError(f"{backend}: {told}"))

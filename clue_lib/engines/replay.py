"""Recorded generations in an engine's place: re-judges a run without a GPU, a hub or a model."""

from collections.abc import Sequence
from pathlib import Path

from clue_lib.engines.answers_file import partition_name, scan
from clue_lib.engines.engine import Engine, EngineArgs
from clue_lib.errors import EngineError
from clue_lib.models import read_recording
from clue_lib.models.recording import ANSWERS_FILE
from clue_lib.types import Fingerprint, Generation, Request


class Replay(Engine):
    """Answers from a folder of the store; `weights` is that folder. Carries the recording engine's fingerprint."""

    name = "replay"
    own_process = False

    @classmethod
    def fingerprint(cls, weights: Path, args: EngineArgs) -> Fingerprint:
        """That of the engine which recorded the answers: only runs of one engine may be compared."""
        return read_recording(weights).engine

    def __init__(self, weights: Path, adapters: Sequence[Path], args: EngineArgs) -> None:
        """Read the recording."""
        self._folder = weights
        read = scan(weights / ANSWERS_FILE, partition_name(read_recording(weights)))
        self._answers, self._n_damaged = read.answers, len(read.damaged)

    def generate(self, requests: Sequence[Request], adapter: Path | None) -> list[Generation]:
        """The recorded answers. Raises EngineError where one is missing: prompts, data or limits have changed since."""
        missing = sum(request.key not in self._answers for request in requests)
        if missing and self._n_damaged:
            raise EngineError(
                f"replay:{self._folder}: no recorded answer to {missing} of {len(requests)} prompts, and "
                f"{self._n_damaged} of its lines are damaged or another model's; copy or record the answers anew"
            )
        if missing:
            raise EngineError(
                f"replay:{self._folder}: no recorded answer to {missing} of {len(requests)} prompts; "
                "prompts, shots, seed, data or limit differ from the recording: record anew or give the same ones"
            )
        return [self._answers[request.key] for request in requests]

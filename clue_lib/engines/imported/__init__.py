"""Answers that other programs made, in the forms in which they write them: read, and not yet matched to any prompt.

`read` takes lm-evaluation-harness's `samples_*.jsonl`, inspect_ai's logs (`.eval` and JSON), lines of OpenAI's batch
interface, and plain JSON Lines; or a folder of such files.
"""

from collections.abc import Callable
from pathlib import Path

from clue_lib import files
from clue_lib.engines.imported import inspect_log, lines, lm_eval
from clue_lib.engines.imported.values import Given, Imported
from clue_lib.errors import ModelError
from clue_lib.models.names import importable

__all__ = ["Given", "Imported", "read"]

_ZIP = b"PK\x03\x04"


def read(path: Path) -> Imported:
    """What the file, or each file of the folder, holds. Raises ModelError, in one line with the place.

    Several files must be of one program and one setting, or the folder is refused.
    """
    paths = importable(path)
    parts = [_read_file(each) for each in paths]
    first = parts[0]
    for other, other_path in zip(parts[1:], paths[1:], strict=True):
        if other.facts != first.facts:
            raise ModelError(
                f"{other_path}: made by another program or with other settings than {paths[0].name} beside it; "
                "import each alone"
            )
    return Imported(facts=first.facts, answers=tuple(answer for part in parts for answer in part.answers))


def _read_file(path: Path) -> Imported:
    try:
        with files.open_regular(path) as file:
            head = file.read(4096)
        return _reader(path, head)(path)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}; name a file of answers that can be read") from error


def _reader(path: Path, head: bytes) -> Callable[[Path], Imported]:
    if head.startswith(_ZIP):
        return inspect_log.read_zip
    if inspect_log.is_json_log(head):
        return inspect_log.read_json
    return lm_eval.read if lm_eval.is_samples(path, head) else lines.read

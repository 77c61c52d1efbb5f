"""gate.json: the run and every verdict, for programs. Holds figures, ids of gates and digests; never a model's text.

`gate.schema.json` beside this module describes it.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec

from clue_lib.errors import StoreError
from clue_lib.judging.verdict import Verdict
from clue_lib.report import document
from clue_lib.text import printable
from clue_lib.types import RunInfo


def render(info: RunInfo, verdicts: Sequence[Verdict]) -> bytes:
    """The document as UTF-8 JSON, keys in a fixed order, two spaces of indent; `?` for what UTF-8 can't hold."""
    content = msgspec.to_builtins(document.of_run(info, verdicts))
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n"


def passed(info: RunInfo, verdicts: Sequence[Verdict]) -> bool:
    """Whether no gate failed and the profile's demands are met."""
    return document.of_run(info, verdicts).passed


def properties(verdict: Verdict) -> list[tuple[str, object]]:
    """One verdict's figures as JUnit properties, text as one harmless line; what is not known is left out."""
    figures = msgspec.to_builtins(document.row(verdict)).items()
    return [
        (name, printable(value) if isinstance(value, str) else value) for name, value in figures if value is not None
    ]


def write(path: Path, info: RunInfo, verdicts: Sequence[Verdict]) -> None:
    """Write the document, making folders as needed. Raises StoreError when that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(render(info, verdicts))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; name a writable folder with --report-dir") from error

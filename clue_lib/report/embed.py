"""The examples inside report.html: columns as JSON, gzipped, in base64, which no text can break out of.

All examples travel, not the flips alone: what did not change is the measure of what did. A browser unpacks them without
a request (`DecompressionStream`). Texts are cut so that a report of any size stays below `LIMIT`.
"""

import base64
import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clue_lib.report.document import better_of, kind_of
from clue_lib.text import readable

if TYPE_CHECKING:
    from pandas import DataFrame

LIMIT = 10_000_000
"""Characters of packed examples; the page around them takes well below a megabyte."""

WIDTHS = (1500, 700, 300, 120)
"""Characters at which texts are cut, tried in this order until the packed examples are below `LIMIT`."""

_TEXTS = ("example_id", "gold", "question", "baseline_text", "candidate_text", "baseline_answer", "candidate_answer")
_NAMES = ("task", "tier", "cluster", "baseline_unparsed", "candidate_unparsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The examples as base64 of gzipped JSON; `width` is where their texts were cut."""

    text: str
    n: int
    width: int


def pack(frame: "DataFrame") -> Packed:
    """The per-example table for the page's flips browser."""
    for width in WIDTHS:
        content = json.dumps(_columns(frame, width), ensure_ascii=False, separators=(",", ":"))
        text = base64.b64encode(gzip.compress(content.encode(), compresslevel=6, mtime=0)).decode()
        if len(text) <= LIMIT:
            break
    return Packed(text=text, n=len(frame), width=width)


def _columns(frame: "DataFrame", width: int) -> dict[str, Any]:
    metrics = [name.removeprefix("baseline.") for name in frame if name.startswith("baseline.")]
    tasks = list(dict.fromkeys(frame["task"]))
    return {
        "n": len(frame),
        "clue": {task: [metric for metric in metrics if kind_of(task, metric) == "clue"] for task in tasks},
        "lower": [metric for metric in metrics if better_of(metric) == "lower"],
        "repeat": frame["repeat"].tolist(),
        "names": {name: _indexed(frame[name].tolist()) for name in _NAMES},
        "texts": {name: [readable(text[: 4 * width], width) for text in frame[name].tolist()] for name in _TEXTS},
        "scores": {
            metric: [_scores(frame[f"{side}.{metric}"]) for side in ("baseline", "candidate")] for metric in metrics
        },
    }


def _indexed(values: Sequence[str]) -> dict[str, Any]:
    """Each different value once, and every row's place among them."""
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return {"values": [readable(value, 200) for value in places], "at": [places[value] for value in values]}


def _scores(column: Any) -> list[float | int | None]:
    """Four decimals are more than a reader compares; whole numbers, most of all flags, take one character."""
    return [
        None if value != value else int(value) if value == int(value) else round(value, 4) for value in column.tolist()
    ]

"""The examples inside report.html: columns as JSON, gzipped, in base64, which no text can break out of.

All examples travel, not the flips alone: what did not change is the measure of what did. A browser unpacks them without
a request (`DecompressionStream`). Texts are cut so that a report of any size stays below `LIMIT`.
"""

import base64
import gzip
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clue_lib.metrics import METRICS
from clue_lib.report import opposites, passages
from clue_lib.report.examples import SIDES
from clue_lib.report.passages import Passage
from clue_lib.tasks import TASKS
from clue_lib.text import readable
from clue_lib.types import Gate, withheld

if TYPE_CHECKING:
    from pandas import DataFrame

LIMIT = 10_000_000
"""Characters of packed examples; the page around them takes well below a megabyte."""

WIDTHS = (1500, 700, 300, 120)
"""Characters at which texts are cut, tried in this order until the packed examples are below `LIMIT`."""

_TEXTS = (
    *("example_id", "gold", "question", "baseline_text", "candidate_text", "baseline_answer", "candidate_answer"),
    *("baseline_read_from", "candidate_read_from", "baseline_thought", "candidate_thought"),
)
_NAMES = (
    *("task", "tier", "cluster", "baseline_unparsed", "candidate_unparsed"),
    *("baseline_finish_reason", "candidate_finish_reason"),
)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """The examples as base64 of gzipped JSON; `width` is where their texts were cut."""

    text: str
    n: int
    width: int


def pack(frame: "DataFrame", gates: Sequence[Gate] = ()) -> Packed:
    """The per-example table for the page's flips browser; `gates` are the run's."""
    for width in WIDTHS:
        content = json.dumps(_content(frame, gates, width), ensure_ascii=False, separators=(",", ":"))
        zipped = gzip.compress(content.encode(), compresslevel=6, mtime=0)
        text = base64.b64encode(zipped).decode()
        if len(text) <= LIMIT:
            break
    return Packed(text=text, n=len(frame), width=width)


def _content(frame: "DataFrame", gates: Sequence[Gate], width: int) -> dict[str, object]:
    """What `templates/browser.js` reads, by the names that it uses."""
    metrics = [name.removeprefix("baseline.") for name in frame if name.startswith("baseline.")]
    tasks = list(dict.fromkeys(frame["task"]))
    return {
        "n": len(frame),
        "clue": {task: [metric for metric in metrics if metric in _main_metrics(task, gates)] for task in tasks},
        "lower": _failure_modes(metrics, gates),
        "repeat": frame["repeat"].tolist(),
        "wording": [int(number) for number in frame["wording"]],
        "names": {name: _indexed(frame[name].tolist()) for name in _NAMES},
        "texts": {name: _cut(frame[name].tolist(), width) for name in _TEXTS},
        "passages": [_passages(text, width) for text in frame["passages"]],
        "opposites": {side: [_opposites(text, width) for text in frame[f"{side}_opposites"]] for side in SIDES},
        "places": {side: _places(frame, side, width) for side in SIDES},
        "thought_tokens": {side: [int(n) for n in frame[f"{side}_thought_tokens"]] for side in SIDES},
        "scores": {metric: _scores(frame, metric) for metric in metrics},
    }


def _main_metrics(task: str, gates: Sequence[Gate]) -> Sequence[str]:
    """What the task is measured by: CLUE's metrics; of a user's own task those that were gated."""
    if task in TASKS:
        return TASKS[task].clue_metrics
    return [gate.metric for gate in gates if gate.task == task and gate.is_main_metric]


def _failure_modes(metrics: Sequence[str], gates: Sequence[Gate]) -> list[str]:
    """The metrics of which less is better; a gate knows it of a metric that this process does not know."""
    lower = {gate.metric for gate in gates if gate.better == "lower"}
    lower |= {name for name, metric in METRICS.items() if metric.better == "lower"}
    return [metric for metric in metrics if metric in lower]


def _cut(texts: Sequence[str], width: int) -> list[str]:
    return [readable(text[: 4 * width], width) for text in texts]  # what is invisible goes before what is left is cut


def _passages(text: str, width: int) -> list[list[str]]:
    """Each passage as the text before it, its words and the text after it."""
    return [_passage(passage, width) for passage in passages.decode(text)]


def _passage(passage: Passage, width: int) -> list[str]:
    return _cut((passage.before, passage.words, passage.after), width)


def _opposites(text: str, width: int) -> list[tuple[str, list[str], list[str] | None]]:
    """In what each differs, the answer's place and the chart's, both as `_passages`; null where that has none."""
    return [
        (each.differs, _passage(each.answer, width), None if each.source is None else _passage(each.source, width))
        for each in opposites.decode(text)
    ]


def _places(frame: "DataFrame", side: str, width: int) -> list[list[int] | None]:
    """Where each answer was read in the text as the page shows it; null where that is not known."""
    columns = (frame[f"{side}_{name}"].tolist() for name in ("text", "read_start", "read_end"))
    return [
        None if math.isnan(start) else _place(text, int(start), int(end), width)
        for text, start, end in zip(*columns, strict=True)
    ]


def _place(text: str, start: int, end: int, width: int) -> list[int] | None:
    """The place in the cleaned and cut text; None where it was cut away or cleaning changed what stands there."""
    (shown,) = _cut([text], width)
    first = len(readable(text[:start] + "|")) - 1  # with something behind it, a line break at the end is kept
    words = readable(text[start:end])
    last = first + len(words)
    if not words or first >= width - 1 or not words.startswith(shown[first : min(last, width - 1)]):
        return None
    return [first, min(last, width - 1)]


def _indexed(values: Sequence[str]) -> dict[str, object]:
    """Each different value once, and every row's place among them."""
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    return {"values": [readable(value, 200) for value in places], "at": [places[value] for value in values]}


def _scores(frame: "DataFrame", metric: str) -> list[list[float | int | None]]:
    """Baseline's and candidate's scores; null where the metric is undefined."""
    return [[_short(value) for value in frame[f"{side}.{metric}"].tolist()] for side in SIDES]


def _short(score: float) -> float | int | None:
    """Four decimals are more than a reader compares; whole numbers, most of all flags, take one character."""
    if math.isnan(score):
        return None
    return int(score) if score.is_integer() else round(score, 4)

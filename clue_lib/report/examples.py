"""The per-example table: one row per (task, example, repeat), written as examples.parquet with pandas.

Columns: task, level, tier, example_id, repeat, the number of the wording that it was asked in, cluster, gold, question,
the passages of its context that hold the answer, then for both models their text, the answer read from it, where it was
read and why none was, what it says otherwise than the chart, why the model stopped, what it thought before and in how
many tokens, slices as JSON, and one
`baseline.<metric>` and `candidate.<metric>` each, null where the metric is undefined for the example or the task does
not have it.

Of licensed and credentialed data it holds no text and no raw id: keyed hashes stand for ids, clusters and the groups of
slices that the file names, fixed words for what a user's own task says of an answer that it can't read. What models
thought about such data is in no table, not even in the one beside the data.
"""

import errno
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from clue_lib import files, sealed, tasks
from clue_lib.datasets.private import keyed
from clue_lib.errors import ReportError, StoreError
from clue_lib.report import opposites, passages
from clue_lib.report.evidence import read_from
from clue_lib.text import storable
from clue_lib.types import PRIVATE_TIERS, Example, Parsed, Response, TaskRun

if TYPE_CHECKING:
    from pandas import DataFrame
    from pyarrow import RecordBatch

FIELD_WIDTH = 400
"""Characters of each field of a question that are kept; of the last, where tasks put what is asked, twice as many."""

SIDES = ("baseline", "candidate")

_TEXT_COLUMNS = ("text", "answer", "read_from", "thought", "opposites")
_OTHER_COLUMNS = ("unparsed", "finish_reason", "read_start", "read_end", "thought_tokens")

TEXT_COLUMNS = ("gold", "question", "passages", *(f"{side}_{name}" for name in _TEXT_COLUMNS for side in SIDES))
"""The columns that quote data or answers: empty for private tiers."""

COLUMNS = (
    *("task", "level", "tier", "example_id", "repeat", "wording", "cluster", *TEXT_COLUMNS),
    *(f"{side}_{name}" for name in _OTHER_COLUMNS for side in SIDES),
    "slices",
)

_OF_REPORTS = 4
"""How many times what is held of another file is held of this one, which a run of ours wrote."""

_ROWS_AT_ONCE = 200

LATER: Mapping[str, str | int | float] = {
    "passages": "",
    "wording": 1,
    **{f"{side}_{name}": "" for name in ("read_from", "thought", "opposites", "finish_reason") for side in SIDES},
    **{f"{side}_{name}": math.nan for name in ("read_start", "read_end") for side in SIDES},
    **{f"{side}_thought_tokens": 0 for side in SIDES},
}
"""Columns that tables written by earlier versions lack, and what stands there instead."""

WITHHELD = "reason withheld"
"""Why no answer was read, where a task of the user's own says it of data under an agreement, which it may quote."""

_REASONS = tuple(f"{side}_unparsed" for side in SIDES)

PLACES = tuple(f"{side}_{name}" for name in ("read_start", "read_end") for side in SIDES)
"""Where in a model's text its answer was read, as a slice; null where no one place decided."""

Row = dict[str, str | int | float | None]
"""One row of the table: its values by column."""


def table(pairs: Iterable[tuple[TaskRun, TaskRun]], *, key: bytes, private: bool = False) -> "DataFrame":
    """Baseline and candidate run of each task as one table, in the runs' order.

    `key` makes the hashes of ids of licensed and credentialed data; nobody without it can tell whose they are. With
    `private` their texts and ids stay: such a table may lie beside the data only.
    """
    import pandas as pd

    rows = [row for baseline, candidate in pairs for row in _rows(baseline, candidate, key, private)]
    metrics = sorted({name for row in rows for name in row} - set(COLUMNS))
    frame = pd.DataFrame(rows, columns=[*COLUMNS, *metrics])
    return frame.astype(dict.fromkeys([*metrics, *PLACES], "float64"))


def write(frame: "DataFrame", path: Path) -> None:
    """Write the table, whole or not at all, making folders as needed. Raises StoreError when that fails."""
    try:
        sealed.write(path, frame.to_parquet(index=False, compression="zstd"))
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; name a writable folder with --report-dir") from error


def read(path: Path) -> "DataFrame":
    """A table written by `write`. Raises ReportError where it is none."""
    import pyarrow
    from pyarrow import ArrowException, parquet

    try:
        with files.open_regular(path) as file:
            table = parquet.ParquetFile(file)
            batches = list(_within(path, table.iter_batches(batch_size=_ROWS_AT_ONCE)))
            frame = pyarrow.Table.from_batches(batches, table.schema_arrow).to_pandas(ignore_metadata=True)
    except FileNotFoundError as error:
        raise ReportError(f"{path}: no such file; run the gate again") from error
    except (OSError, ArrowException, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            raise ReportError(f"{path}: {error.strerror}") from error
        raise ReportError(f"{path}: no parquet file ({str(error).splitlines()[0]}); run the gate again") from error
    if missing := [name for name in COLUMNS if name not in frame and name not in LATER]:
        raise ReportError(f"{path}: no column {missing[0]}; it is not a run's table of examples")
    return frame.assign(**{name: value for name, value in LATER.items() if name not in frame})


def _within(path: Path, batches: "Iterable[RecordBatch]") -> "Iterator[RecordBatch]":
    """The rows, as long as they may be held: what repeats is written once in the file, and is here a thousand times."""
    bound = left = files.largest() * _OF_REPORTS
    for batch in batches:
        left -= batch.nbytes
        if left < 0:
            raise files.too_large(path, bound)
        yield batch


def _rows(baseline: TaskRun, candidate: TaskRun, key: bytes, private: bool) -> Iterator[Row]:
    is_hidden = baseline.tier in PRIVATE_TIERS and not private
    for i, (of_baseline, of_candidate) in enumerate(zip(baseline.responses, candidate.responses, strict=True)):
        row = _about(baseline, of_baseline.example) | _asked(of_baseline.example)
        for side, run, response in zip(SIDES, (baseline, candidate), (of_baseline, of_candidate), strict=True):
            row |= {f"{side}_{name}": value for name, value in _answered(response).items()}
            scores = {metric: values[i] for metric, values in run.scores.items()}
            row[f"{side}_opposites"] = "" if is_hidden else opposites.encode(response, scores)
        if baseline.tier in PRIVATE_TIERS:
            row |= {f"{side}_thought": "" for side in SIDES}
        if is_hidden:
            row |= dict.fromkeys(TEXT_COLUMNS, "") | dict.fromkeys(PLACES)
            row |= {name: _hidden_reason(baseline.task, str(row[name])) for name in _REASONS}
            row |= {name: keyed(key, str(row[name])) for name in ("example_id", "cluster")}
            row["slices"] = json.dumps(_hidden_slices(baseline.task, of_baseline.example, key))
        for side, run in (("baseline", baseline), ("candidate", candidate)):
            row |= {f"{side}.{metric}": values[i] for metric, values in run.scores.items()}
        yield row


def _about(run: TaskRun, example: Example) -> Row:
    slices = {storable(name): storable(group) for name, group in example.slices.items()}
    return {
        "task": run.task,
        "level": tasks.named(run.task).level if run.task in tasks.names() else "",
        "tier": run.tier,
        "example_id": storable(example.id),
        "repeat": example.repeat,
        "wording": example.wording,
        "cluster": storable(example.cluster),
        "slices": json.dumps(slices),
    }


def _hidden_reason(task: str, reason: str) -> str:
    """Why no answer was read, where the words are the suite's own; empty where an answer was read."""
    return reason if tasks.is_ours(task) or not reason else WITHHELD


def _hidden_slices(task: str, example: Example, key: bytes) -> dict[str, str]:
    """Slices whose groups are names of ours as they are, the others' by keyed names."""
    ours = {"length", *(tasks.named(task).counted_slices if task in tasks.names() else ())}
    return {
        storable(name): storable(group) if name in ours else keyed(key, group) for name, group in example.slices.items()
    }


def _asked(example: Example) -> Row:
    return {
        "gold": _joined(example.gold),
        "question": _question(example.fields),
        "passages": passages.encode(example) if example.passages else "",
    }


def _answered(response: Response) -> Row:
    """What one model made of it, by the part of a column's name behind the side."""
    generation, answer = response.generation, response.answer
    evidence = answer.evidence
    return {
        "text": storable(generation.text),
        "answer": _joined(answer.value) if isinstance(answer, Parsed) else "",
        "read_from": storable(read_from(generation.text, answer)),
        "thought": storable(generation.thought),
        "unparsed": "" if isinstance(answer, Parsed) else answer.reason,
        "finish_reason": generation.finish_reason,
        "read_start": None if evidence is None else evidence.start,
        "read_end": None if evidence is None else evidence.end,
        "thought_tokens": generation.n_thought_tokens,
    }


def _question(fields: Mapping[str, str]) -> str:
    """Every field that the prompt was filled with, long ones cut and below the others: what is asked stands first."""
    last = len(fields) - 1
    short: list[str] = []
    long: list[str] = []
    for place, (name, text) in enumerate(fields.items()):
        width = FIELD_WIDTH if place < last else 2 * FIELD_WIDTH
        (short if len(text) <= width else long).append(f"{name}: {_cut(text, width)}")
    return storable("\n".join([*short, *long]))


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[:width]} … ({len(text) - width:,} characters more)"


def _joined(value: str | tuple[str, ...]) -> str:
    return storable(value if isinstance(value, str) else ", ".join(value))

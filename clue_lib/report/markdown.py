"""report.md: what a reviewer reads in a pull request, short enough for a comment, details folded."""

import functools
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clue_lib.judging import Verdict
from clue_lib.report import advice, asked, assisted_lines, breakdown, figures, wordings, worth
from clue_lib.report.document import Document
from clue_lib.report.header import early_words
from clue_lib.report.shown import compared_failure_modes, has_moved, is_main
from clue_lib.report.worst_slices import WorstSlice, worst_slices
from clue_lib.tasks import TASKS
from clue_lib.text import markdown, printable, shorten
from clue_lib.types import Gate

if TYPE_CHECKING:
    import jinja2
    from pandas import DataFrame

LIMIT = 60_000
"""Bytes; GitHub refuses comments beyond 65,536 characters."""

MARKER = "<!-- clue-gate -->"
"""By this line a later run finds the comment that it replaces."""

TEXT_WIDTH = 160
NOTE_WIDTH = 300
N_FLIPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """How much is told: rows of a table, gates with flips shown, notes, averages of tasks beside those of levels."""

    rows: int
    flips: int
    notes: int
    tasks: bool = True


_DETAILS = (
    Detail(rows=400, flips=12, notes=200),
    Detail(rows=60, flips=3, notes=20),
    Detail(rows=20, flips=0, notes=5, tasks=False),
)


class Raw(str):
    """Text that is markdown already: figures, what a macro made. It is not escaped again."""

    __slots__ = ()


def render(document: Document, frame: "DataFrame | None" = None, *, notes: Sequence[str] = ()) -> str:
    """The report, below `LIMIT` bytes. `notes` come first; without a per-example table there are no flips.

    Where it would be too long, flips go first, then gates that neither failed nor moved, then the rest of long tables.
    """
    text = ""
    for detail in _DETAILS:
        text = _environment().get_template("report.md.j2").render(_content(document, frame, detail, notes))
        if len(text.encode()) < LIMIT:
            break
    return text


def _content(document: Document, frame: "DataFrame | None", detail: Detail, notes: Sequence[str]) -> dict[str, object]:
    """What the template shows, by the names that it uses."""
    first = _first(document)
    modes = compared_failure_modes(document)
    moved = [verdict for verdict in modes if has_moved(verdict)]
    named = {verdict.gate.id for verdict in (*first, *moved)}
    rest = [verdict for verdict in document.verdicts if verdict.gate.id not in named]
    gates = [verdict.gate for verdict in document.verdicts]
    return {
        "document": document,
        "run": document.run,
        "notes": notes[: detail.notes],
        "n_more_notes": max(0, len(notes) - detail.notes),
        "steps": advice.undecided(document),
        "asked": asked.asked(document.run),
        "early": early_words(document.run.early),
        "thoughts": asked.rows(document.run),
        "wordings": wordings.sentence(document.run),
        "worth": worth,
        "assisted": assisted_lines.rows(document),
        "assisted_told": assisted_lines.sentence(document),
        "first": first[: detail.rows],
        "n_more": max(0, len(first) - detail.rows),
        "averages": [row for row in document.averages if detail.tasks or row.name not in TASKS],
        "moved": moved[: detail.rows],
        "n_moved": len(moved),
        "n_modes": len(modes),
        "losses": () if frame is None else breakdown.losses(frame, gates),
        "worst": () if frame is None else _worst_groups(frame, gates)[: detail.rows],
        "flips": [] if frame is None else _flips(document.failed, frame)[: detail.flips],
        "rest": rest if len(rest) <= detail.rows else [],
        "marker": Raw(MARKER),
    }


def _worst_groups(frame: "DataFrame", gates: Sequence[Gate]) -> list[WorstSlice]:
    """Those that are said in words first: they stay where the table is cut."""
    return sorted(worst_slices(frame, gates), key=lambda each: not each.words)


def _first(document: Document) -> list[Verdict]:
    """What failed, primaries before others, then what is undecided of what every report shows."""
    failed = sorted(document.failed, key=lambda verdict: verdict.gate.role != "primary")
    return [*failed, *(verdict for verdict in document.undecided if is_main(verdict.gate))]


def _flips(failed: Sequence[Verdict], frame: "DataFrame") -> list[tuple[Verdict, list[dict[str, str]]]]:
    """The worst examples of each task's first failed gate, where their texts may be shown."""
    first_of_task: dict[str, Verdict] = {}
    for verdict in failed:
        first_of_task.setdefault(verdict.gate.task, verdict)
    with_flips = []
    for verdict in first_of_task.values():
        if verdict.gate.is_of_run or f"baseline.{verdict.gate.metric}" not in frame:
            continue
        if flips := _worst(verdict, frame):
            with_flips.append((verdict, flips))
    return with_flips


def _worst(verdict: Verdict, frame: "DataFrame") -> list[dict[str, str]]:
    gate = verdict.gate
    of_task = frame[(frame["task"] == gate.task) & (frame["gold"] != "")]
    change = of_task[f"candidate.{gate.metric}"] - of_task[f"baseline.{gate.metric}"]
    oriented = change if gate.better == "higher" else -change
    losses = of_task[oriented < 0].assign(change=oriented)
    return [_shown(row) for row in losses.sort_values("change", kind="stable").head(N_FLIPS).to_dict("records")]


def _shown(row: Mapping[Any, Any]) -> dict[str, str]:
    columns = ("example_id", "gold", "baseline_text", "candidate_text")
    return {name: shorten(str(row[name]), TEXT_WIDTH) or "(empty)" for name in columns}


@functools.cache
def _environment() -> "jinja2.Environment":
    """Every value is escaped unless it is `Raw`: none has to be remembered."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("clue_lib.report"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters |= {value.__name__: value for value in figures.VALUES}
    environment.filters |= {write.__name__: _raw(write) for write in figures.WRITERS}
    for name, width in (("short", 80), ("cut", TEXT_WIDTH), ("brief", NOTE_WIDTH)):
        environment.filters[name] = functools.partial(shorten, width=width)
    environment.filters |= {"made": Raw, "code": _code, "verbatim": _verbatim}
    return environment


def _finalized(value: object) -> object:
    return value if isinstance(value, Raw | int) else markdown(str(value))


def _code(text: str) -> Raw:
    """Text to copy: GitHub reads no mentions inside code, so no invisible characters are needed to prevent them."""
    return Raw(f"<code>{markdown(text).replace('&#8203;', '')}</code>")


def _verbatim(text: str) -> Raw:
    """Text to copy inside of <pre>, where markdown marks nothing up."""
    return Raw(html.escape(printable(text)))


def _raw(write: Callable[..., str]) -> Callable[..., Raw]:
    return lambda figure: Raw(write(figure))

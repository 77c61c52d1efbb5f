"""report.md: what a reviewer reads in a pull request, short enough for a comment, details folded."""

import functools
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clue_lib.report import breakdown, figures
from clue_lib.report.document import Document, Row
from clue_lib.text import markdown, printable, shorten

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
    """Markdown that is one already: figures of ours, what a macro made."""

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


def _content(document: Document, frame: "DataFrame | None", detail: Detail, notes: Sequence[str]) -> dict[str, Any]:
    undecided = [row for row in document.inconclusive if row.kind in {"clue", "run"}]
    first = [*sorted(document.failed, key=lambda row: row.role != "primary"), *undecided]
    modes = [row for row in document.gates if row.better == "lower" and row.delta is not None]
    moved = [row for row in modes if row.has_moved]
    named = {row.id for row in (*first, *moved)}
    rest = [row for row in document.gates if row.id not in named]
    whole = {"longhealth", "level1", "level2", "case_challenges", "overall"}
    return {
        "document": document,
        "run": document.run,
        "notes": notes[: detail.notes],
        "n_more_notes": max(0, len(notes) - detail.notes),
        "steps": figures.undecided(document),
        "first": first[: detail.rows],
        "n_more": max(0, len(first) - detail.rows),
        "averages": [row for row in document.averages if detail.tasks or row.name in whole],
        "moved": moved[: detail.rows],
        "n_moved": len(moved),
        "n_modes": len(modes),
        "losses": () if frame is None else breakdown.losses(frame, document.gates),
        "flips": [] if frame is None else _flips(document.failed, frame)[: detail.flips],
        "rest": rest if len(rest) <= detail.rows else [],
        "marker": Raw(MARKER),
    }


def _flips(gates: Sequence[Row], frame: "DataFrame") -> list[tuple[Row, list[dict[str, str]]]]:
    """The worst examples of each task's first such gate, where their texts may be shown."""
    first = {gate.task: gate for gate in reversed(gates)}
    found = []
    for gate in (gate for gate in gates if first[gate.task] is gate):
        if f"baseline.{gate.metric}" in frame and gate.kind != "run":
            of_task = frame[(frame["task"] == gate.task) & (frame["gold"] != "")]
            change = of_task[f"candidate.{gate.metric}"] - of_task[f"baseline.{gate.metric}"]
            oriented = change if gate.better == "higher" else -change
            worst = of_task[oriented < 0].assign(change=oriented).sort_values("change", kind="stable").head(N_FLIPS)
            found.append((gate, [_shown(row) for row in worst.to_dict("records")]))
    return [(gate, flips) for gate, flips in found if flips]


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
    for filter_ in (figures.percent, figures.points, figures.bounds):
        environment.filters[filter_.__name__] = _raw(filter_)
    for name, width in (("short", 80), ("cut", TEXT_WIDTH), ("brief", NOTE_WIDTH)):
        environment.filters[name] = functools.partial(shorten, width=width)
    environment.filters |= {"made": Raw, "code": _code, "verbatim": _verbatim}
    return environment


def _finalized(value: object) -> object:
    return value if isinstance(value, Raw | int) else markdown(str(value))


def _code(text: str) -> Raw:
    """Text to copy: GitHub reads no mentions in code, so nothing is put between its characters."""
    return Raw(f"<code>{markdown(text).replace('&#8203;', '')}</code>")


def _verbatim(text: str) -> Raw:
    """Text to copy inside of <pre>, where markdown marks nothing up."""
    return Raw(html.escape(printable(text)))


def _raw(write: Any) -> Any:
    return lambda value: Raw(write(value))

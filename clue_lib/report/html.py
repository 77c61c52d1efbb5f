"""report.html: one file that shows a run without a network, and lets nothing that a model wrote act."""

import base64
import functools
import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from statistics import fmean
from typing import TYPE_CHECKING

from clue_lib.report import breakdown, embed, figures
from clue_lib.report.breakdown import Slice
from clue_lib.report.document import Document, Row
from clue_lib.report.forest import forest
from clue_lib.tasks import TASKS
from clue_lib.text import readable, shorten
from clue_lib.types import PRIVATE_TIERS

if TYPE_CHECKING:
    import jinja2
    from pandas import DataFrame

_SCRIPTS = ("diff.js", "browser.js", "page.js")
NAME_WIDTH = 80
"""Characters of a model's name in headings; the whole name is not needed to reproduce a run, the digests are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Tasks that are answered alike, and the mean of their averages' differences, a share."""

    name: str
    tasks: tuple[str, ...]
    delta: float


def render(document: Document, frame: "DataFrame | None" = None, *, notes: tuple[str, ...] = ()) -> str:
    """The page; without a per-example table it has no slices and no flips. `notes` stand above the verdict."""
    main = [row for kind in ("run", "clue") for row in document.gates if row.kind == kind]
    moved = [row for row in document.gates if row.kind == "failure mode" and row.has_moved]
    style, script = _source("report.css"), "\n".join(map(_source, _SCRIPTS))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            run=document.run,
            notes=notes,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            plot=_plots(main, "Differences, CLUE's metrics and the whole run"),
            drift_plot=_plots(moved, "Differences, failure modes that moved"),
            drift=drift(document),
            contrast=contrast(document),
            losses=() if frame is None else breakdown.losses(frame, document.gates),
            slices=() if frame is None else breakdown.slices(frame, document.gates),
            packed=None if frame is None else embed.pack(frame),
            is_withheld=frame is not None and _is_withheld(frame),
            failed=sorted(document.failed, key=lambda row: row.role != "primary"),
            steps=figures.undecided(document),
        )
    )


def drift(document: Document) -> tuple[Row, ...]:
    """Failure modes that were compared: families first, then what moved, then the rest, in the document's order."""
    rows = [row for row in document.gates if row.better == "lower" and row.delta is not None]
    return tuple(sorted(rows, key=lambda row: (row.kind != "run", not row.has_moved)))


def contrast(document: Document) -> tuple[Contrast, ...]:
    """Multiple choice against clinical tasks, and of these the chosen against the written answers; empty if but one."""
    found = {
        average.name: average.candidate - average.baseline
        for average in document.averages
        if average.baseline is not None and average.candidate is not None and average.name in TASKS
    }
    kinds = [
        Contrast(name=name, tasks=tuple(tasks), delta=fmean(found[task] for task in tasks))
        for name, group in itertools.groupby(sorted(found, key=_kind), key=_kind)
        if (tasks := list(group))
    ]
    return tuple(kinds) if len(kinds) > 1 else ()


def _kind(task: str) -> str:
    if TASKS[task].level == "monitored":
        return "Multiple choice of your own"
    return (
        "Clinical, an answer to choose" if TASKS[task].clue_metrics == ("accuracy",) else "Clinical, an answer to write"
    )


@functools.cache
def _environment() -> "jinja2.Environment":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("clue_lib.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.filters["groupby_pair"] = _by_metric
    environment.filters["short"] = lambda text: shorten(text, NAME_WIDTH)
    for filter_ in (figures.percent, figures.points, figures.bounds, figures.p_value, figures.size):
        environment.filters[filter_.__name__] = filter_
    return environment


def _finalized(value: object) -> object:
    """Text without what steers or hides; jinja escapes it after that."""
    return readable(value) if type(value) is str else value


def _is_withheld(frame: "DataFrame") -> bool:
    """Whether the table lacks texts because of an agreement; every example has a gold answer otherwise."""
    return bool((frame["tier"].isin(PRIVATE_TIERS) & (frame["gold"] == "")).any())


def _by_metric(slices: Iterable[Slice]) -> list[tuple[tuple[str, str], list[Slice]]]:
    groups = itertools.groupby(slices, key=lambda row: (row.task, row.metric))
    return [(key, list(rows)) for key, rows in groups]


def _plots(rows: list[Row], title: str) -> tuple[str, str]:
    """The plot for wide and for narrow pages; empty where nothing was compared."""
    return forest(rows, title=title), forest(rows, title=title, narrow=True)


def _source(name: str) -> str:
    return (files("clue_lib.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The content's name in a content security policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

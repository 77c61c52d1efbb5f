"""report.html: one file that shows a run without a network, in which nothing that a model wrote can run."""

import base64
import functools
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from clue_lib.judging import Verdict
from clue_lib.metrics import METRICS
from clue_lib.report import advice, asked, assisted_lines, breakdown, embed, figures, glossary, wordings, worth
from clue_lib.report.breakdown import Slice
from clue_lib.report.contrast import contrast
from clue_lib.report.document import Document
from clue_lib.report.forest import forest
from clue_lib.report.header import early_words
from clue_lib.report.shown import compared_failure_modes, has_moved, is_main
from clue_lib.report.worst_slices import worst_slices
from clue_lib.text import readable, shorten
from clue_lib.types import PRIVATE_TIERS

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup
    from pandas import DataFrame

    from clue_lib.report.history import History

_SCRIPTS = ("diff.js", "browser.js", "flip.js", "csv.js", "links.js", "glossary.js", "page.js")
NAME_WIDTH = 80
"""Characters of a model's name in headings; the whole name is not needed to reproduce a run, the digests are."""


def render(document: Document, frame: "DataFrame | None" = None, *, notes: tuple[str, ...] = ()) -> str:
    """The page; without a per-example table it has no slices and no flips. `notes` stand above the verdict."""
    gates = [verdict.gate for verdict in document.verdicts]
    main = [verdict for verdict in document.verdicts if is_main(verdict.gate)]
    main.sort(key=lambda verdict: not verdict.gate.is_of_run)
    modes = [verdict for verdict in document.verdicts if verdict.gate.kind == "failure mode"]
    moved_modes = [verdict for verdict in modes if has_moved(verdict)]
    drifted = drift(document)
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
            drift_plot=_plots(moved_modes, "Differences, failure modes that moved"),
            moved=[verdict for verdict in drifted if has_moved(verdict)],
            unmoved=[verdict for verdict in drifted if not has_moved(verdict)],
            contrast=contrast(document.averages),
            losses=() if frame is None else breakdown.losses(frame, gates),
            worst=() if frame is None else worst_slices(frame, gates),
            slices=() if frame is None else _by_metric(breakdown.slices(frame, gates)),
            packed=None if frame is None else embed.pack(frame, gates),
            is_withheld=frame is not None and _is_withheld(frame),
            failed=sorted(document.failed, key=lambda verdict: verdict.gate.role != "primary"),
            steps=advice.undecided(document),
            asked=asked.asked(document.run),
            early=early_words(document.run.early),
            thoughts=asked.rows(document.run),
            wordings=wordings.sentence(document.run),
            worth=worth,
            assisted=assisted_lines.rows(document),
            assisted_told=assisted_lines.sentence(document),
            outcomes=glossary.OUTCOMES,
            glossary=glossary.of_page({gate.metric for gate in gates}),
        )
    )


def history_page(history: "History", headings: Sequence[str], drawing: str) -> str:
    """The page of one gate over releases; `headings` are those of its table."""
    style = _source("report.css")
    return (
        _environment()
        .get_template("history.html.j2")
        .render(history=history, headings=headings, drawing=drawing, style=style, style_hash=_hash(style))
    )


def drift(document: Document) -> tuple[Verdict, ...]:
    """Failure modes that were compared: families first, then what moved, then the rest, in the document's order."""
    modes = compared_failure_modes(document)
    return tuple(sorted(modes, key=lambda verdict: (not verdict.gate.is_of_run, not has_moved(verdict))))


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
    environment.filters["short"] = lambda text: shorten(text, NAME_WIDTH)
    environment.globals |= {"term": _term, "metric_term": _metric_term, "address": glossary.address}
    for filter_ in (*figures.VALUES, *figures.WRITERS):
        environment.filters[filter_.__name__] = filter_
    return environment


def _finalized(value: object) -> object:
    """Text without control and invisible characters; jinja escapes it after that."""
    return readable(value) if type(value) is str else value


def _term(name: str, shown: str = "") -> "Markup":
    """A word that explains itself. Raises KeyError where the glossary has no such term."""
    assert glossary.meanings()[name]
    return _link(glossary.TERM + glossary.address(name), shown or name)


def _metric_term(metric: str) -> "Markup | str":
    """A metric's name that explains itself; of a user's own metric the name alone."""
    if metric not in METRICS:
        return metric
    return _link(glossary.METRIC + glossary.address(metric), metric)


def _link(place: str, shown: str) -> "Markup":
    from markupsafe import Markup

    return Markup('<a class="term" href="#{0}" aria-describedby="{0}-means">{1}</a>').format(place, shown)


def _is_withheld(frame: "DataFrame") -> bool:
    """Whether the table lacks texts because of an agreement; every example has a gold answer otherwise."""
    return bool((frame["tier"].isin(PRIVATE_TIERS) & (frame["gold"] == "")).any())


def _by_metric(slices: Iterable[Slice]) -> list[tuple[tuple[str, str], list[Slice]]]:
    groups = itertools.groupby(slices, key=lambda row: (row.task, row.metric))
    return [(key, list(rows)) for key, rows in groups]


def _plots(verdicts: Sequence[Verdict], title: str) -> tuple[str, str]:
    """The plot for wide and for narrow pages; empty where nothing was compared."""
    return forest(verdicts, title=title), forest(verdicts, title=title, narrow=True)


def _source(name: str) -> str:
    return (files("clue_lib.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The hash by which a content security policy allows this script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

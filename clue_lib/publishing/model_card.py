"""A section of a model's card, "Regression against base": what the run found, on which data, and how to repeat it.

It stands between two comments, by which a later run finds and replaces it; the rest of the card is never touched.
"""

import html
from collections.abc import Sequence

from clue_lib.errors import ReportError
from clue_lib.judging import Verdict
from clue_lib.report import Document, figures, worth
from clue_lib.report.shown import is_main
from clue_lib.text import markdown, printable, shorten
from clue_lib.types import TaskInfo

BEGIN = "<!-- clue-gate: begin -->"
END = "<!-- clue-gate: end -->"

TITLE = "Regression against base"

_WIDTH = 300
"""Characters of a sentence or name; a longer one is cut."""

_GATES = (
    "| task | metric | base | this model | change | bounds | margin | outcome |",
    "|---|---|--:|--:|--:|--:|--:|---|",
)
_DATA = ("| task | data | tier | examples scored | digest |", "|---|---|---|--:|---|")

_LEGEND = (
    "Percent and points; bounds are one-sided, below 0 is worse. A gate fails where the drop is beyond its "
    "margin and no accident. A pass says that no such drop was shown, not that there is none."
)
_SYNTHETIC = "Bundled examples are synthetic; what was found on them says little about clinical text."


def section(document: Document) -> str:
    """The section with its two comments, its lines ended by a line feed. Every name in it is plain text.

    Raises ReportError where the run judged nothing, or a model against itself.
    """
    _check(document)
    parts = (
        [f"## {TITLE}"],
        [f"**{_text(document.title)}**"],
        [_compared(document), _text(document.blind)],
        [*_GATES, *(_gate_row(verdict) for verdict in document.verdicts if _is_shown(verdict))],
        [_rest(document), _text(document.hollow), _LEGEND],
        [*_DATA, *(_data_row(task) for task in document.run.tasks)],
        [_SYNTHETIC] if any(task.tier == "bundled" for task in document.run.tasks) else [],
        [worth.sentence(document.run.planted)],
        ["Repeat it with"],
        [f"<pre>{html.escape(printable(document.command))}</pre>"],
    )
    body = "\n\n".join(_block(part) for part in parts if any(part))
    return f"{BEGIN}\n{body}\n{END}\n"


def with_section(card: str, new: str) -> str:
    """The card with `new` in place of the section that it holds, or at its end where it holds none.

    The card's own line ends are kept, and taken over. Raises ReportError where it holds half a section, or several.
    """
    break_ = "\r\n" if "\r\n" in card else "\n"
    new = new.replace("\n", break_)
    lines = card.splitlines(keepends=True)
    begins, ends = (_places(lines, mark) for mark in (BEGIN, END))
    if not begins and not ends:
        return _appended(card, new, break_)
    if len(begins) != 1 or len(ends) != 1 or begins > ends:
        raise ReportError(
            f"the card needs one {BEGIN} and behind it one {END}, and has {len(begins)} and {len(ends)}; "
            "remove these lines and what stands between them"
        )
    return "".join([*lines[: begins[0]], new, *lines[ends[0] + 1 :]])


def _check(document: Document) -> None:
    if document.run.failure is not None:
        raise ReportError("the run judged nothing, so a card has nothing to say; run the gate again")
    if document.run.is_aa or document.run.is_of_one_model:
        raise ReportError("the run compared a model with itself; a card is of a candidate: run the gate with --model")


def _places(lines: Sequence[str], mark: str) -> list[int]:
    return [i for i, line in enumerate(lines) if line.strip() == mark]


def _appended(card: str, new: str, break_: str) -> str:
    """At the end, below an empty line; what is there stays as it is, to the last empty line."""
    if not card.strip():
        return card + new
    if not card.endswith("\n"):
        card += break_
    return card + new if card.endswith(2 * break_) else card + break_ + new


def _block(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)


def _compared(document: Document) -> str:
    run = document.run
    return (
        f"{_text(run.candidate.name)} against its base {_text(run.baseline.name)}, asked the same prompts and judged "
        f"example by example by CLUE Gate {_text(run.version)}, profile {figures.profile(run)}, "
        f"thresholds {run.thresholds_file_digest[:12]}."
    )


def _is_shown(verdict: Verdict) -> bool:
    return is_main(verdict.gate) or verdict.has_failed


def _gate_row(verdict: Verdict) -> str:
    cells = (
        _text(verdict.gate.task),
        _text(verdict.gate.metric),
        figures.percent(figures.baseline(verdict)),
        figures.percent(figures.candidate(verdict)),
        figures.change(figures.delta(verdict)),
        figures.bounds(verdict),
        figures.percent(verdict.gate.margin),
        f"**{verdict.word}**" if verdict.has_failed else verdict.word,
    )
    return _row(cells)


def _rest(document: Document) -> str:
    """How many gates the table leaves out; it shows all that failed."""
    n_rest = sum(not _is_shown(verdict) for verdict in document.verdicts)
    return f"{n_rest} further gates and monitors did not fail." if n_rest else ""


def _data_row(task: TaskInfo) -> str:
    return _row((_text(task.name), _text(task.data), task.tier, str(task.n_scored), task.data_digest[:12]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    return markdown(shorten(text, _WIDTH))

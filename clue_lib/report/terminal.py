"""The summary that a run prints: models and data, one table, one sentence. Plain lines; colour is the caller's."""

import math
import textwrap
from collections.abc import Collection, Iterable, Sequence

from clue_lib.judging import Verdict
from clue_lib.report import advice, noise_lines, worth
from clue_lib.report.asked import thought_lines
from clue_lib.report.averages import Average
from clue_lib.report.document import Document
from clue_lib.report.figures import WIDTH, change, percent
from clue_lib.report.file_names import GATE_FILE, PAGES
from clue_lib.report.gate_table import legend, table
from clue_lib.report.header import header
from clue_lib.text import printable, shorten
from clue_lib.types import Progress, RunInfo

Line = tuple[str, dict[str, bool]]
"""A line with pytest's markup for it."""


def summary(document: Document, folder: str, files: Collection[str] = PAGES, *, with_header: bool = True) -> list[Line]:
    """Everything that a run prints at its end; `folder` holds its `files`. Its header may have stood at its start."""
    run, gates = document.run, table(document.verdicts)
    verdict_colour = {"bold": True, "green": document.passed, "red": not document.passed}
    return [
        *((line, {"yellow": True}) for line in waivers(run)),
        *_plain([*header(run), ""] if with_header else []),
        *((line, {"yellow": True}) for line in wrapped(document.blind)),
        *((line, {"bold": True}) for line in wrapped(f"Worse: {document.causes}") if document.causes),
        *((line, _colour(verdict)) for line, verdict in gates),
        *_plain(wrapped(legend(gates))),
        *_plain(
            ["", *noise_lines.lines(document), *averages(document.averages), *past_scores(run), *thought_lines(run), ""]
        ),
        *_plain([*worth.lines(run.planted), *wrapped(worth.tries(run)), ""]),
        *((line, verdict_colour) for line in sentence(document)),
        *_plain(next_steps(document, folder, files)),
        *_plain(wrapped(f"figures in {folder}/{GATE_FILE}")),
    ]


def waivers(info: RunInfo) -> list[str]:
    """The gates that may fail, who answers for them and until when."""
    return [line for waiver in info.waivers for line in textwrap.wrap(printable(waiver.line), WIDTH)]


def past_scores(info: RunInfo) -> list[str]:
    """CLUE's metrics as another scoring has them, where it was asked for."""
    if not info.past_scores:
        return []
    lines = ["", f"scored as {info.scoring} (to look at, no gate)"]
    for score in info.past_scores:
        name = f"  {score.task} {score.metric}"
        if score.baseline is None or score.candidate is None:
            lines.append(shorten(f"{name}: {score.note}", WIDTH))
        else:
            lines.append(f"{name:<34} {percent(score.baseline):>5}  {percent(score.candidate):>5}")
    return lines


def averages(rows: Sequence[Average]) -> list[str]:
    """CLUE's averages, with the published figures of models that have them; percent. Nothing where none was formed."""
    if all(row.baseline is None for row in rows):
        return []
    width = max(len(row.name) for row in rows)
    heading = _average_line("averages", width, ("base", "cand", "change"), "published")
    return [heading, *(_average(row, width) for row in rows)]


def _average(row: Average, width: int) -> str:
    if row.baseline is None or row.candidate is None:
        return f"  {row.name:<{width}}  {shorten(row.note, WIDTH - width - 4)}"
    published = ""
    if row.published_baseline is not None or row.published_candidate is not None:
        published = f"{percent(row.published_baseline):>5}  {percent(row.published_candidate):>5}"
    figures = percent(row.baseline), percent(row.candidate), change(row.candidate - row.baseline)
    return _average_line(row.name, width, figures, published).rstrip()


def _average_line(name: str, width: int, figures: tuple[str, str, str], published: str) -> str:
    baseline, candidate, delta = figures
    return f"  {name:<{width}}  {baseline:>5}  {candidate:>5}  {delta:>11}    {published}"


def sentence(document: Document) -> list[str]:
    """The headline, or how much was left unjudged, in lines."""
    return textwrap.wrap(printable(document.headline), WIDTH)


def next_steps(document: Document, folder: str, files: Collection[str] = PAGES) -> list[str]:
    """What to do after this run, in lines; nothing where there is nothing to do."""
    return [line for step in advice.next_steps(document, folder, files) for line in wrapped(step)]


def wrapped(text: str) -> list[str]:
    """`printable` text in lines."""
    return textwrap.wrap(printable(text), WIDTH, break_on_hyphens=False)


def progress(now: Progress) -> str:
    """One line on how far the generation or the scoring is."""
    unit = " metrics" if now.stage == "scoring" else ""
    line = f"{now.stage} {now.side} {now.task}: {now.done}/{now.total}{unit}"
    if not now.done:
        return line
    rate = now.new_tokens / now.seconds if now.seconds > 0 else 0.0
    speed = f", {rate:.0f} tokens/s" if now.stage == "generating" else ""
    left = now.seconds / now.done * (now.total - now.done)
    told = f"{line}{speed}, {_duration(left)} left"
    of_run = "" if now.run_seconds_left is None else f" ({_duration(now.run_seconds_left)} in all)"
    return told + of_run if len(told + of_run) <= WIDTH else told


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 10_000 else f"{seconds / 3600:.0f} h"


def expected_time(seconds: float, n_answers: int, *, is_measured: bool) -> str:
    """The header's line on how long generating takes; nothing of it counts the engine's start."""
    if not n_answers:
        return "time      nothing to generate: every answer is stored"
    if not seconds:
        return f"time      not known for {n_answers:,} answers: the backend answers in this process"
    minutes = math.ceil(seconds / 60)
    how = "as this machine took before" if is_measured else "at an assumed rate"
    duration = f"{minutes / 60:,.1f} h" if minutes >= 120 else f"{minutes} min"
    return f"time      about {duration} for {n_answers:,} answers, {how}"


def _plain(lines: Iterable[str]) -> list[Line]:
    return [(line, {}) for line in lines]


def _colour(verdict: Verdict | None) -> dict[str, bool]:
    if verdict is None:
        return {"bold": True}
    return {"red": not verdict.ok, "yellow": verdict.ok and verdict.outcome in {"UNDECIDED", "NOT RUN"}}

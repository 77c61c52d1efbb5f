"""The summary that a run prints: models and data, one table, one sentence. Plain lines; colour is the caller's."""

import itertools
import textwrap
from collections.abc import Sequence

from clue_lib.averages import Average
from clue_lib.producer import Progress
from clue_lib.text import printable, shorten
from clue_lib.types import ModelInfo, RunInfo, TaskInfo
from clue_lib.verdict import Verdict, headline

WIDTH = 80
_AVERAGE = "{:>5}  {:>5}  {:>6}    {}".format
_ROW = "{:>5} {:>5} {:>6} {:>15} {:>6} {}".format


def header(info: RunInfo) -> list[str]:
    """Who was compared, on what, under which rules; percent and points in the table below it."""
    limited = f", limit {info.limit} per task" if info.limit is not None else ""
    rows = [
        ("baseline", _model(info.baseline)),
        ("candidate", _model(info.candidate)),
        ("engine", " ".join(info.candidate.engine.values())),
        *(("data", _data(task)) for task in info.tasks),
        ("profile", f"{info.profile}{limited}; thresholds {info.thresholds} {info.thresholds_digest[:12]}"),
    ]
    return [line for label, text in rows for line in _labelled(label, text)]


def table(verdicts: Sequence[Verdict]) -> list[tuple[str, Verdict | None]]:
    """The table's lines, each with the verdict it shows; headings, one for each task, have none.

    `WIDTH` columns wide at most: a metric's name is cut where the figures leave it no room.
    """
    if not verdicts:
        return []
    figures = [_ROW("base", "cand", "Δ", "bounds", "margin", "outcome"), *(_figures(verdict) for verdict in verdicts)]
    room = WIDTH - 3 - max(len(line) for line in figures)
    names = ["", *(shorten(verdict.gate.metric, room) for verdict in verdicts)]
    width = max(len(name) for name in names)
    heading, *lines = [f"  {name:<{width}} {line}" for name, line in zip(names, figures, strict=True)]
    shown: list[tuple[str, Verdict | None]] = [(heading, None)]
    for _, group in itertools.groupby(zip(lines, verdicts, strict=True), key=lambda row: row[1].gate.task):
        of_task = list(group)
        shown += [(_task(of_task[0][1]), None), *of_task]
    return shown


def averages(rows: Sequence[Average]) -> list[str]:
    """CLUE's averages, with the published figures of models that have them; percent."""
    if not rows:
        return []
    width = max(len(row.name) for row in rows)
    lines = [f"  {'averages':<{width}}  " + _AVERAGE("base", "cand", "Δ", "published")]
    for row in rows:
        if row.baseline is None or row.candidate is None:
            lines.append(shorten(f"  {row.name:<{width}}  {row.note}", WIDTH))
            continue
        both = (row.published_baseline, row.published_candidate)
        public = "  ".join("    -" if share is None else f"{_percent(share):>5}" for share in both)
        delta = f"{100 * (row.candidate - row.baseline):+.1f}"
        shown = "" if both == (None, None) else public
        lines.append(
            f"  {row.name:<{width}}  "
            + _AVERAGE(_percent(row.baseline), _percent(row.candidate), delta, shown).rstrip()
        )
    return lines


def sentence(info: RunInfo, verdicts: Sequence[Verdict]) -> list[str]:
    """The headline, or how much was left unjudged, in lines."""
    if len(verdicts) < info.n_selected:
        return [f"INCOMPLETE: {len(verdicts)} of {info.n_selected} selected gates were judged"]
    return textwrap.wrap(printable(headline(verdicts)), WIDTH)


def progress(now: Progress) -> str:
    """One line on how far the generation is."""
    rate = now.new_tokens / now.seconds if now.seconds > 0 else 0.0
    left = now.seconds / now.done * (now.total - now.done) if now.done else None
    tail = f", {rate:.0f} tokens/s, {left:.0f} s left" if left is not None else ""
    return f"generating {now.side} {now.task}: {now.done}/{now.total}{tail}"


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        printable(text), WIDTH, initial_indent=f"{label:<10}", subsequent_indent=" " * 10, break_on_hyphens=False
    )


def _model(model: ModelInfo) -> str:
    """The name, and of each digest or `repository@commit` what tells it from others."""
    marks = " ".join(f"{name} {value.rpartition('@')[2][:12]}" for name, value in model.identity.items())
    return f"{model.name} ({marks})"


def _data(task: TaskInfo) -> str:
    cut = f", {task.n_cut} contexts cut by {task.cut_tokens / task.n_cut:.0f} tokens on average" if task.n_cut else ""
    return f"{task.name}: {task.data} ({task.tier}), {task.n_scored} of {task.n_read} examples scored{cut}"


def _task(verdict: Verdict) -> str:
    found = verdict.comparison
    if found is None:
        size = verdict.reason
    elif found.n_clusters == found.n:
        size = f"{found.n} examples"
    else:
        size = f"{found.n} examples in {found.n_clusters} clusters"
    return shorten(f"{verdict.gate.task}: {size}", WIDTH)


def _figures(verdict: Verdict) -> str:
    found, margin = verdict.comparison, _percent(verdict.gate.margin)
    outcome = verdict.outcome + ("" if verdict.ok or verdict.outcome in {"REGRESSED", "ERROR"} else " !")
    if found is None:
        return _ROW("", "", "", "", margin, outcome)
    bounds = f"[{100 * found.lower:+.1f},{100 * found.upper:+.1f}]"
    before, after = _percent(found.baseline), _percent(found.candidate)
    return _ROW(before, after, f"{100 * found.delta:+.1f}", bounds, margin, outcome)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"

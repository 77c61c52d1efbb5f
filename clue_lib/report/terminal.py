"""The summary that a run prints: models and data, one table, one sentence. Plain lines; colour is the caller's."""

import itertools
import textwrap
from collections.abc import Collection, Iterable, Sequence

from clue_lib.judging import thresholds_file
from clue_lib.judging.verdict import Verdict
from clue_lib.report import document, figures, noise_lines
from clue_lib.report.averages import Average
from clue_lib.report.document import PAGES, Row
from clue_lib.report.figures import WIDTH, bounds, percent, points
from clue_lib.text import printable, shorten
from clue_lib.types import ModelInfo, Progress, RunInfo, TaskInfo

Line = tuple[str, dict[str, bool]]
"""A line with pytest's markup for it."""

FAILS = "✗"
_AVERAGE = "{:>5}  {:>5}  {:>6}    {}".format
_HEADINGS = ("", "base", "cand", "Δ", "bounds", "margin", "MDE", "outcome")
_MDE = _HEADINGS.index("MDE")


def summary(
    info: RunInfo, verdicts: Sequence[Verdict], folder: str, files: Collection[str] = PAGES, *, with_header: bool = True
) -> list[Line]:
    """Everything that a run prints at its end; `folder` holds its `files`. Its header may have stood at its start."""
    found = document.of_run(info, verdicts)
    verdict_colour = {"bold": True, "green": found.passed, "red": not found.passed}
    return [
        *((line, {"yellow": True}) for line in waivers(info)),
        *_plain([*header(info), ""] if with_header else []),
        *((line, _colour(verdict)) for line, verdict in table(verdicts)),
        *_plain(["", *noise_lines.lines(info), *averages(found.averages), *past_scores(info), ""]),
        *((line, verdict_colour) for line in sentence(info, verdicts)),
        *_plain(next_steps(info, verdicts, folder, files)),
        *_plain(wrapped(f"figures in {folder}/gate.json")),
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


def header(info: RunInfo) -> list[str]:
    """Who was compared, on what, under which rules; percent and points in the table below it."""
    limited = f", limit {info.limit} per task" if info.limit is not None else ""
    thresholds = f"{_thresholds(info.thresholds)} {info.thresholds_digest[:12]}"
    rows = [
        ("baseline", _model(info.baseline)),
        ("candidate", _model(info.candidate)),
        ("engine", " ".join(info.candidate.engine.known.values())),
        *(("data", _data(task)) for task in info.tasks),
        ("profile", f"{info.profile}{limited}; thresholds: {thresholds}"),
    ]
    return [line for label, text in rows for line in _labelled(label, text)]


def table(verdicts: Sequence[Verdict]) -> list[tuple[str, Verdict | None]]:
    """The table's lines, each with the verdict it shows; headings and notes, some for each task, have none.

    The paper's metrics and those of the whole run always, others where they moved or failed. `WIDTH` columns wide at
    most: the smallest detectable drop shows where there is room, and a name is cut where even so there is too little.
    """
    if not verdicts:
        return []
    pairs = [(document.row(verdict), verdict) for verdict in verdicts]
    shown = [(gate, verdict) for gate, verdict in pairs if gate.is_shown]
    heading, *lines = _fitted([_HEADINGS, *(_cells(gate) for gate, _ in shown)])
    line_of = {gate.id: line for line, (gate, _) in zip(lines, shown, strict=True)}
    table: list[tuple[str, Verdict | None]] = [(heading, None)]
    for _, group in itertools.groupby(pairs, key=lambda pair: pair[0].task):
        of_task = list(group)
        table.append((_task(of_task[0][0]), None))
        table += [(line_of[gate.id], verdict) for gate, verdict in of_task if gate.id in line_of]
        table += [(line, None) for line in _unmoved([gate for gate, _ in of_task])]
    return table if all(gate.ok for gate, _ in shown) else [*table, (f"{FAILS} fails the run", None)]


def averages(rows: Sequence[Average]) -> list[str]:
    """CLUE's averages, with the published figures of models that have them; percent. Nothing where none was formed."""
    if all(row.baseline is None for row in rows):
        return []
    width = max(len(row.name) for row in rows)
    lines = [f"  {'averages':<{width}}  " + _AVERAGE("base", "cand", "Δ", "published")]
    for row in rows:
        if row.baseline is None or row.candidate is None:
            lines.append(f"  {row.name:<{width}}  {shorten(row.note, WIDTH - width - 4)}")
            continue
        both = (row.published_baseline, row.published_candidate)
        public = "" if both == (None, None) else "  ".join(f"{percent(share):>5}" for share in both)
        ours = percent(row.baseline), percent(row.candidate), points(row.candidate - row.baseline)
        lines.append(f"  {row.name:<{width}}  " + _AVERAGE(*ours, public).rstrip())
    return lines


def sentence(info: RunInfo, verdicts: Sequence[Verdict]) -> list[str]:
    """The headline, or how much was left unjudged, in lines."""
    return textwrap.wrap(printable(document.of_run(info, verdicts).headline), WIDTH)


def next_steps(info: RunInfo, verdicts: Sequence[Verdict], folder: str, files: Collection[str] = PAGES) -> list[str]:
    """What to do after this run, in lines; nothing where there is nothing to do."""
    steps = figures.next_steps(document.of_run(info, verdicts), folder, files)
    return [line for step in steps for line in wrapped(step)]


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
    return f"{line}{speed}, {_seconds(now.seconds / now.done * (now.total - now.done))} left"


def _seconds(left: float) -> str:
    return f"{left:.0f} s" if left < 10_000 else f"{left / 3600:.0f} h"


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        printable(text), WIDTH, initial_indent=f"{label:<10}", subsequent_indent=" " * 10, break_on_hyphens=False
    )


def _model(model: ModelInfo) -> str:
    """The name, and of each digest or `repository@commit` what tells it from others."""
    marks = " ".join(f"{name} {value.rpartition('@')[2][:12]}" for name, value in model.identity.known.items())
    return f"{model.name} ({marks})"


def _thresholds(name: str) -> str:
    """Whose file it is: a bare name is that of the current folder's."""
    is_bare = name != thresholds_file.SUITES_OWN and "/" not in name
    return f"./{name}" if is_bare else name


def _data(task: TaskInfo) -> str:
    cut = f", {task.n_cut} contexts cut by {task.cut_tokens / task.n_cut:.0f} tokens on average" if task.n_cut else ""
    data = task.data if task.data == task.tier else f"{task.data} ({task.tier})"
    return f"{task.name}: {data}, {task.n_scored} of {task.n_read} examples scored{cut}"


def _plain(lines: Iterable[str]) -> list[Line]:
    return [(line, {}) for line in lines]


def _colour(found: Verdict | None) -> dict[str, bool]:
    if found is None:
        return {"bold": True}
    return {"red": not found.ok, "yellow": found.ok and found.outcome in {"INCONCLUSIVE", "NOT RUN"}}


def _task(gate: Row) -> str:
    if gate.n is None:
        size = gate.reason
    elif gate.n_clusters == gate.n:
        size = f"{gate.n} examples"
    else:
        size = f"{gate.n} examples in {gate.n_clusters} clusters"
    return shorten(f"{gate.task}: {size}", WIDTH)


def _unmoved(gates: Sequence[Row]) -> list[str]:
    """How many of a task's gates the table leaves out, in a line; none where it leaves none out."""
    hidden = [gate for gate in gates if not gate.is_shown]
    failures = sum(gate.kind == "failure mode" for gate in hidden)
    undecided = sum(gate.outcome == "INCONCLUSIVE" for gate in hidden)
    counts = {"failure mode": failures, "other metric": len(hidden) - failures}
    parts = [f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count]
    tail = f", {undecided} of them undecided" if undecided else ""
    return [f"  and {', '.join(parts)} unmoved{tail}"] if parts else []


def _cells(gate: Row) -> tuple[str, ...]:
    name, margin = f"{' ' if gate.ok else FAILS} {gate.metric}", percent(gate.margin)
    if gate.delta is None:
        return (name, "", "", "", "", margin, "", gate.outcome)
    mde = "∞" if gate.mde is None else percent(gate.mde)
    both = percent(gate.baseline), percent(gate.candidate)
    return (name, *both, points(gate.delta), bounds(gate).replace(" ", ""), margin, mde, gate.outcome)


def _fitted(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines of like columns, within `WIDTH`."""
    kept, widths = rows, _widths(rows)
    if sum(widths) + len(widths) - 1 > WIDTH:
        kept = [[*row[:_MDE], *row[_MDE + 1 :]] for row in rows]
        widths = _widths(kept)
    widths[0] -= max(0, sum(widths) + len(widths) - 1 - WIDTH)
    return [_line(row, widths) for row in kept]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *middle, outcome = row
    name = name if len(name) <= widths[0] else name[: widths[0] - 1] + "…"
    aligned = (f"{cell:>{width}}" for cell, width in zip(middle, widths[1:-1], strict=True))
    return " ".join([f"{name:<{widths[0]}}", *aligned, outcome]).rstrip()

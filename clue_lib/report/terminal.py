"""The summary that a run prints: models and data, one table, one sentence. Plain lines; colour is the caller's."""

from collections.abc import Sequence

from tabulate import tabulate

from clue_lib.producer import Progress
from clue_lib.types import ModelInfo, RunInfo
from clue_lib.verdict import Verdict, headline

_HEADERS = ("task", "metric", "n", "base", "cand", "Δ", "bounds", "margin", "outcome")


def header(info: RunInfo) -> list[str]:
    """Who was compared, on what, under which rules; percent and points in the table below it."""
    lines = [
        _model("baseline ", info.baseline),
        _model("candidate", info.candidate),
        "engine    " + " ".join(info.candidate.engine.values()),
    ]
    lines += [
        f"data      {task.name}: {task.data} ({task.tier}), {task.n_scored} of {task.n_read} examples scored"
        for task in info.tasks
    ]
    limited = f", limit {info.limit} per task" if info.limit is not None else ""
    lines.append(f"profile   {info.profile}{limited}; thresholds {info.thresholds} {info.thresholds_digest[:12]}")
    return lines


def table(verdicts: Sequence[Verdict]) -> list[tuple[str, Verdict | None]]:
    """The table's lines, each with the verdict it shows; the heading has none. 80 columns wide at most."""
    rows = [_row(verdict) for verdict in verdicts]
    align = ("left", "left", *["right"] * 6, "left")
    text = tabulate(rows, headers=_HEADERS, tablefmt="plain", disable_numparse=True, colalign=align)
    heading, *lines = text.splitlines()
    return [(heading, None), *zip(lines, verdicts, strict=True)]


def sentence(info: RunInfo, verdicts: Sequence[Verdict]) -> str:
    """The headline, or how much was left unjudged."""
    if len(verdicts) < info.n_selected:
        return f"INCOMPLETE: {len(verdicts)} of {info.n_selected} selected gates were judged"
    return headline(verdicts)


def progress(now: Progress) -> str:
    """One line on how far the generation is."""
    rate = now.new_tokens / now.seconds if now.seconds > 0 else 0.0
    left = now.seconds / now.done * (now.total - now.done) if now.done else None
    tail = f", {rate:.0f} tokens/s, {left:.0f} s left" if left is not None else ""
    return f"generating {now.side} {now.task}: {now.done}/{now.total}{tail}"


def _model(role: str, model: ModelInfo) -> str:
    marks = " ".join(f"{name} {digest[:12]}" for name, digest in model.identity.items())
    return f"{role} {model.name} ({marks})"


def _row(verdict: Verdict) -> tuple[str, ...]:
    gate, found = verdict.gate, verdict.comparison
    outcome = verdict.outcome + ("" if verdict.ok or verdict.outcome in {"REGRESSED", "ERROR"} else " FAILS")
    if found is None:
        return gate.task, gate.metric, "", "", "", "", "", _percent(gate.margin), outcome
    size = f"{found.n}/{found.n_clusters}" if found.n_clusters != found.n else f"{found.n}"
    bounds = f"[{100 * found.lower:+.1f},{100 * found.upper:+.1f}]"
    return (
        gate.task,
        gate.metric,
        size,
        _percent(found.baseline),
        _percent(found.candidate),
        f"{100 * found.delta:+.1f}",
        bounds,
        _percent(gate.margin),
        outcome,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"

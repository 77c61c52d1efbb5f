"""What went wrong in words, over all tasks: the ways to fail that surely became more frequent."""

from collections.abc import Iterator, Mapping, Sequence

from clue_lib.judging import Verdict
from clue_lib.report.figures import percent

WORDS: Mapping[str, str] = {
    "empty": "answers empty",
    "truncated": "answers cut off",
    "unparsed": "answers unreadable",
    "repetition_loop": "answers that repeat themselves",
    "refusal": "answers refused",
    "template_leakage": "parts of a chat template in answers",
    "prompt_echo": "the prompt repeated",
    "extra_text": "more written than asked for",
    "wrong_length": "answers too long or too short",
    "other_language": "answers in another language",
    "answer_collapse": "one option picked far too often",
    "answered_unanswerable": "facts invented",
    "invalid_codes": "codes invented",
    "incremented_runs": "codes counted up",
    "repeated_codes": "codes repeated",
    "unsupported_concepts": "problems invented",
}
"""What answers do that fail so, by failure mode."""

MOST = 5
"""Causes that are named; a sixth would hide the first."""


def causes(verdicts: Sequence[Verdict]) -> str:
    """The ways to fail that became more frequent by more than their margin, those of most tasks first.

    Monitors count too: they explain what gates only show. Empty where there is none.
    """
    tasks: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.gate.metric in WORDS and _is_surely_worse(verdict):
            tasks.setdefault(verdict.gate.metric, []).append(verdict.gate.task)
    widest = sorted(tasks, key=lambda metric: -len(tasks[metric]))[:MOST]
    return ", ".join([*(f"{WORDS[metric]} in {_in(tasks[metric])}" for metric in widest), *_forms(verdicts)])


def _is_surely_worse(verdict: Verdict) -> bool:
    if verdict.gate.kind != "failure mode" or verdict.comparison is None:
        return False
    inference = verdict.comparison.inference
    return inference.upper < 0 and inference.delta < -verdict.gate.margin


def _forms(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Of every task with options whose accuracy surely fell: how much of that was lost to form alone.

    Form is what the choice that the model was most inclined to begin with did not lose.
    """
    by_metric = {(one.gate.task, one.gate.metric): one.comparison for one in verdicts if one.comparison is not None}
    for (task, metric), comparison in by_metric.items():
        forced = by_metric.get((task, "forced_choice"))
        if metric != "accuracy" or forced is None or comparison.inference.upper >= 0:
            continue
        lost = -comparison.inference.delta
        to_form = min(lost, max(0.0, lost + forced.inference.delta))
        yield f"{percent(to_form)} of {percent(lost)} points of accuracy lost to form alone in {task}"


def _in(tasks: list[str]) -> str:
    return tasks[0] if len(tasks) == 1 else f"{len(tasks)} tasks"

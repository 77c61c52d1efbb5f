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
    "contradicted_codes": "codes of the other side or encounter",
    "incremented_runs": "codes counted up",
    "repeated_codes": "codes repeated",
    "unsupported_concepts": "problems invented",
    "contradicted_claims": "the opposite of the chart",
    "omitted_claims": "problems left out",
    "unsupported_numbers": "numbers that stand nowhere in the chart",
}
"""What answers do that fail so, by failure mode."""

COUNTED = ("contradicted_claims",)
"""The modes of which is told how many answers state it more than the base's did; their words follow "state"."""

MOST = 5
"""Causes that are named; a sixth would hide the first."""


def causes(verdicts: Sequence[Verdict]) -> str:
    """The ways to fail that became more frequent by more than their margin, those of most tasks first.

    Monitors count too: they explain what gates only show. Empty where there is none.
    """
    of_mode: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.gate.kind == "failure mode" and verdict.gate.metric in WORDS and _is_surely_worse(verdict):
            of_mode.setdefault(verdict.gate.metric, []).append(verdict)
    widest = sorted(of_mode, key=lambda metric: -len(of_mode[metric]))[:MOST]
    return ", ".join([*(_cause(metric, of_mode[metric]) for metric in widest), *_forms(verdicts)])


def _cause(metric: str, worse: Sequence[Verdict]) -> str:
    """One way to fail, and where."""
    where = _in([verdict.gate.task for verdict in worse])
    if metric not in COUNTED:
        return f"{WORDS[metric]} in {where}"
    n = sum(verdict.comparison.n_worse for verdict in worse if verdict.comparison is not None)
    answers = "1 answer states" if n == 1 else f"{n:,} answers state"
    return f"{answers} {WORDS[metric]} in {where} where the base's did not, or did less"


def _is_surely_worse(verdict: Verdict) -> bool:
    if verdict.comparison is None:
        return False
    inference = verdict.comparison.inference
    return inference.upper < 0 and inference.delta < -verdict.gate.margin


def _forms(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Of every task with options whose accuracy surely fell: how much of that was lost to form, how much in knowledge.

    In knowledge is what the option lost that the model was most inclined to begin with; where that was told of the same
    examples only, since two parts of one whole must be of one whole.
    """
    forced = {one.gate.task: one.comparison for one in verdicts if one.gate.metric == "forced_choice"}
    for verdict in verdicts:
        known = forced.get(verdict.gate.task)
        if verdict.gate.metric != "accuracy" or known is None or not _is_surely_worse(verdict):
            continue
        assert verdict.comparison is not None
        if known.n == verdict.comparison.n:
            lost = -verdict.comparison.inference.delta
            in_knowledge = min(lost, max(0.0, -known.inference.delta))
            yield (
                f"{percent(lost)} points of accuracy in {verdict.gate.task} ({percent(lost - in_knowledge)} by form, "
                f"{percent(in_knowledge)} by knowledge)"
            )


def _in(tasks: list[str]) -> str:
    return tasks[0] if len(tasks) == 1 else f"{len(tasks)} tasks"

"""Metrics: one function each, registered once in `METRICS`."""

from clue_lib.metrics import behaviour, choice, language, loops, overlap
from clue_lib.metrics.base import Family, Metric, Score


def _failure(name: str, score: Score, family: Family | None = None) -> Metric:
    return Metric(name=name, version=1, better="lower", score=score, family=family)


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(name="accuracy", version=1, better="higher", score=choice.accuracy),
        Metric(name="parsed_share", version=1, better="higher", score=choice.parsed_share),
        Metric(name="macro_f1", version=1, better="higher", score=choice.accuracy, corpus=choice.MACRO_F1),
        Metric(name="rouge1", version=1, better="higher", score=overlap.rouge1, tool=overlap.tool),
        Metric(name="rouge2", version=1, better="higher", score=overlap.rouge2, tool=overlap.tool),
        Metric(name="rougeL", version=1, better="higher", score=overlap.rouge_l, tool=overlap.tool),
        _failure("empty", behaviour.empty),
        _failure("truncated", behaviour.truncated),
        _failure("unparsed", behaviour.unparsed, "instruction following"),
        _failure("repetition_loop", loops.repetition_loop),
        _failure("refusal", behaviour.refusal),
        _failure("template_leakage", behaviour.template_leakage, "instruction following"),
        _failure("prompt_echo", behaviour.prompt_echo, "instruction following"),
        _failure("extra_text", behaviour.extra_text, "instruction following"),
        _failure("wrong_length", behaviour.wrong_length, "instruction following"),
        _failure("other_language", language.other_language, "instruction following"),
        _failure("answer_collapse", choice.answer_collapse),
        _failure("answered_unanswerable", choice.answered_unanswerable, "hallucination"),
    )
}

BEHAVIOUR = ("empty", "truncated", "unparsed")
"""The metrics that every task has, beside its own."""

BEHAVIOUR_ALL = (*BEHAVIOUR, "repetition_loop", "refusal", "template_leakage", "prompt_echo", "other_language")
"""What a generation of any task is watched for."""

CHOICE_BEHAVIOUR = ("extra_text", "answer_collapse")
"""Beside that, what answers that pick a label or an option are watched for."""

CODE_BEHAVIOUR = ("extra_text",)
"""Beside that, what lists of codes are watched for."""

TEXT_BEHAVIOUR = ("wrong_length",)
"""Beside that, what free text is watched for."""


def family(name: Family) -> tuple[str, ...]:
    """The names of the metrics that count towards a family of failure modes."""
    return tuple(metric.name for metric in METRICS.values() if metric.family == name)


__all__ = [
    "BEHAVIOUR",
    "BEHAVIOUR_ALL",
    "CHOICE_BEHAVIOUR",
    "CODE_BEHAVIOUR",
    "METRICS",
    "TEXT_BEHAVIOUR",
    "Metric",
    "family",
]

"""Metrics: one function each, registered once in `METRICS`."""

from clue_lib.metrics import behaviour, choice, codes, overlap
from clue_lib.metrics.base import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(name="accuracy", version=1, better="higher", score=choice.accuracy),
        Metric(name="rouge1", version=1, better="higher", score=overlap.rouge1, tool=overlap.tool),
        Metric(name="rouge2", version=1, better="higher", score=overlap.rouge2, tool=overlap.tool),
        Metric(name="rougeL", version=1, better="higher", score=overlap.rouge_l, tool=overlap.tool),
        Metric(name="code_precision", version=1, better="higher", score=codes.code_precision),
        Metric(name="code_recall", version=1, better="higher", score=codes.code_recall),
        Metric(name="code_f1", version=1, better="higher", score=codes.code_f1),
        Metric(name="category_precision", version=1, better="higher", score=codes.category_precision),
        Metric(name="category_recall", version=1, better="higher", score=codes.category_recall),
        Metric(name="category_f1", version=1, better="higher", score=codes.category_f1),
        Metric(name="valid_share", version=1, better="higher", score=codes.valid_share, tool=codes.tool),
        Metric(name="billable_share", version=1, better="higher", score=codes.billable_share, tool=codes.tool),
        Metric(
            name="invalid_codes",
            version=1,
            better="lower",
            score=codes.invalid_codes,
            tool=codes.tool,
            family="hallucination",
        ),
        Metric(name="incremented_runs", version=1, better="lower", score=codes.incremented_runs),
        Metric(name="repeated_codes", version=1, better="lower", score=codes.repeated_codes),
        Metric(name="empty", version=1, better="lower", score=behaviour.empty),
        Metric(name="truncated", version=1, better="lower", score=behaviour.truncated),
        Metric(name="unparsed", version=1, better="lower", score=behaviour.unparsed),
    )
}

BEHAVIOUR = ("empty", "truncated", "unparsed")
"""The metrics that every task has, beside its own."""

__all__ = ["BEHAVIOUR", "METRICS", "Metric"]

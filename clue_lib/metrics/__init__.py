"""Metrics: one function each, registered once in `METRICS`."""

from clue_lib.metrics import behaviour, choice, concepts, embedding, overlap
from clue_lib.metrics.base import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(name="accuracy", version=1, better="higher", score=choice.accuracy),
        Metric(name="rouge1", version=1, better="higher", score=overlap.rouge1, tool=overlap.tool),
        Metric(name="rouge2", version=1, better="higher", score=overlap.rouge2, tool=overlap.tool),
        Metric(name="rougeL", version=1, better="higher", score=overlap.rouge_l, tool=overlap.tool),
        Metric(name="bertscore_f1", version=1, better="higher", score=embedding.bertscore_f1, tool=embedding.tool),
        Metric(name="concept_f1", version=1, better="higher", score=concepts.concept_f1, tool=concepts.tool),
        Metric(name="empty", version=1, better="lower", score=behaviour.empty),
        Metric(name="truncated", version=1, better="lower", score=behaviour.truncated),
        Metric(name="unparsed", version=1, better="lower", score=behaviour.unparsed),
        Metric(
            name="unsupported_concepts",
            version=1,
            better="lower",
            score=concepts.unsupported_concepts,
            tool=concepts.tool,
            family="hallucination",
        ),
    )
}

BEHAVIOUR = ("empty", "truncated", "unparsed")
"""The metrics that every task has, beside its own."""

__all__ = ["BEHAVIOUR", "METRICS", "Metric"]

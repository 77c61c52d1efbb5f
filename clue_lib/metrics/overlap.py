"""Word overlap with a reference, through the `rouge-score` package (Lin 2004; no stemmer, sentence-level ROUGE-L)."""

import importlib.metadata
from collections.abc import Sequence

from clue_lib.metrics.base import answer_text
from clue_lib.types import Response


def rouge1(responses: Sequence[Response]) -> list[float]:
    """F1 of shared words."""
    return _rouge(responses, "rouge1")


def rouge2(responses: Sequence[Response]) -> list[float]:
    """F1 of shared pairs of neighbouring words; a text of one word has none and scores 0."""
    return _rouge(responses, "rouge2")


def rouge_l(responses: Sequence[Response]) -> list[float]:
    """F1 of the longest common subsequence of words."""
    return _rouge(responses, "rougeL")


def tool() -> str:
    """The package and settings behind these numbers."""
    return f"rouge-score={importlib.metadata.version('rouge-score')},stemmer=no"


def _rouge(responses: Sequence[Response], kind: str) -> list[float]:
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer([kind], use_stemmer=False)
    pairs = ((str(response.example.gold), answer_text(response)) for response in responses)
    return [float(scorer.score(gold, answer)[kind].fmeasure) for gold, answer in pairs]

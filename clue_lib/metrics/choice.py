"""Metrics of answers that pick one of several labels or options."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from string import ascii_uppercase

import numpy as np

from clue_lib.metrics.base import Corpus, Floats
from clue_lib.types import Parsed, Response

MAX_CHANCE = 0.001
"""How improbable an option's count must be before its answers can count as collapsed."""


def accuracy(responses: Sequence[Response]) -> list[float]:
    """1 where the parsed answer is the gold label, else 0; an unparsed answer is wrong."""
    return [float(_is_right(response)) for response in responses]


def forced_choice(responses: Sequence[Response]) -> list[float | None]:
    """1 where the option that the model was most inclined to begin its answer with is the right one.

    What it would have picked, had it been made to answer by a letter: a loss of accuracy that is none here was lost to
    form. How surely a model prefers its first choice differs between models, so this never gates. None where the engine
    can't tell, and where a thought goes before the answer.
    """
    letters = [response.generation.likeliest_letter for response in responses]
    golds = [response.example.gold for response in responses]
    return [float(letter == gold) if letter else None for letter, gold in zip(letters, golds, strict=True)]


def parsed_share(responses: Sequence[Response]) -> list[float]:
    """1 where an answer could be read, right or wrong; its mean is 1 minus the rate of `unparsed`."""
    return [float(isinstance(response.answer, Parsed)) for response in responses]


def label_counts(responses: Sequence[Response]) -> Floats:
    """True positives, false positives and false negatives per label: shape (responses, 3 × labels), of 0 and 1.

    The labels are those that occur as gold in these responses, sorted, so that two runs of the same examples have the
    same columns. An unparsed answer, or one that is nobody's gold, is a false negative of its gold label only.
    """
    labels = sorted({str(response.example.gold) for response in responses})
    shape = len(responses), len(labels)
    gold = np.array([[r.example.gold == label for label in labels] for r in responses], dtype=float).reshape(shape)
    given = np.array([[_value(r) == label for label in labels] for r in responses], dtype=float).reshape(shape)
    return np.hstack([gold * given, (1 - gold) * given, gold * (1 - given)])


def macro_f1(sums: Floats) -> Floats:
    """The unweighted mean of the labels' F1, from sums of `label_counts`: shape (…, 3 × labels) to (…), in 0..1.

    F1 is 2 TP / (2 TP + FP + FN), 0 for a label that neither occurs nor is given; without labels the value is 0. Agrees
    with scikit-learn's `f1_score(average="macro", zero_division=0)` over the same labels.
    """
    true, false, missed = np.split(sums, 3, axis=-1)
    counted = 2 * true + false + missed
    f1 = np.divide(2 * true, counted, out=np.zeros_like(counted), where=counted > 0)
    return np.asarray(f1.sum(axis=-1) / max(1, f1.shape[-1]))


MACRO_F1 = Corpus(statistics=label_counts, fold=macro_f1)


def answer_collapse(responses: Sequence[Response]) -> list[float]:
    """1 where the answer is an option that the whole run picks far too often.

    An option's expected share e is its share among the golds, but at least 1 / the number of options (of different
    golds where there are no options). It is picked far too often where it makes up at least min(2e, (1 + e) / 2) of the
    answers that could be read, and so high a count has a binomial probability below 0.001 at share e. So three labels
    collapse at two thirds, five options at 40 %. A habit of a few points, which every model has, does not count. Of
    repeats, which are not independent, the first condition asks as much as of others.

    Unlike other metrics' values, one response's depends on the others: it belongs to the run, not to the example.
    """
    collapsed = _collapsed(responses)
    return [float(_value(response) in collapsed) for response in responses]


def answered_unanswerable(responses: Sequence[Response]) -> list[float | None]:
    """1 where the last option, "cannot be answered", is right but another one was picked: an invented answer.

    For tasks whose last option says so, as LongHealth's second and third (Adams et al. 2024, arXiv 2401.14490). An
    unparsed answer says nothing, and None is its value, as where the gold is another option.
    """
    return [_invented(response) if _is_last(response) else None for response in responses]


def _value(response: Response) -> object:
    return response.answer.value if isinstance(response.answer, Parsed) else None


def _is_right(response: Response) -> bool:
    return _value(response) == response.example.gold


def _collapsed(responses: Sequence[Response]) -> set[object]:
    from scipy.special import betainc

    given = Counter(_value(response) for response in responses if isinstance(response.answer, Parsed))
    golds = Counter[object](response.example.gold for response in responses)
    n_options = max([len(golds), *(len(response.example.options) for response in responses)])
    n = given.total()
    collapsed = set()
    for value, count in given.items():
        share = max(Fraction(golds[value], len(responses)), Fraction(1, n_options))
        is_far_above = count >= n * min(2 * share, (1 + share) / 2)
        # P(X ≥ k) of a binomial is a regularised incomplete beta function (Abramowitz and Stegun 26.5.24).
        if is_far_above and betainc(count, n - count + 1, float(share)) < MAX_CHANCE:
            collapsed.add(value)
    return collapsed


def _is_last(response: Response) -> bool:
    n = len(response.example.options)
    return 0 < n <= len(ascii_uppercase) and response.example.gold == ascii_uppercase[n - 1]


def _invented(response: Response) -> float | None:
    return float(not _is_right(response)) if isinstance(response.answer, Parsed) else None

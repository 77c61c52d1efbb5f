"""Metrics of answers that are ICD-10-CM codes: sets of canonical codes against the gold's.

An answer without a code scores 0: no quality, and nothing wrong in what wasn't written (`unparsed` counts it). Whether
its codes were invented is undefined: None. Where the gold holds no code, precision, recall and F1 are undefined,
whatever the answer: None.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from clue_lib.terminology import icd
from clue_lib.types import Parsed, Response

MIN_RUN = 3
"""Codes in a row that count up by one. In the gold of 24 bundled letters and 120 cases of CodiEsp, two in a row stand
in 4 of 144 and three in none, so that three are a model's counting and no coder's work."""


def code_precision(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's distinct codes that the gold has."""
    return _overlaps(responses, _precision, icd.normalise)


def code_recall(responses: Sequence[Response]) -> list[float | None]:
    """Share of the gold's codes that the answer has."""
    return _overlaps(responses, _recall, icd.normalise)


def code_f1(responses: Sequence[Response]) -> list[float | None]:
    """Harmonic mean of precision and recall; repeating a code gains and costs nothing."""
    return _overlaps(responses, _f1, icd.normalise)


def category_precision(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's distinct categories (first three characters) that the gold has."""
    return _overlaps(responses, _precision, icd.category)


def category_recall(responses: Sequence[Response]) -> list[float | None]:
    """Share of the gold's categories that the answer has."""
    return _overlaps(responses, _recall, icd.category)


def category_f1(responses: Sequence[Response]) -> list[float | None]:
    """Harmonic mean of precision and recall over categories."""
    return _overlaps(responses, _f1, icd.category)


def valid_share(responses: Sequence[Response]) -> list[float]:
    """Share of the answer's distinct codes that exist in the release, as a category or below."""
    return [_share(map(icd.is_code, _named(response))) for response in responses]


def billable_share(responses: Sequence[Response]) -> list[float]:
    """Share of the answer's distinct codes that have nothing below them in the release."""
    return [_share(map(icd.is_billable, _named(response))) for response in responses]


def invalid_codes(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's distinct codes that don't exist in the release; None of an answer without a code.

    Models asked for ICD-10-CM codes often make them up: Soroush et al., NEJM AI 2024, doi 10.1056/AIdbp2300040.
    """
    values: list[float | None] = []
    for response in responses:
        named = _named(response)
        values.append(_share(not icd.is_code(code) for code in named) if named else None)
    return values


def n_invalid(responses: Sequence[Response]) -> list[int]:
    """How many of the answer's distinct codes don't exist in the release, one value per response."""
    return [sum(not icd.is_code(code) for code in _named(response)) for response in responses]


def incremented_runs(responses: Sequence[Response]) -> list[float]:
    """Share of the answer's distinct codes that stand in a run, such as E11.1, E11.2, E11.3.

    A run is MIN_RUN or more codes, in the answer's order, of which each is the one before with the last character
    one up. A run of right codes alone is no failure.
    """
    return [_share(_is_counted_up(_named(response), _gold(response))) for response in responses]


def repeated_codes(responses: Sequence[Response]) -> list[float]:
    """Share of the answer's mentions that repeat an earlier one, in whatever writing ("E119" after "E11.9")."""
    mentions = [_mentioned(response) for response in responses]
    return [1 - len(set(codes)) / len(codes) if codes else 0.0 for codes in mentions]


tool = icd.tool


def _overlaps(
    responses: Sequence[Response], measure: Callable[[int, int, int], float], level: Callable[[str], str]
) -> list[float | None]:
    """The measure of (shared, answered, gold) numbers of distinct codes at that level."""
    values: list[float | None] = []
    for response in responses:
        named = {level(code) for code in _named(response)}
        gold = {level(code) for code in _gold(response)}
        values.append(measure(len(named & gold), len(named), len(gold)) if gold else None)
    return values


def _precision(shared: int, answered: int, gold: int) -> float:
    return shared / answered if answered else 0.0


def _recall(shared: int, answered: int, gold: int) -> float:
    return shared / gold


def _f1(shared: int, answered: int, gold: int) -> float:
    return 2 * shared / (answered + gold)


def _share(flags: Iterable[bool]) -> float:
    counted = list(flags)
    return sum(counted) / len(counted) if counted else 0.0


def _mentioned(response: Response) -> list[str]:
    evidence = response.answer.evidence
    return [mention.value for mention in evidence.mentions] if evidence else []


def _named(response: Response) -> tuple[str, ...]:
    value = response.answer.value if isinstance(response.answer, Parsed) else ()
    return tuple(dict.fromkeys(_codes(value)))


def _gold(response: Response) -> tuple[str, ...]:
    return _codes(response.example.gold)


def _codes(value: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"codes are a tuple, not the text {value!r}")
    return value


def _is_counted_up(codes: Sequence[str], gold: Sequence[str]) -> list[bool]:
    """For each code whether it is part of a run."""
    runs: list[list[str]] = [[code] for code in codes[:1]]
    for previous, code in pairwise(codes):
        if _follows(previous, code):
            runs[-1].append(code)
        else:
            runs.append([code])
    return [len(run) >= MIN_RUN and not set(run) <= set(gold) for run in runs for _ in run]


def _follows(previous: str, code: str) -> bool:
    """Whether the code is the previous one with its last character one up."""
    return code[:-1] == previous[:-1] and ord(code[-1]) == ord(previous[-1]) + 1

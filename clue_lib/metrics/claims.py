"""Whether an answer's claims agree with what the model was shown and with the reference, and which it leaves out.

A claim is a condition with all that is said of it: whether it is there, whose it is, when it was, on which side, how
bad (`clue_lib.terminology.claims`). What stands nowhere at all is no contradiction: `unsupported_concepts` counts that.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from typing import Literal

from clue_lib.metrics import verdicts
from clue_lib.metrics.base import answer_text
from clue_lib.terminology import OpenLinker
from clue_lib.terminology.claims import Claim, claims_in, signature
from clue_lib.terminology.context import context
from clue_lib.types import Example, Response, withheld

OPEN = OpenLinker()

Kind = Literal["polarity", "experiencer", "time", "side", "course", "severity", "size", "trend", "grade", "yes or no"]

DIMENSIONS: tuple[Kind, ...] = ("side", "course", "severity", "size", "trend", "grade")

_WORD = re.compile(r"\w+")
_MOST_TEXTS = 20_000
_known: dict[bytes, tuple[Claim, ...]] = {}

Index = Mapping[str, Sequence[Claim]]
"""The claims of a text by each of their keys."""


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A claim of the answer, in what it differs, and a claim of the source or reference that says otherwise.

    Both are slices of their texts: the answer's, and what `source` gives.
    """

    kind: Kind
    answer: slice
    source: slice


def contradicted_claims(responses: Sequence[Response]) -> list[float | None]:
    """Share of the answer's distinct claims that source or reference contradicts, and neither states; 0 of none.

    The source is all that the model was shown of the example. A claim is contradicted where its condition stands there
    with another polarity, experiencer, time, side, course, severity or grade only: fever on one day and none on another
    allow both. What the answer calls possible, or warns of, contradicts nothing. A "Yes" or "No" that begins the answer
    to a question is a claim too, held against the reference's. An empty or unparsed answer says nothing: None.
    """
    values: list[float | None] = []
    for response in responses:
        text = answer_text(response)
        if not text:
            values.append(None)
            continue
        n_claims = len(list(_distinct(read(text)))) + bool(verdicts.of_answer(text, response.example))
        values.append(len(contradictions(text, response.example)) / n_claims if n_claims else 0.0)
    return values


def n_contradicted(responses: Sequence[Response]) -> list[int]:
    """How many of each answer's claims the source or the reference contradicts."""
    return [len(contradictions(answer_text(response), response.example)) for response in responses]


def omitted_claims(responses: Sequence[Response]) -> list[float | None]:
    """Share of the reference's claims that the answer lacks, or says otherwise; an empty or unparsed answer: 1.

    None where the reference claims nothing, whatever the answer. Unlike F1 it does not fall where an answer says more.
    """
    values: list[float | None] = []
    for response in responses:
        wanted = [claim for claim in read(str(response.example.gold)) if _is_told(claim)]
        stated = _by_key([read(answer_text(response))])
        lacking = sum(not _is_stated(claim, stated) for claim in wanted)
        values.append(lacking / len(wanted) if wanted else None)
    return values


def tool() -> str:
    """The rules, the word lists and the linker."""
    return signature(OPEN)


def source(example: Example) -> str:
    """Everything that the model was shown of the example, and the reference; items end as sentences do."""
    return "\n\n".join((*example.fields.values(), *example.documents, *example.options, str(example.gold)))


def read(text: str) -> tuple[Claim, ...]:
    """The text's claims; what was read before, for another metric or model, is not read again."""
    if len(_known) > _MOST_TEXTS:
        _known.clear()
    key = blake2b(text.encode(errors="surrogatepass")).digest()
    if key not in _known:
        _known[key] = claims_in(text, OPEN)
    return _known[key]


def contradictions(text: str, example: Example) -> list[Contradiction]:
    """Every claim of an answer that contradicts the example's source or reference, once each, in the text's order."""
    shown = source(example)
    told = _by_key([read(shown)])
    found = list(_contradictions(read(text), told, knows_experiencer=not _asks_of_relative(example)))
    if verdicts.is_contradicted(text, example):
        gold_start = len(shown) - len(str(example.gold))
        found.insert(
            0, Contradiction(kind="yes or no", answer=_first_word(text), source=_first_word(shown, gold_start))
        )
    return found


def _first_word(text: str, start: int = 0) -> slice:
    match = _WORD.search(text, start)
    return slice(match.start(), match.end()) if match else slice(start, start)


def _contradictions(claims: Iterable[Claim], told: Index, *, knows_experiencer: bool) -> Iterator[Contradiction]:
    for claim in _distinct(claims):
        if not _asserts(claim):
            continue
        others = [other for key in claim.keys for other in told.get(key, ()) if _is_of_the_case(other)]
        differing = _difference(claim, others, knows_experiencer=knows_experiencer)
        if differing is not None:
            kind, other = differing
            yield Contradiction(kind=kind, answer=slice(claim.start, claim.end), source=slice(other.start, other.end))


def _distinct(claims: Iterable[Claim]) -> Iterator[Claim]:
    """The claims that are no part of another, each once however often an answer repeats it."""
    said = set()
    for claim in claims:
        told = claim.keys, claim.polarity, claim.experiencer, claim.time, claim.values
        if not claim.is_inner and told not in said:
            said.add(told)
            yield claim


def _asserts(claim: Claim) -> bool:
    """Whether it says how things are; on which side a part of the body is, it says in any case."""
    return claim.thing != "condition" or claim.polarity in ("present", "absent")


def _is_of_the_case(claim: Claim) -> bool:
    return claim.thing != "condition" or claim.polarity != "hypothetical"


def _difference(claim: Claim, others: Sequence[Claim], *, knows_experiencer: bool) -> tuple[Kind, Claim] | None:
    """In what the claim differs from all of these that speak of it, and from which; None where it does not."""
    if knows_experiencer:
        same = [other for other in others if other.experiencer == claim.experiencer]
        if others and not same:
            return "experiencer", others[0]
        others = same
    if claim.thing == "condition" and (other := _other_polarity(claim, others)):
        return "polarity", other
    present = [other for other in others if other.polarity != "absent"] if claim.thing == "condition" else others
    if claim.thing == "condition" and claim.polarity == "absent":
        return None
    if claim.time and (other := _other_time(claim, present)):
        return "time", other
    for dimension in DIMENSIONS:
        if other := _other_value(claim, present, dimension):
            return dimension, other
    return None


def _other_polarity(claim: Claim, others: Sequence[Claim]) -> Claim | None:
    """A claim of the other polarity, where there is none of the same; "no urinary infection" denies no infection."""
    if claim.keys[0] in context().broad:
        return None
    telling = [other for other in others if not (other.is_inner and other.polarity == "absent")]
    polarities = {other.polarity for other in telling}
    denied = {"present": "absent", "absent": "present"}[claim.polarity]
    return telling[0] if polarities == {denied} else None


def _other_time(claim: Claim, others: Sequence[Claim]) -> Claim | None:
    timed = [other for other in others if other.time]
    return timed[0] if timed and all(other.time != claim.time for other in timed) else None


def _other_value(claim: Claim, others: Sequence[Claim], dimension: Kind) -> Claim | None:
    """A claim with another value of the dimension, where none has the claim's."""
    own = _values(claim, dimension)
    valued = [other for other in others if _values(other, dimension)]
    if not own or not valued:
        return None
    told = {value for other in valued for value in _values(other, dimension)}
    if dimension == "side":
        told |= {"left", "right"} if "both" in told else set()
        told |= {"both"} if {"left", "right"} <= told else set()
    return None if own <= told else valued[0]


def _values(claim: Claim, dimension: str) -> set[str]:
    return {value for name, value in claim.values if name == dimension}


def _is_told(claim: Claim) -> bool:
    return claim.thing == "condition" and not claim.is_inner and claim.polarity != "hypothetical"


def _is_stated(claim: Claim, stated: Index) -> bool:
    """Whether the answer names the condition, and does not contradict what the reference says of it."""
    others = [other for key in claim.keys for other in stated.get(key, ())]
    others = [other for other in others if other.polarity != "hypothetical"]
    if claim.polarity == "possible":
        return bool(others)
    return bool(others) and _difference(claim, others, knows_experiencer=True) is None


def _by_key(texts: Iterable[Sequence[Claim]]) -> Index:
    by_key: dict[str, list[Claim]] = {}
    for claims in texts:
        for claim in claims:
            for key in claim.keys:
                by_key.setdefault(key, []).append(claim)
    return by_key


def _asks_of_relative(example: Example) -> bool:
    """Whether a relative asks: "is my mother allowed to stand?" makes the mother the patient."""
    asked = list(example.fields.values())[-1] if example.fields else ""
    words = asked.lower().replace("?", " ").split() if len(asked) < 500 else []
    relatives = context().family.words
    return any(word == "my" and behind in relatives for word, behind in pairwise(words))

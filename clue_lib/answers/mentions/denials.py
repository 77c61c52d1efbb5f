"""Whether the words before a mention in its clause deny it."""

import functools
import re

from clue_lib.answers.mentions import cues
from clue_lib.answers.mentions.passage import Passage

N_WORDS = 12
"""Words before a mention within which "not" may deny it; it also ends at the clause."""

N_NEAR = 4
"""Words before a mention within which "no" or "without" may."""

_CLAUSE_END = re.compile(r"[.,;:!?()[\]{}|\n=>→–—⟦⟧⟪⟫]|\s-\s")


def is_denied_before(passage: Passage, start: int, named: str = "") -> bool:
    """Whether the clause before the mention at `start` denies it; `named` is the label as written, in lower case.

    "Not" does not reach over another verb ("the fact that he does not smoke contradicts it"), unless that one is
    inside what is denied ("I don't think it is neutral", "says nothing that contradicts").
    """
    clause = _CLAUSE_END.split(passage.before(start))[-1]
    is_new, is_inner, distance = named.endswith("s"), False, 0
    for word in reversed(_phrase().findall(clause)[-N_WORDS:]):
        if word in _words("else"):
            return False
        if _always_denies(word) or (is_inner and word in _words("untrue")):
            return True
        if word in _words("not") or word.endswith("n't"):
            return not is_new or distance == 0
        if word in _words("not_next") or " " in word:
            return not is_new and distance < N_NEAR
        is_inner = is_inner or word in _words("inner")
        is_new = (is_new or word in _words("verb")) and word not in _words("inner")
        distance += not word.endswith("ly")
    return False


def _always_denies(word: str) -> bool:
    return word in _words("never") or word.startswith("no ")


@functools.cache
def _words(name: str) -> frozenset[str]:
    return frozenset(cues.phrases(name))


@functools.cache
def _phrase() -> re.Pattern[str]:
    several = [phrase for phrase in cues.phrases("not", "not_next", "else") if " " in phrase]
    nothing = rf"no (?:\w+ )?(?:{'|'.join(cues.phrases('no_evidence'))})"
    return re.compile("|".join([*(rf"\b{re.escape(phrase)}\b" for phrase in several), rf"\b{nothing}\b", r"[\w']+"]))

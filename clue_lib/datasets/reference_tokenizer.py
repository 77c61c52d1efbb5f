"""The reference tokenizer: measures and cuts texts alike for every model, so that all of them read the same.

It is SmolLM2's byte-level BPE of 49,152 tokens (Apache-2.0), each digit a token of its own. A vocabulary well below
Llama 3's 128,256 errs on the safe side: it counts too many tokens rather than too few.
"""

import functools
import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from clue_lib.types import withheld

NAME = "SmolLM2 BPE, digits apart"


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A text, and behind which of its characters each of its reference tokens ends."""

    text: str
    ends: tuple[int, ...]

    @property
    def n_tokens(self) -> int:
        """How many reference tokens the text has."""
        return len(self.ends)

    def first(self, n: int) -> str:
        """The text's first `n` tokens; all of it where it has no more."""
        if n >= len(self.ends):
            return self.text
        return self.text[: self.ends[n - 1]] if n > 0 else ""


def measure(text: str) -> Measured:
    """The text with its tokens' ends: what is cut more than once is counted once."""
    return Measured(text=text, ends=tuple(end for _, end in _tokenizer().encode(text).offsets))


def n_tokens(text: str) -> int:
    """How many reference tokens a text has."""
    return len(token_ids(text))


def token_ids(text: str) -> list[int]:
    """The text's reference tokens, by their numbers in the vocabulary."""
    ids: list[int] = _tokenizer().encode(text).ids
    return ids


def fit(texts: Sequence[str], budget: int) -> list[str]:
    """The texts, together at most `budget` tokens: the longest lose their ends first, all down to one length."""
    measured = [measure(text) for text in texts]
    return [
        text.first(n) for text, n in zip(measured, leveled([each.n_tokens for each in measured], budget), strict=True)
    ]


def leveled(lengths: Sequence[int], budget: int) -> list[int]:
    """What remains of each length where all together may take `budget`: the longest are cut to one length."""
    top = ceiling(lengths, budget)
    return [min(length, top) for length in lengths]


def ceiling(lengths: Sequence[int], budget: int) -> int:
    """The largest length to which all may be cut so that their sum stays within the budget; their maximum if it does.

    Zero where the budget is below the number of lengths.
    """
    left = budget
    for n_longer, length in zip(range(len(lengths), 0, -1), sorted(lengths), strict=True):
        if length * n_longer > left:
            return max(left, 0) // n_longer
        left -= length
    return max(lengths, default=0)


@functools.cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    packed = (files("clue_lib.datasets") / "reference_tokenizer.json.xz").read_bytes()
    return Tokenizer.from_str(lzma.decompress(packed).decode("utf-8"))

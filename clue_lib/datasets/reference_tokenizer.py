"""The reference tokenizer: measures and cuts texts alike for every model, so that all of them read the same.

It is SmolLM2's byte-level BPE of 49,152 tokens (Apache-2.0), each digit a token of its own. A vocabulary well below
Llama 3's 128,256 errs on the safe side: it counts too many tokens rather than too few.
"""

import functools
import gzip
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

NAME = "SmolLM2 BPE, digits apart"


def n_tokens(text: str) -> int:
    """How many reference tokens a text has."""
    return len(_tokenizer().encode(text).ids)


def fit(texts: Sequence[str], budget: int) -> list[str]:
    """The texts, together at most `budget` tokens: the longest lose their ends first, all down to one length."""
    offsets = [_tokenizer().encode(text).offsets for text in texts]
    room = ceiling([len(each) for each in offsets], budget)
    return [
        text if len(each) <= room else text[: each[room - 1][1] if room else 0]
        for text, each in zip(texts, offsets, strict=True)
    ]


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

    packed = (files("clue_lib.datasets") / "reference_tokenizer.json.gz").read_bytes()
    return Tokenizer.from_str(gzip.decompress(packed).decode("utf-8"))

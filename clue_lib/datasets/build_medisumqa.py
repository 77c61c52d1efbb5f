"""Builds MeDiSumQA from MIMIC-IV-Note: a model turns the instructions of a letter into questions and answers.

The rest of the letter is what the questions will be asked about. As in CLUE (arXiv 2404.04067; its published script)
those pairs are kept whose question and answer overlap least, so that no question gives its answer away. There half are
ranked by ROUGE-L and half by BERTScore of Bio_ClinicalBERT, and people then sorted out bad ones; here all are ranked by
ROUGE-L (F1 of question against answer, `rouge-score`, no stemmer), and at least half of an answer's longer words must
stand in the instructions. Read what was built before you rely on it.
"""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clue_lib.datasets.built import Built
from clue_lib.datasets.medisumqa_passages import Passage
from clue_lib.errors import DataError
from clue_lib.types import FinishReason, withheld

NAME = "MeDiSumQA.jsonl"
SUPPORT = 0.5
"""Least share of an answer's words of four letters or more that stand in the instructions; one without any has none.

Shorter words stand in any letter. CLUE needs no such share: its model copies statements.
"""

_PAIR = re.compile(
    r"^[\W\d_]*question[ \d*_]*:[ \t*]*(?P<question>[^\n]*\w[^\n]*)\n"
    r"[\W\d_]*answer[ \d*_]*:[ \t*]*(?P<answer>[^\s*].*?)\s*(?=\n\s*\n|\n[\W\d_]*question[ \d*_]*:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and its answer."""

    question: str
    answer: str


@withheld
@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the model wrote about one passage."""

    passage: Passage
    text: str
    finish_reason: FinishReason


def read_pairs(text: str) -> list[Pair]:
    """The pairs that a model wrote as lines "Question: …" and "Answer: …", whatever marks stand around these words.

    An answer goes on up to a blank line or the next question. A question or answer alone is none.
    """
    return [Pair(question=_line(match["question"]), answer=_line(match["answer"])) for match in _PAIR.finditer(text)]


def select(outputs: Sequence[Output], *, n: int, dropped: Counter[str]) -> Built:
    """The `n` pairs of least overlap between question and answer, in the outputs' order; what was left out is counted.

    Raises DataError where no pair is left.
    """
    candidates: list[tuple[Passage, Pair]] = []
    for output in outputs:
        written = _written(output, dropped)
        candidates += [(output.passage, pair) for pair in _sound(output.passage, written, dropped)]
    if not candidates:
        raise DataError(f"no usable pair in {len(outputs)} outputs ({_listed(dropped)}); use a stronger --model")
    overlaps = [_overlap(pair) for _, pair in candidates]
    kept = sorted(heapq.nsmallest(n, range(len(candidates)), key=overlaps.__getitem__))
    dropped["pairs: more overlap of question and answer"] += len(candidates) - len(kept)
    return Built(
        records=tuple(_record(*candidates[index]) for index in kept),
        dropped={reason: count for reason, count in dropped.items() if count},
    )


def _written(output: Output, dropped: Counter[str]) -> list[Pair]:
    if output.finish_reason == "context":
        dropped["letters: instructions too long for the model"] += 1
        return []
    pairs = read_pairs(output.text)
    if not pairs:
        dropped["letters: no pair in the model's output"] += 1
    if pairs and output.finish_reason == "length":
        dropped["pairs: cut off by the token limit"] += 1
        pairs.pop()
    return pairs


def _sound(passage: Passage, pairs: Iterable[Pair], dropped: Counter[str]) -> list[Pair]:
    """Those that may serve as a question with its gold answer."""
    sound: dict[str, Pair] = {}
    for pair in pairs:
        question = pair.question.lower()
        fault = _fault(passage, pair)
        if not fault and question in sound:
            fault = "asked before"
        if fault:
            dropped[f"pairs: {fault}"] += 1
        else:
            sound[question] = pair
    return list(sound.values())


def _fault(passage: Passage, pair: Pair) -> str:
    if "___" in pair.question + pair.answer:
        return "a gap left by de-identification"
    words = _words(pair.answer)
    support = len(words & _words(passage.instructions)) / len(words) if words else 0.0
    return "answer not from the instructions" if support < SUPPORT else ""


def _record(passage: Passage, pair: Pair) -> dict[str, object]:
    return {
        "note_id": passage.note_id,
        "Question": pair.question,
        "Answer": pair.answer,
        "discharge_summary": passage.rest,
    }


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{4,}", text.lower()))


def _overlap(pair: Pair) -> float:
    from rouge_score.rouge_scorer import RougeScorer

    scores = RougeScorer(["rougeL"], use_stemmer=False).score(pair.answer, pair.question)
    return float(scores["rougeL"].fmeasure)


def _line(text: str) -> str:
    return " ".join(text.split()).strip("* ")


def _listed(dropped: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in dropped.items() if count)

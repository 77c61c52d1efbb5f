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
from pathlib import Path

from clue_lib import digests
from clue_lib.datasets import mimic
from clue_lib.datasets.built import Built
from clue_lib.datasets.mimic import Letter
from clue_lib.errors import DataError
from clue_lib.types import FinishReason

NAME = "MeDiSumQA.jsonl"
SUPPORT = 0.5
"""Least share of an answer's words of four letters or more that stand in the instructions; one without any has none.

Shorter words stand in any letter. CLUE needs no such share: its model copies statements.
"""

# De-identification replaced the first word of many follow-up headings.
_SECTION = re.compile(
    r"^[ \t]*discharge instructions:(?P<text>.*?)(?=^[ \t]*(?:follow[- ]?up|___) instructions:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_PAIR = re.compile(
    r"^[\W\d_]*question[ \d*_]*:[ \t*]*(?P<question>[^\n]*\w[^\n]*)\n"
    r"[\W\d_]*answer[ \d*_]*:[ \t*]*(?P<answer>[^\s*].*?)\s*(?=\n\s*\n|\n[\W\d_]*question[ \d*_]*:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A letter's instructions, and the letter without them."""

    note_id: str
    instructions: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A question and its answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What the model wrote about one passage."""

    passage: Passage
    text: str
    finish_reason: FinishReason


def passages(notes: Path, *, n_letters: int, seed: int, dropped: Counter[str]) -> list[Passage]:
    """Those of `n_letters` letters, drawn by hash of seed and note, that have instructions. Raises DataError."""
    letters = mimic.letters(notes, dropped)
    drawn = heapq.nsmallest(n_letters, letters, key=lambda letter: digests.rank(letter.note_id, seed))
    found = [passage for letter in drawn if (passage := cut(letter))]
    dropped["letters: no discharge instructions"] += len(drawn) - len(found)
    if not found:
        raise DataError(
            f"{notes}: none of {len(drawn)} letters has a section 'Discharge Instructions:'; raise --letters"
        )
    return found


def cut(letter: Letter) -> Passage | None:
    """The letter in two; None where it has no instructions, or only gaps (`___`) in their place."""
    instructions = "\n".join(section["text"].strip() for section in _SECTION.finditer(letter.text))
    if not re.search(r"[^\W_]", instructions):
        return None
    return Passage(
        note_id=letter.note_id, instructions=instructions.strip(), rest=_SECTION.sub("", letter.text).strip()
    )


def read_pairs(text: str) -> list[Pair]:
    """The pairs that a model wrote as lines "Question: …" and "Answer: …", whatever marks stand around these words.

    An answer goes on up to a blank line or the next question. A question or answer alone is none.
    """
    return [Pair(question=_line(found["question"]), answer=_line(found["answer"])) for found in _PAIR.finditer(text)]


def select(outputs: Sequence[Output], *, n: int, dropped: Counter[str]) -> Built:
    """The `n` pairs of least overlap between question and answer, in the outputs' order; what was left out is counted.

    Raises DataError where no pair is left.
    """
    candidates = [
        (output.passage, pair)
        for output in outputs
        for pair in _sound(output.passage, _written(output, dropped), dropped)
    ]
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
        if reason := _fault(passage, pair) or ("asked before" if pair.question.lower() in sound else ""):
            dropped[f"pairs: {reason}"] += 1
        else:
            sound[pair.question.lower()] = pair
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

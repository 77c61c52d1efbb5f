"""LongHealth: questions on a patient's letters, on letters hidden among others', on others' letters alone.

Adams et al. 2024 (arXiv 2401.14490). `longhealth_contexts` draws the letters that each question is shown with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from clue_lib import answers
from clue_lib.datasets.readers import document
from clue_lib.errors import DataError
from clue_lib.metrics import OPTIONS
from clue_lib.tasks.base import Drawing, Task
from clue_lib.tasks.longhealth_contexts import MAX_NEW_TOKENS
from clue_lib.types import Example, withheld


@withheld
class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of the file. `correct` is the right option's text; spreadsheets made numbers of some options."""

    No: int
    question: str
    answer_a: str | int | float
    answer_b: str | int | float
    answer_c: str | int | float
    answer_d: str | int | float
    answer_e: str | int | float
    correct: str | int | float
    answer_location: dict[str, object] = {}

    @property
    def options(self) -> tuple[str, ...]:
        """The five texts, A to E."""
        return tuple(str(getattr(self, f"answer_{letter}")).strip() for letter in "abcde")

    @property
    def right(self) -> tuple[str, ...]:
        """The letters whose text is `correct`, word for word."""
        correct = str(self.correct).strip()
        named = zip("ABCDE", self.options, strict=True)
        return tuple(letter for letter, text in named if text and text == correct)


@withheld
class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """One patient of the file."""

    texts: dict[str, str]
    questions: list[Question]


def read(path: Path) -> list[Example]:
    """Every question with its patient's letters. Raises DataError unless exactly one option is the right one."""
    return [
        _example(path, name, patient, question)
        for name, patient in _patients(path).items()
        for question in patient.questions
    ]


def remarks(path: Path) -> tuple[str, ...]:
    """How many wrong options are blank, and in which questions the first of them stand."""
    blank = [
        f"{name} question {question.No}"
        for name, patient in _patients(path).items()
        for question in patient.questions
        if "" in question.options
    ]
    return (f"{len(blank)} questions with a blank option ({blank[0]} is the first)",) if blank else ()


def _patients(path: Path) -> dict[str, Patient]:
    try:
        return msgspec.convert(document(path), dict[str, Patient])
    except msgspec.ValidationError as error:
        raise DataError(f"{path}: {error}; it must have the shape of LongHealth's benchmark_v5.json") from error


def task(
    name: str,
    draw: Callable[[Sequence[Example], Drawing], list[Example]],
    *others: str,
    skill_pool: tuple[str, ...] = (),
) -> Task:
    """One of the three tasks; `others` are metrics that it has beside accuracy."""
    return Task(
        name=name,
        group="longhealth",
        level="level2",
        max_new_tokens=MAX_NEW_TOKENS,
        read=read,
        remarks=remarks,
        draw=draw,
        parse=answers.option,
        clue_metrics=("accuracy",),
        other_metrics=(*OPTIONS, *others),
        skill_pool=skill_pool,
    )


def _example(path: Path, name: str, patient: Patient, question: Question) -> Example:
    letters = list(patient.texts)
    with_answer = [letters.index(key) for key in question.answer_location if key in letters]
    return Example(
        id=f"{name}/{question.No}",
        cluster=name,
        fields={"question": question.question.strip()},
        gold=_gold(path, name, question),
        options=question.options,
        documents=tuple(text.strip() for text in patient.texts.values()),
        # Where the file does not say which letters hold the answer, all of them may.
        evidence=tuple(sorted(with_answer)) or tuple(range(len(letters))),
        passages=tuple(dict.fromkeys(_passages(patient.texts, question.answer_location))),
    )


def _passages(texts: Mapping[str, str], locations: Mapping[str, object]) -> Iterator[str]:
    """The words of the letters that hold the answer, as far as the file tells; what it says oddly is passed over."""
    for key, places in locations.items():
        if key in texts and isinstance(places, dict):
            pairs = zip(_shares(places.get("start")), _shares(places.get("end")), strict=False)
            yield from filter(None, (_between(texts[key], start, end) for start, end in pairs))


def _shares(found: object) -> list[float]:
    """Places in a letter as shares of its length; none where these are no such list."""
    if not isinstance(found, list):
        return []
    return [share for share in found if isinstance(share, int | float) and 0 <= share <= 1]


def _between(text: str, start: float, end: float) -> str:
    """The whole words between two shares of the text: with four decimals a share may lie a character beside a word."""
    first, last = round(start * len(text)), round(end * len(text))
    if first >= last:
        return ""
    while first > 0 and text[first - 1].isalnum() and text[first].isalnum():
        first -= 1
    while last < len(text) and text[last - 1].isalnum() and text[last].isalnum():
        last += 1
    return text[first:last].strip()


def _gold(path: Path, name: str, question: Question) -> str:
    """The letter of the one option that is right."""
    place = f"{path}: {name} question {question.No}"
    if not question.question.strip():
        raise DataError(f"{place}: its text is blank; fill or remove it")
    if len(question.right) != 1:
        raise DataError(
            f"{place}: {len(question.right)} of its options have the text of `correct`; exactly one must: mend the row"
        )
    return question.right[0]

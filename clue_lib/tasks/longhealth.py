"""LongHealth: questions on a patient's letters, on letters hidden among others', on others' letters alone.

Adams et al. 2024 (arXiv 2401.14490). Per (patient, repeat) one drawing is fixed from the seed: the order of the
patient's own letters, and ten letters of other patients with their order. All of a patient's questions share it, and
task 3 reads the very letters among which task 2 hides the answer. Lengths are counted by `datasets.reference`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from clue_lib import answers
from clue_lib.datasets import reference_tokenizer
from clue_lib.datasets.readers import document
from clue_lib.errors import DataError
from clue_lib.metrics import CHOICE
from clue_lib.tasks import prompts
from clue_lib.tasks.base import Task, lettered
from clue_lib.types import Example

CONTEXT = 8140
"""Reference tokens that a prompt and its answer may take (CLUE's bound for models of 8,192)."""

MAX_NEW_TOKENS = 50
INSTRUCTIONS = 200
"""Reference tokens kept for the instructions and a chat template."""

HEADING = 8
"""Reference tokens of a letter's heading and the blank line after it."""

N_OTHERS = 10
UNANSWERABLE = "These letters do not answer the question"


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


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """One patient of the file."""

    texts: dict[str, str]
    questions: list[Question]


def read(path: Path) -> list[Example]:
    """Every question with its patient's letters; raises DataError unless exactly one option is the right one."""
    try:
        patients = msgspec.convert(document(path), dict[str, Patient])
    except msgspec.ValidationError as error:
        raise DataError(f"{path}: {error}; it must have the shape of LongHealth's benchmark_v5.json") from error
    return [
        _example(path, name, patient, question) for name, patient in patients.items() for question in patient.questions
    ]


def task(name: str, title: str, draw: Callable[[Sequence[Example], int, int], list[Example]], *others: str) -> Task:
    """One of the three tasks; `others` are metrics that it has beside accuracy."""
    return Task(
        name=name,
        group="longhealth",
        level="level2",
        title=title,
        n_shots=0,
        max_new_tokens=MAX_NEW_TOKENS,
        read=read,
        draw=draw,
        parse=answers.option,
        ideal=lambda example: str(example.gold),
        clue_metrics=("accuracy",),
        other_metrics=(*CHOICE, *others),
    )


def draw_own(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 1: the patient's own letters, in one order per (patient, repeat)."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        places = {f"{name}#{repeat}/{i}": i for i in range(len(questions[0].documents))}
        order = [places[id_] for id_ in prompts.stable_order(list(places), seed)]
        whole = [questions[0].documents[i] for i in order]
        shown = reference_tokenizer.fit(whole, _room(questions) - HEADING * len(whole))
        for question in questions:
            drawn.append(_asked(question, repeat, whole, shown, [order.index(i) for i in question.evidence]))
    return drawn


def draw_hidden(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 2: the letters with the answer, together at one place per (patient, repeat) among ten letters of others."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        others = _others(examples, name, questions, seed, repeat)
        for question in map(_with_unanswerable, questions):
            whole = [question.documents[i] for i in question.evidence]
            shown = reference_tokenizer.fit(whole, others.room)
            drawn.append(
                _asked(
                    question,
                    repeat,
                    [*others.whole[: others.place], *whole, *others.whole[others.place :]],
                    [*others.shown[: others.place], *shown, *others.shown[others.place :]],
                    range(others.place, others.place + len(whole)),
                )
            )
    return drawn


def draw_others(examples: Sequence[Example], seed: int, n_repeats: int) -> list[Example]:
    """Task 3: the ten letters of others alone; that they do not answer the question is the right option, F."""
    drawn = []
    for name, questions, repeat in _rounds(examples, n_repeats):
        others = _others(examples, name, questions, seed, repeat)
        for question in map(_with_unanswerable, questions):
            drawn.append(_asked(replace(question, gold="F"), repeat, others.whole, others.shown, ()))
    return drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """Ten letters of other patients, whole and as shown; `place` and `room` (tokens) are for letters put among them."""

    whole: list[str]
    shown: list[str]
    place: int
    room: int


def _others(examples: Sequence[Example], name: str, questions: Sequence[Example], seed: int, repeat: int) -> Others:
    """The same for tasks 2 and 3; half of the context at most is kept free for the letters with the answer."""
    letters = {
        f"{name}#{repeat}:{other.cluster}/{i}": text
        for other in examples
        if other.cluster != name
        for i, text in enumerate(other.documents)
    }
    whole = [letters[id_] for id_ in prompts.stable_order(list(letters), seed)[:N_OTHERS]]
    places = {f"{name}#{repeat}@{i}": i for i in range(len(whole) + 1)}
    n_own = max(len(question.evidence) for question in questions)
    room = _room(questions) - HEADING * (len(whole) + n_own)
    needed = max(sum(reference_tokenizer.n_tokens(q.documents[i]) for i in q.evidence) for q in questions)
    kept = min(needed, room // 2)
    return Others(
        whole=whole,
        shown=reference_tokenizer.fit(whole, room - kept),
        place=places[prompts.stable_order(list(places), seed)[0]],
        room=kept,
    )


def _rounds(examples: Sequence[Example], n_repeats: int) -> Iterator[tuple[str, list[Example], int]]:
    """Every patient's questions, once per repeat."""
    patients: dict[str, list[Example]] = {}
    for example in examples:
        patients.setdefault(example.cluster, []).append(example)
    for name, questions in patients.items():
        for repeat in range(n_repeats):
            yield name, questions, repeat


def _room(questions: Sequence[Example]) -> int:
    """Tokens left for letters beside the longest of a patient's questions."""
    asked = ["\n".join((question.fields["question"], lettered(question.options))) for question in questions]
    longest = max(map(reference_tokenizer.n_tokens, asked))
    return CONTEXT - MAX_NEW_TOKENS - INSTRUCTIONS - longest


def _with_unanswerable(question: Example) -> Example:
    return replace(question, options=(*question.options, UNANSWERABLE))


def _asked(
    question: Example, repeat: int, whole: Sequence[str], shown: Sequence[str], evidence: Sequence[int]
) -> Example:
    """The question with its letters; what was cut is counted, and where the answer stands becomes a slice."""
    cut = [i for i, letter in enumerate(whole) if letter != shown[i]]
    slices = dict(question.slices)
    if evidence:
        slices["evidence"] = ("first", "middle", "last")[3 * evidence[0] // len(whole)] + " third of the letters"
        slices["letter with the answer"] = "cut" if set(evidence) & set(cut) else "whole"
    return replace(
        question,
        fields={
            "letters": "\n\n".join(f"[Letter {number}]\n{letter}" for number, letter in enumerate(shown, 1)),
            "question": question.fields["question"],
            "options": lettered(question.options),
        },
        documents=(),
        evidence=tuple(evidence),
        repeat=repeat,
        n_cut=sum(reference_tokenizer.n_tokens(whole[i]) - reference_tokenizer.n_tokens(shown[i]) for i in cut),
        slices=slices,
    )


def _example(path: Path, name: str, patient: Patient, asked: Question) -> Example:
    right = [letter for letter, text in zip("ABCDE", asked.options, strict=True) if text == str(asked.correct).strip()]
    if len(right) != 1:
        raise DataError(
            f"{path}: {name} question {asked.No}: {len(right)} of its options have the text of `correct`; "
            "exactly one must: mend the row"
        )
    letters = list(patient.texts)
    named = [letters.index(key) for key in asked.answer_location if key in letters]
    return Example(
        id=f"{name}/{asked.No}",
        cluster=name,
        fields={"question": asked.question.strip()},
        gold=right[0],
        options=asked.options,
        documents=tuple(text.strip() for text in patient.texts.values()),
        evidence=tuple(sorted(named)) or tuple(range(len(letters))),
    )

"""Case challenges: a vignette and its options, one of them right (Dorfner et al. 2025)."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from clue_lib import answers, digests
from clue_lib.datasets.readers import objects, rows
from clue_lib.errors import DataError
from clue_lib.metrics import CHOICE
from clue_lib.tasks.base import Task, lettered
from clue_lib.types import Example, Level

COLUMNS = ("question", "opa", "opb", "opc", "opd", "answer_idx")


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a JSON Lines file; `answer` is the right option's letter."""

    question: str
    options: dict[str, str]
    answer: str
    id: str | None = None
    specialty: str | None = None


def read(path: Path) -> list[Example]:
    """Cases of JSON Lines or of a table with the columns of `jama_raw.csv`; each is its own cluster.

    A case without an id is named by its text's digest, so that it keeps its name wherever it stands in the file.
    """
    cases = _table if ".csv" in path.suffixes else _objects
    return [_example(place, case) for place, case in cases(path)]


def task(name: str, level: Level = "case_challenges") -> Task:
    """One journal's case challenges, or another set of questions with options."""
    return Task(
        name=name,
        level=level,
        max_new_tokens=32,
        read=read,
        parse=answers.option,
        clue_metrics=("accuracy",),
        other_metrics=CHOICE,
    )


def _objects(path: Path) -> Iterator[tuple[str, Case]]:
    for place, content in objects(path):
        try:
            yield place, msgspec.convert(content, Case)
        except msgspec.ValidationError as error:
            raise DataError(f"{place}: {error}; each case needs question, options and answer") from error


def _table(path: Path) -> Iterator[tuple[str, Case]]:
    for place, row in rows(path, COLUMNS, ("ope", "field")):
        yield (
            place,
            Case(question=row["question"], options=_options(row), answer=row["answer_idx"], specialty=row["field"]),
        )


def _options(row: Mapping[str, str]) -> dict[str, str]:
    return {letter: row[f"op{letter.lower()}"] for letter in "ABCDE" if row[f"op{letter.lower()}"].strip()}


def _example(place: str, case: Case) -> Example:
    letters = "".join(case.options)
    if case.answer.strip() not in case.options or not "ABCDEFGHIJ".startswith(letters):
        raise DataError(
            f"{place}: answer {case.answer!r}, options {letters}; options run from A, the answer is one of them"
        )
    options = tuple(text.strip() for text in case.options.values())
    id_ = case.id or f"case-{digests.of_value(case.question)[:12]}"
    return Example(
        id=id_,
        cluster=id_,
        fields={"question": case.question.strip(), "options": lettered(options)},
        gold=case.answer.strip(),
        options=options,
        slices={"specialty": case.specialty} if case.specialty else {},
    )

"""Case challenges: a vignette and its options, one of them right (Dorfner et al. 2025)."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from clue_lib import answers, digests
from clue_lib.datasets.columns import Columns
from clue_lib.datasets.readers import objects, rows
from clue_lib.errors import DataError
from clue_lib.metrics import OPTIONS
from clue_lib.tasks.base import Task, lettered
from clue_lib.types import Example, Level, withheld

COLUMNS = ("question", "opa", "opb", "opc", "opd", "answer_idx")
OPTIONAL = ("ope", "field")
LETTERS = "ABCDEFGHIJ"


@withheld
class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option where a file lists them as objects."""

    key: str
    value: str


@withheld
class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case of a JSON file. `answer_idx` is the right option's letter; where it is absent, `answer` is.

    MedQA's files have both, and `answer` is the option's text there.
    """

    question: str
    options: dict[str, str] | list[Option]
    answer: str = ""
    answer_idx: str = ""
    id: str | int | None = None
    specialty: str | None = None


def read(path: Path) -> list[Example]:
    """Cases of JSON Lines, as ours, MedQA's or a table's rows, or of a table like `jama_raw.csv`; each is a cluster.

    A case without an id is named by its text's digest, so that it keeps its name wherever it stands in the file.
    """
    cases = _table if ".csv" in path.suffixes else _objects
    return [_example(place, case) for place, case in cases(path)]


def task(name: str, level: Level = "case_challenges", *, n_scouts: int = 0) -> Task:
    """One journal's case challenges, or another set of questions with options; see `Task` for its scouts."""
    return Task(
        name=name,
        level=level,
        max_new_tokens=32,
        read=read,
        parse=answers.option,
        clue_metrics=("accuracy",),
        other_metrics=OPTIONS,
        n_scouts=n_scouts,
        scout_metric="accuracy",
    )


def _objects(path: Path) -> Iterator[tuple[str, Case]]:
    columns = Columns(required=COLUMNS, optional=OPTIONAL)
    for place, content in objects(path):
        if "opa" in content:
            _refuse_counted_answer(content, place)
            yield place, _of_row(columns.row(content, place))
            continue
        try:
            yield place, msgspec.convert(content, Case)
        except msgspec.ValidationError as error:
            raise DataError(f"{place}: {error}; each case needs question, options and answer") from error


def _refuse_counted_answer(content: Mapping[str, object], place: str) -> None:
    """MedMCQA's `cop` is an option's number, from 1 in the authors' files and from 0 in copies of them."""
    if "cop" in content and "answer_idx" not in content:
        raise DataError(
            f"{place}: cop is counted from 0 in some copies of this set and from 1 in others; "
            "write the right option's letter as answer_idx"
        )


def _table(path: Path) -> Iterator[tuple[str, Case]]:
    for place, row in rows(path, COLUMNS, OPTIONAL):
        yield place, _of_row(row)


def _of_row(row: Mapping[str, str]) -> Case:
    texts = {letter: row[f"op{letter.lower()}"] for letter in "ABCDE"}
    options = {letter: text for letter, text in texts.items() if text.strip()}
    return Case(question=row["question"], options=options, answer_idx=row["answer_idx"], specialty=row["field"])


def _example(place: str, case: Case) -> Example:
    question = case.question.strip()
    by_letter = _by_letter(place, case)
    options = tuple(by_letter.values())
    blank = [letter for letter, text in by_letter.items() if not text]
    if not question or blank:
        what = f"option {', '.join(blank)}" if blank else "the question"
        raise DataError(f"{place}: {what} is blank; fill or remove the case")
    id_ = str(case.id) if case.id is not None else f"case-{digests.of_value(case.question)[:12]}"
    return Example(
        id=id_,
        cluster=id_,
        fields={"question": question, "options": lettered(options)},
        gold=_gold(place, case, by_letter),
        options=options,
        slices={"specialty": case.specialty} if case.specialty else {},
    )


def _by_letter(place: str, case: Case) -> dict[str, str]:
    """The options from A on, whatever order and case their letters have in the file."""
    listed = case.options.items() if isinstance(case.options, dict) else ((o.key, o.value) for o in case.options)
    pairs = sorted((letter.strip().upper(), text.strip()) for letter, text in listed)
    letters = "".join(letter for letter, _ in pairs)
    if not letters or not LETTERS.startswith(letters):
        raise DataError(f"{place}: the letters of its {len(pairs)} options are wrong; they run from A, without a gap")
    return dict(pairs)


def _gold(place: str, case: Case, options: Mapping[str, str]) -> str:
    written = case.answer_idx or case.answer
    letter = written.strip().upper()
    if letter not in options:
        column = "answer_idx" if case.answer_idx else "answer"
        raise DataError(f"{place}: {column} is no letter of its options; they are {', '.join(options)}")
    others = {text for other, text in options.items() if other != letter}
    if case.answer.strip() in others - {options[letter]}:
        raise DataError(f"{place}: answer is another option's text than answer_idx names; mend the case")
    return letter

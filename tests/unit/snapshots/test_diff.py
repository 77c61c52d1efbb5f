"""What two snapshots have different, and how it is told."""

import dataclasses
import re
import unicodedata

import pytest
from fake_run import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from clue_lib import snapshots
from clue_lib.snapshots import CodeChange, Count, Letter, Origin, Snapshot, difference
from clue_lib.text import storable
from clue_lib.types import Fingerprint

ORIGIN = Origin(
    task="medisumcode",
    model="base",
    revision="r1",
    tier="bundled",
    data="d1",
    questions="q1",
    scoring={},
    engine=Fingerprint(name="vllm"),
)
TITLES = {"I10": "Essential (primary) hypertension", "E11.9": "Type 2 diabetes mellitus without complications"}


def snapshot(
    answers: dict[str, str], *, n_with: int = 0, in_all: int = 0, n_answers: int = 50, **of_origin
) -> Snapshot:
    """Letter → its codes, separated by spaces; those without a title above are invalid."""
    return Snapshot(
        origin=dataclasses.replace(ORIGIN, **of_origin),
        n_answers=n_answers,
        hallucinations={"invalid_codes": Count(answers=n_with, in_all=in_all)},
        letters={
            name: Letter(
                valid={code: TITLES[code] for code in codes.split() if code in TITLES},
                invalid=tuple(code for code in codes.split() if code not in TITLES),
            )
            for name, codes in answers.items()
        },
    )


OLD = snapshot({"a": "I10", "b": "E11.9 E99.99", "c": "I10"})
NEW = snapshot({"a": "I10 E11.9", "b": "E11.9", "c": "I10 Q99.99"}, n_with=3, in_all=4)


def test_new_lost_and_invalid_codes_with_letter_and_title():
    assert difference(OLD, NEW).codes == (
        CodeChange(letter="a", code="E11.9", title=TITLES["E11.9"], is_new=True),
        CodeChange(letter="b", code="E99.99", title=None, is_new=False),
        CodeChange(letter="c", code="Q99.99", title=None, is_new=True),
    )


def test_a_code_that_is_no_longer_valid_is_lost_and_new():
    changed = difference(
        snapshot({"a": "I10"}), dataclasses.replace(OLD, letters={"a": Letter(valid={}, invalid=("I10",))})
    )
    assert [(each.title, each.is_new) for each in changed.codes] == [(TITLES["I10"], False), (None, True)]


def test_lines_name_letter_code_and_description():
    assert snapshots.lines(difference(OLD, NEW)) == [
        "medisumcode (vllm): codes 2 new (1 invalid), 1 lost, in 3 letters; "
        "invalid_codes up, 0 → 3 answers (0 → 4 in all)",
        "  a",
        "    + E11.9   Type 2 diabetes mellitus without complications",
        "  b",
        "    - E99.99  invalid: no such code in the release",
        "  c",
        "    + Q99.99  invalid: no such code in the release",
    ]
    assert snapshots.headline(difference(NEW, OLD)).endswith("invalid_codes down, 3 → 0 answers (4 → 0 in all)")
    assert snapshots.lines(difference(OLD, OLD)) == ["medisumcode (vllm): no difference"]


def test_another_engine_is_named():
    other = dataclasses.replace(NEW, origin=dataclasses.replace(ORIGIN, engine=Fingerprint(name="transformers")))
    assert snapshots.headline(difference(OLD, other)).startswith("medisumcode (vllm → transformers): codes 2 new")


@pytest.mark.parametrize("tier", ["licensed", "credentialed"])
def test_of_data_under_an_agreement_a_run_tells_numbers_alone(tier):
    told = snapshots.public_lines(
        difference(OLD, dataclasses.replace(NEW, origin=dataclasses.replace(ORIGIN, tier=tier)))
    )
    assert told[0].startswith("medisumcode (vllm): codes 2 new")
    assert f"withheld: the data is {tier}" in told[1]
    assert not any(code in line for code in ("E11.9", "Q99.99") for line in told)
    assert snapshots.public_lines(difference(OLD, NEW)) == snapshots.lines(difference(OLD, NEW))


def test_markdown_is_a_table_in_which_names_are_text():
    table = snapshots.as_markdown(difference(OLD, snapshot({"<b>|": "I10", "b": "E11.9 E99.99", "a": "I10", "c": ""})))
    assert "### medisumcode (vllm)" in table
    assert "<b>" not in table
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines() if row.startswith("| ")]
    assert rows[0] == ["letter", "", "code", "description"]
    assert [row[1:3] for row in rows[1:]] == [["new", "I10"], ["lost", "I10"]]
    assert "|---" in table


# By hand: of 100 pairs of letter and code 5 may change, of 50 answers max(2, 2 %) gain or lose a hallucination.
@pytest.mark.parametrize(
    ("n_lost", "n_with", "n_answers", "is_within"),
    [
        (0, 0, 50, True),
        (5, 2, 50, True),
        (6, 0, 50, False),
        (0, 3, 50, False),
        (0, 3, 150, True),  # 2 % of 150
        (0, 4, 150, False),
    ],
)
def test_drift_within_and_beyond_the_tolerance(n_lost, n_with, n_answers, is_within):
    letters = {f"letter {i}": "I10" for i in range(100)}
    fewer = {name: "" if i < n_lost else codes for i, (name, codes) in enumerate(letters.items())}
    old, new = snapshot(letters, n_answers=n_answers), snapshot(fewer, n_with=n_with, n_answers=n_answers)
    assert difference(old, new).is_within() is is_within
    assert difference(new, old).is_within() is is_within


# By hand: max(2, 5 %) of the larger count of codes in all answers may come or go; one in every answer of other kinds.
@pytest.mark.parametrize(
    ("before", "after", "is_within"),
    [(38, 40, True), (37, 40, False), (95, 100, True), (94, 100, False), (0, 2, True), (0, 3, False)],
)
def test_drift_of_what_is_counted_in_the_answers(before, after, is_within):
    old, new = snapshot({}, n_with=2, in_all=before), snapshot({}, n_with=2, in_all=after)
    assert difference(old, new).is_within() is is_within
    assert difference(new, old).is_within() is is_within


def test_two_changes_are_within_the_tolerance_of_the_smallest_task():
    assert difference(snapshot({"a": "I10"}), snapshot({"a": "E11.9"})).is_within()
    assert not difference(snapshot({"a": "I10"}), snapshot({"a": "E11.9 E99.99"})).is_within()


def test_origins_may_differ_in_the_engine_alone():
    assert snapshots.obstacle(ORIGIN, dataclasses.replace(ORIGIN, engine=Fingerprint())) == ""
    for field in (field.name for field in dataclasses.fields(ORIGIN)):
        if field != "engine":
            assert snapshots.obstacle(ORIGIN, dataclasses.replace(ORIGIN, **{field: "other"})) == field


codes = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "I10", "E11.9", "I10 E99.99"]))


@given(codes, codes)
def test_the_reverse_has_the_same_codes_the_other_way_round(one, other):
    there, back = difference(snapshot(one), snapshot(other)), difference(snapshot(other), snapshot(one))
    turned = {dataclasses.replace(change, is_new=not change.is_new) for change in back.codes}
    assert set(there.codes) == turned
    assert not difference(snapshot(one), snapshot(one))


def test_a_code_like_a_number_stays_as_it_is():
    """ICD-9's 250.00 and 250.0 are two codes; a letter's id may be 007."""
    table = snapshots.as_markdown(difference(snapshot({"007": ""}), snapshot({"007": "250.00 1e3"})))
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines() if row.startswith("| ")]
    assert [row[:3] for row in rows[1:]] == [["007", "new", "1e3"], ["007", "new", "250.00"]]


def test_hostile_names_are_text_in_both_forms():
    for attack in HOSTILE:
        old, new = snapshot({"a": ""}), snapshot({storable(attack): "x|<img>"}, task="medisumcode", model=attack)
        found = difference(old, new)
        for line in (*snapshots.lines(found), repr(new)):
            assert not {char for char in line if unicodedata.category(char)[0] == "C"}
            assert "::" not in line
        table = snapshots.as_markdown(found)
        shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(table)
        assert set(re.findall(r"<(\w+)", shown)) <= {"h3", "p", "table", "thead", "tbody", "tr", "th", "td"}
        assert shown.count("<tr>") == 2

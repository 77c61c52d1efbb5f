"""Letters are cut at the headings of their instructions, and drawn by hash."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.datasets import medisumqa_passages
from clue_lib.datasets.mimic import Letter
from clue_lib.datasets.mimic import find as find_notes
from clue_lib.errors import DataError

LINES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=40)
WORDS = st.lists(st.sampled_from(["fever", "scan", "of", "the", "Lungs,", "12", "better."]), min_size=1).map(" ".join)


def cut(text):
    passage = medisumqa_passages.cut(Letter(note_id="n", hadm_id="h", text=text))
    return passage and (passage.instructions, passage.rest)


@pytest.mark.parametrize(
    ("text", "instructions", "rest"),
    [
        (
            "Course\n\nDischarge Instructions:\nRest.\n\nDrink.\n \nFollowup Instructions:\n___\n",
            "Rest.\n\nDrink.",
            None,
        ),
        (
            "Course\n\nDISCHARGE INSTRUCTIONS: Rest.\n___ Instructions:\n___",
            "Rest.",
            "Course\n\n___ Instructions:\n___",
        ),
        ("Course\n\n Discharge Instructions:\nRest.\n\nFollow-up Instructions:\nSoon", "Rest.", None),
        ("Course\n\nDischarge Instructions:\nRest.", "Rest.", "Course"),
        ("Discharge Instructions:\nA.\n\nFollowup Instructions:\nB.\nDischarge Instructions:\nC.", "A.\nC.", None),
    ],
)
def test_letter_is_cut_at_its_headings(text, instructions, rest):
    found = cut(text)
    assert found[0] == instructions
    assert instructions not in found[1]
    assert rest is None or found[1] == rest


@pytest.mark.parametrize(
    "text",
    [
        "Course",
        "He got discharge instructions: rest.",
        "Discharge instructions were given.",
        "Discharge Instructions:\n___\n\nFollowup Instructions:\nSoon",
        "Discharge Instructions:",
    ],
)
def test_letter_without_instructions_is_none(text):
    assert cut(text) is None


@given(LINES, WORDS, LINES)
def test_instructions_are_what_stands_between_the_headings(before, instructions, after):
    text = f"{before}\nDischarge Instructions:\n{instructions}\nFollowup Instructions:\n{after}"
    assert cut(text) == (instructions, f"{before}\nFollowup Instructions:\n{after}".strip())


def test_passages_are_of_the_letters_drawn_and_those_without_instructions_are_counted(make_mimic):
    texts = {"1": "Discharge Instructions:\nOne.", "2": "Course", "3": "Discharge Instructions:\nThree."}
    notes = find_notes(
        make_mimic([(admission, "DS", text) for admission, text in texts.items()]), "note/discharge.csv.gz"
    )
    dropped = Counter()
    found = medisumqa_passages.passages(notes, n_letters=3, seed=0, dropped=dropped)
    # By `printf 0:N-DS-1 | sha256sum` (GNU coreutils 9.1): 0:2 46ae, 0:1 c509, 0:3 edb8.
    assert [passage.instructions for passage in found] == ["One.", "Three."]
    assert dropped == {"letters: no discharge instructions": 1}
    with pytest.raises(DataError, match=r"none of 1 letters has a section 'Discharge Instructions:'; raise --letters"):
        medisumqa_passages.passages(notes, n_letters=1, seed=0, dropped=dropped)

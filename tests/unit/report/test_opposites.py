"""What an answer says beside what the chart says otherwise, by hand."""

import typing

import pytest

from clue_lib.metrics import claims, code_contradictions, numbers
from clue_lib.report import opposites
from clue_lib.types import Example, Generation, Parsed, Response


def response(answer, *, letter="", gold=""):
    text = answer if isinstance(answer, str) else ", ".join(answer)
    return Response(
        example=Example(id="1", cluster="1", fields={"letter": letter}, gold=gold),
        generation=Generation(text=text, finish_reason="stop", n_prompt_tokens=1, n_new_tokens=1),
        answer=Parsed(value=answer),
    )


def shown(answered, metric):
    return opposites.decode(opposites.encode(answered, {metric: 0.5}))


@pytest.mark.parametrize(
    ("answer", "letter", "differs", "own", "chart"),
    [
        (
            "There is fever.",
            "There is no fever.",
            "one says that it is there, the other that it is not",
            "fever",
            "fever",
        ),
        ("A left hip fracture.", "A right hip fracture.", "another side", "hip fracture", "hip fracture"),
    ],
)
def test_a_claim_stands_beside_the_charts(answer, letter, differs, own, chart):
    (found,) = shown(response(answer, letter=letter), "contradicted_claims")
    assert found.differs == differs
    assert own in found.answer.words
    assert found.source is not None
    assert chart in found.source.words
    assert answer == found.answer.before + found.answer.words + found.answer.after
    assert (found.source.before + found.source.words + found.source.after).strip() == letter


def test_a_number_stands_beside_the_charts_of_that_thing_or_alone():
    letter = "Metoprolol 5 mg daily."
    (tenfold,) = shown(response("Metoprolol 50 mg.", letter=letter), "unsupported_numbers")
    assert tenfold.differs == "a number that stands nowhere"
    assert tenfold.answer.words == "50 mg"
    assert tenfold.source is not None
    assert tenfold.source.words == "5 mg"
    (alone,) = shown(response("It took 77 days.", letter=letter), "unsupported_numbers")
    assert alone.source is None


def test_a_code_stands_beside_the_golds_with_both_titles():
    """ICD-10-CM: S72.001A is a fracture of the neck of the right femur, S72.002A of the left, initial encounters."""
    answered = response(("S72.002A",), gold=("I10", "S72.001A"))
    (found,) = shown(answered, "contradicted_codes")
    assert (found.differs, found.answer.words) == ("a code of another side", "S72.002A")
    assert "left femur" in found.answer.after
    assert found.source is not None
    assert found.source.words == "S72.001A"
    assert "right femur" in found.source.after


def test_nothing_is_looked_for_where_the_score_is_zero_or_undefined():
    answered = response("There is fever.", letter="There is no fever.")
    assert opposites.encode(answered, {"contradicted_claims": 0.0}) == ""
    assert opposites.encode(answered, {"contradicted_claims": None}) == ""
    assert opposites.encode(answered, {"accuracy": 1.0}) == ""
    assert opposites.decode("") == ()


def test_a_long_list_is_cut():
    answer = " ".join(f"{n} days." for n in range(100, 120))
    assert len(shown(response(answer), "unsupported_numbers")) == opposites.MOST


def test_every_kind_has_words():
    for words, kinds in (
        (opposites.CLAIMS, claims.Kind),
        (opposites.NUMBERS, numbers.Kind),
        (opposites.CODES, code_contradictions.Kind),
    ):
        assert set(words) == set(typing.get_args(kinds)) - {""}

"""Concept F1 and unsupported concepts against values worked by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clue_lib.metrics import METRICS, concepts
from clue_lib.terminology import OpenLinker
from clue_lib.types import Parsed, Unparsed

# By hand: concepts of the gold and of the answer, those shared; F1 = 2 × shared / (gold's + answer's).
BY_HAND = [
    ("acute kidney injury; gout", "AKI, gout", 2 * 2 / 4),
    ("acute kidney injury; gout", "gout", 2 * 1 / 3),
    ("gout", "AKI on CKD; gout", 2 * 1 / 4),
    ("gout", "gout gout gout", 1.0),  # repeating gains nothing
    ("gout; fever", "asthma", 0.0),
    ("gout", "nothing of note", 0.0),
    ("gout", "", 0.0),
    ("no gout", "gout", 1.0),  # negation is not handled
    ("annual visit", "annual visit", None),  # the gold names no concept: left out, whatever the answer
    ("annual visit", "gout", None),
    ("annual visit", "", None),
    ("", "gout", None),
]


@pytest.mark.parametrize(("gold", "text", "value"), BY_HAND)
def test_f1_worked_by_hand(respond, gold, text, value):
    assert concepts.concept_f1([respond(text, gold)]) == [pytest.approx(value)]


def test_unparsed_answer_scores_zero_whatever_was_written(respond):
    response = respond("gout", "gout", parse=lambda text, example: Unparsed(reason="no label"))
    assert concepts.concept_f1([response]) == [0.0]
    assert concepts.unsupported_concepts([response]) == [None]


def ask(respond, text, *, gold="fever", fields=(), documents=(), options=()):
    response = respond(text, gold)
    fields = {str(number): value for number, value in enumerate(fields)}
    return replace(response, example=replace(response.example, fields=fields, documents=documents, options=options))


def test_unsupported_is_what_neither_source_nor_gold_names(respond):
    # The answer's four concepts: gout (a field), asthma (a document), fever (the gold), and sepsis, from nowhere.
    response = ask(respond, "gout, asthma, fever, sepsis", fields=["x", "has gout"], documents=("asthma",))
    assert concepts.unsupported_concepts([response]) == [1 / 4]
    assert concepts.n_unsupported([response, ask(respond, "sepsis, gout"), ask(respond, "")]) == [1, 2, 0]


def test_options_support(respond):
    assert concepts.unsupported_concepts([ask(respond, "sepsis", options=("gout", "sepsis"))]) == [0.0]


def test_source_supports_by_terms_inside_longer_terms(respond):
    assert concepts.unsupported_concepts([ask(respond, "injury", fields=["acute kidney injury"])]) == [0.0]
    # But not the other way round: the source knows of no acute kidney injury.
    assert concepts.unsupported_concepts([ask(respond, "acute kidney injury", fields=["injury"])]) == [1.0]


def test_answer_without_a_concept_makes_nothing_up(respond):
    assert concepts.unsupported_concepts([ask(respond, ""), ask(respond, "he went home")]) == [None, 0.0]


@dataclass
class Recorder:
    """A linker whose concepts are a text's words; it keeps what it was asked."""

    signature: str
    asked: list[str] = field(default_factory=list)

    def link(self, texts: Sequence[str], *, nested: bool = False) -> list[frozenset[str]]:
        self.asked += texts
        return [frozenset(text.split()) for text in texts]


def test_linker_is_an_argument_and_in_the_signature(respond):
    linker = Recorder("words-1")
    assert concepts.concept_f1([respond("a b", "b c")], linker=linker) == [2 * 1 / 4]
    assert concepts.tool(linker=linker) == "words-1"
    assert METRICS["concept_f1"].signature == f"concept_f1|v1|strict|{OpenLinker().signature}"


def test_no_text_is_linked_twice(respond):
    linker = Recorder("words-2")
    base = [respond("a", "g"), respond("b", "g"), respond("a", "h")]
    concepts.concept_f1(base, linker=linker)
    assert sorted(linker.asked) == ["a", "b", "g", "h"]
    concepts.concept_f1([respond("c", "g"), respond("b", "h")], linker=linker)
    assert sorted(linker.asked) == ["a", "b", "c", "g", "h"]
    concepts.unsupported_concepts(base, linker=linker)
    assert len(linker.asked) == 7  # the sources "g" and "h", nested: once each


WORDS = st.lists(st.sampled_from(["acute", "kidney", "injury", "AKI", "gout", "fever", "and", ";", "\n"])).map(" ".join)
TEXTS = WORDS | st.text()


@given(TEXTS, TEXTS)
def test_f1_is_symmetric_and_in_range(respond, gold, text):
    (value,) = concepts.concept_f1([respond(text, gold)])
    (mirrored,) = concepts.concept_f1([respond(gold, text)])
    assert value is None or 0 <= value <= 1  # false of NaN
    assert None in (value, mirrored) or value == mirrored


@given(TEXTS)
def test_gold_is_perfect_and_supported(respond, gold):
    assert concepts.concept_f1([respond(gold, gold)])[0] in (1.0, None)
    assert concepts.unsupported_concepts([respond(gold, gold)]) == [0.0 if gold.strip() else None]


@given(TEXTS)
def test_order_of_items_does_not_matter(respond, text):
    answer = respond("x", "gout; fever")
    values = [
        concepts.concept_f1([replace(answer, answer=Parsed(value=value))])
        for value in (f"{text}; gout", f"gout; {text}")
    ]
    assert values[0] == values[1]

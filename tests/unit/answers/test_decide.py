"""Which of several mentions is the answer; judged by hand. S states, C concludes, F is final, N only names."""

import re

import pytest

from clue_lib.answers import decide
from clue_lib.answers.mentions.named import Named
from clue_lib.answers.mentions.passage import Passage
from clue_lib.answers.mentions.slots import RULES, Standing
from clue_lib.answers.plain import normalise

STANDINGS = {
    "N": Standing.NAMED,
    "S": Standing.STATED,
    "C": Standing.CONCLUDED,
    "F": Standing.FINAL,
    "B": Standing.BARE,
}


def picked(text):
    """What is picked where each mention is written as standing, value and, if not asserted, how it is said: "Sa?"."""
    said = {"?": "hedged", "!": "denied"}
    named = [
        Named(
            values=tuple(found[2].split("+")),
            start=found.start(),
            end=found.end(),
            form="letter",
            said=said.get(found[3], "asserted"),
            standing=STANDINGS[found[1]],
        )
        for found in re.finditer(r"\b([NSCFB])([a-d](?:\+[a-d])*)([?!]?)", text)
    ]
    return "".join(sorted(decide.picked(Passage.of(normalise(text)), named)))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        *(("", ""), ("Ba", ""), ("Na", "a"), ("Sa", "a"), ("Ca", "a"), ("Fa", "a"), ("Sa!", ""), ("Sa?", "a")),
        *(("Sa Sa", "a"), ("Na Nb", "ab"), ("Sa Sb", "ab"), ("Ca Cb", "ab"), ("Fa Fb", "ab"), ("Sa+b", "ab")),
        # The firmer one.
        *(("Na Sb", "b"), ("Sb Na", "b"), ("Na Cb", "b"), ("Cb Na", "b"), ("Na Fb", "b"), ("Fb Na", "b")),
        *(("Sa Cb", "b"), ("Ca Sb", "a"), ("Sa Fb", "b"), ("Fb Sa", "b"), ("Ca Fb", "b"), ("Fb Ca", "b")),
        *(
            ("Sa Sb Cc", "c"),
            ("Sa Sb Ca", "a"),
            ("Sa+b Ca", "a"),
            ("Sa+b Cc", "c"),
            ("Sa Ca", "a"),
            ("Ca Cb Fc", "c"),
        ),
        # Words that turn.
        *(("Sa. Wait, Sb", "b"), ("Sa. Actually Cb", "b"), ("Ca. But Sb", "b"), ("Ca so Cb", "b"), ("Ca, but Nb", "a")),
        *(("Na but Nb", "b"), ("Fa. No, Fb", "b"), ("Fa. No, Cb", "a"), ("Ca Cb so Cc", "c"), ("Wait, Ca Cb", "ab")),
        *(
            ("Ca. But Cb is also so", "ab"),
            ("Ca. But also Cb", "ab"),
            ("Ca is also it. But Cb", "b"),
            ("Ca so Ca", "a"),
        ),
        *(("Ca. But\nQuestion: Cb", "ab"), ("Sa\nPremise: but Sb", "ab"), ("Ca. But Cb. That is too much", "b")),
        # Weak words.
        *(("Ca? Cb?", "ab"), ("Ca? Cb", "b"), ("Ca Cb?", "a"), ("Sa Cb?", "ab"), ("Ca? Sb", "ab"), ("Sa? Cb", "b")),
        *(("Na Nb?", "a"), ("Na? Nb", "b"), ("Ca but Cb?", "a")),
        # An explanation.
        *(
            ("Sa\nExplanation: Sb", "a"),
            ("Sa\nWhy:\nSb", "a"),
            ("Explanation: x\nSb", "b"),
            ("Sa\nExplanation: Cb", "b"),
        ),
        *(("Sa\nExplanation: Sb so Sc", "a"), ("Ca\nNote:\nSb", "a"), ("Sa\nNote:\nSa", "a")),
    ],
)
def test_which_is_picked(text, values):
    assert picked(text) == values


@pytest.mark.parametrize("place", ["opening", "line"])
@pytest.mark.parametrize("standings", [("STATED", "CONCLUDED"), ("CONCLUDED", "STATED")])
def test_a_statement_in_the_form_that_was_asked_for_is_as_explicit_as_a_conclusion(place, standings):
    named = [
        Named(
            values=(value,),
            start=at,
            end=at + 1,
            form="letter",
            said="asserted",
            standing=Standing[standing],
            rule=rule,
        )
        for value, at, standing, rule in zip(
            "ab",
            (0, 2),
            standings,
            [RULES[place] if each == "STATED" else RULES["cue"] for each in standings],
            strict=True,
        )
    ]
    assert set(decide.picked(Passage.of(normalise("a b")), named)) == {"a", "b"}


def test_the_mention_that_decided_is_the_firmest_and_among_these_the_last():
    text = "Sa Ca Ca Sa"
    named = [
        Named(values=("a",), start=at, end=at + 2, form="letter", said="asserted", standing=STANDINGS[text[at]])
        for at in (0, 3, 6, 9)
    ]
    assert decide.picked(Passage.of(normalise(text)), named)["a"].start == 6


def boxes(text):
    named = [
        Named(
            values=(found[1],),
            start=found.start(1),
            end=found.end(1),
            form="letter",
            said="asserted",
            standing=Standing.FINAL,
            rule="in LaTeX's box",
        )
        for found in re.finditer("⟦(.)⟧", text)
    ]
    return "".join(sorted(decide.picked(Passage.of(normalise(text)), named)))


@pytest.mark.parametrize(
    ("text", "values"),
    [("⟦a⟧ The other: ⟦b⟧", "b"), ("⟦a⟧, ⟦b⟧", "ab"), ("⟦a⟧ or ⟦b⟧", "ab"), ("⟦a⟧ and ⟦b⟧", "ab"), ("⟦a⟧ xy ⟦b⟧", "b")],
)
def test_the_last_of_two_boxes_unless_they_stand_together(text, values):
    assert boxes(text) == values

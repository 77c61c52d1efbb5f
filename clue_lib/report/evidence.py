"""In words, where an answer was read in a model's text, so that a reader can disagree."""

from clue_lib.text import printable
from clue_lib.types import Answer, Evidence, Parsed

N_AROUND = 60
"""Characters shown on either side of the place where an answer was read."""

N_WITHIN = 120
"""Characters shown of the place itself: codes may fill a page."""

N_OTHERS = 5
"""Other mentions that are told of."""


def read_from(text: str, answer: Answer) -> str:
    """The rule that decided, the place, the words around it and what else is named; "" where nothing is known."""
    evidence = answer.evidence
    if evidence is None:
        return ""
    value = answer.value if isinstance(answer, Parsed) else ""
    others = _others(evidence, value) if isinstance(value, str) else ""
    place = f"{evidence.rule}{_place(text, evidence)}"
    return f"{place}; also named: {others}" if others else place


def _place(text: str, evidence: Evidence) -> str:
    if evidence.start is None or evidence.end is None:
        return ""
    return f", characters {evidence.start + 1} to {evidence.end}: {around(text, evidence.start, evidence.end)}"


def around(text: str, start: int, end: int) -> str:
    """The part of the text in ⟨…⟩ with what stands around it on its lines, on one line."""
    before = text[max(0, start - N_AROUND) : start].rsplit("\n", 1)[-1]
    after = text[end : end + N_AROUND].split("\n", 1)[0]
    return printable(f"{before}⟨{text[start:end][:N_WITHIN]}⟩{after}")


def _others(evidence: Evidence, value: str) -> str:
    """What else is named and how it is said, each once, the first few."""
    said = dict.fromkeys(f"{each.value} ({each.said})" for each in evidence.mentions if each.value != value)
    shown = list(said)[:N_OTHERS]
    return ", ".join([*shown, "…"] if len(said) > N_OTHERS else shown)
